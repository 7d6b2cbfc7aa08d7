using System.Text;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Exchange.Forms;
using Tunduk.Adapter.Tests.Agreements;

namespace Tunduk.Adapter.Tests.Exchange;

/// <summary>What a sender can say beside the fields: types, headers, actions, errors. None of it passes unlisted.</summary>
public sealed class SenderTextTests : IDisposable
{
    private readonly PolicyRuns runs = new(new ExcessWatch(3));

    public void Dispose() => runs.Dispose();

    [Theory]
    [InlineData("\"SMUGGLED\"", "attachments: none", "\"\"")]
    [InlineData(null, "headers: { request: [soapaction] }", "\"\"")]
    [InlineData("\"urn:a\"", "headers: { request: [soapaction] }", "\"urn:a\"")]
    public void SoapAction_OfTheSender_PassesWhereTheAgreementListsIt(string? received, string service, string expected) =>
        SoapActionHeader.Of(received, null, PolicyRuns.Document(service).Services[0]).ShouldBe(expected);

    [Theory]
    [InlineData("application/smuggled+json", "application/json")]
    [InlineData("application/problem+json; charset=SMUGGLED", "application/problem+json")]
    [InlineData("application/json; charset=UTF-8; name=SMUGGLED", "application/json; charset=UTF-8")]
    public void Rest_TypeOfABody_SaysNothingElse(string type, string expected)
    {
        FilteredRest filtered = RestPolicy.Response(runs.Run(PolicyRuns.Document("response: { allow: [a] }")), PolicyRuns.Message(body: "{\"a\":1}", type: type)).Value!;
        filtered.Message.Header("Content-Type").ShouldBe(expected);
    }

    [Fact]
    public void Rest_Accept_KeepsTypesThatEverybodyHasAndThoseOfTheAgreement()
    {
        FilteredRest filtered = RestPolicy.Request(
            runs.Run(PolicyRuns.Document("endpoints: [ \"GET /a\" ]\nattachments: [ { name: body, types: [application/x-own] } ]")),
            PolicyRuns.Message("GET", "/a", headers: [("Accept", "application/SMUGGLED, application/x-own;v=SMUGGLED, text/xml;q=0.1")])).Value!;
        filtered.Message.Header("Accept").ShouldBe("application/x-own, text/xml");
    }

    [Theory]
    [InlineData("attachments: none", "{\"type\":\"Server.X\",\"message\":\"SECRET\",\"surname\":\"A\",\"pin\":\"SECRET\"}", "{\"type\":\"Server.X\",\"surname\":\"A\"}")]
    [InlineData("faults: { text: show, detail: [reason] }", "{\"type\":\"no person SECRET\",\"message\":\"m\",\"detail\":{\"reason\":1,\"x\":\"SECRET\"}}", "{\"message\":\"m\",\"detail\":{\"reason\":1}}")]
    [InlineData("attachments: none", "no person SECRET", "")]
    public void Rest_ErrorOfTheService_FollowsTheFaultsOfTheAgreement(string rules, string body, string expected)
    {
        FilteredRest filtered = RestPolicy.Response(runs.Run(PolicyRuns.Document("response: { allow: [surname], unlisted: refuse }\n" + rules)), PolicyRuns.Message(body: body), 404).Value!;
        Encoding.UTF8.GetString(filtered.Message.Body.Span).ShouldBe(expected);
        filtered.Removed.ShouldAllBe(static field => field.Path.StartsWith("fault", StringComparison.Ordinal));
    }

    [Fact]
    public void Excess_HeadersOfClientsAndManyElementsOfOneMessage_RaiseNoAlarm()
    {
        Agreement agreement = PolicyRuns.Document("request: { allow: [pin] }\nresponse: { allow: [surname] }");
        for (int i = 0; i < 10; i++)
        {
            ExchangeRun plain = runs.Run(agreement);
            RestPolicy.Request(plain, PolicyRuns.Message("GET", headers: [("Accept-Language", "ky"), ("Via", "1.1 x"), ("X-Request-Id", "1")])).Error.ShouldBeNull();
            plain.Flags.ShouldBe(Tunduk.Evidence.Log.EntryFlags.None);
            RestPolicy.Request(runs.Run(agreement), PolicyRuns.Message("GET", headers: [("X-Own", "1")])).Error.ShouldBeNull();
        }

        string many = string.Concat(Enumerable.Range(0, 20).Select(static i => $",\"z{i}\":1"));
        FieldPolicy.Request(runs.Run(agreement), Encoding.UTF8.GetBytes($"{{\"request\":{{\"pin\":\"1\"{many}}}}}")).Error.ShouldBeNull();
        runs.Account.Alarms().ShouldBeEmpty();
    }

    [Fact]
    public void Shadow_Rest_ComparesPathQueryHeadersBodyAndVerdict()
    {
        const string Now = "endpoints: [ \"GET /a/{pin}\", \"POST /a\" ]\nrequest: { allow: [path/pin, query/lang, name] }\nresponse: { allow: [surname] }\nheaders: { request: [x-case] }";
        Agreement now = PolicyRuns.Document(Now);
        Agreement shadow = PolicyRuns.Document("endpoints: [ \"POST /a\" ]\nrequest: { allow: [query/page] }\nresponse: { allow: [pin] }");
        RestPolicy.Request(runs.Run(now, shadow: shadow), PolicyRuns.Message("GET", "/a/1")).Error.ShouldBeNull();
        RestPolicy.Request(runs.Run(now, shadow: shadow), PolicyRuns.Message("POST", "/a", "lang=ky&page=2", "{\"name\":1}", headers: [("X-Case", "7")])).Error.ShouldBeNull();
        RestPolicy.Response(runs.Run(now, shadow: shadow), PolicyRuns.Message(body: "{\"surname\":1,\"pin\":2}")).Error.ShouldBeNull();
        RestPolicy.Request(runs.Run(shadow, shadow: now), PolicyRuns.Message("GET", "/a/1")).Error!.Code.ShouldBe("endpoint_not_listed");

        runs.Account.Usage.Counts("SLA-2026-014", UsageKind.Shadow).Select(static c => c.Name).ShouldBe(
            [
                "request: would be refused as endpoint_not_listed for path",
                "request: would pass",
                "header/x-case: would be removed",
                "query/lang: would be removed",
                "query/page: would pass",
                "name: would be removed",
                "pin: would pass",
                "surname: would be removed",
            ],
            ignoreOrder: true);
    }

    [Fact]
    public void Shadow_RequiredFieldGone_IsForetoldAsARefusal()
    {
        Agreement now = Against(AgreementTexts.Full.Replace("[surname,", "[pin, gender, surname,"));
        Agreement shadow = Against(AgreementTexts.Full.Replace("[surname,", "[pin, gender,"));
        FieldPolicy.Response(runs.Run(now, shadow: shadow), Encoding.UTF8.GetBytes("{\"response\":{\"pin\":\"1\",\"surname\":\"A\",\"gender\":\"M\"}}")).Error.ShouldBeNull();

        runs.Account.Usage.Counts("SLA-2026-014", UsageKind.Shadow).ShouldHaveSingleItem().Name.ShouldBe("response: would be refused as required_field_removed for response/surname");
    }

    private static Agreement Against(string text) => AgreementTexts.Read(text, static _ => ContractCheckerTests.Person).Agreement.ShouldNotBeNull();
}
