using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using System.Security.Cryptography;
using System.Text.Json;
using Tunduk.Archive;
using Tunduk.Archive.Tests.Postgres;
using Tunduk.Evidence.Log;

namespace Tunduk.Benchmarks.Archive;

/// <summary>
/// Appends against bare inserts: one thread, the same tables, indexes, bytes, durability settings and batch size, without hashing,
/// commitments or encryption (their results are made beforehand). Sides alternate; each run begins with an empty archive, or with
/// a copy of one of N entries (<c>--prefill N</c>); with <c>--kept FOLDER</c> all runs grow the one archive in that folder, which the first use fills
/// with N entries, and which <c>--reads</c> verifies. Rounds before two in a row are within 5 % of each other warm up and are not counted.
/// Options: --appenders, --entries, --rounds, --prefill, --kept, --fill (only that), --folder, --store sqlite|postgresql|both. <c>--purge N</c> measures another thing instead: what
/// a purge of N records with payload takes from full traffic, and how long it takes (<c>--minutes M</c> at most, default 30). <c>--reads</c> measures
/// proofs and verification alone (<see cref="ReadRun"/>): of the kept archive, or of one that <c>--entries</c> entries with payload fill first; <c>--proofs</c> proofs only.
/// </summary>
internal static class ArchiveBenchmark
{
    private const int MaxWarmUps = 5;
    private const double Settled = 0.05;

    public static async Task<int> RunAsync(string[] args)
    {
        string stores = Text(args, "--store") ?? "both";
        if (stores is not ("sqlite" or "postgresql" or "both"))
        {
            await Console.Error.WriteLineAsync($"--store {stores}: is sqlite, postgresql or both");
            return 2;
        }

        Dictionary<string, object> result = new(StringComparer.Ordinal);
        if (stores is "sqlite" or "both")
        {
            await MeasureAsync(args, "sqlite", null, result);
        }

        if (stores is "postgresql" or "both")
        {
            using PostgresServer server = Text(args, "--kept") is { } folder ? PostgresServer.Kept(KeptArchive.ServerFolder(folder)) : PostgresServer.Large();
            server.MakeWalFiles();
            await MeasureAsync(args, "postgres", server, result);
        }

        result["processors"] = Environment.ProcessorCount;
        result["gc"] = GCSettings.IsServerGC ? "server" : "workstation";
        result["runtime"] = Environment.Version.ToString();
        if (args.Contains("--json", StringComparer.Ordinal))
        {
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(result));
        }
        else
        {
            foreach ((string name, object value) in result)
            {
                await Console.Out.WriteLineAsync($"{name,-28} {value}");
            }
        }

        return 0;
    }

    private static async Task MeasureAsync(string[] args, string name, PostgresServer? server, Dictionary<string, object> result)
    {
        int appenders = Option(args, "--appenders", 1000);
        int perRun = Option(args, "--entries", 40_000);
        int rounds = Option(args, "--rounds", 3);
        int prefill = Option(args, "--prefill", 0);
        string root = Directory.CreateDirectory(Path.Combine(Text(args, "--folder") ?? Path.GetTempPath(), "tunduk-bench-" + Environment.ProcessId.ToString(CultureInfo.InvariantCulture))).FullName;
        try
        {
            KeptArchive? kept = Text(args, "--kept") is { } folder ? new KeptArchive(folder, server) : null;
            using ArchivePlaces places = new(root, server, prefill, kept);
            await places.FillAsync();
            if (args.Contains("--fill", StringComparer.Ordinal))
            {
                return;
            }

            if (Option(args, "--purge", 0) is > 0 and var records)
            {
                PurgeRun purge = await PurgeRun.MeasureAsync(places, appenders, records, TimeSpan.FromMinutes(Option(args, "--minutes", 30)));
                result[name + "PurgeSlowdown"] = Math.Round(purge.Slowdown, 3);
                result[name + "PurgedPerSecond"] = Math.Round(purge.PurgedPerSecond);
                result[name + "Purged"] = purge.Purged;
                result[name + "TrafficPerSecond"] = Math.Round(purge.TrafficPerSecond);
                result[name + "P99AloneMs"] = purge.P99AloneMs;
                result[name + "P99BesideMs"] = purge.P99BesideMs;
                result[name + "PurgeSeconds"] = Math.Round(purge.Seconds);
                result[name + "PurgeMegabytesMore"] = Math.Round(purge.MegabytesMore);
                return;
            }

            if (args.Contains("--reads", StringComparer.Ordinal) || args.Contains("--proofs", StringComparer.Ordinal))
            {
                await ReadRun.MeasureAsync(places, name, server, kept is null ? perRun : 0, args.Contains("--reads", StringComparer.Ordinal), result);
                return;
            }

            List<double> ratios = [];
            List<double> rates = [];
            List<double> bares = [];
            List<double> waits = [];
            AppendRun run;
            double before = 0;
            int warm = 0;
            do
            {
                run = await AppendRun.MeasureAsync(places, appenders, perRun, verify: kept is null);
                bool counts = warm >= MaxWarmUps || (before > 0 && Math.Abs(run.Rate - before) / before <= Settled) || rates.Count > 0;
                double bare = await BareRun.MeasureAsync(places, perRun, run.Batch);
                before = run.Rate;
                warm++;
                if (counts)
                {
                    rates.Add(run.Rate);
                    bares.Add(bare);
                    ratios.Add(run.Rate / bare);
                    waits.AddRange(run.Waits);
                }
            }
            while (rates.Count < rounds);
            double rate = Median(rates);
            waits.Sort();
            result[name + "AppendToBare"] = Math.Round(Median(ratios), 3);
            result[name + "AppendsPerSecond"] = Math.Round(rate);
            result[name + "BarePerSecond"] = Math.Round(Median(bares));
            result[name + "Batch"] = run.Batch;
            result[name + "P99Ms"] = Math.Round(waits[(int)(waits.Count * 0.99)], 2);
            result[name + "P99LimitMs"] = Math.Round(2000.0 * appenders / rate, 2);
            result[name + "OpenLoopP99Ms"] = Math.Round(await AppendRun.OpenLoopP99Async(places, rate / 2), 2);
            result[server is null ? "proofMs" : name + "ProofMs"] = Math.Round(run.ProofMs, 3);
            if (kept is null)
            {
                result[server is null ? "verifyPerSecond" : name + "VerifyPerSecond"] = Math.Round(run.VerifyPerSecond);
                result[server is null ? "verifySealedPerSecond" : name + "VerifySealedPerSecond"] = Math.Round(run.VerifySealedPerSecond);
            }

            result[name + "Entries"] = run.Entries;
            result[name + "PeakMiB"] = Process.GetCurrentProcess().PeakWorkingSet64 >> 20;
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    /// <summary>An archive below one folder.</summary>
    internal static ArchiveOptions Options(string folder) => new()
    {
        Folder = Path.Combine(folder, "data"),
        HeadFolder = Path.Combine(folder, "head"),
        KeyFolder = Path.Combine(folder, "keys"),
        MasterKeyFile = Path.Combine(folder, "master.key"),
        CreateMasterKey = true,
        OriginPrefix = "bench",
    };

    private static int Option(string[] args, string name, int otherwise) =>
        Text(args, name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private static string? Text(string[] args, string name)
    {
        int at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }

    private static double Median(List<double> values)
    {
        List<double> sorted = [.. values.Order()];
        return sorted[sorted.Count / 2];
    }

    internal sealed class Signer(string? keyFile = null) : ICheckpointSigner, IDisposable
    {
        private readonly RSA key = BenchKey.Of(keyFile);

        public string Algorithm => CheckpointAlgorithm.RsaPkcs1Sha256;

        public ReadOnlyMemory<byte> PublicKey => key.ExportSubjectPublicKeyInfo();

        public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> checkpointBytes, CancellationToken cancellationToken) =>
            ValueTask.FromResult(key.SignData(checkpointBytes.Span, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

        public void Dispose() => key.Dispose();
    }
}
