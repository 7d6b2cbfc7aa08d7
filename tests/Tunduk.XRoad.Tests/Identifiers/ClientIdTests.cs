using FsCheck;
using FsCheck.Fluent;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.XRoad.Tests.Identifiers;

public sealed class ClientIdTests
{
    [Fact]
    public void Parse_Subsystem_KeepsParts()
    {
        ClientId id = ClientId.Parse("sandbox/COM/60009001/loans");

        id.Instance.ShouldBe("sandbox");
        id.MemberClass.ShouldBe("COM");
        id.MemberCode.ShouldBe("60009001");
        id.SubsystemCode.ShouldBe("loans");
        id.ObjectType.ShouldBe(XRoadObjectType.Subsystem);
        id.ToString().ShouldBe("sandbox/COM/60009001/loans");
        id.ToXRoadString().ShouldBe("SUBSYSTEM:sandbox/COM/60009001/loans");
        id.Member.ToXRoadString().ShouldBe("MEMBER:sandbox/COM/60009001");
    }

    [Theory]
    [InlineData(null, IdentifierFaultKind.Empty)]
    [InlineData("", IdentifierFaultKind.Empty)]
    [InlineData("a/b", IdentifierFaultKind.TooFewParts)]
    [InlineData("a/b/c/d/e", IdentifierFaultKind.TooManyParts)]
    [InlineData("a//c", IdentifierFaultKind.Empty)]
    [InlineData("a/b/c/", IdentifierFaultKind.Empty)]
    [InlineData("a/b/c%2F", IdentifierFaultKind.Percent)]
    [InlineData("a/b/c\\d", IdentifierFaultKind.Separator)]
    [InlineData("a/b/c:d", IdentifierFaultKind.ColonOrSemicolon)]
    [InlineData("a/b/c;d", IdentifierFaultKind.ColonOrSemicolon)]
    [InlineData("a/b/c\u0000", IdentifierFaultKind.Control)]
    [InlineData("a/b/c\u007f", IdentifierFaultKind.Control)]
    [InlineData("a/b/c\u0085", IdentifierFaultKind.Control)]
    [InlineData("a/b/c\u200b", IdentifierFaultKind.ZeroWidth)]
    [InlineData("a/b/c\u202e", IdentifierFaultKind.ZeroWidth)]
    [InlineData("a/b/c\u00ad", IdentifierFaultKind.ZeroWidth)]
    [InlineData("a/b/\ufeffc", IdentifierFaultKind.ByteOrderMark)]
    [InlineData("a/b/c d", IdentifierFaultKind.WhiteSpace)]
    [InlineData("a/b/c\u00a0d", IdentifierFaultKind.WhiteSpace)]
    [InlineData("a/b/код", IdentifierFaultKind.NonAscii)]
    [InlineData("a/b/c<d", IdentifierFaultKind.OtherCharacter)]
    [InlineData("a/b/..", IdentifierFaultKind.DotSegment)]
    public void TryParse_OutsideTheRules_NamesTheClass(string? text, IdentifierFaultKind kind)
    {
        ClientId.TryParse(text, out ClientId id, out IdentifierFault fault).ShouldBeFalse();
        id.IsDefault.ShouldBeTrue();
        fault.Kind.ShouldBe(kind);
        fault.ToString().ShouldNotContain("код");
    }

    [Fact]
    public void TryParse_LoneSurrogate_IsRefused()
    {
        ClientId.TryParse("a/b/c\ud800", IdentifierRules.AsSecurityServer, out _, out IdentifierFault fault).ShouldBeFalse();
        fault.Kind.ShouldBe(IdentifierFaultKind.Control);
    }

    [Fact]
    public void TryParse_PartOf256_IsTooLong()
    {
        ClientId.TryParse("a/b/" + new string('c', 255), out _).ShouldBeTrue();
        ClientId.TryParse("a/b/" + new string('c', 256), out _, out IdentifierFault fault).ShouldBeFalse();
        fault.Kind.ShouldBe(IdentifierFaultKind.TooLong);
    }

    [Theory]
    [InlineData("a/b/код", true)]
    [InlineData("a/b/c d", true)]
    [InlineData("a/b/ c", false)]
    [InlineData("a/b/c\td", false)]
    [InlineData("a/b/c\u200b", false)]
    [InlineData("a/b/c\ufeff", false)]
    [InlineData("a/b/c%", false)]
    [InlineData("a/b/c\ud83d\ude00", true)]
    public void TryParse_AsSecurityServer_StillRefusesWhatHides(string text, bool accepted) =>
        ClientId.TryParse(text, IdentifierRules.AsSecurityServer, out _, out _).ShouldBe(accepted);

    [Fact]
    public void TryParseEncoded_SlashInAPart_IsRefusedAfterDecoding()
    {
        ClientId.TryParseEncoded("a/b/c%2Fd", IdentifierRules.Strict, out _, out IdentifierFault fault).ShouldBeFalse();
        fault.Kind.ShouldBe(IdentifierFaultKind.Separator);
    }

    [Theory]
    [InlineData("a/b/c%")]
    [InlineData("a/b/c%4")]
    [InlineData("a/b/c%zz")]
    [InlineData("a/b/c%ff")]
    [InlineData("a/b/c%c0%af")]
    public void TryParseEncoded_BrokenEscape_IsRefused(string text)
    {
        ClientId.TryParseEncoded(text, IdentifierRules.Strict, out _, out IdentifierFault fault).ShouldBeFalse();
        fault.Kind.ShouldBe(IdentifierFaultKind.BrokenEncoding);
    }

    [Fact]
    public void TryParseXRoadString_WrongObjectType_IsRefused()
    {
        ClientId.TryParseXRoadString("SUBSYSTEM:a/b/c/d", out ClientId id, out _).ShouldBeTrue();
        id.ShouldBe(ClientId.Parse("a/b/c/d"));
        ClientId.TryParseXRoadString("MEMBER:a/b/c/d", out _, out _).ShouldBeFalse();
        ClientId.TryParseXRoadString("SUBSYSTEM:a/b/c", out _, out _).ShouldBeFalse();
        ClientId.TryParseXRoadString("SERVICE:a/b/c/d", out _, out _).ShouldBeFalse();
        ClientId.TryParseXRoadString(null, out _, out _).ShouldBeFalse();
    }

    [Fact]
    public void Parse_BadText_ThrowsWithoutTheText() =>
        Should.Throw<FormatException>(() => ClientId.Parse("secret;/b/c")).Message.ShouldNotContain("secret");

    [Fact]
    public void EncodedForm_AnyAcceptedIdentifier_RoundTrips() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string[]>(), parts =>
        {
            if (parts is null || parts.Length < 4
                || !ClientId.TryCreate(parts[0], parts[1], parts[2], parts[3], IdentifierRules.AsSecurityServer, out ClientId id, out _))
            {
                return true;
            }

            return ClientId.TryParse(id.ToString(), IdentifierRules.AsSecurityServer, out ClientId slash, out _) && slash == id
                && ClientId.TryParseEncoded(id.ToEncodedString(), IdentifierRules.AsSecurityServer, out ClientId encoded, out _) && encoded == id;
        }).Hold();
}
