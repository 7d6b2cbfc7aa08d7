using System.Text;
using Tunduk.Adapter.Tests.DropIn;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Tests.Attacks;

/// <summary>
/// The same with SOAP, with and without attachments, faults included, and with JSON on the alias face. <c>SECRET</c> is unlisted and
/// reaches nobody in any form, refusals included; <c>LISTED</c> arrives, or the message is refused by the code that the case names.
/// </summary>
public sealed class SoapMatrixTests(MatrixWorld matrix) : IClassFixture<MatrixWorld>
{
    private const string Xop = "xmlns:x=\"http://www.w3.org/2004/08/xop/include\"";
    private const string Xsi = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";

    /// <summary>Name: the fields (requests list <c>note</c>, answers <c>surname</c>; here <c>@</c>), and the refusal (empty: what is listed arrives).</summary>
    private static readonly Dictionary<string, (string Fields, string Refusal)> Bodies = new(StringComparer.Ordinal)
    {
        ["unlisted"] = ("<l:salary>SECRET</l:salary><l:@>LISTED</l:@><l:item>SECRET</l:item>", ""),
        ["attributes"] = ("<l:@ photo=\"SECRET\" l:salary='SECRET'>LISTED</l:@>", ""),
        ["attributes-of-the-protocol"] = ($"<l:@ {Xsi} xml:lang=\"SECRET\" xml:space=\"preserve\" xml:base=\"SECRET\" xml:id=\"SECRET\" xsi:schemaLocation=\"urn:a SECRET\" xsi:noNamespaceSchemaLocation=\"SECRET\">LISTED</l:@>", ""),
        ["encoding-style-and-role"] = ("<l:@ s:encodingStyle=\"SECRET\" s:actor=\"SECRET\" s:mustUnderstand=\"0\" xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\">LISTED</l:@>", ""),
        ["instance-attribute-of-ones-own"] = ($"<l:@ {Xsi} xsi:photo=\"SECRET\">LISTED</l:@>", "wrong_instance_attribute"),
        ["type-substitution"] = ($"<l:@ {Xsi} xsi:type=\"l:Secret\">SECRET</l:@>", "type_substitution"),
        ["nil-with-content"] = ($"<l:@ {Xsi} xsi:nil=\"true\">SECRET</l:@>", "nil_with_content"),
        ["nil-with-an-element"] = ($"<l:@ {Xsi} xsi:nil=\"1\"><l:salary>SECRET</l:salary></l:@>", "nil_with_content"),
        ["nil-and-empty"] = ($"<l:@ {Xsi} xsi:nil=\"true\"/><l:salary {Xsi} xsi:nil=\"false\">SECRET</l:salary><l:@>LISTED</l:@>", ""),
        ["comments"] = ("<l:@>LIS<!--SECRET-->TED</l:@><!--SECRET--><l:salary>SEC<!-- -->RET</l:salary>", ""),
        ["instructions"] = ("<?SECRET SECRET?><l:@>LISTED</l:@>", "*"),
        ["cdata"] = ("<l:@><![CDATA[LISTED</l:@>]]></l:@><![CDATA[SECRET]]><l:salary><![CDATA[SECRET]]></l:salary>", ""),
        ["text-beside-elements"] = ("SECRET<l:@>LISTED</l:@>&#83;&#69;&#67;RET", ""),
        ["namespace-of-ones-own"] = ("<e:@ xmlns:e=\"urn:e\">SECRET</e:@><@ xmlns=\"urn:e\">SECRET</@><l:@>LISTED</l:@>", ""),
        ["namespace-that-is-data"] = ("<l:@ xmlns:p=\"urn:SECRET\" xmlns:SECRET=\"urn:p\">LISTED</l:@>", ""),
        ["namespace-rebound"] = ("<l:@ xmlns:k=\"urn:k\"><k:photo>SECRET</k:photo>LISTED</l:@>", ""),
        ["case-and-letters"] = (RawNeighbour.Utf8("<l:@X>SECRET</l:@X><l:SURNAME>SECRET</l:SURNAME><l:ѕurname>SECRET</l:ѕurname><l:@>LISTED</l:@>"), ""),
        ["wrapped-once-more"] = ("<l:response><l:salary>SECRET</l:salary></l:response><l:request><l:salary>SECRET</l:salary></l:request><l:@>LISTED</l:@>", "-"),
        ["echo-of-a-request"] = ("<l:request><l:salary>SECRET</l:salary><l:clientid>SECRET</l:clientid></l:request><l:response><l:@>LISTED</l:@></l:response>", "-"),
        ["below-a-listed-field"] = ("<l:@>LISTED<l:salary>SECRET</l:salary><l:@>SECRET</l:@></l:@>", ""),
        ["entity"] = ("<l:@>&SECRET;</l:@>", "*"),
        ["include-of-a-removed-field"] = ($"<l:slip><x:Include {Xop} href=\"cid:SECRET\"/></l:slip><l:@>LISTED</l:@>", ""),
        ["include-with-more"] = ($"<l:slip><x:Include {Xop} href=\"cid:a\" note=\"SECRET\">SECRET</x:Include></l:slip><l:@>LISTED</l:@>", ""),
        ["empty-and-absent"] = ("<l:salary/><l:@/><l:salary>SECRET</l:salary><l:@>LISTED</l:@>", ""),
        ["numbers"] = ("<l:@>LISTED-0 1E+999999 NaN 007</l:@><l:salary>1E5SECRET</l:salary>", ""),
        ["nul"] = ("<l:@>&#0;SECRET</l:@>", "*"),
        ["half-a-surrogate"] = ("<l:@>&#xD800;SECRET</l:@>", "*"),
        ["default-of-a-document-type"] = ("<l:@>LISTED</l:@>", ""),
    };

    /// <summary>Name: what is changed in the whole message, its type, more HTTP headers, and the refusal.</summary>
    private static readonly Dictionary<string, (Func<string, string> Change, string Type, string Headers, string Refusal)> Around = new(StringComparer.Ordinal)
    {
        ["foreign-header-block"] = (text => Into(text, "<t:photo xmlns:t=\"urn:t\">SECRET<t:a>SECRET</t:a></t:photo><t:SECRET xmlns:t=\"urn:t\"/>"), Xml, "", ""),
        ["listed-header-block-of-the-protocol"] = (text => Into(text, "<t:trail xmlns:t=\"http://x-road.eu/xsd/photo\">SECRET</t:trail>"), Xml, "", ""),
        ["credentials-of-ws-security"] = (text => Into(text, "<w:Security xmlns:w=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\"><w:UsernameToken><w:Username>SECRET</w:Username><w:Password>SECRET</w:Password></w:UsernameToken></w:Security>"), Xml, "", "*"),
        ["header-of-xroad-unknown"] = (text => Into(text, "<xrd:photo>SECRET</xrd:photo>"), Xml, "", "*"),
        ["attributes-of-xroad-headers"] = (text => text.Replace("<xrd:userId", "<xrd:userId xml:lang=\"SECRET\" photo=\"SECRET\"", StringComparison.Ordinal), Xml, "", "*"),
        ["comment-in-xroad-headers"] = (text => text.Replace("<xrd:userId>", "<!--SECRET--><xrd:userId><!--SECRET-->", StringComparison.Ordinal), Xml, "", "*"),
        ["attributes-of-the-envelope"] = (text => text.Replace(":Body>", ":Body photo=\"SECRET\">", StringComparison.Ordinal).Replace("</soapenv:Body photo=\"SECRET\">", "</soapenv:Body>", StringComparison.Ordinal), Xml, "", "*"),
        ["second-element-of-the-body"] = (text => text.Replace("</soapenv:Body>", "<l:photo xmlns:l=\"urn:l\">SECRET</l:photo></soapenv:Body>", StringComparison.Ordinal), Xml, "", "*"),
        ["behind-the-body"] = (text => text.Replace("</soapenv:Body>", "</soapenv:Body><l:photo xmlns:l=\"urn:l\">SECRET</l:photo>", StringComparison.Ordinal), Xml, "", "*"),
        ["behind-the-envelope"] = (text => text + "<!--SECRET-->", Xml, "", ""),
        ["before-the-envelope"] = (text => "<!--SECRET-->" + Bare(text), Xml, "", ""),
        ["document-type"] = (text => "<!DOCTYPE a [<!ENTITY b \"SECRET\">]>" + Bare(text), Xml, "", "*"),
        ["two-headers"] = (text => text.Replace("<soapenv:Body>", "<soapenv:Header><t:photo xmlns:t=\"urn:t\">SECRET</t:photo></soapenv:Header><soapenv:Body>", StringComparison.Ordinal), Xml, "", "*"),
        ["soap-1.2"] = (text => text.Replace("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope", StringComparison.Ordinal).Replace("LISTED", "SECRET", StringComparison.Ordinal), "application/soap+xml; action=\"SECRET\"", "", "*"),
        ["type-with-parameters"] = (text => text, "text/xml; charset=utf-8; action=\"SECRET\"; photo=SECRET", "", ""),
        ["type-of-another-charset"] = (text => Encoding.Latin1.GetString(Encoding.Unicode.GetBytes(text.Replace("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "", StringComparison.Ordinal).Replace("</soapenv:Body>", "<!--SECRET--></soapenv:Body>", StringComparison.Ordinal))), "text/xml; charset=utf-16le", "", "*"),
        ["type-packed"] = (text => text.Replace("</soapenv:Body>", "<!--SECRET--></soapenv:Body>", StringComparison.Ordinal), Xml, "Content-Encoding: gzip\r\n", "*"),
        ["http-headers"] = (text => text, Xml, "SOAPAction2: SECRET\r\nX-Photo: SECRET\r\nCookie: a=SECRET\r\nUser-Agent: SECRET\r\nReferer: SECRET\r\nContent-Language: SECRET\r\nContent-Location: SECRET\r\nMIME-Version: SECRET\r\ntracestate: a=SECRET\r\nbaggage: a=SECRET\r\n", ""),
        ["attachment-unlisted"] = (text => Mime(text, "Content-Type: application/pdf\r\nContent-ID: <SECRET>\r\n\r\nSECRET"), Multipart, "", ""),
        ["attachment-of-another-type"] = (text => Mime(text, "Content-Type: application/pdf\r\nContent-ID: <scan.pdf>\r\n\r\nSECRET"), Multipart, "", ""),
        ["attachment-headers"] = (text => Mime(text, "Content-Type: application/pdf; name=SECRET; photo=SECRET\r\nContent-ID: <scan.pdf>\r\nContent-Description: SECRET\r\nContent-Disposition: attachment; filename=SECRET; a=SECRET\r\nContent-Location: SECRET\r\nX-Photo: SECRET\r\n\r\n%PDF-1.7"), Multipart, "", ""),
        ["attachment-packed"] = (text => Mime(text, "Content-Type: application/pdf\r\nContent-Transfer-Encoding: SECRET\r\nContent-ID: <scan.pdf>\r\n\r\n%PDF-1.7"), Multipart, "", "*"),
        ["preamble-and-epilogue"] = (text => "SECRET\r\n" + Mime(text, "Content-Type: application/pdf\r\nContent-ID: <scan.pdf>\r\n\r\n%PDF-1.7") + "SECRET", Multipart, "", ""),
        ["root-headers"] = (text => Mime(text, "Content-Type: application/pdf\r\nContent-ID: <scan.pdf>\r\n\r\n%PDF-1.7", "X-Photo: SECRET\r\nContent-Description: SECRET\r\n"), Multipart + "; start-info=\"SECRET\"; photo=SECRET", "", ""),
        ["parts-nested"] = (text => Mime(text, "Content-Type: multipart/mixed; boundary=SECRET\r\nContent-ID: <scan.pdf>\r\n\r\n--SECRET\r\n\r\nSECRET\r\n--SECRET--"), Multipart, "", ""),
    };

    /// <summary>Name: the fault of whoever answers; nothing of it but names passes.</summary>
    private static readonly Dictionary<string, string> Faults = new(StringComparer.Ordinal)
    {
        ["text"] = "<faultcode>soapenv:Server</faultcode><faultstring xml:lang=\"SECRET\">no SECRET</faultstring>",
        ["actor"] = "<faultcode>Server.Known</faultcode><faultstring>no</faultstring><faultactor>SECRET</faultactor>",
        ["code-text"] = "<faultcode>nobody has SECRET</faultcode><faultstring>no</faultstring>",
        ["code-prefix"] = "<faultcode xmlns:SECRET=\"urn:SECRET\">SECRET:Server</faultcode><faultstring>no</faultstring>",
        ["code-attributes"] = "<faultcode photo=\"SECRET\">Server<!--SECRET--></faultcode><faultstring>no</faultstring>",
        ["code-number"] = "<faultcode>Server.21502197994378</faultcode><faultstring>no</faultstring>",
        ["detail"] = "<faultcode>Server</faultcode><faultstring>no</faultstring><detail photo=\"SECRET\">SECRET<reason photo=\"SECRET\">LISTED<!--SECRET--></reason><photo>SECRET</photo></detail>",
        ["detail-of-another-namespace"] = "<faultcode>Server</faultcode><faultstring>no</faultstring><detail><e:reason xmlns:e=\"urn:SECRET\">SECRET</e:reason><e:SECRET xmlns:e=\"urn:e\"/></detail>",
        ["detail-below-a-listed-name"] = "<faultcode>Server</faultcode><faultstring>no</faultstring><detail><reason><photo>SECRET</photo></reason></detail>",
        ["children-of-ones-own"] = "<faultcode>Server</faultcode><faultstring>no</faultstring><photo>SECRET</photo>",
        ["two-codes"] = "<faultcode>Server</faultcode><faultcode>SECRET text</faultcode><faultstring>SECRET</faultstring><faultstring>SECRET</faultstring>",
        ["of-soap-1.2"] = "<Code><Value>SECRET</Value></Code><Reason><Text>SECRET</Text></Reason>",
    };

    /// <summary>Name: JSON on the alias face, and the refusal.</summary>
    private static readonly Dictionary<string, (string Body, string Refusal)> Aliases = new(StringComparer.Ordinal)
    {
        ["unlisted"] = ("""{"request":{"pin":"LISTED","photo":"SECRET"}}""", "contract_violated"),
        ["beside"] = ("""{"request":{"pin":"LISTED"},"photo":"SECRET"}""", "contract_violated"),
        ["doubled"] = ("""{"request":{"pin":"LISTED","pin":"SECRET"}}""", "*"),
        ["doubled-by-escape"] = ("""{"request":{"pin":"LISTED","\u0070in":"SECRET"}}""", "*"),
        ["case"] = ("""{"request":{"pin":"LISTED","PIN":"SECRET"}}""", "contract_violated"),
        ["xml-of-ones-own"] = ("""{"request":{"pin":{"$":"LISTED","@photo":"SECRET"}}}""", "contract_violated"),
        ["nul"] = ("""{"request":{"pin":"\u0000SECRET"}}""", "*"),
        ["half-a-surrogate"] = ("""{"request":{"pin":"\ud800SECRET"}}""", "*"),
        ["array"] = ("""{"request":[{"pin":"SECRET"},{"pin":"SECRET"}]}""", "contract_violated"),
        ["number"] = ("""{"request":{"pin":1e999999,"photo":"SECRET"}}""", "*"),
        ["null"] = ("""{"request":{"pin":null,"photo":"SECRET"}}""", "*"),
        ["behind"] = ("""{"request":{"pin":"LISTED"}}{"photo":"SECRET"}""", "*"),
        ["mark"] = ("\u00EF\u00BB\u00BF" + """{"request":{"photo":"SECRET"}}""", "*"),
        ["markup-in-a-value"] = ("""{"request":{"pin":"</p:pin><p:photo>SECRET"}}""", "*"),
    };

    private const string Xml = "text/xml; charset=utf-8";
    private const string Multipart = "multipart/related; type=\"text/xml\"; start=\"<root>\"; boundary=b1";

    public static TheoryData<string, bool> BodyNames => Both(Bodies.Keys);

    public static TheoryData<string, bool> EnvelopeNames => Both(Around.Keys);

    public static TheoryData<string, bool> FaultNames => Both(Faults.Keys);

    public static TheoryData<string> AliasNames => [.. Aliases.Keys];

    [Theory]
    [MemberData(nameof(BodyNames))]
    public async Task Request_TrickInTheBody_NothingUnlistedGoesOn(string name, bool consumer)
    {
        var (fields, refusal) = Bodies[name];
        await RequestAsync(consumer, name, Request(fields.Replace("@", "note", StringComparison.Ordinal)), Xml, "", refusal);
    }

    [Theory]
    [MemberData(nameof(EnvelopeNames))]
    public async Task Request_TrickAroundTheBody_NothingUnlistedGoesOn(string name, bool consumer)
    {
        var (change, type, headers, refusal) = Around[name];

        // An own system that hands over what is not of its type is told so; what arrives goes on without it.
        var expected = consumer && name == "attachment-of-another-type" ? "attachment_not_listed" : refusal;
        await RequestAsync(consumer, name, change(Request("<l:note>LISTED</l:note>")), type, headers, expected);
    }

    [Theory]
    [MemberData(nameof(BodyNames))]
    public async Task Answer_TrickInTheBody_NothingUnlistedComesBack(string name, bool consumer)
    {
        var (fields, refusal) = Bodies[name];
        await AnswerAsync(consumer, name, request => Response(consumer, request, fields.Replace("@", "surname", StringComparison.Ordinal)), Xml, "", refusal);
    }

    [Theory]
    [MemberData(nameof(EnvelopeNames))]
    public async Task Answer_TrickAroundTheBody_NothingUnlistedComesBack(string name, bool consumer)
    {
        var (change, type, headers, refusal) = Around[name];

        // The answer's attachments have names of their own in the agreement: those of the request are not listed here.
        await AnswerAsync(consumer, name, request => change(Response(consumer, request, "<l:surname>LISTED</l:surname>")), type, headers, refusal.Length == 0 ? "-" : refusal);
    }

    [Theory]
    [MemberData(nameof(FaultNames))]
    public async Task Answer_Fault_OnlyNamesComeBack(string name, bool consumer)
    {
        var fault = $"<soapenv:Fault xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\">{Faults[name]}</soapenv:Fault>";
        var envelope = $"<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"><soapenv:Body>{fault}</soapenv:Body></soapenv:Envelope>";
        await AnswerAsync(consumer, name, _ => envelope, Xml, "", "-");
        await AnswerAsync(consumer, name, request => consumer ? MatrixWorld.Answer(request, fault) : envelope, Xml, "", "-");
    }

    [Theory]
    [MemberData(nameof(AliasNames))]
    public async Task Alias_Trick_NothingUnlistedGoesOn(string name)
    {
        var (body, refusal) = Aliases[name];
        var before = matrix.SecurityServer.Received.Count;

        var reply = await matrix.JsonAsync(body);

        MatrixWorld.Clean(reply, name);
        matrix.SecurityServer.Received.Count.ShouldBe(before, reply);
        reply.ShouldContain(refusal == "*" ? "\"code\":" : $"\"code\": \"{refusal}\"", Case.Sensitive, reply);
    }

    private static string Request(string fields) => RawNeighbour.Utf8(Envelopes.UnsignedText(
        Envelopes.Headers() with { Service = ServiceId.Parse(DropInWorld.Lookup) }, $"<l:lookup xmlns:l=\"{DropInWorld.LookupNamespace}\"><l:pin>1</l:pin>@</l:lookup>")).Replace("@", fields, StringComparison.Ordinal);

    private static string Response(bool consumer, string request, string fields)
    {
        var body = $"<l:lookupResponse xmlns:l=\"{DropInWorld.LookupNamespace}\">@</l:lookupResponse>";
        return (consumer ? MatrixWorld.Answer(request, body) : $"<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:xrd=\"http://x-road.eu/xsd/xroad.xsd\"><soapenv:Header/><soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>").Replace("@", fields, StringComparison.Ordinal);
    }

    private static string Into(string text, string block) =>
        text.Contains("<soapenv:Header/>", StringComparison.Ordinal) ? text.Replace("<soapenv:Header/>", $"<soapenv:Header>{block}</soapenv:Header>", StringComparison.Ordinal) : text.Replace("</soapenv:Header>", block + "</soapenv:Header>", StringComparison.Ordinal);

    private static string Bare(string text) => text[(text.IndexOf("?>", StringComparison.Ordinal) is >= 0 and var end ? end + 2 : 0)..];

    private static string Mime(string text, string part, string rootHeaders = "") =>
        $"--b1\r\nContent-Type: text/xml; charset=UTF-8\r\nContent-ID: <root>\r\n{rootHeaders}\r\n{text}\r\n--b1\r\n{part}\r\n--b1--\r\n";

    private static TheoryData<string, bool> Both(IEnumerable<string> names)
    {
        TheoryData<string, bool> data = [];
        foreach (var name in names)
        {
            data.Add(name, true);
            data.Add(name, false);
        }

        return data;
    }

    private async Task RequestAsync(bool consumer, string name, string message, string type, string headers, string refusal)
    {
        matrix.SecurityServer.Answer = request => MatrixWorld.Http(MatrixWorld.Answer(request, $"<l:lookupResponse xmlns:l=\"{DropInWorld.LookupNamespace}\"><l:surname>A</l:surname></l:lookupResponse>"));
        matrix.Upstream.Answer = _ => MatrixWorld.Http(UpstreamDouble.Response("<l:surname>A</l:surname>"));
        var beyond = consumer ? matrix.SecurityServer : matrix.Upstream;
        var before = beyond.Received.Count;

        var reply = await matrix.SoapAsync(consumer, message, type, headers);

        MatrixWorld.Clean(reply, name);
        var went = beyond.Received.Skip(before).ToList();
        went.ForEach(sent => MatrixWorld.Clean(sent, name));
        switch (refusal)
        {
            case "":
                went.ShouldHaveSingleItem(reply).ShouldContain("LISTED", Case.Sensitive, reply);
                break;
            case "*" or "-":
                break;
            default:
                went.ShouldBeEmpty(reply);
                reply.ShouldContain("adapter." + refusal, Case.Sensitive, reply);
                break;
        }
    }

    private async Task AnswerAsync(bool consumer, string name, Func<string, string> answer, string type, string headers, string refusal)
    {
        matrix.SecurityServer.Answer = request => MatrixWorld.Http(answer(request), type, headers);
        matrix.Upstream.Answer = request => MatrixWorld.Http(answer(request), type, headers);

        var reply = await matrix.SoapAsync(consumer, Request("<l:note>1</l:note>"));

        MatrixWorld.Clean(reply, name);
        reply.ShouldNotContain("21502197994378");
        switch (refusal)
        {
            case "":
                reply.ShouldContain("LISTED", Case.Sensitive, reply);
                break;
            case "*" or "-":
                reply.ShouldStartWith("HTTP/1.1 ");
                break;
            default:
                reply.ShouldContain("adapter.", Case.Sensitive, reply);
                reply.ShouldNotContain("LISTED");
                break;
        }
    }
}
