using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Hosting;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Signing;
using Tunduk.Adapter.Tests.Processes;
using Tunduk.Archive;
using Tunduk.Archive.Tests.Postgres;
using Tunduk.Benchmarks.Archive;
using Tunduk.Benchmarks.Exchange;
using Tunduk.Evidence.Log;

namespace Tunduk.Benchmarks.Load;

/// <summary>From the start of the process to the first 200 of <c>/health/ready</c>, with many agreements and a large archive.</summary>
/// <remarks>
/// Options: <c>--entries 10000000</c>, <c>--agreements 100</c>, <c>--starts 7</c>, <c>--data DIR</c> (kept: a second run does not
/// fill the archive again), <c>--json</c>. With <c>--kept FOLDER</c> a copy of the archive that <c>archive --kept FOLDER</c> filled is started with,
/// of <c>--store sqlite</c> (default) or <c>postgresql</c>; it takes as much room again, in <c>--data</c> or the cluster, and goes as the rest of <c>--data</c> does.
/// </remarks>
internal static class StartBenchmark
{
    private const int Writers = 2_000;
    private const string CopyName = "started";

    // What `dotnet build -c Release` leaves, not the copy beside the benchmarks, whose libraries are those of the tests.
    private static readonly string Program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../../src/Tunduk.Adapter/bin/Release/net10.0/tunduk-adapter.dll"));

    public static async Task<int> RunAsync(string[] args)
    {
        var entries = BenchmarkOptions.Int(args, "--entries", 10_000_000);
        var agreements = BenchmarkOptions.Int(args, "--agreements", 100);
        var starts = BenchmarkOptions.Int(args, "--starts", 7);
        var source = BenchmarkOptions.Text(args, "--kept");
        var isPostgres = BenchmarkOptions.Text(args, "--store") == "postgresql";
        var kept = BenchmarkOptions.Text(args, "--data");
        var data = kept is null ? Directory.CreateTempSubdirectory("tunduk-benchmark-").FullName : Directory.CreateDirectory(kept).FullName;
        try
        {
            var folders = new SandboxFolders(data, DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime));
            if (!File.Exists(folders.ConsumerConfiguration))
            {
                await PrepareAsync(data, agreements);
            }

            using var server = source is not null && isPostgres ? PostgresServer.Kept(KeptArchive.ServerFolder(source)) : null;
            if (source is not null)
            {
                await CopyAsync(new KeptArchive(source, server), folders.ConsumerConfiguration, server);
            }

            var size = await FillAsync(folders.ConsumerConfiguration, source is null ? entries : 0);
            List<double> times = [];
            List<double> costs = [];
            for (var i = 0; i <= starts; i++)
            {
                var (time, cpu) = await StartAsync(folders.ConsumerConfiguration);
                if (i > 0) // the first brings the program's own files into memory
                {
                    times.Add(time);
                    costs.Add(cpu);
                }
            }

            times.Sort();
            costs.Sort();
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                benchmark = "start",
                store = isPostgres ? "postgresql" : "sqlite",
                machine = Machine.Describe(),
                agreements,
                entries = size,
                startToReadyMs = Math.Round(times[times.Count / 2]),
                fastestMs = Math.Round(times[0]),
                slowestMs = Math.Round(times[^1]),
                cpuMs = Math.Round(costs[costs.Count / 2]),
                compiledAhead = new FileInfo(Program).Length > 2 * new FileInfo(Program.Replace("/bin/", "/obj/", StringComparison.Ordinal)).Length,
            }));
            if (kept is null)
            {
                server?.Sql("postgres", $"DROP DATABASE {CopyName} WITH (FORCE)");
            }

            return 0;
        }
        finally
        {
            if (kept is null)
            {
                Directory.Delete(data, recursive: true);
            }
        }
    }

    // A sandbox's consumer with many more counterparties than the one it asks.
    private static async Task PrepareAsync(string data, int agreements)
    {
        await using var world = await ProcessWorld.StartAsync(new ProcessWorldOptions { Data = data });
        await world.StopAdaptersAsync();
        var configuration = world.Folders.ConsumerConfiguration;
        var folder = Path.Combine(Path.GetDirectoryName(configuration)!, "agreements");
        var text = await File.ReadAllTextAsync(Path.Combine(folder, SandboxAgreements.FileName));
        var root = JsonNode.Parse(await File.ReadAllTextAsync(configuration), documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip })!.AsObject();
        var pins = root["Documents"]!["PinnedAgreements"]!.AsArray();
        for (var i = 1; i < agreements; i++)
        {
            var other = text.Replace("GOV/70009001", "GOV/" + (70_100_000 + i).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
                .Replace("SLA-2026-014", "SLA-2026-" + (1_000 + i).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
            var file = Path.Combine(folder, $"other-{i}.yaml");
            await File.WriteAllTextAsync(file, other);
            pins.Add(Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(file))));
        }

        root["Listen"]!["Is"]!["Address"] = "http://127.0.0.1:0";
        await File.WriteAllTextAsync(configuration, root.ToJsonString());
    }

    // The kept archive stays as it is: others measure with it. The adapter signs on with a key of its own.
    private static async Task CopyAsync(KeptArchive archive, string file, PostgresServer? server)
    {
        var root = JsonNode.Parse(await File.ReadAllTextAsync(file))!.AsObject();
        var place = Path.Combine(Path.GetDirectoryName(file)!, "kept");
        if (Directory.Exists(place))
        {
            return; // --data of an earlier run
        }

        Directory.CreateDirectory(place);
        foreach (var each in Directory.EnumerateFiles(archive.Place.Folder, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(place, Path.GetRelativePath(archive.Place.Folder, each));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(each, target, overwrite: true);
        }

        var settings = root["Archive"]!.AsObject();
        (settings["Folder"], settings["Keys"], settings["Head"], settings["MasterKey"]) = (Path.Combine(place, "data"), Path.Combine(place, "keys"), Path.Combine(place, "head"), Path.Combine(place, "master.key"));
        if (server is not null)
        {
            server.Sql("postgres", $"DROP DATABASE IF EXISTS {CopyName}");
            // By files: through the write-ahead log, as PostgreSQL copies by default, it takes ten times as long and twice the room.
            server.Sql("postgres", $"CREATE DATABASE {CopyName} TEMPLATE {KeptArchive.Database} STRATEGY FILE_COPY");
            var connection = Path.Combine(place, "connection");
            await File.WriteAllTextAsync(connection, server.ConnectionString(CopyName));
            File.SetUnixFileMode(connection, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            settings.Remove("Folder");
            (settings["Store"], settings["Connection"], settings["Instance"]) = ("postgresql", connection, archive.Place.Database!.Instance);
        }

        await File.WriteAllTextAsync(file, root.ToJsonString());
    }

    private static async Task<long> FillAsync(string file, int entries)
    {
        var found = new List<SettingFault>(AdapterConfiguration.Load(file, out var configuration));
        using var keys = SigningKeys.Load(configuration!.Options, configuration.Resolve, found) ?? throw new InvalidOperationException(string.Join("; ", found));
        var opening = await ArchiveSetup.OpenAsync(configuration, keys, TimeProvider.System, CancellationToken.None);
        await using var archive = opening.Archive ?? throw new InvalidOperationException(opening.Fault!.Detail);
        var next = archive.Status.Size;
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(n => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) <= entries)
            {
                var appended = await archive.AppendAsync(Drafts.Refusal(n), CancellationToken.None);
                if (!appended.IsDurable)
                {
                    throw new InvalidOperationException(appended.Fault!.Detail);
                }
            }
        })));
        return archive.Status.Size;
    }

    private static async Task<(double Time, double Cpu)> StartAsync(string configuration)
    {
        var port = FreePort.Choose();
        var environment = new Dictionary<string, string> { ["TUNDUK__Listen__Admin__Address"] = $"http://127.0.0.1:{port}" };
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var began = Stopwatch.GetTimestamp();
        var starting = AdapterProcess.StartAsync(["run", "--config", configuration, "--print-addresses"], environment, Program);
        await using var process = await starting;
        while (true)
        {
            using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/health/ready"));
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                break;
            }

            var text = await answer.Content.ReadAsStringAsync();
            if (Stopwatch.GetElapsedTime(began) > TimeSpan.FromMinutes(1))
            {
                throw new InvalidOperationException("Not ready: " + text);
            }
        }

        var (time, cpu) = (Stopwatch.GetElapsedTime(began).TotalMilliseconds, process.Cpu.TotalMilliseconds);
        await process.StopAsync();
        return (time, cpu);
    }
}
