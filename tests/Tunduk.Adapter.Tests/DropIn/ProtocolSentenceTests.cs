using System.Text;
using System.Text.RegularExpressions;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.XRoad.Faults;

namespace Tunduk.Adapter.Tests.DropIn;

/// <summary>
/// The message protocol sentence by sentence (PR-MESS 4.0.25 as security servers keep it): each row asks a security server and the
/// drop-in face the same, and says what both answer. Where the adapter is stricter, the row says why.
/// </summary>
[Collection(DropInWorld.Collection)]
public sealed partial class ProtocolSentenceTests(DropInWorld fixture)
{
    private const string Soap = "http://schemas.xmlsoap.org/soap/envelope/";
    private const string Party = "<r:representedParty xmlns:r=\"http://x-road.eu/xsd/representation.xsd\"><r:partyCode>1</r:partyCode></r:representedParty>";
    private const string Token = "<t:securityToken xmlns:t=\"http://x-road.eu/xsd/security-token.xsd\" tokenType=\"urn:ietf:params:oauth:token-type:jwt\">a.b.c</t:securityToken>";
    private const string Server = "<xrd:securityServer id:objectType=\"SERVER\"><id:xRoadInstance>sandbox</id:xRoadInstance><id:memberClass>GOV</id:memberClass><id:memberCode>70009001</id:memberCode><id:serverCode>ss1</id:serverCode></xrd:securityServer>";
    private readonly DropInWorld drop = fixture;

    /// <summary>Sentence, envelope, the security server's code (null: it passes), ours (null: it passes).</summary>
    public static TheoryData<string, string, string?, string?> Envelopes_ => new()
    {
        { "SOAP 1.1", Good.Replace(Soap, "http://www.w3.org/2003/05/soap-envelope", StringComparison.Ordinal), "client.invalid_soap", "soap_malformed" },
        { "DOCTYPE is rejected, surfaces as invalid_soap", "<!DOCTYPE a>" + Good, "client.invalid_soap", "xml_forbidden" },
        { "the default namespace and other prefixes are free", Good.Replace("xrd:", "q:", StringComparison.Ordinal).Replace("xmlns:xrd", "xmlns:q", StringComparison.Ordinal).Replace("soapenv", "S", StringComparison.Ordinal), null, null },
        { "comments, CDATA and character references are text like any other", Good.Replace(TestPersons.Somebody.Pin, $"<![CDATA[{TestPersons.Somebody.Pin[..5]}]]><!-- c -->&#x{(int)TestPersons.Somebody.Pin[5]:X};{TestPersons.Somebody.Pin[6..]}", StringComparison.Ordinal), null, null },

        { "client is mandatory", Without("client"), "client.missing_header_field", "header_missing" },
        { "service is mandatory in requests", Without("service"), "client.missing_header_field", "header_missing" },
        { "id is mandatory", Without("id"), "client.missing_header_field", "header_missing" },
        { "protocolVersion is mandatory", Without("protocolVersion"), "client.missing_header_field", "header_missing" },
        { "userId is optional; agreements demand it", Without("userId"), null, "user_id_missing" },
        { "issue is optional; agreements demand it", Without("issue"), null, "issue_missing" },
        { "representedParty is optional, its class too; agreements list who may stand behind", With(Party), null, "represented_party_not_agreed" },
        { "securityToken passes, not validated", With(Token), null, null },
        { "securityToken passes without a type, which its schema has as optional", With(Token.Replace(" tokenType=\"urn:ietf:params:oauth:token-type:jwt\"", "", StringComparison.Ordinal)), null, null },
        { "securityToken passes with the type in its own namespace, as client libraries write it", With(Token.Replace(" tokenType", " t:tokenType", StringComparison.Ordinal)), null, null },
        { "requestHash is for responses: a request's means nothing", With("<xrd:requestHash algorithmId=\"urn:x\">AAAA</xrd:requestHash>"), null, null },
        { "unknown header elements pass a security server; ours need the agreement's word, and do not cross without", With("<w:a xmlns:w=\"urn:w\">1</w:a>"), null, null },

        { "each at most once: client", Twice("client"), "client.duplicate_header_field", "header_duplicate" },
        { "each at most once: service", Twice("service"), "client.duplicate_header_field", "header_duplicate" },
        { "each at most once: id", Twice("id"), "client.duplicate_header_field", "header_duplicate" },
        { "each at most once: userId", Twice("userId"), "client.duplicate_header_field", "header_duplicate" },
        { "each at most once: issue", Twice("issue"), "client.duplicate_header_field", "header_duplicate" },
        { "each at most once: protocolVersion", Twice("protocolVersion"), "client.duplicate_header_field", "header_duplicate" },
        { "each at most once: representedParty", With(Party + Party), "client.duplicate_header_field", "header_duplicate" },
        { "each at most once: securityServer", With(Server + Server), "client.duplicate_header_field", "header_duplicate" },
        { "each at most once: requestHash", With("<xrd:requestHash algorithmId=\"a\">AA</xrd:requestHash><xrd:requestHash algorithmId=\"a\">AA</xrd:requestHash>"), "client.duplicate_header_field", "header_duplicate" },
        { "each at most once: securityToken, which a security server does not read", With(Token + Token), null, "header_duplicate" },

        { "objectType is a qualified attribute: missing", Good.Replace(" id:objectType=\"SUBSYSTEM\"", "", StringComparison.Ordinal), "client.invalid_xml", "soap_malformed" },
        { "objectType is a qualified attribute: unqualified", Good.Replace(" id:objectType=\"SUBSYSTEM\"", " objectType=\"SUBSYSTEM\"", StringComparison.Ordinal), "client.invalid_xml", "soap_malformed" },
        { "objectType of the service is missing", Good.Replace(" id:objectType=\"SERVICE\"", "", StringComparison.Ordinal), "client.invalid_xml", "soap_malformed" },
        { "objectType unknown", Good.Replace("\"SUBSYSTEM\"", "\"PERSON\"", StringComparison.Ordinal), "client.invalid_xml", "soap_malformed" },
        { "centralService removed", Good.Replace("xrd:service", "xrd:centralService", StringComparison.Ordinal), "client.missing_header_field", "soap_malformed" },
        { "objectType of the securityServer is missing", With(Server.Replace(" id:objectType=\"SERVER\"", "", StringComparison.Ordinal)), "client.invalid_xml", "soap_malformed" },
        { "objectType of the securityServer is another", With(Server.Replace("\"SERVER\"", "\"SUBSYSTEM\"", StringComparison.Ordinal)), null, null },
        { "objectType of the securityServer is unknown", With(Server.Replace("\"SERVER\"", "\"MACHINE\"", StringComparison.Ordinal)), "client.invalid_xml", "soap_malformed" },
        { "a service of another type is none", Good.Replace("\"SERVICE\"", "\"SUBSYSTEM\"", StringComparison.Ordinal), "client.missing_header_field", "soap_malformed" },
        { "children of an identifier have an order", Good.Replace("<id:memberClass>COM</id:memberClass><id:memberCode>60009001</id:memberCode>", "<id:memberCode>60009001</id:memberCode><id:memberClass>COM</id:memberClass>", StringComparison.Ordinal), null, "soap_malformed" },
        { "text beside the Body element", Good.Replace("</soapenv:Body>", "x</soapenv:Body>", StringComparison.Ordinal), null, "soap_malformed" },
        { "CENTRALSERVICE removed", Good.Replace("\"SERVICE\"", "\"CENTRALSERVICE\"", StringComparison.Ordinal), "client.invalid_xml", "soap_malformed" },
        { "MEMBER with subsystemCode is an invalid combination", Good.Replace("\"SUBSYSTEM\"", "\"MEMBER\"", StringComparison.Ordinal), "client.invalid_client_identifier", "soap_malformed" },
        { "SUBSYSTEM without subsystemCode is an invalid combination", Good.Replace("<id:subsystemCode>loans</id:subsystemCode>", "", StringComparison.Ordinal), "client.invalid_client_identifier", "soap_malformed" },
        { "a member may be a client; this one has no right, and is not the caller's own", Good.Replace("\"SUBSYSTEM\"", "\"MEMBER\"", StringComparison.Ordinal).Replace("<id:subsystemCode>loans</id:subsystemCode>", "", StringComparison.Ordinal), "server.serverproxy.access_denied", "client_not_own" },
        { "securityServer must be that of the provider", With(Server.Replace("ss1", "nowhere", StringComparison.Ordinal)), "server.clientproxy.invalid_security_server", "security_server_fault" },

        { "protocolVersion begins with 4.", Good.Replace(">4.0<", ">4.1<", StringComparison.Ordinal), null, null },
        { "protocolVersion 3.1", Good.Replace(">4.0<", ">3.1<", StringComparison.Ordinal), "client.invalid_protocol_version", "soap_malformed" },
        { "protocolVersion 4 without its point", Good.Replace(">4.0<", ">4<", StringComparison.Ordinal), "client.invalid_protocol_version", "soap_malformed" },

        { "exactly one Body child: none", Functional.Envelopes.UnsignedText(body: " "), "client.invalid_body", "soap_malformed" },
        { "exactly one Body child: two", Functional.Envelopes.UnsignedText(body: Functional.Envelopes.GetPerson() + Functional.Envelopes.GetPerson()), "client.invalid_body", "soap_malformed" },
        { "no Body", BodyElement().Replace(Good, ""), "client.missing_body", "soap_malformed" },
        { "no Header", HeaderElement().Replace(Good, ""), "client.missing_header", "header_missing" },
        { "a fault is no request", Functional.Envelopes.UnsignedText(body: "<soapenv:Fault><faultcode>x</faultcode><faultstring>x</faultstring></soapenv:Fault>"), "client.invalid_message", "soap_malformed" },
        { "the Body element begins with the service code: another", Functional.Envelopes.UnsignedText(body: Functional.Envelopes.GetPerson().Replace("getPerson", "listPersons", StringComparison.Ordinal)), "client.inconsistent_headers", "soap_malformed" },
        { "the Body element begins with the service code, and the contract says which it is", Functional.Envelopes.UnsignedText(body: Functional.Envelopes.GetPerson().Replace("getPerson", "getPersonByPin", StringComparison.Ordinal)), null, "contract_violated" },
        { "RPC encodingStyle is still parsed", Good.Replace("<soapenv:Body", $"<soapenv:Body soapenv:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\"", StringComparison.Ordinal), null, null },
    };

    [Theory]
    [MemberData(nameof(Envelopes_))]
    public async Task Envelope_AsTheSentenceSays_IsTakenOrRefusedByBoth(string sentence, string envelope, string? server, string? adapter)
    {
        var calls = drop.World.InformationSystem.Calls.Count;

        (await CodeAsync(drop.SecurityServer, envelope)).ShouldBe(server, sentence);
        (await CodeAsync(drop.Adapter, envelope)).ShouldBe(Expected(adapter, server), sentence);
        (drop.World.InformationSystem.Calls.Count > calls).ShouldBe(adapter is null, sentence);
    }

    public static TheoryData<string, string?, string?, string?, string?> Transports => new()
    {
        { "text/xml is accepted in any case", "TEXT/XML", null, null, null },
        { "charset defaults to UTF-8", "text/xml", null, null, null },
        { "charset of the Content-Type", "text/xml; charset=\"utf-8\"", "\"\"", null, null },
        { "application/xop+xml is accepted", "application/xop+xml", null, null, null },
        { "others are invalid_content_type", "text/plain", null, "client.invalid_content_type", "content_type_unsupported" },
        { "SOAP 1.2's is another", "application/soap+xml", null, "client.invalid_content_type", "content_type_unsupported" },
        { "none is invalid_request", null, null, "client.invalid_request", "content_type_unsupported" },
        { "multipart without boundary", "multipart/related", null, "client.mime_parsing_failed", "content_type_unsupported" },
        { "SOAPAction empty", "text/xml", "", null, null },
        { "SOAPAction of two quotes", "text/xml", "\"\"", null, null },
        { "SOAPAction is a quoted URI", "text/xml", "\"urn:getPerson\"", null, null },
        { "SOAPAction without quotes", "text/xml", "urn:getPerson", "client.invalid_soap_action", "header_invalid" },
        { "SOAPAction that is no URI", "text/xml", "\"get person\"", "client.invalid_soap_action", "header_invalid" },
    };

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Http_AsTheSentenceSays_IsTakenOrRefusedByBoth(string sentence, string? contentType, string? action, string? server, string? adapter)
    {
        (await CodeAsync(drop.SecurityServer, Good, contentType, action)).ShouldBe(server, sentence);
        (await CodeAsync(drop.Adapter, Good, contentType, action)).ShouldBe(Expected(adapter, server), sentence);
    }

    public static TheoryData<string, string, string?, string?> Multiparts => new()
    {
        { "SOAP is the first part", Part("text/xml; charset=UTF-8", Good), null, null },
        { "SOAP is the first part: another comes first", Part("application/pdf", "%PDF-1.7", "a") + Part("text/xml", Good), "client.invalid_content_type", "content_type_unsupported|multipart_malformed" },
        { "each part needs its own Content-Type", Part("text/xml", Good) + "\r\n--sentence\r\nContent-ID: <a>\r\n\r\n%PDF-1.7", "client.invalid_content_type", "multipart_malformed" },
        { "the preamble is not preserved, and harms nothing", "preamble\r\n" + Part("text/xml", Good), null, null },
        { "an empty multipart has no SOAP", "", "client.missing_soap", "multipart_malformed" },
        { "the SOAP part of 8bit is the bytes themselves", Part("text/xml", Good, encoding: "8bit"), null, null },
    };

    [Theory]
    [MemberData(nameof(Multiparts))]
    public async Task Multipart_AsTheSentenceSays_IsTakenOrRefusedByBoth(string sentence, string parts, string? server, string? adapter)
    {
        const string contentType = "multipart/related; type=\"text/xml\"; boundary=sentence";
        var message = parts + "\r\n--sentence--\r\n";

        (await CodeAsync(drop.SecurityServer, message, contentType)).ShouldBe(server, sentence);
        (adapter?.Split('|').Select(code => "adapter." + code) ?? [null]).ShouldContain(await CodeAsync(drop.Adapter, message, contentType), sentence);
    }

    [Theory]
    [InlineData("a UTF-8 byte order mark is tolerated, and hashed", "\uFEFF")]
    [InlineData("an XML declaration", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")]
    [InlineData("the JDK's parser takes UTF8 for what it means", "<?xml version=\"1.0\" encoding=\"UTF8\"?>")]
    [InlineData("the charset of the Content-Type counts, not the declaration", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>")]
    [InlineData("the charset of the Content-Type counts, not the declaration that .NET's StringWriter gives", "<?xml version=\"1.0\" encoding=\"utf-16\"?>")]
    public async Task Beginning_AsTheSentenceSays_IsTakenByBothAndHashed(string sentence, string before)
    {
        var message = before + Good;

        (await CodeAsync(drop.SecurityServer, message)).ShouldBeNull(sentence);
        var reply = await drop.PostAsync(drop.Adapter, Encoding.UTF8.GetBytes(message));
        reply.Header("requestHash").ShouldBe(Convert.ToBase64String(System.Security.Cryptography.SHA512.HashData(Encoding.UTF8.GetBytes(message))), sentence);
    }

    // 7.x warns and goes on, 8.0 refuses: the adapter refuses, since the next reader may see another name.
    [Theory]
    [InlineData("/")]
    [InlineData("%")]
    [InlineData("\\")]
    [InlineData(";")]
    [InlineData(":")]
    [InlineData("&#9;")]
    [InlineData("\u200B")]
    [InlineData("\uFEFF")]
    public async Task Identifier_WithACharacterOutsideTheRules_IsRefusedBeforeAnythingIsAsked(string character)
    {
        var reply = await CodeAsync(drop.Adapter, Good.Replace(">loans<", $">lo{character}ans<", StringComparison.Ordinal));

        reply.ShouldBe("adapter.soap_malformed");
    }

    [Fact]
    public void SecurityServersCodes_OfTheTable_AreOfTheTaxonomy()
    {
        foreach (var code in Envelopes_.Select(row => (string?)row[2]).Concat(Transports.Select(row => (string?)row[3])).Concat(Multiparts.Select(row => (string?)row[2])).OfType<string>())
        {
            XRoadFault.Classify(code).Code.ShouldNotBe(XRoadFaultCode.Own, code);
        }
    }

    private static string Good => Functional.Envelopes.UnsignedText();

    // What the security server says comes back in its own words.
    private static string? Expected(string? adapter, string? server) => adapter is null ? null : adapter == "security_server_fault" ? server : "adapter." + adapter;

    private static string With(string block) => Good.Replace("</soapenv:Header>", block + "</soapenv:Header>", StringComparison.Ordinal);

    private static string Without(string name) => Header(name).Replace(Good, "");

    private static string Twice(string name) => Header(name).Replace(Good, match => match.Value + match.Value);

    private static Regex Header(string name) => new($"<xrd:{name}[ >].*?</xrd:{name}>", RegexOptions.Singleline, TimeSpan.FromSeconds(1));

    private static string Part(string type, string content, string? id = null, string? encoding = null) =>
        $"\r\n--sentence\r\nContent-Type: {type}\r\n{(id is null ? "" : $"Content-ID: <{id}>\r\n")}{(encoding is null ? "" : $"Content-Transfer-Encoding: {encoding}\r\n")}\r\n{content}";

    // Asked directly, the provider's adapter misses our signature: what passed the security server is all that is asked here.
    private async Task<string?> CodeAsync(Uri address, string message, string? contentType = "text/xml; charset=utf-8", string? action = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(message)) };
        if (contentType is not null)
        {
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + drop.World.Folders.ApiKey);
        if (action is not null)
        {
            request.Headers.TryAddWithoutValidation("SOAPAction", action);
        }

        var code = SoapReply.Read((await drop.World.SendAsync(request)) with { ContentType = "text/xml; charset=utf-8" }).FaultCode;
        return address == drop.SecurityServer && code?.StartsWith("adapter.", StringComparison.Ordinal) == true ? null : code;
    }

    [GeneratedRegex("<soapenv:Body.*</soapenv:Body>", RegexOptions.Singleline | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex BodyElement();

    [GeneratedRegex("<soapenv:Header.*</soapenv:Header>", RegexOptions.Singleline | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex HeaderElement();
}
