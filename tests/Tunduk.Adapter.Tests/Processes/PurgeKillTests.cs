using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Hosting;
using Tunduk.Adapter.Signing;
using Tunduk.Adapter.Tests.Sandbox;
using Tunduk.Archive;
using Tunduk.Archive.Tests.Postgres;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Tests.Processes;

/// <summary><c>archive purge --execute</c> at a running adapter, of which one end is killed in the middle: each record is whole or gone with its entry.</summary>
public sealed class PurgeKillTests
{
    private const int Records = 4000;
    private const string Cancelled = "cancelled";

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Purge_AdapterOrCommandKilled_LeavesWholePiecesAndTheNextOneEndsIt(bool postgres, bool command)
    {
        using var folder = new TemporaryFolder();
        using var server = postgres ? new PostgresServer() : null;
        var connection = folder["connection"];
        await using var world = await ProcessWorld.StartAsync(new ProcessWorldOptions
        {
            Data = folder.Path,
            Consumer = json =>
            {
                json["Listen"]!["Admin"]!["Address"] = $"http://127.0.0.1:{FreePort.Choose()}";
                KeepOneDay(json, Path.Combine(folder.Path, "consumer", "archiving-list.yaml"));
                if (server is not null)
                {
                    Write(connection, server.NewDatabase());
                    var archive = (JsonObject)json["Archive"]!;
                    archive.Remove("Folder");
                    (archive["Store"], archive["Connection"], archive["Instance"]) = ("postgresql", connection, "consumer-1");
                }
            },
        });
        _ = world.Folders.AuditorKey;
        await world.Consumer.StopAsync();
        if (server is not null)
        {
            Write(connection, server.NewDatabase());
        }

        await FillAsync(world.Folders.ConsumerConfiguration);
        await world.StartAgainAsync(ProcessWorld.ConsumerSide);

        // The journal's first lines say that a piece is under way.
        var journal = Path.Combine(Path.GetDirectoryName(world.Folders.ConsumerConfiguration)!, "archive-head", "erasures");
        var empty = new FileInfo(journal).Length;
        await using var purge = AdapterProcess.Begin(Command());
        await Poll.UntilAsync(() => purge.HasExited || new FileInfo(journal).Length > empty, "the purge has begun");
        await (command ? purge : world.Consumer).KillAsync();
        if (command)
        {
            // What it asked for ends with it, and the log says that it was cut short; unless it was done before.
            await world.Consumer.StopAsync();
        }
        else
        {
            // The command does not take the archive of an adapter that it asked: that starts again at once.
            await world.StartAgainAsync(ProcessWorld.ConsumerSide);
            await world.Consumer.StopAsync();
        }

        var gone = await GoneAsync();
        gone.Records.ShouldBeGreaterThan(0);
        if (command && gone.Records < Records)
        {
            gone.Cancelled.ShouldBe(1);
        }

        await world.StartAgainAsync(ProcessWorld.ConsumerSide);
        var (code, output) = await AdapterProcess.RunAsync(Command());
        code.ShouldBe(0, output);
        using (var report = JsonDocument.Parse(output))
        {
            report.RootElement.GetProperty("erased").GetInt64().ShouldBe(Records - gone.Records);
        }

        await world.Consumer.StopAsync();
        (await GoneAsync()).Records.ShouldBe(Records);

        string[] Command() =>
        [
            "archive", "purge", "--execute", "--config", world.Folders.ConsumerConfiguration, "--key-file", Path.Combine(folder.Path, "auditor-key.txt"), "--purpose", "terms are over",
        ];

        // Opening verifies: a record that is gone without an entry fails it.
        async Task<(int Records, int Cancelled)> GoneAsync()
        {
            await using var archive = await ArchiveOnDisk.OpenAsync(world.Folders.ConsumerConfiguration);
            var named = (await archive.FindAsync(new SearchQuery { Kinds = [EntryKind.RetentionRun, EntryKind.Erasure], PageSize = 1000 }))
                .SelectMany(entry => ErasureLine.In(entry.Entry)).Select(line => line.Record).ToHashSet();
            archive.Report.SealedErased.ShouldBe(named.Count);
            return (named.Count, (await archive.FindAsync(new SearchQuery { Code = Cancelled, PageSize = 100 })).Count);
        }
    }

    // As if the adapter had run three days ago and had been stopped since.
    private static async Task FillAsync(string configurationFile)
    {
        var folder = Path.GetDirectoryName(configurationFile)!;
        foreach (var part in new[] { "archive", "archive-head", "archive-anchor" }.Select(name => Path.Combine(folder, name)).Where(Directory.Exists))
        {
            Directory.Delete(part, recursive: true);
        }

        AdapterConfiguration.Load(configurationFile, out var configuration).ShouldBeEmpty();
        using var keys = SigningKeys.Load(configuration!.Options, configuration.Resolve, new List<SettingFault>())!;
        var opening = await ArchiveSetup.OpenAsync(configuration, keys, new DaysAgo(3), CancellationToken.None);
        opening.Ok.ShouldBeTrue(opening.Fault?.Detail);
        await using var archive = opening.Archive;
        foreach (var some in Enumerable.Range(0, Records).Chunk(500))
        {
            var results = await Task.WhenAll(some.Select(n => archive.AppendAsync(
                new EntryDraft { Kind = EntryKind.Refusal, Code = "refused", Stage = "Filter", OwnSubsystem = "sandbox/COM/60009001/loans", UserId = "KG" + n }, CancellationToken.None).AsTask()));
            results.ShouldAllBe(result => result.IsDurable);
        }
    }

    // In the sandbox a pin is the owner's word.
    private static void KeepOneDay(JsonObject json, string file)
    {
        File.WriteAllText(file, File.ReadAllText(file).Replace("P3Y", "P1D", StringComparison.Ordinal));
        ((JsonArray)json["Documents"]!["PinnedOwnerDocuments"]!).Add(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))));
    }

    private static void Write(string file, string secret)
    {
        File.WriteAllText(file, secret + "\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private sealed class DaysAgo(int days) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddDays(-days);
    }
}
