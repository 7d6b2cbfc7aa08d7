using System.Text;

namespace Tunduk.Adapter.Tests.Attacks;

/// <summary>
/// Tricks with REST messages, through each running adapter alone: in what is asked and in what is answered, at the consumer's and at
/// the provider's. <c>SECRET</c> is unlisted and reaches nobody in any form, refusals included; <c>LISTED</c> arrives, or the whole
/// message is refused by the code that the case names.
/// </summary>
public sealed class RestMatrixTests(MatrixWorld matrix) : IClassFixture<MatrixWorld>
{
    private const string Json = "Content-Type: application/json\r\n";
    private const string Form = "Content-Type: application/x-www-form-urlencoded\r\n";

    /// <summary>Name: method, target, headers, body, and the refusal (empty: what is listed arrives; a status: HTTP itself refuses).</summary>
    private static readonly Dictionary<string, (string Method, string Target, string Headers, string Body, string Refusal)> Requests = new(StringComparer.Ordinal)
    {
        ["path-unlisted-segment"] = ("GET", "/LISTED/b/SECRET", "", "", "field_not_listed"),
        ["path-matrix-parameter"] = ("GET", "/LISTED;photo=SECRET", "", "", "encoding_ambiguous"),
        ["path-matrix-parameter-in-the-middle"] = ("GET", "/a;photo=SECRET/LISTED", "", "", "encoding_ambiguous"),
        ["path-nul"] = ("GET", "/LISTED%00SECRET", "", "", "400"),
        ["path-dot-segment"] = ("GET", "/a/b/../LISTED/SECRET", "", "", "address_invalid"),
        ["path-encoded-slash"] = ("GET", "/a/b%2FSECRET", "", "", "address_invalid"),
        ["path-encoded-twice"] = ("GET", "/a/b%252FSECRET", "", "", "address_invalid"),
        ["path-backslash"] = ("GET", "/a/b\\SECRET", "", "", "address_invalid"),
        ["path-empty-segment"] = ("GET", "/a//SECRET", "", "", "address_invalid"),
        ["path-trailing-slash"] = ("GET", "/a/b/SECRET/", "", "", "field_not_listed"),
        ["path-overlong-utf8"] = ("GET", "/a/%C0%AFSECRET", "", "", "address_invalid"),
        ["path-fragment"] = ("GET", "/LISTED#SECRET", "", "", "address_invalid"),
        ["query-unlisted"] = ("GET", "/a?fields=LISTED&photo=SECRET", "", "", ""),
        ["query-doubled-around"] = ("GET", "/a?photo=SECRET&fields=LISTED&photo=SECRET&fields=LISTED", "", "", ""),
        ["query-brackets"] = ("GET", "/a?fields[]=SECRET&fields[0]=SECRET&fields=LISTED", "", "", ""),
        ["query-brackets-encoded"] = ("GET", "/a?fields%5B%5D=SECRET&fields%5Bphoto%5D=SECRET&fields=LISTED", "", "", ""),
        ["query-dotted"] = ("GET", "/a?fields.photo=SECRET&fields=LISTED", "", "", ""),
        ["query-plus-in-a-name"] = ("GET", "/a?fields+=SECRET&+fields=SECRET&fields=LISTED", "", "", ""),
        ["query-space-in-a-name"] = ("GET", "/a?fields%20=SECRET&fields=LISTED", "", "", ""),
        ["query-case"] = ("GET", "/a?Fields=SECRET&FIELDS=SECRET&fields=LISTED", "", "", ""),
        ["query-invisible-in-a-name"] = ("GET", "/a?fields%E2%80%8B=SECRET&fields=LISTED", "", "", ""),
        ["query-composed-otherwise"] = ("GET", "/a?f%D1%96elds=SECRET&fields=LISTED", "", "", ""),
        ["query-nameless"] = ("GET", "/a?=SECRET&SECRET&&fields=LISTED", "", "", ""),
        ["query-name-encoded"] = ("GET", "/a?%66ields=LISTED&ph%6Fto=SECRET", "", "", ""),
        ["query-value-of-the-unlisted-encoded"] = ("GET", "/a?fields=LISTED&photo=%53%45%43%52%45%54", "", "", ""),
        ["query-semicolon"] = ("GET", "/a?fields=LISTED;photo=SECRET", "", "", "encoding_ambiguous"),
        ["query-nul"] = ("GET", "/a?fields=LISTED%00&photo=SECRET", "", "", "encoding_ambiguous"),
        ["query-encoded-twice"] = ("GET", "/a?fields=LISTED%2526photo%253DSECRET", "", "", "encoding_ambiguous"),
        ["query-unicode-escape"] = ("GET", "/a?%u0066ields=SECRET", "", "", "encoding_ambiguous"),
        ["query-overlong-utf8"] = ("GET", "/a?fields=%C1%81SECRET", "", "", "encoding_ambiguous"),
        ["query-line-break"] = ("GET", "/a?fields=LISTED%0D%0AX-Photo:SECRET", "", "", "encoding_ambiguous"),
        ["query-on-a-post"] = ("POST", "/a?photo=SECRET", Json, """{"comment":"LISTED"}""", ""),
        ["header-unlisted"] = ("GET", "/LISTED", "X-Photo: SECRET\r\nx-PHOTO: SECRET\r\nX-SECRET: 1\r\n", "", ""),
        ["header-cookies-and-credentials"] = ("GET", "/LISTED", "Cookie: a=SECRET\r\nProxy-Authorization: Basic SECRET\r\nX-Api-Key: SECRET\r\nClientId: SECRET\r\nSecret: SECRET\r\n", "", ""),
        ["header-method-override"] = ("GET", "/LISTED", "X-HTTP-Method-Override: SECRET\r\nX-Original-URL: /SECRET\r\nX-Rewrite-URL: /SECRET\r\n", "", ""),
        ["header-of-proxies"] = ("GET", "/LISTED", "Forwarded: for=SECRET\r\nX-Forwarded-For: SECRET\r\nX-Real-IP: SECRET\r\nVia: 1.1 SECRET\r\n", "", ""),
        ["header-of-browsers"] = ("GET", "/LISTED", "User-Agent: SECRET\r\nReferer: http://SECRET/\r\nAccept-Language: SECRET\r\nFrom: SECRET\r\nDNT: SECRET\r\n", "", ""),
        ["header-conditions"] = ("GET", "/LISTED", "If-None-Match: \"SECRET\"\r\nIf-Match: \"SECRET\"\r\nRange: SECRET=1-\r\nPrefer: SECRET\r\nPragma: SECRET\r\nCache-Control: SECRET\r\n", "", ""),
        ["header-accept"] = ("GET", "/LISTED", "Accept: application/SECRET, application/json;profile=SECRET, text/xml;q=0.SECRET\r\nAccept-Charset: SECRET\r\n", "", ""),
        ["header-traces"] = ("GET", "/LISTED", "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\ntracestate: a=SECRET\r\nbaggage: a=SECRET\r\nX-Correlation-Id: SECRET\r\nX-Request-Id: SECRET\r\n", "", ""),
        ["header-of-the-body"] = ("POST", "/a", Json + "Content-Disposition: attachment; filename=SECRET\r\nContent-Language: SECRET\r\nContent-Location: /SECRET\r\nContent-MD5: SECRET\r\nContent-Script-Type: SECRET\r\n", """{"comment":"LISTED"}""", ""),
        ["header-of-xroad-unknown"] = ("GET", "/LISTED", "X-Road-Photo: SECRET\r\nX-Road-Request-Hash: SECRET\r\n", "", ""),
        ["header-of-ours"] = ("GET", "/LISTED", "tunduk-refusal: SECRET\r\ntunduk-photo: SECRET\r\n", "", ""),
        ["header-folded"] = ("GET", "/a", "X-Photo: a\r\n SECRET\r\n", "", "400"),
        ["header-nul"] = ("GET", "/a", "X-Photo: a\0SECRET\r\n", "", "400"),
        ["header-without-a-colon"] = ("GET", "/a", "SECRET\r\n", "", "400"),
        ["header-of-the-connection"] = ("GET", "/LISTED", "TE: SECRET\r\nKeep-Alive: SECRET\r\nUpgrade: SECRET\r\n", "", ""),
        ["trailers"] = ("POST", "/a", Json + "Trailer: X-Photo\r\nTransfer-Encoding: chunked\r\n", "14\r\n{\"comment\":\"LISTED\"}\r\n0\r\nX-Photo: SECRET\r\n\r\n", ""),
        ["chunk-extension"] = ("POST", "/a", Json + "Transfer-Encoding: chunked\r\n", "14;photo=SECRET\r\n{\"comment\":\"LISTED\"}\r\n0\r\n\r\n", ""),
        ["two-lengths"] = ("POST", "/a", Json + "Content-Length: 2\r\n", """{"comment":"SECRET"}""", "400"),
        ["type-charset"] = ("POST", "/a", "Content-Type: application/json; charset=SECRET; profile=SECRET\r\n", """{"comment":"LISTED"}""", ""),
        ["type-of-ones-own"] = ("POST", "/a", "Content-Type: application/SECRET+json\r\n", """{"comment":"LISTED"}""", ""),
        ["type-twice"] = ("POST", "/a", Json + "Content-Type: text/SECRET\r\n", """{"comment":"LISTED"}""", "*"),
        ["type-list"] = ("POST", "/a", "Content-Type: application/json, text/SECRET\r\n", """{"comment":"LISTED","photo":"SECRET"}""", "attachment_not_listed"),
        ["type-missing"] = ("POST", "/a", "", """{"comment":"LISTED","photo":"SECRET"}""", "attachment_not_listed"),
        ["body-of-get"] = ("GET", "/a", Json, """{"photo":"SECRET"}""", "body_not_forwarded"),
        ["json-unlisted"] = ("POST", "/a", Json, """{"photo":"SECRET","comment":"LISTED","Comment":"SECRET","comment ":"SECRET"}""", ""),
        ["json-doubled"] = ("POST", "/a", Json, """{"comment":"LISTED","comment":"SECRET"}""", "json_duplicate_name"),
        ["json-doubled-by-escape"] = ("POST", "/a", Json, """{"comment":"LISTED","\u0063omment":"SECRET"}""", "json_duplicate_name"),
        ["json-merge-patch"] = ("PATCH", "/a", "Content-Type: application/merge-patch+json\r\n", """{"photo":"SECRET","comment":"LISTED","pin":null}""", ""),
        ["json-patch"] = ("PATCH", "/LISTED", "Content-Type: application/json-patch+json\r\n", """[{"op":"add","path":"/photo","value":"SECRET"}]""", ""),
        ["json-below-a-listed-name"] = ("POST", "/a", Json, """{"pin":{"photo":"SECRET","a":{"comment":"SECRET"}},"comment":["LISTED",{"photo":"SECRET"},[["LISTED"]]]}""", ""),
        ["json-keys-that-look-alike"] = ("POST", "/a", Json, RawNeighbour.Utf8("{\"сomment\":\"SECRET\",\"comment\u200B\":\"SECRET\",\"\\u0000comment\":\"SECRET\",\"ｃomment\":\"SECRET\",\"comment\":\"LISTED\"}"), ""),
        ["json-paths-as-keys"] = ("POST", "/a", Json, """{"/comment":"SECRET","path/1":"SECRET","query/fields":"SECRET","$":"SECRET","$ref":"SECRET","__proto__":{"comment":"SECRET"},"comment":"LISTED"}""", ""),
        ["json-byte-order-mark"] = ("POST", "/a", Json, "\u00EF\u00BB\u00BF{\"comment\":\"LISTED\",\"photo\":\"SECRET\"}", "json_malformed"),
        ["json-utf16"] = ("POST", "/a", "Content-Type: application/json; charset=utf-16\r\n", Encoding.Latin1.GetString(Encoding.Unicode.GetBytes("{\"comment\":\"LISTED\",\"photo\":\"SECRET\"}")), "json_malformed"),
        ["json-utf16-with-mark"] = ("POST", "/a", Json, "\u00FE\u00FF" + Encoding.Latin1.GetString(Encoding.BigEndianUnicode.GetBytes("{\"photo\":\"SECRET\"}")), "json_malformed"),
        ["json-utf32"] = ("POST", "/a", Json, Encoding.Latin1.GetString(Encoding.UTF32.GetBytes("{\"photo\":\"SECRET\"}")), "json_malformed"),
        ["json-utf7"] = ("POST", "/a", "Content-Type: application/json; charset=utf-7\r\n", """{"comment":"LISTED","+AHA-hoto":"SECRET"}""", ""),
        ["json-broken-utf8"] = ("POST", "/a", Json, "{\"comment\":\"LISTED\",\"ph\u00C0\u00AFto\":\"SECRET\"}", "json_malformed"),
        ["json-nul-behind"] = ("POST", "/a", Json, "{\"comment\":\"LISTED\"}\0SECRET", "json_malformed"),
        ["json-document-behind"] = ("POST", "/a", Json, "{\"comment\":\"LISTED\"}\n{\"photo\":\"SECRET\"}", "json_malformed"),
        ["json-comment"] = ("POST", "/a", Json, """{"comment":"LISTED"/*SECRET*/}""", "json_malformed"),
        ["json-half-a-surrogate-in-a-key"] = ("POST", "/a", Json, """{"comment":"LISTED","\ud800":"SECRET"}""", "json_malformed"),
        ["json-half-a-surrogate-in-a-value"] = ("POST", "/a", Json, """{"comment":"\udc00SECRET"}""", "json_malformed"),
        ["json-numbers"] = ("POST", "/a", Json, """{"pin":-0,"comment":["LISTED",1E+999999,0.1000000000000000000000000000000000001],"photo":1e5,"x":"SECRET"}""", ""),
        ["json-number-forms"] = ("POST", "/a", Json, """{"pin":0x1,"photo":"SECRET"}""", "json_malformed"),
        ["json-deep"] = ("POST", "/a", Json, string.Concat(Enumerable.Repeat("{\"comment\":", 200)) + "\"SECRET\"" + new string('}', 200), "json_malformed"),
        ["json-empty-and-null"] = ("POST", "/LISTED", Json, """{"comment":"","pin":null,"photo":"SECRET"}""", ""),
        ["json-as-text"] = ("POST", "/a", "Content-Type: text/json\r\n", """{"photo":"SECRET"}""", "attachment_not_listed"),
        ["json-lines"] = ("POST", "/a", "Content-Type: application/x-ndjson\r\n", """{"photo":"SECRET"}""", "attachment_not_listed"),
        ["json-packed"] = ("POST", "/a", Json + "Content-Encoding: gzip\r\n", "SECRET", "content_type_unsupported"),
        ["json-packed-twice"] = ("POST", "/a", Json + "Content-Encoding: identity, br\r\n", """{"comment":"LISTED","photo":"SECRET"}""", "content_type_unsupported"),
        ["json-packed-and-not"] = ("POST", "/a", Json + "Content-Encoding: identity\r\nContent-Encoding: gzip\r\n", """{"comment":"SECRET"}""", "content_type_unsupported"),
        ["json-transfer-packed"] = ("POST", "/a", Json + "Transfer-Encoding: gzip, chunked\r\n", "6\r\nSECRET\r\n0\r\n\r\n", "*"),
        ["form-unlisted"] = ("POST", "/a", Form, "comment=LISTED&photo=SECRET&comment%5B%5D=SECRET&Comment=SECRET&=SECRET&SECRET", ""),
        ["form-semicolon"] = ("POST", "/a", Form, "comment=LISTED;photo=SECRET", "encoding_ambiguous"),
        ["form-encoded-twice"] = ("POST", "/a", Form, "comment=LISTED%2526photo%253DSECRET", "encoding_ambiguous"),
        ["form-utf16"] = ("POST", "/a", "Content-Type: application/x-www-form-urlencoded; charset=utf-16\r\n", Encoding.Latin1.GetString(Encoding.Unicode.GetBytes("photo=SECRET")), "encoding_ambiguous"),
        ["form-utf7"] = ("POST", "/a", "Content-Type: application/x-www-form-urlencoded; charset=utf-7\r\n", "comment=LISTED&+AHA-hoto=SECRET", ""),
        ["form-line-breaks"] = ("POST", "/a", Form, "comment=LISTED\r\nphoto=SECRET", "encoding_ambiguous"),
        ["form-multipart"] = ("POST", "/a", "Content-Type: multipart/form-data; boundary=b\r\n", "--b\r\nContent-Disposition: form-data; name=\"comment\"\r\n\r\nLISTED\r\n--b\r\nContent-Disposition: form-data; name=\"photo\"\r\n\r\nSECRET\r\n--b--\r\n", "attachment_not_listed"),
        ["xml-as-text"] = ("POST", "/a", "Content-Type: text/xml\r\n", "<comment>SECRET</comment>", "attachment_not_listed"),
        ["xml"] = ("POST", "/a", "Content-Type: application/xml; charset=utf-8\r\n", "<comment>SECRET</comment>", "attachment_not_listed"),
        ["soap-on-rest"] = ("POST", "/a", "Content-Type: application/soap+xml\r\nSOAPAction: \"SECRET\"\r\n", "<comment>SECRET</comment>", "attachment_not_listed"),
        ["text"] = ("POST", "/a", "Content-Type: text/plain\r\n", "SECRET", "attachment_not_listed"),
        ["bytes-of-another-type"] = ("POST", "/a", "Content-Type: application/pdf\r\n", """{"photo":"SECRET"}""", "attachment_not_listed"),
        ["bytes-before-the-type"] = ("POST", "/a", "Content-Type: application/pdf\r\n", " %PDF-1.7 SECRET", "attachment_not_listed"),
    };

    /// <summary>Name: status line, headers, body, and the refusal that the asker meets (empty: what is listed arrives).</summary>
    private static readonly Dictionary<string, (string Status, string Headers, string Body, string Refusal)> Answers = new(StringComparer.Ordinal)
    {
        ["reason-phrase"] = ("200 SECRET", Json, """{"surname":"LISTED"}""", ""),
        ["reason-phrase-of-an-error"] = ("404 SECRET", Json, """{"surname":"LISTED"}""", ""),
        ["headers"] = ("200 OK", Json + "X-Photo: SECRET\r\nSet-Cookie: a=SECRET\r\nLink: <SECRET>\r\nWarning: 199 - \"SECRET\"\r\nServer: SECRET\r\nETag: \"SECRET\"\r\nWWW-Authenticate: SECRET\r\nRetry-After: SECRET\r\nRefresh: 0;url=SECRET\r\nX-SECRET: 1\r\nVia: 1.1 SECRET\r\nServer-Timing: SECRET\r\n", """{"surname":"LISTED"}""", ""),
        ["headers-of-the-body"] = ("200 OK", Json + "Content-Disposition: attachment; filename=SECRET\r\nContent-Language: SECRET\r\nContent-Location: /SECRET\r\nContent-Range: bytes SECRET\r\n", """{"surname":"LISTED"}""", ""),
        ["headers-of-xroad-and-ours"] = ("200 OK", Json + "X-Road-Photo: SECRET\r\ntunduk-photo: SECRET\r\nX-Road-Represented-Party: SECRET\r\n", """{"surname":"LISTED"}""", ""),
        ["header-request-id"] = ("200 OK", Json + "X-Road-Request-Id: SECRET\r\nX-Road-Request-Hash: SECRET\r\n", """{"surname":"LISTED"}""", ""),
        ["redirect"] = ("302 Found", Json + "Location: http://127.0.0.1/SECRET\r\n", """{"surname":"LISTED"}""", ""),
        ["early-hints"] = ("103 Early Hints\r\nLink: <SECRET>\r\n\r\nHTTP/1.1 200 OK", Json, """{"surname":"LISTED"}""", ""),
        ["trailers"] = ("200 OK", Json + "Trailer: X-Photo\r\nTransfer-Encoding: chunked\r\n", "14\r\n{\"surname\":\"LISTED\"}\r\n0\r\nX-Photo: SECRET\r\n\r\n", ""),
        ["chunk-extension"] = ("200 OK", Json + "Transfer-Encoding: chunked\r\n", "14;photo=SECRET\r\n{\"surname\":\"LISTED\"}\r\n0\r\n\r\n", ""),
        ["type-charset"] = ("200 OK", "Content-Type: application/json; charset=SECRET; profile=SECRET\r\n", """{"surname":"LISTED"}""", ""),
        ["type-of-ones-own"] = ("200 OK", "Content-Type: application/vnd.SECRET+json\r\n", """{"surname":"LISTED"}""", ""),
        ["json-unlisted"] = ("200 OK", Json, """{"surname":"LISTED","photo":"SECRET","Surname":"SECRET","name":{"photo":"SECRET"},"echo":[{"photo":"SECRET"}]}""", ""),
        ["json-array-at-the-top"] = ("200 OK", Json, """[{"surname":"LISTED","photo":"SECRET"},"SECRET",["SECRET"]]""", ""),
        ["json-text-at-the-top"] = ("200 OK", Json, "\"SECRET\"", "-"),
        ["json-doubled"] = ("200 OK", Json, """{"surname":"LISTED","surname":"SECRET"}""", "!"),
        ["json-byte-order-mark"] = ("200 OK", Json, "\u00EF\u00BB\u00BF{\"surname\":\"LISTED\",\"photo\":\"SECRET\"}", "!"),
        ["json-utf16"] = ("200 OK", "Content-Type: application/json; charset=utf-16\r\n", Encoding.Latin1.GetString(Encoding.Unicode.GetBytes("{\"photo\":\"SECRET\"}")), "!"),
        ["json-document-behind"] = ("200 OK", Json, "{\"surname\":\"LISTED\"}{\"photo\":\"SECRET\"}", "!"),
        ["json-half-a-surrogate"] = ("200 OK", Json, """{"surname":"\ud800SECRET"}""", "!"),
        ["json-seq"] = ("200 OK", "Content-Type: application/json-seq\r\n", "\u001E{\"photo\":\"SECRET\"}\n", "!"),
        ["json-packed"] = ("200 OK", Json + "Content-Encoding: gzip\r\n", "SECRET", "!"),
        ["form"] = ("200 OK", Form, "surname=LISTED&photo=SECRET", "!"),
        ["multipart"] = ("200 OK", "Content-Type: multipart/mixed; boundary=SECRET\r\n", "--SECRET\r\n\r\nSECRET\r\n--SECRET--\r\n", "!"),
        ["xml"] = ("200 OK", "Content-Type: text/xml\r\n", "<surname>SECRET</surname>", "!"),
        ["html"] = ("200 OK", "Content-Type: text/html\r\n", "<p>SECRET</p>", "!"),
        ["no-type"] = ("200 OK", "", "SECRET", "!"),
        ["bytes-of-another-type"] = ("200 OK", "Content-Type: image/jpeg\r\n", "SECRET", "!"),
        ["error-text"] = ("400 Bad", "Content-Type: text/plain\r\n", "no person SECRET", "-"),
        ["error-html"] = ("500 Bad", "Content-Type: text/html\r\n", "<p>SECRET</p>", "-"),
        ["error-xml"] = ("404 No", "Content-Type: application/xml\r\n", "<error><type>SECRET</type><message>SECRET</message></error>", "-"),
        ["error-json"] = ("404 No", Json, """{"type":"Server.NotFound","title":"SECRET","message":"SECRET","detail":{"reason":"SECRET"},"instance":"SECRET","surname":"LISTED","photo":"SECRET"}""", ""),
        ["error-problem"] = ("422 No", "Content-Type: application/problem+json\r\n", """{"type":"https://errors.example/SECRET","title":"SECRET","detail":"SECRET","errors":{"pin":["SECRET"]},"surname":"LISTED"}""", ""),
        ["error-code-that-is-a-number"] = ("404 No", Json, """{"type":"Server.No.21502197994378.SECRET","surname":"LISTED"}""", ""),
        ["error-json-malformed"] = ("404 No", Json, """{"photo":"SECRET" """, "-"),
        ["error-json-doubled"] = ("404 No", Json, """{"type":"Server.NotFound","type":"SECRET text"}""", "-"),
        ["error-packed"] = ("404 No", Json + "Content-Encoding: br\r\n", "SECRET", "-"),
    };

    public static TheoryData<string, bool> RequestNames => Both(Requests.Keys);

    public static TheoryData<string, bool> AnswerNames => Both(Answers.Keys);

    [Theory]
    [MemberData(nameof(RequestNames))]
    public async Task Request_Trick_NothingUnlistedGoesOn(string name, bool consumer)
    {
        var (method, target, headers, body, refusal) = Requests[name];
        matrix.SecurityServer.Answer = request => MatrixWorld.Http("""{"surname":"A"}""", "application/json", MatrixWorld.Echo(request));
        matrix.Upstream.Answer = _ => MatrixWorld.Http("""{"surname":"A"}""", "application/json");
        var beyond = consumer ? matrix.SecurityServer : matrix.Upstream;
        var before = beyond.Received.Count;

        var reply = await matrix.RestAsync(consumer, method, target, headers, body);

        MatrixWorld.Clean(WithoutTarget(reply), name);
        var went = beyond.Received.Skip(before).ToList();
        went.ForEach(message => MatrixWorld.Clean(message, name));
        if (refusal.Length == 0)
        {
            reply.ShouldStartWith("HTTP/1.1 200", Case.Sensitive, reply);
            went.ShouldHaveSingleItem().ShouldContain("LISTED");
            return;
        }

        went.ShouldBeEmpty(reply);
        if (char.IsAsciiDigit(refusal[0]))
        {
            reply.ShouldStartWith("HTTP/1.1 " + refusal);
        }
        else if (refusal != "*")
        {
            RawNeighbour.Header(reply, consumer ? "X-Road-Error" : "tunduk-refusal").ShouldBe("adapter." + refusal, reply);
        }
    }

    [Fact]
    public async Task Answer_PageOfAProxy_IsNoProvidersMistake()
    {
        matrix.SecurityServer.Answer = _ => MatrixWorld.Http("<html>SECRET</html>", "text/html", status: "503 Service Unavailable");

        var reply = await matrix.RestAsync(consumer: true, "GET", "/a", "", "");

        RawNeighbour.Header(reply, "X-Road-Error").ShouldBe("adapter.response_malformed", reply);
        reply.ShouldContain("none with HTTP 503");
        reply.ShouldContain("a proxy, its maintenance page");
        MatrixWorld.Clean(reply, "a proxy's page");
    }

    [Fact]
    public async Task Answer_StatusOfNoClass_IsTheInformationSystemsMistake()
    {
        matrix.Upstream.Answer = _ => MatrixWorld.Http("{}", "application/json", status: "999 SECRET");

        var reply = await matrix.RestAsync(consumer: false, "GET", "/a", "", "");

        RawNeighbour.Header(reply, "tunduk-refusal").ShouldBe("adapter.information_system_broken", reply);
    }

    [Theory]
    [MemberData(nameof(AnswerNames))]
    public async Task Answer_Trick_NothingUnlistedComesBack(string name, bool consumer)
    {
        var (status, headers, body, refusal) = Answers[name];
        var length = headers.Contains("Transfer-Encoding", StringComparison.Ordinal) ? "" : $"Content-Length: {body.Length}\r\n";
        string Whole(string echo) => $"HTTP/1.1 {status}\r\nConnection: close\r\n{echo}{length}{headers}\r\n{body}";
        matrix.SecurityServer.Answer = request => Whole(MatrixWorld.Echo(request));
        matrix.Upstream.Answer = _ => Whole("");

        var reply = await matrix.RestAsync(consumer, "GET", "/a", "", "");

        MatrixWorld.Clean(reply, name);
        reply.ShouldNotContain("21502197994378");
        switch (refusal)
        {
            case "":
                reply.ShouldContain("LISTED", Case.Sensitive, reply);
                break;
            case "-":
                RawNeighbour.BodyOf(reply).ShouldNotContain("adapter.");
                break;
            default:
                RawNeighbour.Header(reply, consumer ? "X-Road-Error" : "tunduk-refusal").ShouldStartWith("adapter.", customMessage: reply);
                break;
        }
    }

    // A signed answer names the request that it is to, to whoever sent that.
    private static string WithoutTarget(string reply) => RawNeighbour.Header(reply, "tunduk-answers") is { Length: > 0 } target ? reply.Replace(target, "", StringComparison.Ordinal) : reply;

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
}
