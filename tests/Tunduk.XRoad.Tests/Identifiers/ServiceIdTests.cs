using Tunduk.XRoad.Identifiers;

namespace Tunduk.XRoad.Tests.Identifiers;

public sealed class ServiceIdTests
{
    [Fact]
    public void TryParse_SixParts_LastIsTheVersion()
    {
        ServiceId.TryParse("a/b/c/d/code/v1", out ServiceId id).ShouldBeTrue();
        id.Code.ShouldBe("code");
        id.Version.ShouldBe("v1");
        id.Name.ShouldBe("code/v1");
        id.ToString().ShouldBe("a/b/c/d/code/v1");
        id.ToXRoadString().ShouldBe("SERVICE:a/b/c/d/code/v1");
        id.ToEncodedPath().ShouldBe("a/b/c/d/code");
    }

    [Fact]
    public void TryParse_FiveParts_VersionLookingCodeIsACode()
    {
        ServiceId.TryParse("a/b/c/d/v1", out ServiceId id).ShouldBeTrue();
        id.Code.ShouldBe("v1");
        id.Version.ShouldBeNull();
    }

    [Fact]
    public void TryParse_EmptySubsystem_IsTheMembersOwnService()
    {
        ServiceId.TryParse("a/b/c//code", out ServiceId id).ShouldBeTrue();
        id.Provider.IsSubsystem.ShouldBeFalse();
        id.ToString().ShouldBe("a/b/c//code");
        id.ToXRoadString().ShouldBe("SERVICE:a/b/c/code");
    }

    [Theory]
    [InlineData("a/b/c/d")]
    [InlineData("a/b/c/d/")]
    [InlineData("a/b/c/d/e/")]
    [InlineData("a/b/c/d/e/f/g")]
    [InlineData("a/b/c/d/e f")]
    [InlineData("/b/c/d/e")]
    public void TryParse_OtherShapes_AreRefused(string text) => ServiceId.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("getPerson", null)]
    [InlineData("getPerson/v1", "v1")]
    public void TryParseName_InsideAProvider_ReadsCodeAndVersion(string name, string? version)
    {
        ServiceId.TryParseName(ClientId.Parse("a/b/c/d"), name, out ServiceId id, out _).ShouldBeTrue();
        id.Name.ShouldBe(name);
        id.Version.ShouldBe(version);
    }

    [Fact]
    public void TryParseName_ThreeParts_IsRefused() =>
        ServiceId.TryParseName(ClientId.Parse("a/b/c/d"), "x/y/z", out _, out _).ShouldBeFalse();

    [Fact]
    public void TryCreate_DefaultProvider_IsRefused() =>
        ServiceId.TryCreate(default, "code", null, IdentifierRules.Strict, out _, out _).ShouldBeFalse();

    [Fact]
    public void SecurityServerId_Parse_TakesFourPartsOnly()
    {
        SecurityServerId id = SecurityServerId.Parse("sandbox/GOV/70009001/ss1");
        id.Owner.ShouldBe(ClientId.Parse("sandbox/GOV/70009001"));
        id.ServerCode.ShouldBe("ss1");
        id.ToXRoadString().ShouldBe("SERVER:sandbox/GOV/70009001/ss1");
        SecurityServerId.TryParse("sandbox/GOV/70009001", out _).ShouldBeFalse();
        SecurityServerId.TryParse("sandbox/GOV/70009001/ss1/x", out _).ShouldBeFalse();
        SecurityServerId.TryParseEncoded("a/b/c/s%2F1", IdentifierRules.Strict, out _, out _).ShouldBeFalse();
    }
}
