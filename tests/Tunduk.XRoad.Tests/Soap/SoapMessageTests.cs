using System.Text;
using Tunduk.XRoad.Faults;
using Tunduk.XRoad.Identifiers;
using Tunduk.XRoad.Soap;

namespace Tunduk.XRoad.Tests.Soap;

// Over 300 lines: one reader of envelopes, a case for each rule.

public sealed class SoapMessageTests
{
    private const string Party = "<repr:representedParty><repr:partyClass>COM</repr:partyClass><repr:partyCode>60009077</repr:partyCode></repr:representedParty>";
    private const string Server = "<xrd:securityServer id:objectType=\"SERVER\"><id:xRoadInstance>sandbox</id:xRoadInstance><id:memberClass>GOV</id:memberClass><id:memberCode>70009001</id:memberCode><id:serverCode>ss1</id:serverCode></xrd:securityServer>";
    private const string Token = "<sec:securityToken tokenType=\"urn:ietf:params:oauth:token-type:jwt\">a.b.c</sec:securityToken>";

    [Fact]
    public void TryRead_EveryHeader_GivesItsValue()
    {
        using SoapMessage message = SoapSample.Read(SoapSample.Request(Party + Server + Token + "<xrd:requestHash algorithmId=\"http://www.w3.org/2001/04/xmlenc#sha512\">AAAA</xrd:requestHash><x:own xmlns:x=\"urn:other\"/>"));

        SoapHeaders headers = message.Headers.ShouldNotBeNull();
        headers.Client.ToString().ShouldBe("sandbox/COM/60009001/loans");
        headers.Service.ToString().ShouldBe("sandbox/GOV/70009001/registry/getPerson/v1");
        headers.Id.ShouldBe("4f1c1b9e-0000-4000-8000-000000000001");
        headers.UserId.ShouldBe("KG12345678901234");
        headers.Issue.ShouldBe("loan-scoring 17");
        headers.ProtocolVersion.ShouldBe("4.0");
        headers.RepresentedParty.ToString().ShouldBe("COM/60009077");
        headers.SecurityServer.ToString().ShouldBe("sandbox/GOV/70009001/ss1");
        headers.SecurityToken.ShouldBe(new SecurityToken("urn:ietf:params:oauth:token-type:jwt", "a.b.c"));
        headers.RequestHash.ShouldBe(new RequestHash("AAAA", RequestHash.Sha512));
        headers.Order.ShouldBe(
        [
            SoapHeaderName.Client, SoapHeaderName.Service, SoapHeaderName.UserId, SoapHeaderName.Id, SoapHeaderName.Issue, SoapHeaderName.ProtocolVersion,
            SoapHeaderName.RepresentedParty, SoapHeaderName.SecurityServer, SoapHeaderName.SecurityToken, SoapHeaderName.RequestHash,
        ]);
        message.OtherHeaders.Count.ShouldBe(1);
        message.Kind.ShouldBe(SoapBodyKind.Request);
        message.BodyChild.LocalName.ShouldBe("getPerson");
        message.BodyChild.NamespaceUri.ShouldBe("http://registry.sandbox/producer");
        message.CheckBodyName().IsNone.ShouldBeTrue();
    }

    [Fact]
    public void TryRead_MemberWithoutSubsystemAndServiceWithoutVersion_IsAccepted()
    {
        string xml = SoapSample.Request()
            .Replace("<xrd:client id:objectType=\"SUBSYSTEM\">", "<xrd:client id:objectType=\"MEMBER\">", StringComparison.Ordinal)
            .Replace("<id:subsystemCode>loans</id:subsystemCode>", "", StringComparison.Ordinal)
            .Replace("<id:serviceVersion>v1</id:serviceVersion>", "", StringComparison.Ordinal)
            .Replace("<id:subsystemCode>registry</id:subsystemCode>", "", StringComparison.Ordinal);
        using SoapMessage message = SoapSample.Read(xml);

        message.Headers!.Client.IsSubsystem.ShouldBeFalse();
        message.Headers.Service.ToString().ShouldBe("sandbox/GOV/70009001//getPerson");
    }

    [Fact]
    public void TryRead_OtherPrefixesDefaultNamespaceCommentsCdataBom_ReadsTheSame()
    {
        const string xml = """
            <Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/" encodingStyle="x" xmlns:S="http://schemas.xmlsoap.org/soap/envelope/" S:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">
              <Header>
                <client xmlns="http://x-road.eu/xsd/xroad.xsd" xmlns:q="http://x-road.eu/xsd/identifiers" q:objectType="SUBSYSTEM" S:mustUnderstand="0">
                  <!-- c --><xRoadInstance xmlns="http://x-road.eu/xsd/identifiers">sand<!-- c -->box</xRoadInstance>
                  <q:memberClass><![CDATA[COM]]></q:memberClass><q:memberCode>6000&#57;001</q:memberCode><q:subsystemCode>loans</q:subsystemCode>
                </client>
                <service xmlns="http://x-road.eu/xsd/xroad.xsd" xmlns:q="http://x-road.eu/xsd/identifiers" q:objectType="SERVICE">
                  <q:xRoadInstance>sandbox</q:xRoadInstance><q:memberClass>GOV</q:memberClass><q:memberCode>70009001</q:memberCode><q:subsystemCode>registry</q:subsystemCode><q:serviceCode>getPerson</q:serviceCode>
                </service>
                <id xmlns="http://x-road.eu/xsd/xroad.xsd">1</id><protocolVersion xmlns="http://x-road.eu/xsd/xroad.xsd">4.1</protocolVersion>
              </Header>
              <Body><getPerson xmlns=""/></Body>
            </Envelope>
            """;
        byte[] raw = [0xEF, 0xBB, 0xBF, .. SoapSample.Bytes(xml)];

        SoapMessage.TryRead(raw, SoapReaderOptions.Default, out SoapMessage? message, out ProtocolFault fault).ShouldBeTrue(fault.ToString());
        using (message)
        {
            message.Headers!.Client.ShouldBe(ClientId.Parse("sandbox/COM/60009001/loans"));
            message.HasEncodingStyle.ShouldBeTrue();
            message.Raw.Length.ShouldBe(raw.Length);
        }
    }

    public static TheoryData<string, string, XRoadFaultCode> Refused()
    {
        string all = SoapSample.Client + SoapSample.Service + SoapSample.Rest;
        static string Swap(string from, string to) => SoapSample.Request().Replace(from, to, StringComparison.Ordinal);
        return new TheoryData<string, string, XRoadFaultCode>
        {
            { "soap-missing", "", XRoadFaultCode.MissingSoap },
            { "xml-doctype-forbidden", "<!DOCTYPE a [<!ENTITY x 'y'>]>" + SoapSample.Request(), XRoadFaultCode.InvalidSoap },
            { "xml-unclosed-element", SoapSample.Request()[..SoapSample.Request().IndexOf("</soapenv:Body>", StringComparison.Ordinal)], XRoadFaultCode.InvalidSoap },
            { "soap-envelope", "<a/>", XRoadFaultCode.InvalidSoap },
            { "soap-envelope", Swap("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"), XRoadFaultCode.InvalidSoap },
            { "header-block-missing", SoapSample.Request().Replace("<soapenv:Header>" + all + "</soapenv:Header>", "", StringComparison.Ordinal), XRoadFaultCode.MissingHeader },
            { "body-missing", SoapSample.Request().Replace("<soapenv:Body>" + SoapSample.Body + "</soapenv:Body>", "", StringComparison.Ordinal), XRoadFaultCode.MissingBody },
            { "body-children", SoapSample.Envelope(all, ""), XRoadFaultCode.InvalidBody },
            { "body-children", SoapSample.Envelope(all, "<a/><b/>"), XRoadFaultCode.InvalidBody },
            { "body-text", SoapSample.Envelope(all, "<a/>x"), XRoadFaultCode.InvalidBody },
            { "soap-structure", Swap("</soapenv:Body>", "</soapenv:Body><soapenv:Body><a/></soapenv:Body>"), XRoadFaultCode.InvalidSoap },
            { "soap-structure", Swap("</soapenv:Header>", "</soapenv:Header><soapenv:Header/>"), XRoadFaultCode.InvalidSoap },
            { "soap-structure", Swap("</soapenv:Body>", "</soapenv:Body><x xmlns=\"urn:x\"/>"), XRoadFaultCode.InvalidSoap },
            { "header-missing", SoapSample.Envelope(SoapSample.Service + SoapSample.Rest), XRoadFaultCode.MissingHeaderField },
            { "header-missing", SoapSample.Envelope(SoapSample.Client + SoapSample.Rest), XRoadFaultCode.MissingHeaderField },
            { "header-missing", Swap("<xrd:id>4f1c1b9e-0000-4000-8000-000000000001</xrd:id>", ""), XRoadFaultCode.MissingHeaderField },
            { "header-missing", Swap("<xrd:id>4f1c1b9e-0000-4000-8000-000000000001</xrd:id>", "<xrd:id/>"), XRoadFaultCode.MissingHeaderField },
            { "header-missing", Swap("<xrd:protocolVersion>4.0</xrd:protocolVersion>", ""), XRoadFaultCode.MissingHeaderField },
            { "header-duplicate", SoapSample.Request(SoapSample.Client), XRoadFaultCode.DuplicateHeaderField },
            { "header-duplicate", SoapSample.Request("<xrd:userId>2</xrd:userId>"), XRoadFaultCode.DuplicateHeaderField },
            { "header-duplicate", SoapSample.Request(Party + Party), XRoadFaultCode.DuplicateHeaderField },
            { "header-duplicate", SoapSample.Request(Token + Token), XRoadFaultCode.DuplicateHeaderField },
            { "header-duplicate", SoapSample.Request("<xrd:requestHash/><xrd:requestHash/>"), XRoadFaultCode.DuplicateHeaderField },
            { "protocol-version", Swap(">4.0<", ">3.1<"), XRoadFaultCode.InvalidProtocolVersion },
            { "protocol-version", Swap(">4.0<", ">4<"), XRoadFaultCode.InvalidProtocolVersion },
            { "object-type-missing", Swap(" id:objectType=\"SUBSYSTEM\"", ""), XRoadFaultCode.InvalidXml },
            { "object-type-missing", Swap(" id:objectType=\"SUBSYSTEM\"", " objectType=\"SUBSYSTEM\""), XRoadFaultCode.InvalidXml },
            { "object-type-missing", Swap(" id:objectType=\"SERVICE\"", ""), XRoadFaultCode.InvalidXml },
            { "object-type", Swap("\"SUBSYSTEM\"", "\"SERVICE\""), XRoadFaultCode.InvalidXml },
            { "object-type", Swap("\"SUBSYSTEM\"", "\"subsystem\""), XRoadFaultCode.InvalidXml },
            { "object-type", Swap("\"SERVICE\"", "\"CENTRALSERVICE\""), XRoadFaultCode.InvalidXml },
            { "client-identifier", Swap("\"SUBSYSTEM\"", "\"MEMBER\""), XRoadFaultCode.InvalidClientIdentifier },
            { "client-identifier", Swap("<id:subsystemCode>loans</id:subsystemCode>", ""), XRoadFaultCode.InvalidClientIdentifier },
            { "identifier-invalid", Swap("<id:memberClass>COM</id:memberClass>", ""), XRoadFaultCode.InvalidClientIdentifier },
            { "identifier-invalid", Swap(">loans<", ">lo/ans<"), XRoadFaultCode.InvalidClientIdentifier },
            { "identifier-invalid", Swap(">loans<", ">lo%41ns<"), XRoadFaultCode.InvalidClientIdentifier },
            { "identifier-invalid", Swap(">loans<", ">lo\u200bans<"), XRoadFaultCode.InvalidClientIdentifier },
            { "identifier-invalid", Swap(">loans<", ">lo\ufeffans<"), XRoadFaultCode.InvalidClientIdentifier },
            { "identifier-invalid", Swap(">loans<", ">lo&#9;ans<"), XRoadFaultCode.InvalidClientIdentifier },
            { "identifier-invalid", Swap(">loans<", ">\n loans<"), XRoadFaultCode.InvalidClientIdentifier },
            { "identifier-invalid", Swap(">getPerson<", ">get;Person<"), XRoadFaultCode.InvalidXml },
            { "identifier-invalid", Swap("<id:serviceCode>getPerson</id:serviceCode>", ""), XRoadFaultCode.InvalidXml },
            { "identifier-invalid", SoapSample.Request(Server.Replace(">ss1<", ">s:1<", StringComparison.Ordinal)), XRoadFaultCode.InvalidSecurityServer },
            { "identifier-invalid", SoapSample.Request(Party.Replace(">60009077<", "><", StringComparison.Ordinal)), XRoadFaultCode.InvalidXml },
            { "identifier-children", Swap("<id:memberClass>COM</id:memberClass><id:memberCode>60009001</id:memberCode>", "<id:memberCode>60009001</id:memberCode><id:memberClass>COM</id:memberClass>"), XRoadFaultCode.InvalidXml },
            { "identifier-children", Swap("<id:memberClass>COM</id:memberClass>", "<id:memberClass>COM</id:memberClass><id:memberClass>COM</id:memberClass>"), XRoadFaultCode.InvalidXml },
            { "identifier-children", Swap("<id:subsystemCode>loans</id:subsystemCode>", "<id:subsystemCode>loans</id:subsystemCode><id:serverCode>x</id:serverCode>"), XRoadFaultCode.InvalidXml },
            { "identifier-children", Swap("<id:memberClass>COM</id:memberClass>", "<memberClass>COM</memberClass>"), XRoadFaultCode.InvalidXml },
            { "identifier-text", Swap("<id:memberClass>COM", "x<id:memberClass>COM"), XRoadFaultCode.InvalidXml },
            { "header-content", Swap(">KG12345678901234<", "><b/><"), XRoadFaultCode.InvalidXml },
            { "header-content", Swap(">KG12345678901234<", ">1<?p q?>2<"), XRoadFaultCode.InvalidXml },
            { "header-too-long", Swap("loan-scoring 17", new string('x', 4001)), XRoadFaultCode.InvalidXml },
            { "token-type", SoapSample.Request("<sec:securityToken tokenType=\"urn:t\" sec:tokenType=\"urn:t\">a</sec:securityToken>"), XRoadFaultCode.InvalidXml },
            { "central-service", Swap("xrd:service", "xrd:centralService"), XRoadFaultCode.InvalidXml },
            { "header-blocks", SoapSample.Request(string.Concat(Enumerable.Repeat("<x xmlns=\"urn:x\"/>", 10_000))), XRoadFaultCode.InvalidSoap },
            { "xml-too-deep", SoapSample.Envelope(all, string.Concat(Enumerable.Repeat("<a>", 10_000)) + string.Concat(Enumerable.Repeat("</a>", 10_000))), XRoadFaultCode.InvalidSoap },
        };
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void TryRead_AgainstARule_IsRefusedByName(string reason, string xml, XRoadFaultCode code)
    {
        SoapMessage.TryRead(SoapSample.Bytes(xml), SoapReaderOptions.Default, out SoapMessage? message, out ProtocolFault fault).ShouldBeFalse();
        message.ShouldBeNull();
        fault.Reason.ShouldBe(reason, fault.ToString());
        fault.XRoadCode.ShouldBe(code);
        fault.Path.ShouldNotBeNullOrEmpty();
        fault.Expected.ShouldNotBeNullOrEmpty();
        fault.Found.ShouldNotBeNullOrEmpty();
        fault.ToString().ShouldNotContain("12345678901234");
    }

    [Theory]
    [InlineData("", null, false)]
    [InlineData(" tokenType=\"urn:t\"", "urn:t", false)]
    [InlineData(" sec:tokenType=\"urn:t\"", "urn:t", true)]
    [InlineData(" tokenType=\"\"", "", false)]
    public void TryRead_TokenTypeInEveryForm_IsTakenAndWrittenAsItWas(string attribute, string? type, bool qualified)
    {
        using SoapMessage message = SoapSample.Read(SoapSample.Request($"<sec:securityToken{attribute}>a.b.c</sec:securityToken>"));

        SecurityToken token = message.Headers!.SecurityToken!.Value;
        (token.TokenType, token.Value, token.IsTypeQualified).ShouldBe((type, "a.b.c", qualified));
        System.Buffers.ArrayBufferWriter<byte> written = new();
        SoapWriter.Write(written, message.Headers, default, "<a/>"u8);
        string text = System.Text.Encoding.UTF8.GetString(written.WrittenSpan);
        text.ShouldContain($"<sec:securityToken{attribute}>a.b.c</sec:securityToken>");
        using SoapMessage again = SoapSample.Read(text);
        again.Headers!.SecurityToken.ShouldBe(token);
        again.Headers.ToSignedValues().ShouldBe(message.Headers.ToSignedValues());
        string signed = message.Headers.ToSignedValues()[^1].Value;
        signed.ShouldStartWith(type is null ? "sha-512:" : type + " sha-512:");
        signed.ShouldNotContain("a.b.c");
    }

    [Fact]
    public void CheckBodyName_BeginsWithTheCode_IsAcceptedAndOthersAreNot()
    {
        string all = SoapSample.Client + SoapSample.Service + SoapSample.Rest;
        using SoapMessage longer = SoapSample.Read(SoapSample.Envelope(all, "<getPersonByPin/>"));
        longer.CheckBodyName().IsNone.ShouldBeTrue();
        using SoapMessage response = SoapSample.Read(SoapSample.Envelope(all, "<getPersonResponse/>"));
        response.Kind.ShouldBe(SoapBodyKind.Response);
        response.CheckBodyName().IsNone.ShouldBeTrue();
        using SoapMessage other = SoapSample.Read(SoapSample.Envelope(all, "<listPersons/>"));
        other.CheckBodyName().XRoadCode.ShouldBe(XRoadFaultCode.InconsistentHeaders);
    }

    [Fact]
    public void TryRead_FaultWithoutHeaders_IsClassified()
    {
        const string xml = "<SOAP-ENV:Envelope xmlns:SOAP-ENV=\"http://schemas.xmlsoap.org/soap/envelope/\"><SOAP-ENV:Body><SOAP-ENV:Fault>"
            + "<faultcode>Server.ServerProxy.AccessDenied</faultcode><faultstring>Request is not allowed</faultstring><faultactor></faultactor>"
            + "<detail><faultDetail xmlns=\"\">0f0e</faultDetail></detail></SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>";
        using SoapMessage message = SoapSample.Read(xml);

        message.IsFault.ShouldBeTrue();
        message.Headers.ShouldBeNull();
        message.HeaderFault.IsNone.ShouldBeTrue();
        message.Fault.Value.Classified.ShouldBe(new XRoadFault(FaultOrigin.ProviderSecurityServer, XRoadFaultCode.AccessDenied));
        message.Fault.Value.DetailId.ShouldBe("0f0e");
        message.Fault.Value.Message.ShouldBe("Request is not allowed");
    }

    [Theory]
    [InlineData("Server", "Server")]
    [InlineData("server.clientproxy.network_error", "server.clientproxy.network_error")]
    [InlineData("soapenv:Server.Sub", "soapenv:Server.Sub")]
    [InlineData("e:Server.Sub", "soapenv:Server.Sub")]
    [InlineData("unbound:Client", "soapenv:Client")]
    [InlineData("q:NotFound", "NotFound")]
    [InlineData("q:Server.ClientProxy.NetworkError", "soapenv:Server")]
    public void TryRead_FaultCode_HasThePrefixThatIsBoundWhereItGoes(string code, string read)
    {
        string text = "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><soapenv:Body><soapenv:Fault>"
            + $"<faultcode xmlns:q=\"urn:q\">{code}</faultcode><faultstring>no</faultstring></soapenv:Fault></soapenv:Body></soapenv:Envelope>";
        using SoapMessage message = SoapSample.Read(text);

        message.Fault!.Value.Code.ShouldBe(read);
        message.Fault.Value.Classified.IsFromSecurityServer.ShouldBe(code.StartsWith("server.clientproxy", StringComparison.Ordinal));
    }

    [Fact]
    public void TryRead_FaultWithBrokenHeaders_IsStillAFault()
    {
        using SoapMessage message = SoapSample.Read(SoapSample.Envelope(SoapSample.Client, "<soapenv:Fault><faultcode>soap:Server</faultcode></soapenv:Fault>"));
        message.IsFault.ShouldBeTrue();
        message.HeaderFault.Reason.ShouldBe("header-missing");
        message.Fault.Value.Code.ShouldBe("soapenv:Server");
        message.Fault.Value.Classified.Code.ShouldBe(XRoadFaultCode.Own);
    }

    [Theory]
    [InlineData("windows-1251", 1251)]
    [InlineData("utf-16", 1201)]
    [InlineData("UTF-16LE", 1200)]
    [InlineData("utf-16be", 1201)]
    public void TryRead_OtherCharsetOfTheContentType_IsDecoded(string charset, int page)
    {
        Encoding encoding = page == 1251 ? CodePagesEncodingProvider.Instance.GetEncoding(page)! : Encoding.GetEncoding(page);
        string xml = $"<?xml version=\"1.0\" encoding=\"{charset}\"?>" + SoapSample.Request().Replace("loan-scoring", "заявка", StringComparison.Ordinal);
        SoapReaderOptions options = SoapReaderOptions.Default with { Charset = charset };

        SoapMessage.TryRead(encoding.GetBytes(xml), options, out SoapMessage? message, out ProtocolFault fault).ShouldBeTrue(fault.ToString());
        message.Headers!.Issue.ShouldBe("заявка 17");
        message.Dispose();
    }

    [Theory]
    [InlineData("ebcdic", "charset-unknown")]
    [InlineData("utf-7", "charset-unknown")]
    [InlineData("us-ascii", "charset-bytes")]
    public void TryRead_CharsetThatDoesNotFit_IsRefused(string charset, string reason)
    {
        byte[] raw = SoapSample.Bytes(SoapSample.Request().Replace("loan-scoring", "заявка", StringComparison.Ordinal));
        SoapMessage.TryRead(raw, SoapReaderOptions.Default with { Charset = charset }, out _, out ProtocolFault fault).ShouldBeFalse();
        fault.Reason.ShouldBe(reason);
    }

    /// <summary>Charset of the Content-Type, encoding the XML declaration names, code page of the bytes.</summary>
    [Theory]
    [InlineData(null, "windows-1251", 1251)]
    [InlineData(null, "KOI8-R", 20866)]
    [InlineData(null, "iso-8859-5", 28595)]
    [InlineData(null, "UTF-16", 1200)]
    [InlineData(null, "UTF-16", 1201)]
    [InlineData(null, null, 1200)]
    [InlineData(null, "iso-8859-1", 65001)]
    [InlineData(null, "utf-16", 65001)]
    [InlineData(null, "x-unheard-of", 65001)]
    [InlineData("utf-8", "windows-1251", 65001)]
    [InlineData("UTF8", "utf-16", 65001)]
    [InlineData("windows-1251", "utf-8", 1251)]
    [InlineData("windows-1251", "koi8-r", 1251)]
    [InlineData("utf-16", "utf-8", 1200)]
    public void TryRead_CharsetOfContentTypeMarkAndDeclaration_CountInThisOrder(string? charset, string? declared, int page)
    {
        Encoding encoding = page is 1251 or 20866 or 28595 ? CodePagesEncodingProvider.Instance.GetEncoding(page)! : Encoding.GetEncoding(page);
        string xml = (declared is null ? "" : $"<?xml version='1.0' encoding='{declared}' standalone='yes'?>\n") + SoapSample.Request().Replace("loan-scoring", "заявка", StringComparison.Ordinal);
        byte[] mark = charset == "utf-16" || page is 1200 or 1201 ? encoding.GetPreamble() : [];
        byte[] raw = [.. mark, .. encoding.GetBytes(xml)];

        SoapMessage.TryRead(raw, SoapReaderOptions.Default with { Charset = charset }, out SoapMessage? message, out ProtocolFault fault).ShouldBeTrue(fault.ToString());
        using (message)
        {
            message.Headers!.Issue.ShouldBe("заявка 17");
            message.Raw.ToArray().ShouldBe(raw, "the request hash is that of these");

            // Whoever reads it again, by the declaration or without, reads the same.
            System.Xml.Linq.XDocument again = System.Xml.Linq.XDocument.Load(new MemoryStream(message.Tape.Source.ToArray()));
            again.Descendants(System.Xml.Linq.XName.Get("issue", "http://x-road.eu/xsd/xroad.xsd")).Single().Value.ShouldBe("заявка 17");
        }
    }

    [Theory]
    [InlineData("utf-8", "windows-1251", 1251, "xml-not-utf8")]
    [InlineData(null, "utf-8", 1251, "xml-not-utf8")]
    [InlineData(null, null, 1251, "xml-not-utf8")]
    [InlineData(null, "x-unheard-of", 1251, "charset-unknown")]
    [InlineData(null, "utf-16' ?><a>", 1251, "xml-not-utf8")]
    [InlineData("utf-8", null, -1200, "charset-contradicted")]
    [InlineData("windows-1251", null, -65001, "charset-contradicted")]
    [InlineData("utf-16be", null, -1200, "charset-contradicted")]
    [InlineData("utf-16", null, 1200, "xml-")]
    public void TryRead_BytesOfAnotherCharset_AreRefused(string? charset, string? declared, int page, string reason)
    {
        Encoding encoding = page == 1251 ? CodePagesEncodingProvider.Instance.GetEncoding(page)! : Encoding.GetEncoding(Math.Abs(page));
        string xml = (declared is null ? "" : $"<?xml version='1.0' encoding='{declared}'?>") + SoapSample.Request().Replace("loan-scoring", "заявка", StringComparison.Ordinal);
        byte[] raw = [.. page < 0 ? encoding.GetPreamble() : [], .. encoding.GetBytes(xml)];

        SoapMessage.TryRead(raw, SoapReaderOptions.Default with { Charset = charset }, out _, out ProtocolFault fault).ShouldBeFalse();
        fault.Reason.ShouldStartWith(reason);
    }
}
