using System.Text.Json;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.Tests.Sandbox;
using Tunduk.Archive.Tests.Postgres;

namespace Tunduk.Adapter.Tests.Processes;

/// <summary>The commands that need the agreements at work, as a user runs them: against the running adapter, and when it is stopped.</summary>
public sealed class AgreementCommandTests
{
    private const string Id = "SLA-2026-014";

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public async Task Agreement_StatusStopsAndTest_SayTheSameWithAndWithoutTheAdapter(bool running, bool postgres)
    {
        using var database = postgres ? new PostgresServer() : null;
        using var folder = new TemporaryFolder();
        await using var world = await ProcessWorld.StartAsync(new ProcessWorldOptions
        {
            Data = folder.Path,
            Consumer = json =>
            {
                json["Listen"]!["Admin"]!["Address"] = $"http://127.0.0.1:{FreePort.Choose()}";
                ((JsonArray)json["Callers"]!).Add(EndToEnd.Caller("reader", "reader-key", ["auditor"], []));
                ((JsonArray)json["Callers"]!).Add(EndToEnd.Caller("system", "system-key", ["is"], [SandboxNames.Consumer]));
                if (database is not null)
                {
                    InDatabase(json, folder, database.NewDatabase());
                }
            },
        });
        using var system = new InformationSystem(world);
        (await system.AskAsync("m-1", system.Persons[0])).IsOk.ShouldBeTrue();
        (await system.AskAsync("m-2", system.Persons[1])).IsOk.ShouldBeTrue();
        var key = await KeyAsync("operations.txt", world.Folders.AuditorKey);
        var reader = await KeyAsync("reader.txt", "reader-key");
        var stranger = await KeyAsync("system.txt", "system-key");
        if (!running)
        {
            await world.Consumer.StopAsync();
        }

        // Status: by words and by JSON, whoever may see it.
        var (code, output) = await RunAsync(key, "status");
        code.ShouldBe(0, output);
        output.ShouldContain($"{Id} version 1  in-force");
        output.ShouldContain(running ? "counted since" : "no adapter runs");
        output.ShouldContain(running ? "2 exchanges" : "0 exchanges");
        var row = Json(await RunAsync(reader, "status", Id, "--json")).GetProperty("agreements").EnumerateArray().ShouldHaveSingleItem();
        row.GetProperty("state").GetString().ShouldBe("in-force");
        row.GetProperty("daysLeft").GetInt32().ShouldBeInRange(364, 366);
        row.GetProperty("lastUse").GetDateTimeOffset().ShouldBeGreaterThan(DateTimeOffset.UnixEpoch, "the archive knows it");
        if (!postgres)
        {
            // Who may not, and what is no command, is told before the store is asked.
            Problem(await RunAsync(key, "status", "SLA-0"), "query_invalid");
            Problem(await RunAsync(stranger, "status"), "caller_not_permitted");
            Problem(await RunAsync(await KeyAsync("nobody.txt", "nobody's"), "status"), "caller_unknown");
            (await AdapterProcess.RunAsync("agreement", "status", "--config", world.Folders.ConsumerConfiguration)).Code.ShouldBe(2);
            (code, output) = await RunAsync(folder["none.txt"], "status");
            (code, output.Contains("none.txt", StringComparison.Ordinal)).ShouldBe((2, true), output);
        }

        // A draft against what the archive holds: as it is, narrower, broken, by who may not look, without a purpose.
        var file = Path.Combine(Path.GetDirectoryName(world.Folders.ConsumerConfiguration)!, "agreements", SandboxAgreements.FileName);
        var report = Json(await RunAsync(key, "test", file, "--purpose", "version 2", "--json"));
        (report.GetProperty("exchanges").GetInt64(), report.GetProperty("changed").GetInt64()).ShouldBe((2, 0));
        var draft = folder["draft.yaml"];
        await File.WriteAllTextAsync(draft, (await File.ReadAllTextAsync(file)).Replace(", address/**", "", StringComparison.Ordinal).Replace("version: 1", "version: 2", StringComparison.Ordinal));
        (code, output) = await RunAsync(key, "test", draft, "--purpose", "version 2");
        code.ShouldBe(1, output);
        output.ShouldContain("2 exchanges, 0 would end as they did, 2 otherwise");
        output.ShouldContain("response/address");
        system.Persons.ShouldAllBe(person => !output.Contains(person.Pin, StringComparison.Ordinal));
        if (!postgres)
        {
            await File.WriteAllTextAsync(draft, "role: boss");
            (code, output) = await RunAsync(key, "test", draft, "--purpose", "version 2");
            (code, output.Contains("draft.yaml:1", StringComparison.Ordinal)).ShouldBe((1, true), output);
            Problem(await RunAsync(reader, "test", file, "--purpose", "version 2"), "grant_missing");
            Problem(await RunAsync(stranger, "test", file, "--purpose", "version 2"), "caller_not_permitted");
            (await RunAsync(key, "test", file)).Code.ShouldBe(2);
            (await RunAsync(key, "test", folder["none.yaml"], "--purpose", "version 2")).Code.ShouldBe(2);
            (await RunAsync(key, "test", file, "--purpose", "version 2", "--from", "yesterday")).Code.ShouldBe(2);
        }

        // A stop and its end: only operations, only with a reason, archived, and in force in the adapter that starts afterwards.
        if (!postgres)
        {
            (await RunAsync(key, "suspend", Id)).Code.ShouldBe(2);
            (await RunAsync(key, "suspend", Id, "--reason", "dispute", "--from", "soon")).Code.ShouldBe(2);
            Problem(await RunAsync(reader, "suspend", Id, "--reason", "dispute"), "caller_not_permitted");
            Problem(await RunAsync(key, "suspend", "SLA-0", "--reason", "dispute"), "query_invalid");
            Problem(await RunAsync(key, "lift", Id, "--reason", "none yet"), "query_invalid");
            Problem(await RunAsync(key, "suspend", Id, "--reason", "dispute", "--until", "2020-01-01T00:00Z"), "query_invalid");
        }

        (code, output) = await RunAsync(key, "suspend", Id, "--reason", "dispute 7");
        code.ShouldBe(0, output);
        output.ShouldContain($"{Id}: suspended, stopped from ");
        output.ShouldContain("record ");
        (await RunAsync(key, "status")).Output.ShouldContain("dispute 7");
        await EitherWayAsync();
        var refused = await system.AskAsync("m-3", system.Persons[0]);
        refused.Body.ShouldContain("agreement_suspended");
        refused.Body.ShouldNotContain("dispute");
        await EitherWayAsync(stop: true);
        Json(await RunAsync(key, "lift", Id, "--reason", "settled", "--json")).GetProperty("state").GetString().ShouldBe("in-force");
        await EitherWayAsync();
        (await system.AskAsync("m-4", system.Persons[0])).IsOk.ShouldBeTrue();

        // Each order and each look is an entry of a log that holds.
        var entries = await AdapterProcess.RunAsync("archive", "search", "--limit", "200", "--config", world.Folders.ConsumerConfiguration, "--key-file", key, "--purpose", "complaint 17");
        foreach (var act in new[] { "Suspended", "Resumed", "PutInForce", "search" })
        {
            entries.Output.ShouldContain(act);
        }

        await world.Consumer.StopAsync();
        (code, output) = await AdapterProcess.RunAsync("verify", world.Folders.ConsumerConfiguration);
        code.ShouldBe(0, output);

        // A stopped adapter is started for what follows, and stopped again before the next command.
        Task EitherWayAsync(bool stop = false) => running ? Task.CompletedTask : stop ? world.Consumer.StopAsync() : world.StartAgainAsync(ProcessWorld.ConsumerSide);

        Task<(int Code, string Output)> RunAsync(string keyFile, params string[] command) =>
            AdapterProcess.RunAsync(["agreement", .. command, "--config", world.Folders.ConsumerConfiguration, "--key-file", keyFile]);

        async Task<string> KeyAsync(string name, string text)
        {
            await File.WriteAllTextAsync(folder[name], text);
            return folder[name];
        }
    }

    [Fact]
    public async Task Agreement_OrdersThatCannotBeCarriedOut_SayWhyAndLeaveByOne()
    {
        using var folder = new TemporaryFolder();
        await using var world = await ProcessWorld.StartAsync(new ProcessWorldOptions { Data = folder.Path });
        var key = folder["operations.txt"];
        await File.WriteAllTextAsync(key, world.Folders.AuditorKey);

        // The archive belongs to an adapter whose address the configuration does not tell.
        Problem(await RunAsync("suspend", Id, "--reason", "dispute"), "logging_failed");

        // A stop that stands in the folder of state counts, whoever put it there; what cannot be read lifts nothing.
        var state = Directory.EnumerateDirectories(Path.GetDirectoryName(world.Folders.ConsumerConfiguration)!, "state").Single();
        var orders = Path.Combine(state, "suspensions.json");
        using var system = new InformationSystem(world);
        await File.WriteAllTextAsync(orders, $$"""[{"Agreement":"{{Id}}","From":"2020-01-01T00:00:00Z","Until":null,"Reason":"dispute","By":"the other node"}]""");
        await Poll.UntilAsync(async () => (await system.AskAsync($"n-{Guid.NewGuid()}", system.Persons[0])).Body.Contains("agreement_suspended", StringComparison.Ordinal), "a stop written beside the adapter");
        await File.WriteAllTextAsync(orders, "[{");
        (await system.AskAsync("n-2", system.Persons[0])).Body.ShouldContain("agreement_suspended");

        await world.Consumer.StopAsync();
        var (code, output) = await RunAsync("status");
        (code, output.Contains("suspensions.json", StringComparison.Ordinal), output.Contains("   at ", StringComparison.Ordinal)).ShouldBe((1, true, false), output);

        Task<(int Code, string Output)> RunAsync(params string[] command) =>
            AdapterProcess.RunAsync(["agreement", .. command, "--config", world.Folders.ConsumerConfiguration, "--key-file", key]);
    }

    private static void InDatabase(JsonObject json, TemporaryFolder folder, string connection)
    {
        File.WriteAllText(folder["connection"], connection);
        File.SetUnixFileMode(folder["connection"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var archive = (JsonObject)json["Archive"]!;
        archive.Remove("Folder");
        archive["Store"] = "postgresql";
        archive["Connection"] = folder["connection"];
        archive["Instance"] = "consumer-1";
    }

    private static JsonElement Json((int Code, string Output) run)
    {
        run.Code.ShouldBe(0, run.Output);
        return JsonDocument.Parse(run.Output).RootElement;
    }

    private static void Problem((int Code, string Output) run, string code)
    {
        run.Code.ShouldBe(1, run.Output);
        JsonDocument.Parse(run.Output).RootElement.GetProperty("code").GetString().ShouldBe(code, run.Output);
    }
}
