using System.Text;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Contracts;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.Tests.Rpc;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Tests.Contracts;

/// <summary>
/// What members say inside successful answers (issue 4, point 6) as one outcome in status, header, archive and metrics, in the
/// forms they really use: a status number, an enumeration of errors, a list with more than one, a choice of answer and fault.
/// </summary>
public sealed class BusinessOutcomeTests
{
    private const string Surname = "response/surname";

    [Theory]
    [InlineData("NOTFOUND", 404, "not-found")]
    [InlineData("300", 409, "many")]
    [InlineData("PIN_INCORRECT", 422, "bad-request")]
    [InlineData("403", 403, "denied")]
    [InlineData("INTERNAL_ERROR", 502, "provider-error")]
    [InlineData("ANOTHER", 200, "ok")]
    public async Task Ask_AnswerSaysOutcome_StatusHeaderArchiveAndMetricsSayIt(string said, int status, string outcome)
    {
        await using var world = await WorldAsync(Rules(Surname));
        world.InformationSystem.Misbehave = InformationSystemDouble.Answering(Answer(said));

        var reply = await world.AskAsync();

        reply.Status.ShouldBe(status, reply.Text);
        reply.ContentType.ShouldBe("application/json; charset=utf-8");
        reply.Headers["X-Tunduk-Outcome"].ShouldBe(outcome);
        reply.Json.GetProperty("response").GetProperty("surname").GetString().ShouldBe(said);
        foreach (var host in new[] { world.Consumer, world.Provider })
        {
            var found = await TestWorld.FindAsync(host, messageId: reply.MessageId, code: outcome);
            found.ShouldContain(entry => entry.Entry.Kind == EntryKind.Response, outcome);
            using var get = new HttpRequestMessage(HttpMethod.Get, new Uri(host.AdminAddress!, "metrics"));
            var metrics = (await world.SendAsync(get)).Text;
            metrics.Split('\n').ShouldContain(line => line.StartsWith("tunduk_business_outcomes_total", StringComparison.Ordinal) && line.Contains($"outcome=\"{outcome}\"", StringComparison.Ordinal) && line.EndsWith(" 1", StringComparison.Ordinal), metrics);
        }
    }

    [Fact]
    public async Task Ask_RepeatsAndOtherFaces_SayTheSameOutcome()
    {
        await using var world = await WorldAsync(Rules(Surname), options =>
        {
            options["Services"]!["getPerson"]!["AnswersRepeats"] = true;
            options["Callers"]![0]!["AnswersRepeats"] = true;
        });
        world.InformationSystem.Misbehave = InformationSystemDouble.Answering(Answer("NOTFOUND"));
        var headers = new Dictionary<string, string?> { ["X-Road-Id"] = Guid.NewGuid().ToString() };
        var first = await world.AskAsync(headers: headers);

        var repeated = await world.AskAsync(headers: headers);
        using var client = RpcClient.Of(world);
        var byRpc = await client.AskAsync();
        using var envelope = new HttpRequestMessage(HttpMethod.Post, world.Consumer.IsAddress) { Content = new StringContent(Envelopes.UnsignedText(Envelopes.Headers(id: null), Envelopes.GetPerson()), Encoding.UTF8, "text/xml") };
        envelope.Headers.TryAddWithoutValidation("Authorization", "Bearer " + world.Folders.ApiKey);
        var bySoap = await world.SendAsync(envelope);

        (repeated.Status, repeated.Headers["X-Tunduk-Outcome"], repeated.Text).ShouldBe((404, "not-found", first.Text));
        byRpc.Outcome.ShouldBe("not-found", "and the call has ended with OK");
        (bySoap.Status, bySoap.Headers["X-Tunduk-Outcome"]).ShouldBe((200, "not-found"), bySoap.Text);
        world.InformationSystem.Calls.Count.ShouldBe(3, "the repeat was answered from the archive");
        (await TestWorld.FindAsync(world.Consumer, code: "not-found")).Count(entry => entry.Entry.Kind == EntryKind.Response).ShouldBe(3);
        (await TestWorld.FindAsync(world.Consumer, messageId: first.MessageId, code: "repeated")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Ask_NoRules_NoHeaderAndCodeOk()
    {
        await using var world = await TestWorld.StartAsync();

        var reply = await world.AskAsync();

        reply.Status.ShouldBe(200, reply.Text);
        reply.Headers.Keys.ShouldNotContain("X-Tunduk-Outcome");
        (await TestWorld.FindAsync(world.Consumer, messageId: reply.MessageId, code: "ok")).Count.ShouldBe(2);
    }

    // No listed field, no value: a field that does not pass must not be told by another way.
    [Fact]
    public async Task Ask_FieldOfTheRuleNotListed_DecidesNothing()
    {
        await using var world = await WorldAsync(Rules("response/nationality"));
        world.InformationSystem.Misbehave = InformationSystemDouble.Answering(Answer("Someone", nationality: "403"));

        var reply = await world.AskAsync();

        reply.Status.ShouldBe(200, reply.Text);
        reply.Headers["X-Tunduk-Outcome"].ShouldBe("ok");
    }

    [Fact]
    public async Task Ask_Refused_HasNoOutcome()
    {
        await using var world = await WorldAsync(Rules(Surname));

        var refusal = await world.AskAsync(headers: new Dictionary<string, string?> { ["X-Road-Issue"] = null });

        refusal.Headers.Keys.ShouldNotContain("X-Tunduk-Outcome");
        refusal.ContentType!.ShouldStartWith("application/problem+json");
    }

    [Fact]
    public async Task OpenApi_Rules_DescribesTheStatuses()
    {
        await using var world = await WorldAsync(Rules(Surname));
        using var get = new HttpRequestMessage(HttpMethod.Get, new Uri(world.Consumer.IsAddress!, "v1/services/getPerson/openapi.json"));
        get.Headers.TryAddWithoutValidation("Authorization", "Bearer " + world.Folders.ApiKey);

        var responses = (await world.SendAsync(get)).Json.GetProperty("paths").GetProperty("/v1/services/getPerson").GetProperty("post").GetProperty("responses");

        responses.EnumerateObject().Select(response => response.Name).ShouldBe(["200", "404", "409", "422", "403", "502", "default"]);
        responses.GetProperty("404").GetProperty("headers").TryGetProperty("X-Tunduk-Outcome", out _).ShouldBeTrue();
        responses.GetProperty("404").GetProperty("content").TryGetProperty("application/json", out _).ShouldBeTrue();
    }

    [Fact]
    public void Load_BrokenRules_IsAFaultOfTheConfigurationWithFileAndRemedy()
    {
        using var folder = new Sandbox.TemporaryFolder();
        SandboxFolders.WriteContracts(folder.Path);
        const string File = "sandbox_GOV_70009001_registry_getPerson_v1.wsdl";
        System.IO.File.WriteAllText(Path.Combine(folder.Path, File + ".outcomes.json"), """{ "rules": [ { "operation": "getPerson", "path": "response/surnam", "equals": ["x"], "outcome": "not-found" } ] }""");
        var options = new Tunduk.Adapter.Configuration.AdapterOptions();
        options.Services["getPerson"] = new() { Service = SandboxNames.GetPerson, Contract = File };
        var faults = new List<Tunduk.Adapter.Configuration.SettingFault>();

        ContractStore.Load(options, folder.Path, faults);

        var fault = faults.ShouldHaveSingleItem().ToString();
        fault.ShouldContain(File + ".outcomes.json");
        fault.ShouldContain("rules[0].path");
        fault.ShouldContain("response/surname");
    }

    private static Task<TestWorld> WorldAsync(string rules, Action<JsonObject>? consumer = null)
    {
        void Place(JsonObject options, string folder) => File.WriteAllText(Path.Combine(folder, "contracts", (string)(options["Services"] ?? options["Provides"])!["getPerson"]!["Contract"]! + ".outcomes.json"), rules);
        return TestWorld.StartAsync(new TestWorldOptions { Consumer = consumer, ConsumerFiles = Place, ProviderFiles = Place });
    }

    private static string Rules(string path) => $$"""
        { "rules": [
          { "operation": "getPerson", "path": "{{path}}", "equals": ["203", "NOTFOUND"], "outcome": "not-found" },
          { "operation": "getPerson", "path": "{{path}}", "equals": [300], "outcome": "many" },
          { "operation": "*", "path": "{{path}}", "equals": ["PIN_INCORRECT"], "outcome": "bad-request" },
          { "operation": "*", "path": "{{path}}", "equals": ["403"], "outcome": "denied" },
          { "operation": "getPerson", "path": "{{path}}", "equals": ["INTERNAL_ERROR"], "outcome": "provider-error" }
        ] }
        """;

    private static string Answer(string surname, string? nationality = null)
    {
        var person = (JsonObject)JsonNode.Parse(Tunduk.Adapter.Sandbox.Register.RegisterJson.Person(TestPersons.Somebody))!;
        person["surname"] = surname;
        if (nationality is not null)
        {
            person["nationality"] = nationality;
        }

        return new JsonObject { ["response"] = person }.ToJsonString();
    }
}
