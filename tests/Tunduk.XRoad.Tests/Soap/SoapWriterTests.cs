using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tunduk.Xml;
using Tunduk.XRoad.Faults;
using Tunduk.XRoad.Identifiers;
using Tunduk.XRoad.Soap;

namespace Tunduk.XRoad.Tests.Soap;

public sealed class SoapWriterTests
{
    [Fact]
    public void Write_EveryHeader_ReadsBackEqual()
    {
        SoapHeaders headers = SoapSample.Headers() with
        {
            SecurityServer = SecurityServerId.Parse("sandbox/GOV/70009001/ss1"),
            SecurityToken = new SecurityToken("urn:t", "a.b.c"),
            RepresentedParty = Party("COM/60009077"),
        };
        using SoapMessage message = RoundTrip(headers, "<x xmlns=\"urn:x\"/>"u8);

        (message.Headers! with { Order = [] }).ShouldBe(headers);
        message.OtherHeaders.ShouldBeEmpty();
    }

    [Fact]
    public void Write_ResponseFromARequestsHeaders_RepeatsOrderAndLeavesOutTheHash()
    {
        using SoapMessage request = SoapSample.Read(SoapSample.Request("<xrd:requestHash algorithmId=\"a\">AAAA</xrd:requestHash>"));
        using SoapMessage response = RoundTrip(request.Headers!, "<getPersonResponse/>"u8);

        response.Headers!.RequestHash.ShouldBeNull();
        HeaderEcho.Compare(request.Headers!, response.Headers).IsNone.ShouldBeTrue();
        HeaderEcho.SameOrder(request.Headers!, response.Headers).ShouldBeTrue();
        response.Headers.Order[2].ShouldBe(SoapHeaderName.UserId);
    }

    [Fact]
    public void Write_Bytes_HaveNoMarkNoInstructionAndNoForeignAttribute()
    {
        ArrayBufferWriter<byte> output = new();
        SoapWriter.Write(output, SoapSample.Headers(), default, "<a/>"u8, " wsu:Id=\"b\" xmlns:wsu=\"urn:u\""u8);
        string text = Encoding.UTF8.GetString(output.WrittenSpan);

        output.WrittenSpan[0].ShouldBe((byte)'<');
        text.ShouldNotContain("<?");
        text.ShouldContain("<soapenv:Body wsu:Id=\"b\" xmlns:wsu=\"urn:u\"><a/></soapenv:Body>");
        text.ShouldContain("<xrd:id>");
    }

    [Fact]
    public void Write_MarkupInValues_IsEscaped()
    {
        SoapHeaders headers = SoapSample.Headers() with { Issue = "</xrd:issue><xrd:issue>&amp;\"'>", UserId = "<!--" };
        using SoapMessage message = RoundTrip(headers, "<a/>"u8);
        message.Headers!.Issue.ShouldBe(headers.Issue);
        message.Headers.UserId.ShouldBe("<!--");
    }

    [Fact]
    public void Write_AnyIssue_ReadsBackEqualOrIsRefusedByValidate() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), issue =>
        {
            SoapHeaders headers = SoapSample.Headers() with { Issue = issue };
            if (!headers.Validate().IsNone)
            {
                return true;
            }

            using SoapMessage message = RoundTrip(headers, "<a/>"u8);
            return message.Headers!.Issue == issue;
        }).Hold();

    [Theory]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("a\u0085b")]
    [InlineData("a\uffffb")]
    public void Validate_ControlCharacters_AreRefused(string issue) =>
        (SoapSample.Headers() with { Issue = issue }).Validate().Reason.ShouldBe("header-control-character");

    [Fact]
    public void Validate_WhatCannotBeSent_IsRefused()
    {
        (SoapSample.Headers() with { Id = "" }).Validate().Reason.ShouldBe("header-missing");
        (SoapSample.Headers() with { Client = default }).Validate().Reason.ShouldBe("header-missing");
        (SoapSample.Headers() with { ProtocolVersion = "3.0" }).Validate().Reason.ShouldBe("protocol-version");
        (SoapSample.Headers() with { Issue = new string('x', 4001) }).Validate().Reason.ShouldBe("header-too-long");
        (SoapSample.Headers() with { Issue = "\ud800" }).Validate().Reason.ShouldBe("header-control-character");
        SoapSample.Headers().Validate().IsNone.ShouldBeTrue();
    }

    [Theory]
    [InlineData(FaultSpelling.LowerCase, "server.clientproxy.logging_failed")]
    [InlineData(FaultSpelling.PascalCase, "Server.ClientProxy.LoggingFailed")]
    public void WriteFault_AsASecurityServer_HasItsShape(FaultSpelling spelling, string code)
    {
        ArrayBufferWriter<byte> output = new();
        string wire = new XRoadFault(FaultOrigin.ConsumerSecurityServer, XRoadFaultCode.LoggingFailed).ToWire(spelling);
        SoapWriter.WriteFault(output, new SoapFaultText(wire, "Could not <log>", "0f0e"));
        string text = Encoding.UTF8.GetString(output.WrittenSpan);

        text.ShouldContain($"<faultcode>{code}</faultcode><faultstring>Could not &lt;log&gt;</faultstring><faultactor></faultactor><detail><faultDetail xmlns=\"\">0f0e</faultDetail></detail>");
        text.ShouldNotContain("Header");
        using SoapMessage message = SoapSample.Read(text);
        message.Fault!.Value.Classified.Code.ShouldBe(XRoadFaultCode.LoggingFailed);
    }

    [Fact]
    public void WriteFault_WithCharactersNoXmlHas_StaysWellFormed()
    {
        ArrayBufferWriter<byte> output = new();
        SoapWriter.WriteFault(output, new SoapFaultText("a", "x\0\u0001\ud800y\uffff", null), SoapSample.Headers());
        using SoapMessage message = SoapSample.Read(Encoding.UTF8.GetString(output.WrittenSpan));
        message.Headers!.Client.ShouldBe(SoapSample.Headers().Client);
        message.Fault!.Value.Message.ShouldBe("x\ufffd\ufffd\ufffdy\ufffd");
    }

    [Fact]
    public void ToSignedValues_SameMessageReadAndWritten_IsTheSameList()
    {
        SoapHeaders headers = SoapSample.Headers() with { SecurityToken = new SecurityToken("urn:t", "secret"), RepresentedParty = Party("60009077") };
        using SoapMessage message = RoundTrip(headers with { Order = [SoapHeaderName.Id, SoapHeaderName.Issue] }, "<a/>"u8);

        message.Headers!.ToSignedValues().ShouldBe(headers.ToSignedValues());
        headers.ToSignedValues().Select(v => v.Key).ShouldBe(["client", "service", "id", "userId", "issue", "protocolVersion", "representedParty", "securityToken"]);
        headers.ToSignedValues()[0].Value.ShouldBe("sandbox/COM/60009001/loans");
        headers.ToSignedValues()[1].Value.ShouldBe("sandbox/GOV/70009001/registry/getPerson/v1");
        headers.ToSignedValues()[^1].Value.ShouldNotContain("secret");
    }

    [Fact]
    public void ElementCopy_PrefixesOfAncestors_KeepTheirMeaning()
    {
        const string xml = "<e:a xmlns:e=\"urn:e\" xmlns:t = 'urn:outer' xmlns=\"urn:d\"><e:b xmlns:t=\"urn:t\" x='1'><t:c t:v=\"a\tb\r\nc\" q=\"t:x\">v<?pi x?><!-- <?k?> --><![CDATA[<?z?>]]><d/></t:c></e:b></e:a>";
        XmlTape.TryParse(SoapSample.Bytes(xml), out XmlTape? tape, out _).ShouldBeTrue();
        XmlElement c = tape.Root.Child("urn:e", "b").Child("urn:t", "c");
        ArrayBufferWriter<byte> output = new();

        ElementCopy.TryWrite(output, c, out _).ShouldBeTrue();

        string text = Encoding.UTF8.GetString(output.WrittenSpan);
        text.ShouldBe("<t:c xmlns:t=\"urn:t\" xmlns:e=\"urn:e\" xmlns=\"urn:d\" t:v=\"a b c\" q=\"t:x\">v<!-- <?k?> --><![CDATA[<?z?>]]><d/></t:c>");
        XmlTape.TryParse(output.WrittenMemory, out XmlTape? copy, out _).ShouldBeTrue();
        copy.Root.Is("urn:t", "c").ShouldBeTrue();
        copy.Root.Child("urn:d", "d").Exists.ShouldBeTrue();
    }

    [Theory]
    [InlineData("&#10;")]
    [InlineData("&#x0A;")]
    [InlineData("&#9;")]
    [InlineData("&#xD;")]
    public void ElementCopy_ReferenceToALineBreakInAnAttribute_IsRefused(string reference)
    {
        XmlTape.TryParse(SoapSample.Bytes($"<a><b c=\"x&amp;{reference}y\"/></a>"), out XmlTape? tape, out _).ShouldBeTrue();
        ElementCopy.TryWrite(new ArrayBufferWriter<byte>(), tape.Root.Child("", "b"), out ProtocolFault fault).ShouldBeFalse();
        fault.Reason.ShouldBe("attribute-line-break");
    }

    private static SoapMessage RoundTrip(SoapHeaders headers, ReadOnlySpan<byte> body)
    {
        ArrayBufferWriter<byte> output = new();
        SoapWriter.Write(output, headers, default, body);
        return SoapSample.Read(Encoding.UTF8.GetString(output.WrittenSpan));
    }

    private static RepresentedParty Party(string text)
    {
        RepresentedParty.TryParse(text, out RepresentedParty party, out _).ShouldBeTrue();
        return party;
    }
}
