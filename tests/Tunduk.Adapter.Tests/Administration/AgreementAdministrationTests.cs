using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.Tests.Processes;
using Tunduk.Adapter.Tests.Sandbox;
using Tunduk.Archive;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Tests.Administration;

/// <summary>Status, stops and tests of drafts, through the running adapters and by the command line.</summary>
public sealed class AgreementAdministrationTests
{
    private const string Id = "SLA-2026-014";

    [Fact]
    public async Task Agreements_AtWork_AreSeenStoppedResumedAndTested()
    {
        await using TestWorld world = await TestWorld.StartAsync(new TestWorldOptions
        {
            Provider = static options => options["Callers"]!.AsArray().Add(EndToEnd.Caller("operations", "operations-key", ["operations"], [])),
            ProviderAgreement = static text => text.Replace("attachments: none", "limits: { perDay: 3 }", StringComparison.Ordinal),
        });
        string auditor = world.Folders.AuditorKey;
        (await world.AskAsync()).Status.ShouldBe(200);
        (await world.AskAsync()).Status.ShouldBe(200);

        // Status: what was removed by name, the last use, the days left.
        JsonElement status = await PostAsync(world, "status", "operations-key", new { });
        JsonElement row = status.GetProperty("agreements").EnumerateArray().Single();
        row.GetProperty("state").GetString().ShouldBe("in-force");
        row.GetProperty("version").GetInt32().ShouldBe(1);
        row.GetProperty("daysLeft").GetInt32().ShouldBeInRange(364, 366);
        row.GetProperty("exchanges").GetInt64().ShouldBe(2);
        row.GetProperty("lastUse").GetDateTimeOffset().ShouldBeGreaterThan(DateTimeOffset.UnixEpoch);
        row.GetProperty("removed").EnumerateArray().Select(static c => c.GetProperty("name").GetString()).ShouldContain("response/maritalStatus");
        (await PostAsync(world, "status", "operations-key", new { agreement = "none" }, 400)).GetProperty("code").GetString().ShouldBe("query_invalid");
        (await PostAsync(world, "status", "nobody", new { }, 401)).GetProperty("code").GetString().ShouldBe("caller_unknown");

        // Metrics: by agreement, service and path.
        using HttpClient http = new();
        string metrics = await http.GetStringAsync(new Uri(world.Provider.AdminAddress!, "metrics"));
        metrics.ShouldContain("path=\"response/maritalStatus\"");
        metrics.ShouldContain("agreement=\"SLA-2026-014\"");

        // A draft against what the archive holds.
        string draft = SandboxAgreements.Provider(TestKeys.Sha256(TestKeys.Consumer.Certificate), DateOnly.FromDateTime(world.Clock.GetUtcNow().UtcDateTime))
            .Replace("surname, name,", "name, maritalStatus,", StringComparison.Ordinal).Replace("version: 1", "version: 2", StringComparison.Ordinal);
        JsonElement report = await PostAsync(world, "test", auditor, new { purpose = "new version", file = "draft.yaml", document = draft });
        report.GetProperty("exchanges").GetInt64().ShouldBe(2);
        report.GetProperty("changed").GetInt64().ShouldBe(2);
        report.GetProperty("changes").EnumerateArray().Select(static c => $"{c.GetProperty("count")} {c.GetProperty("name").GetString()}").ShouldBe(
            ["2 response/maritalStatus: would pass", "2 response/surname: the message would be refused as required_field_removed"],
            ignoreOrder: true);
        report.ToString().ShouldNotContain(TestPersons.Somebody.Surname);
        (await PostAsync(world, "test", auditor, new { purpose = "new purpose", document = draft.Replace("[loan-scoring]", "[collection]", StringComparison.Ordinal) }))
            .GetProperty("changes").ToString().ShouldContain("would be refused as purpose_not_agreed");
        (await PostAsync(world, "test", auditor, new { document = draft }, 400)).GetProperty("path").GetString().ShouldBe("$.purpose");
        (await PostAsync(world, "test", auditor, new { purpose = "x", document = "role: boss" }, 400)).GetProperty("remedy").GetString()!.ShouldContain("draft.yaml:1");
        (await PostAsync(world, "test", "operations-key", new { purpose = "x", document = draft }, 403)).GetProperty("code").GetString().ShouldBe("caller_not_permitted");
        SearchPage looks = await world.Provider.Archive.SearchAsync(new SearchQuery { Kinds = [EntryKind.ArchiveAccess] }, CancellationToken.None);
        looks.Entries.Count(static e => e.Entry.Code == "search").ShouldBe(2);
        looks.Entries.Count.ShouldBeGreaterThanOrEqualTo(4, "what was refused at the gate is an entry too");

        // A stop: only operations may order it, at once, with its own code, archived with its reason sealed.
        (await PostAsync(world, "suspend", auditor.Replace("sandbox", "x"), new { agreement = Id, reason = "dispute" }, 401)).GetProperty("code").GetString().ShouldBe("caller_unknown");
        (await PostAsync(world, "suspend", "operations-key", new { agreement = Id }, 400)).GetProperty("path").GetString().ShouldBe("$.reason");
        (await PostAsync(world, "suspend", "operations-key", new { agreement = "other", reason = "dispute" }, 400)).GetProperty("path").GetString().ShouldBe("$.agreement");
        JsonElement stop = await PostAsync(world, "suspend", "operations-key", new { agreement = Id, reason = "dispute 7" });
        stop.GetProperty("state").GetString().ShouldBe("suspended");
        RecordId.TryParse(stop.GetProperty("record").GetString(), out RecordId record).ShouldBeTrue();
        ArchiveRecord entry = (await world.Provider.Archive.GetAsync(record, CancellationToken.None)).ShouldNotBeNull();
        (entry.Entry.Kind, entry.Entry.Code, entry.Entry.Agreement).ShouldBe((EntryKind.ConfigurationChange, "Suspended", Id));
        entry.Values.ShouldContain(static v => v.Path == "$reason" && v.AsText() == "dispute 7");
        entry.Values.ShouldContain(static v => v.Path == "$by" && v.AsText() == "operations");
        entry.Entry.Subject!.ShouldNotContain("dispute");
        SearchPage inForce = await world.Provider.Archive.SearchAsync(new SearchQuery { Kinds = [EntryKind.ConfigurationChange], Code = "PutInForce" }, CancellationToken.None);
        ArchiveRecord put = (await world.Provider.Archive.GetAsync(inForce.Entries.ShouldHaveSingleItem().Record, CancellationToken.None)).ShouldNotBeNull();
        put.Entry.Subject!.ShouldContain(row.GetProperty("sha256").GetString()!);
        put.Values.ShouldContain(static v => v.Path == "$by" && v.AsText() == "pin");
        Refusal refusal = await world.RefusedAsync("provider_fault_unverified", "forward");
        refusal.Problem.GetProperty("found").GetString()!.ShouldContain("agreement_suspended");

        // Lifted, and then once more to the day's limit: the two exchanges before count.
        (await PostAsync(world, "lift", "operations-key", new { agreement = Id, reason = "settled" })).GetProperty("state").GetString().ShouldBe("in-force");
        (await PostAsync(world, "lift", "operations-key", new { agreement = Id, reason = "again" }, 400)).GetProperty("code").GetString().ShouldBe("query_invalid");
        (await world.AskAsync()).Status.ShouldBe(200);
        (await world.RefusedAsync("provider_fault", "forward")).Problem.GetProperty("found").GetString()!.ShouldContain("agreement_rate_exceeded");

        // A stop that is to come is shown and does not hold yet.
        JsonElement later = await PostAsync(world, "suspend", "operations-key", new { agreement = Id, reason = "works", from = world.Clock.GetUtcNow().AddDays(3), until = world.Clock.GetUtcNow().AddDays(4) });
        later.GetProperty("state").GetString().ShouldBe("in-force");
        (await PostAsync(world, "suspend", "operations-key", new { agreement = Id, reason = "works", until = world.Clock.GetUtcNow().AddDays(-4) }, 400)).GetProperty("path").GetString().ShouldBe("$.until");
        await CommandsSayTheSameAsync(world, draft);
    }

    [Fact]
    public async Task Environment_TestAndProduction_NeverMix()
    {
        await using TestWorld world = await TestWorld.StartAsync(new TestWorldOptions
        {
            Provider = static options => options["Provides"]!["getPerson"]!["Environment"] = "test",
            Consumer = static options => options["Callers"]!.AsArray().Add(EndToEnd.Caller("tester", "tester-key", ["is"], [SandboxNames.Consumer], static caller => caller["Environment"] = "test")),
        });
        await world.RefusedAsync("environment_mismatch", "authorize", key: "tester-key");
        (await world.RefusedAsync("provider_fault", "forward")).Found!.ShouldContain("environment_mismatch");
        world.InformationSystem.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task Restart_LimitOfTheDay_CountsWhatTheArchiveHolds()
    {
        using TemporaryFolder folder = new();
        await using ProcessWorld world = await ProcessWorld.StartAsync(new ProcessWorldOptions
        {
            Data = folder.Path,
            ProviderAgreement = static text => text.Replace("attachments: none", "limits: { perDay: 1 }", StringComparison.Ordinal),
        });
        (await AskAsync(world)).Status.ShouldBe(200);
        await world.Provider.StopAsync();
        await world.StartAgainAsync(ProcessWorld.ProviderSide);
        (int status, string text) = await AskAsync(world);
        status.ShouldBe(502, text);
        text.ShouldContain("agreement_rate_exceeded");
    }

    private static async Task<(int Status, string Text)> AskAsync(ProcessWorld world)
    {
        string pin = Adapter.Sandbox.Register.InventedPopulation.Invent(Adapter.Sandbox.Register.DemonstrationRegister.Population)[0].Pin;
        using HttpClient http = new();
        using HttpRequestMessage request = new(HttpMethod.Post, world.GetPerson) { Content = TestWorld.Json($$$"""{"request":{"pin":"{{{pin}}}"}}""") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", world.Folders.ApiKey);
        request.Headers.Add("X-Road-UserId", TestPersons.UserId);
        request.Headers.Add("X-Road-Issue", TestPersons.Issue);
        using HttpResponseMessage response = await http.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>The program's commands against the running adapter.</summary>
    private static async Task CommandsSayTheSameAsync(TestWorld world, string draft)
    {
        string folder = world.ProviderFolder;
        string key = Path.Combine(folder, "key.txt");
        await File.WriteAllTextAsync(key, world.Folders.AuditorKey);
        string file = Path.Combine(folder, "draft.yaml");
        await File.WriteAllTextAsync(file, draft);
        string config = Path.Combine(folder, "listening.json");
        await File.WriteAllTextAsync(config, (await File.ReadAllTextAsync(world.Folders.ProviderConfiguration)).Replace("\"Admin\":{\"Address\":\"http://127.0.0.1:0\"", $"\"Admin\":{{\"Address\":\"{world.Provider.AdminAddress!.ToString().TrimEnd('/')}\"", StringComparison.Ordinal));

        (int code, string text) = await RunAsync("test", file, "--config", config, "--key-file", key, "--purpose", "new version");
        code.ShouldBe(1, text);
        text.ShouldContain("response/surname: the message would be refused as required_field_removed");
        (code, text) = await RunAsync("status", "--config", config, "--key-file", key);
        code.ShouldBe(0, text);
        text.ShouldContain("SLA-2026-014 version 1  in-force");
        text.ShouldContain("stopped from");
        (code, text) = await RunAsync("lift", Id, "--reason", "no works", "--config", config, "--key-file", key, "--json");
        code.ShouldBe(0, text);
        (code, text) = await RunAsync("suspend", Id, "--reason", "dispute", "--config", config, "--key-file", key);
        code.ShouldBe(0, text);
        text.ShouldContain("suspended");
        (code, text) = await RunAsync("check", "--config", config);
        code.ShouldBe(0, text);
        string agreement = Path.Combine(folder, "agreements", SandboxAgreements.FileName);
        (code, text) = await RunAsync("diff", agreement, file, "--config", config, "--json");
        code.ShouldBe(1, text);
        JsonDocument.Parse(text).RootElement.GetProperty("more").GetInt32().ShouldBeGreaterThan(0);
        (code, text) = await RunAsync("annex", agreement, "--config", config, "--language", "ru", "--html");
        code.ShouldBe(0, text);
        text.ShouldContain("Перечень полей");
        string contract = Path.Combine(folder, "contracts", "sandbox_GOV_70009001_registry_getPerson_v1.wsdl");
        string made = Path.Combine(folder, "made.yaml");
        (code, text) = await RunAsync("draft", contract, "--own", "sandbox/COM/60009001/loans", "--role", "consumer", "--out", made);
        code.ShouldBe(0, text);
        (code, text) = await RunAsync("check", made, "--contract", contract);
        code.ShouldBe(0, text);
        (code, _) = await RunAsync("draft", contract, "--own", "sandbox/COM/60009001/loans", "--role", "consumer", "--out", made);
        code.ShouldBe(2, "an existing file is never written over");
        (code, text) = await RunAsync("schema");
        code.ShouldBe(0, text);
        JsonDocument.Parse(text).RootElement.GetProperty("title").GetString().ShouldBe("Agreement of Tunduk.Adapter");
        (code, text) = await RunAsync("diff", agreement, "nowhere.yaml");
        code.ShouldBe(2, text);
    }

    private static Task<(int Code, string Output)> RunAsync(params string[] arguments) =>
        Tool.RunAsync("dotnet", ["exec", AdapterProcess.Program, "agreement", .. arguments]);

    private static async Task<JsonElement> PostAsync(TestWorld world, string act, string key, object body, int status = 200)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(world.Provider.AdminAddress!, "v1/agreements/" + act))
        {
            Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        HttpReply reply = await world.SendAsync(request);
        reply.Status.ShouldBe(status, reply.Text);
        return reply.Json;
    }
}
