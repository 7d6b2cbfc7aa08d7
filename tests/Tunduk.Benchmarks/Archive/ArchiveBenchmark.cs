using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using System.Security.Cryptography;
using System.Text.Json;
using Tunduk.Archive;
using Tunduk.Archive.Files;
using Tunduk.Archive.Keys;
using Tunduk.Archive.Sealing;
using Tunduk.Archive.Sqlite;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Benchmarks.Archive;

/// <summary>
/// Appends against bare inserts: one thread, the same tables, indexes, bytes, durability settings and batch size, without hashing,
/// commitments or encryption (their results are made beforehand). Sides alternate; each run begins with an empty archive unless
/// <c>--prefill N</c> says otherwise.
/// </summary>
internal static class ArchiveBenchmark
{
    public static async Task<int> RunAsync(string[] args)
    {
        IReadOnlyDictionary<string, object> result = await MeasureAsync(args);
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

    private static async Task<IReadOnlyDictionary<string, object>> MeasureAsync(string[] args)
    {
        int appenders = Option(args, "--appenders", 1000);
        int perRun = Option(args, "--entries", 40_000);
        int rounds = Option(args, "--rounds", 3);
        string root = Path.Combine(Text(args, "--folder") ?? Path.GetTempPath(), "tunduk-bench-" + Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        List<double> ratios = [];
        List<double> appendRates = [];
        List<double> bareRates = [];
        List<double> latencies = [];
        double meanBatch = 0;
        double proofMs = 0;
        double verifyRate = 0;
        double verifySealedRate = 0;
        try
        {
            for (int round = 0; round <= rounds; round++)
            {
                (double appendRate, List<double> waits, meanBatch, Func<Task<(double, double, double)>> after) = await AppendAsync(Path.Combine(root, "a" + round), appenders, perRun);
                double bareRate = await BareAsync(Path.Combine(root, "b" + round), perRun, (int)Math.Max(1, Math.Round(meanBatch)));
                if (round > 0) // the first round warms up
                {
                    ratios.Add(appendRate / bareRate);
                    appendRates.Add(appendRate);
                    bareRates.Add(bareRate);
                    latencies.AddRange(waits);
                }

                (proofMs, verifyRate, verifySealedRate) = await after();
                Directory.Delete(root, recursive: true);
            }
        }
        finally
        {
            if (Directory.Exists(root))
            {
                Directory.Delete(root, recursive: true);
            }
        }

        latencies.Sort();
        double rate = Median(appendRates);
        return new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["sqliteAppendToBare"] = Math.Round(Median(ratios), 3),
            ["appendsPerSecond"] = Math.Round(rate),
            ["barePerSecond"] = Math.Round(Median(bareRates)),
            ["batch"] = Math.Round(meanBatch, 1),
            ["appenders"] = appenders,
            ["p50Ms"] = Math.Round(latencies[latencies.Count / 2], 2),
            ["p99Ms"] = Math.Round(latencies[(int)(latencies.Count * 0.99)], 2),
            ["p99LimitMs"] = Math.Round(2000.0 * appenders / rate, 2),
            ["proofMs"] = Math.Round(proofMs, 3),
            ["verifyPerSecond"] = Math.Round(verifyRate),
            ["verifySealedPerSecond"] = Math.Round(verifySealedRate),
            ["processors"] = Environment.ProcessorCount,
            ["gc"] = GCSettings.IsServerGC ? "server" : "workstation",
            ["runtime"] = Environment.Version.ToString(),
        };
    }

    private static async Task<(double Rate, List<double> Waits, double Batch, Func<Task<(double, double, double)>> After)> AppendAsync(string folder, int appenders, int entries)
    {
        Signer signer = new();
        ArchiveOptions options = Options(folder);
        ArchiveOpening opening = await SqliteArchive.OpenAsync(options, signer, TimeProvider.System, default);
        IArchive archive = opening.Archive ?? throw new InvalidOperationException(opening.Fault!.Detail);
        int commitsBefore = ((LogArchive)archive).Commits;
        int pairs = entries / appenders / 2;
        List<double>[] waits = [.. Enumerable.Range(0, appenders).Select(_ => new List<double>(pairs * 2))];
        long begin = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, appenders).Select(n => Task.Run(async () =>
        {
            for (int i = 0; i < pairs; i++)
            {
                long at = Stopwatch.GetTimestamp();
                AppendResult request = await archive.AppendAsync(Drafts.Request(n, i), default);
                waits[n].Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
                at = Stopwatch.GetTimestamp();
                AppendResult response = await archive.AppendAsync(Drafts.Response(n, i, request.Record ?? throw new InvalidOperationException(request.Fault!.Detail)), default);
                waits[n].Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
                if (!response.IsDurable)
                {
                    throw new InvalidOperationException(response.Fault!.Detail);
                }
            }
        })));
        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        double done = pairs * 2.0 * appenders;
        double batch = done / (((LogArchive)archive).Commits - commitsBefore);
        return (done / seconds, [.. waits.SelectMany(static w => w)], batch, async () =>
        {
            await archive.CheckpointAsync(default);
            long size = archive.Status.Size;
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < 200; i++)
            {
                _ = await archive.ProveAsync(new RecordId(archive.Log, RandomNumberGenerator.GetInt32((int)size)), default);
            }

            double proof = Stopwatch.GetElapsedTime(start).TotalMilliseconds / 200;
            start = Stopwatch.GetTimestamp();
            VerifyReport bare = await archive.VerifyAsync(new VerifyOptions { CheckSealed = false, CheckFile = false }, default);
            double verify = bare.Entries / Stopwatch.GetElapsedTime(start).TotalSeconds;
            start = Stopwatch.GetTimestamp();
            VerifyReport full = await archive.VerifyAsync(new VerifyOptions { CheckFile = false }, default);
            double verifySealed = full.Entries / Stopwatch.GetElapsedTime(start).TotalSeconds;
            await archive.DisposeAsync();
            signer.Dispose();
            return full.Ok ? (proof, verify, verifySealed) : throw new InvalidOperationException(full.Failures[0].Detail);
        }
        );
    }

    private static async Task<double> BareAsync(string folder, int entries, int batchSize)
    {
        ArchiveOptions options = Options(folder);
        using FileKeyStore keys = FileKeyStore.Open(options.KeyFolder, options.MasterKeyFile, create: true);
        LogId log = LogId.New();
        Sealer sealer = new(log, keys, options, TimeProvider.System);
        List<StoreBatch> batches = [];
        LogTree tree = new();
        Queue<(RecordId Record, int N)> open = new();
        while (tree.Size < entries)
        {
            StoreBatch batch = new() { Log = log, ExpectedSize = tree.Size };
            while (batch.Rows.Count < batchSize && tree.Size < entries)
            {
                bool ends = open.Count >= 500 || (open.Count > 0 && tree.Size % 2 == 1);
                (RecordId link, int n) = ends ? open.Dequeue() : (default, (int)tree.Size);
                PreparedDraft draft = sealer.Prepare(ends ? Drafts.Response(n, 0, link) : Drafts.Request(n, 0), out _)!;
                RecordId record = new(log, tree.Size);
                LogEntry entry = draft.Template with { Log = log, Index = record.Index, Time = TimeProvider.System.GetUtcNow() };
                EntryEncoder.TryEncode(entry, out byte[] leaf, out _);
                LogHash hash = MerkleHash.Leaf(leaf);
                tree.Append(hash, batch.Tiles);
                batch.Rows.Add(new StoreRow
                {
                    Entry = entry,
                    Leaf = leaf,
                    LeafHash = hash,
                    Seal = draft.Seal,
                    Terms = draft.Terms,
                    Claims = [.. draft.Claims.Select(static c => new StoreClaim(c.Macs[0], null))],
                    OpensReserve = ends ? null : 4096,
                    Closes = ends ? link : null,
                });
                if (!ends)
                {
                    open.Enqueue((record, n));
                }
            }

            batches.Add(batch);
        }

        await using SqliteLogStore store = new(options.Folder, SqliteSettings.Required);
        await store.OpenAsync(null, default);
        await store.CreateLogAsync(log, "bench/" + log, default);
        GC.Collect();
        long begin = Stopwatch.GetTimestamp();
        foreach (StoreBatch batch in batches)
        {
            await store.CommitAsync(batch, default);
        }

        return entries / Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }

    internal static ArchiveOptions Options(string folder)
    {
        DurableFile.MakeFolder(Path.GetDirectoryName(folder)!);
        DurableFile.MakeFolder(folder);
        return new ArchiveOptions
        {
            Folder = Path.Combine(folder, "data"),
            HeadFolder = Path.Combine(folder, "head"),
            KeyFolder = Path.Combine(folder, "keys"),
            MasterKeyFile = Path.Combine(folder, "master.key"),
            CreateMasterKey = true,
            OriginPrefix = "bench",
        };
    }

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

    internal sealed class Signer : ICheckpointSigner, IDisposable
    {
        private readonly RSA key = RSA.Create(2048);

        public string Algorithm => CheckpointAlgorithm.RsaPkcs1Sha256;

        public ReadOnlyMemory<byte> PublicKey => key.ExportSubjectPublicKeyInfo();

        public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> checkpointBytes, CancellationToken cancellationToken) =>
            ValueTask.FromResult(key.SignData(checkpointBytes.Span, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

        public void Dispose() => key.Dispose();
    }
}
