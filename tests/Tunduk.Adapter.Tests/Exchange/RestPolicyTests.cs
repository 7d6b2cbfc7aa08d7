using System.Text;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Exchange;

namespace Tunduk.Adapter.Tests.Exchange;

/// <summary>Path, query, headers and bodies of REST messages against an agreement; nothing listed, nothing passes.</summary>
public sealed class RestPolicyTests : IDisposable
{
    private const string Person = """
        endpoints: [ "GET /persons/{pin}", "POST /persons" ]
        request: { allow: [path/pin, query/lang, header/x-case, body/name, photo/**] }
        response: { allow: [surname, items/number], unlisted: remove }
        headers: { request: [accept-language], response: [etag] }
        attachments: [ { side: response, name: body, types: [application/pdf], maxBytes: 20 } ]
        """;

    private readonly PolicyRuns runs = new();

    public void Dispose() => runs.Dispose();

    [Theory]
    [InlineData("GET", "/persons/21502197994378", null)]
    [InlineData("GET", "/persons/21502197994378/", null)]
    [InlineData("GET", "/p%65rsons/21502197994378", null)]
    [InlineData("POST", "/persons", null)]
    [InlineData("DELETE", "/persons/1", "endpoint_not_listed")]
    [InlineData("get", "/persons/1", "endpoint_not_listed")]
    [InlineData("GET", "/Persons/1", "endpoint_not_listed")]
    [InlineData("GET", "/persons/1/photo", "endpoint_not_listed")]
    [InlineData("GET", "/persons", "endpoint_not_listed")]
    [InlineData("GET", "", "endpoint_not_listed")]
    [InlineData("GET", "/persons/..%2Fall", "encoding_ambiguous")]
    [InlineData("GET", "/persons/%252e%252e", "encoding_ambiguous")]
    [InlineData("GET", "/persons/1%3Fall=1%2541", "encoding_ambiguous")]
    [InlineData("GET", "/persons/1;all=1", "encoding_ambiguous")]
    [InlineData("GET", "/persons/%C0%AF", "encoding_ambiguous")]
    [InlineData("GET", "/persons//1", "encoding_ambiguous")]
    public void Request_Path_FollowsTheEndpoints(string method, string path, string? code) =>
        Request(PolicyRuns.Message(method, path)).Error?.Code.ShouldBe(code);

    [Theory]
    [InlineData("path/1", "/1", null)]
    [InlineData("path/1", "/1/2", "path/2")]
    [InlineData("path/*", "/1/2", null)]
    [InlineData("query/pin", "/1", "path/1")]
    [InlineData("path", "/1", "path/1")]
    public void Request_WithoutEndpoints_ListsValuesByPosition(string allow, string path, string? refused)
    {
        Outcome<FilteredRest> outcome = Request(PolicyRuns.Message("GET", path), $"request: {{ allow: [\"{allow}\"] }}");
        outcome.Error?.Path.ShouldBe(refused);
        (outcome.Error is null).ShouldBe(refused is null);
    }

    [Theory]
    [InlineData("lang=ky", "lang=ky", "")]
    [InlineData("lang=%D0%9A%D1%8B", "lang=%D0%9A%D1%8B", "")]
    [InlineData("l%61ng=ky", "l%61ng=ky", "")]
    [InlineData("lang=a&lang=b", "lang=a&lang=b", "")]
    [InlineData("lang", "lang", "")]
    [InlineData("pin=1&lang=ky&Lang=2", "lang=ky", "query/(unlisted)")]
    [InlineData("lang[]=1&lang.x=2&lang%00=1", null, "encoding_ambiguous")]
    [InlineData("lang%5B%5D=1", null, "query/(unlisted)")]
    [InlineData("la%256Eg=1", null, "encoding_ambiguous")]
    [InlineData("lang=1%2526pin%253D2", null, "encoding_ambiguous")]
    [InlineData("lang=1;pin=2", null, "encoding_ambiguous")]
    [InlineData("lang=%zz", null, "encoding_ambiguous")]
    [InlineData("lang=100%25", "lang=100%25", "")]
    [InlineData("&&lang=1&", "&&lang=1&", "")]
    [InlineData("", "", "")]
    public void Request_Query_PassesListedParametersUnchanged(string query, string? expected, string removedOrCode)
    {
        Outcome<FilteredRest> outcome = Request(PolicyRuns.Message("GET", "/persons/1", query));
        if (removedOrCode.StartsWith("encoding", StringComparison.Ordinal))
        {
            outcome.Error!.Code.ShouldBe(removedOrCode);
            return;
        }

        outcome.Value!.Message.RawQuery.ShouldBe(expected);
        string.Join(' ', outcome.Value.Removed.Select(static r => r.Path)).ShouldBe(removedOrCode);
    }

    [Fact]
    public void Request_Headers_CrossOnlyWhenListed()
    {
        FilteredRest filtered = Request(PolicyRuns.Message(
            "POST",
            "/persons",
            null,
            "{\"name\":\"A\"}",
            "application/json; charset=utf-8; leak=SECRET",
            ("X-Case", "1"),
            ("Accept-Language", "ky"),
            ("Accept", "application/json;q=0.5, */*"),
            ("Authorization", "SECRET"),
            ("Cookie", "SECRET"),
            ("X-Forwarded-For", "SECRET"),
            ("traceparent", "SECRET"),
            ("Host", "SECRET"))).Value!;

        string.Join('|', filtered.Message.Headers.Select(static h => $"{h.Key}={h.Value}")).ShouldBe("X-Case=1|Accept-Language=ky|Accept=application/json, */*|Content-Type=application/json; charset=utf-8");
        filtered.Removed.ShouldContain(static r => r.Path == "header/(unlisted)" && r.Count == 2, "what every client says of itself is no removal");
    }

    [Theory]
    [InlineData("application/json", "{\"name\":\"A\",\"path\":{\"pin\":\"SECRET\"},\"query\":{\"lang\":\"SECRET\"},\"pin\":\"SECRET\"}", "{\"name\":\"A\"}")]
    [InlineData("application/problem+json", "{\"name\":\"A\",\"photo\":{\"x\":1}}", "{\"name\":\"A\",\"photo\":{\"x\":1}}")]
    [InlineData("application/x-www-form-urlencoded", "name=A+B&pin=SECRET", "name=A+B")]
    public void Request_Body_PassesListedFieldsOnly(string type, string body, string expected) =>
        Encoding.UTF8.GetString(Request(PolicyRuns.Message("POST", "/persons", null, body, type)).Value!.Message.Body.Span).ShouldBe(expected);

    [Theory]
    [InlineData("application/octet-stream", null, "attachment_not_listed")]
    [InlineData("text/html", null, "attachment_not_listed")]
    [InlineData("", null, "attachment_not_listed")]
    [InlineData("application/json", "gzip", "content_type_unsupported")]
    [InlineData("application/pdf", "br", "content_type_unsupported")]
    [InlineData("application/pdf", "identity", null)]
    public void Response_BodyThatNobodyCanRead_DoesNotPass(string type, string? encoding, string? code)
    {
        RestMessage message = PolicyRuns.Message(body: "%PDF-1.4", type: type);
        Response(encoding is null ? message : message with { Headers = [.. message.Headers, new("Content-Encoding", encoding)] }).Error?.Code.ShouldBe(code);
    }

    [Theory]
    [InlineData("PK\u0003\u0004 not a pdf", "attachment_not_listed")]
    [InlineData("%PDF-1.4 and more than twenty bytes", "agreement_volume_exceeded")]
    public void Response_ListedType_MustBeWhatItSays(string body, string code) =>
        Response(PolicyRuns.Message(body: body, type: "application/pdf")).Error!.Code.ShouldBe(code);

    [Fact]
    public void Response_Body_AnswersByTheResponsesList()
    {
        FilteredRest filtered = Response(PolicyRuns.Message(body: "{\"surname\":\"A\",\"items\":[{\"number\":1,\"x\":2}],\"photo\":\"S\"}", headers: [("ETag", "1"), ("X-Leak", "S"), ("Set-Cookie", "S")])).Value!;
        Encoding.UTF8.GetString(filtered.Message.Body.Span).ShouldBe("{\"surname\":\"A\",\"items\":[{\"number\":1}]}");
        filtered.Message.Headers.Select(static h => h.Key).ShouldBe(["ETag", "Content-Type"]);
        runs.Account.Usage.Counts("SLA-2026-014", UsageKind.Removed).Select(static c => c.Name).ShouldContain("(unlisted)");
    }

    [Fact]
    public void Request_LargerThanAgreed_IsRefused() =>
        Request(PolicyRuns.Message("POST", "/persons", null, "{\"name\":\"0123456789\"}"), Person + "\nlimits: { requestBytes: 10 }").Error!.Code.ShouldBe("agreement_volume_exceeded");

    [Fact]
    public void Request_UnlistedRefuse_RefusesTheParameter()
    {
        ExchangeError error = Request(PolicyRuns.Message("GET", "/persons/1", "pin=SECRET"), Person.Replace("photo/**] }", "photo/**], unlisted: refuse }", StringComparison.Ordinal)).Error!;
        error.Code.ShouldBe("field_not_listed");
        error.ToString().ShouldNotContain("SECRET");
    }

    private Outcome<FilteredRest> Request(RestMessage message, string service = Person) => RestPolicy.Request(runs.Run(PolicyRuns.Document(service)), message);

    private Outcome<FilteredRest> Response(RestMessage message) => RestPolicy.Response(runs.Run(PolicyRuns.Document(Person)), message);
}
