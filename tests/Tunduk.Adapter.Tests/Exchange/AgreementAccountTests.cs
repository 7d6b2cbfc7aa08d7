using System.Text;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Filtering;
using Tunduk.Xml;

namespace Tunduk.Adapter.Tests.Exchange;

/// <summary>What is counted of the agreements at work: removals by name, excess, shadow versions.</summary>
public sealed class AgreementAccountTests : IDisposable
{
    private const string Listed = "request: { allow: [pin] }\nresponse: { allow: [surname] }";
    private readonly ExcessWatch watch = new(3);
    private readonly PolicyRuns runs;

    public AgreementAccountTests() => runs = new PolicyRuns(watch);

    public void Dispose() => runs.Dispose();

    [Fact]
    public void Filter_UnlistedFields_AreCountedByName()
    {
        ExchangeRun run = runs.Run(PolicyRuns.Document(Listed + "\nlimits: { responseBytes: 1000 }"));
        FieldPolicy.Response(run, Json("""{"response":{"surname":"A","photo":"S","x":{"y":1}}}""")).Error.ShouldBeNull();
        runs.Account.Usage.Counts("SLA-2026-014", UsageKind.Removed).ShouldBe([new UsageCount("getPerson/v1", "response/(unlisted)", 2)]);
        run.Flags.ShouldBe(Tunduk.Evidence.Log.EntryFlags.FieldsRemoved);
    }

    [Fact]
    public void Filter_BodyLargerThanAgreed_IsRefusedOnBothSides()
    {
        ExchangeRun run = runs.Run(PolicyRuns.Document(Listed + "\nlimits: { requestBytes: 20, responseBytes: 20 }"));
        FieldPolicy.Request(run, Json("""{"request":{"pin":"1"}}""")).Error!.Code.ShouldBe("agreement_volume_exceeded");
        FieldPolicy.Response(run, Json("""{"response":{"surname":1}}""")).Error!.Path.ShouldBe("limits.responseBytes");
        XmlTape.TryParse("<getPerson><request><pin>12345678901234</pin></request></getPerson>"u8.ToArray(), out XmlTape? tape, out _).ShouldBeTrue();
        XmlPolicy.Request(run, tape!.Root).Error!.Code.ShouldBe("agreement_volume_exceeded");
    }

    [Fact]
    public void Filter_Xml_PassesListedFieldsUnchanged()
    {
        XmlTape.TryParse("<p:getPersonResponse xmlns:p='urn:s'><response><p:surname>&#65;</p:surname><photo>S</photo></response></p:getPersonResponse>"u8.ToArray(), out XmlTape? tape, out _).ShouldBeTrue();
        FilteredXml filtered = XmlPolicy.Response(runs.Run(PolicyRuns.Document(Listed)), tape!.Root).Value!;
        Encoding.UTF8.GetString(filtered.Xml.Span).ShouldBe("<p:getPersonResponse xmlns:p='urn:s'><response><p:surname>&#65;</p:surname></response></p:getPersonResponse>");
        filtered.Removed.ShouldHaveSingleItem();
    }

    [Fact]
    public void Filter_CounterpartyThatKeepsAskingForMore_RaisesAnAlarmThatEnds()
    {
        Agreement agreement = PolicyRuns.Document(Listed);
        for (int i = 0; i < 3; i++)
        {
            runs.Account.Alarms().ShouldBeEmpty();
            FieldPolicy.Request(runs.Run(agreement), Json("""{"request":{"pin":"1","photo":"S"}}""")).Error.ShouldBeNull();
        }

        runs.Account.Alarms().ShouldHaveSingleItem().ShouldContain("sandbox/COM/60009001/loans");
        watch.Alarms(runs.Clock.GetUtcNow().AddMinutes(20)).ShouldHaveSingleItem();
        watch.Alarms(runs.Clock.GetUtcNow().AddHours(2)).ShouldBeEmpty();
    }

    [Fact]
    public void Filter_OwnSurplus_IsNoExcessOfTheCounterparty()
    {
        for (int i = 0; i < 10; i++)
        {
            FieldPolicy.Response(runs.Run(PolicyRuns.Document(Listed)), Json("""{"response":{"photo":"S"}}""")).Error.ShouldBeNull();
        }

        runs.Account.Alarms().ShouldBeEmpty();
    }

    [Fact]
    public void Filter_ShadowVersion_CountsWhatItWouldDoAndDecidesNothing()
    {
        Agreement shadow = PolicyRuns.Document("request: { allow: [pin], unlisted: refuse }\nresponse: { allow: [photo] }");
        ExchangeRun run = runs.Run(PolicyRuns.Document(Listed), shadow: shadow);
        Encoding.UTF8.GetString(FieldPolicy.Response(run, Json("""{"response":{"surname":"A","photo":"S"}}""")).Value!.Json.Span).ShouldBe("""{"response":{"surname":"A"}}""");
        FieldPolicy.Request(run, Json("""{"request":{"pin":"1","x":2}}""")).Error.ShouldBeNull();
        runs.Account.Usage.Counts("SLA-2026-014", UsageKind.Shadow).Select(static c => c.Name).ShouldBe(
            ["request: would be refused for request/(unlisted)", "response/photo: would pass", "response/surname: would be removed"],
            ignoreOrder: true);
    }

    [Fact]
    public void Filter_EchoedSecret_ComesBackEmpty()
    {
        FieldList list = FieldList.ForResponse(FieldRules.Nothing, Filtering.FilterRuns.Rules("clientid secret pin inner/**"), [FieldPath.Parse("request/inner/apiKey")]);
        Filtering.FilterRuns.Json(list, """{"request":{"clientid":"S","secret":"S","pin":"1","inner":{"apiKey":"S","a":"b"}},"response":{}}""").Text
            .ShouldBe("""{"request":{"clientid":"","secret":"","pin":"1","inner":{"apiKey":"","a":"b"}},"response":{}}""");
        Filtering.FilterRuns.Json(FieldList.ForRequest(Filtering.FilterRuns.Rules("secret")), """{"request":{"secret":"s"}}""").Text.ShouldBe("""{"request":{"secret":"s"}}""");
    }

    private static byte[] Json(string text) => Encoding.UTF8.GetBytes(text);
}
