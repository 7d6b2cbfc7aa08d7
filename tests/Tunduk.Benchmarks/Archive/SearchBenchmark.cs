using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Tunduk.Archive;
using Tunduk.Evidence.Bundles;
using Tunduk.Evidence.Log;
using Tunduk.Evidence.Signing;

namespace Tunduk.Benchmarks.Archive;

/// <summary>
/// Search and bundles over an archive of <c>--entries N</c> (default 100,000) entries: the newest 50 of a person, every pair of filters with
/// a frequent and an absent value each, and a bundle of <c>--bundle N</c> (default 10,000) records made and verified.
/// </summary>
internal static class SearchBenchmark
{
    private const int Persons = 5000;
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    public static async Task<int> RunAsync(string[] args)
    {
        int entries = Option(args, "--entries", 100_000);
        int bundle = Option(args, "--bundle", 10_000);
        string root = Directory.CreateTempSubdirectory("tunduk-bench-search-").FullName;
        using Signer signer = new();
        try
        {
            ArchiveOptions options = new()
            {
                Folder = Path.Combine(root, "data"),
                HeadFolder = Path.Combine(root, "head"),
                KeyFolder = Path.Combine(root, "keys"),
                MasterKeyFile = Path.Combine(root, "master.key"),
                CreateMasterKey = true,
                OriginPrefix = "bench",
                MaxQueue = 100_000,
                AnswerReserve = 1L << 30,
            };
            await using IArchive archive = (await SqliteArchive.OpenAsync(options, new CheckpointSigner(signer), TimeProvider.System, default)).Archive ?? throw new InvalidOperationException("The archive does not open.");
            await FillAsync(archive, entries);
            (double worst, string pair) = await WorstPairAsync(archive);
            (double made, double verified) = await BundleAsync(archive, signer, root, Math.Min(bundle, entries));
            Dictionary<string, object> result = new(StringComparer.Ordinal)
            {
                ["personMs"] = Math.Round(await PersonAsync(archive), 2),
                ["worstPairMs"] = Math.Round(worst, 2),
                ["worstPair"] = pair,
                ["bundlePerSecond"] = Math.Round(made),
                ["bundleVerifyPerSecond"] = Math.Round(verified),
                ["entries"] = entries,
            };
            await Console.Out.WriteLineAsync(args.Contains("--json", StringComparer.Ordinal) ? JsonSerializer.Serialize(result) : string.Join('\n', result.Select(static r => $"{r.Key,-24} {r.Value}")));
            return 0;
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static async Task FillAsync(IArchive archive, int entries)
    {
        const int Together = 500;
        for (int i = 0; i < entries; i += 2 * Together)
        {
            int first = i;
            await Task.WhenAll(Enumerable.Range(0, Together).Select(async n =>
            {
                EntryDraft request = Drafts.Request(first + n, (first + n) % Persons) with { Persons = [Person((first + n) % Persons)], Parts = [] };
                AppendResult result = await archive.AppendAsync(request, default);
                await archive.AppendAsync(Drafts.Response(first + n, n, result.Record!.Value) with { Persons = [], Parts = [], Code = n % 10 == 0 ? "provider_fault" : "ok" }, default);
            }));
        }
    }

    // The median over a hundred persons.
    private static async Task<double> PersonAsync(IArchive archive)
    {
        List<double> times = [];
        for (int i = 0; i < 100; i++)
        {
            times.Add(await TimeAsync(archive, new SearchQuery { Terms = [Person(i * 37 % Persons)] }));
        }

        return times.Order().ElementAt(times.Count / 2);
    }

    private static async Task<(double Ms, string Pair)> WorstPairAsync(IArchive archive)
    {
        (string Name, Func<SearchQuery, SearchQuery> Set)[] filters =
        [
            .. Both("counterparty", "sandbox/GOV/70009001/registry", static (q, v) => q with { Counterparty = v }),
            .. Both("own", "sandbox/COM/60009001/loans", static (q, v) => q with { OwnSubsystem = v }),
            .. Both("service", "sandbox/GOV/70009001/registry/getPerson/v1", static (q, v) => q with { Service = v }),
            .. Both("agreement", "SLA-2026-014", static (q, v) => q with { Agreement = v }),
            .. Both("stage", "Append", static (q, v) => q with { Stage = v }),
            .. Both("outcome", "ok", static (q, v) => q with { Code = v }),
            .. Both("user", "KG21201199900000", static (q, v) => q with { Terms = [.. q.Terms, new IndexTerm(IndexKind.UserId, v)] }),
            .. Both("basis", "loan-scoring 0/0", static (q, v) => q with { Terms = [.. q.Terms, new IndexTerm(IndexKind.Basis, v)] }),
            .. Both("person", Person(7).Value, static (q, v) => q with { Terms = [.. q.Terms, new IndexTerm(IndexKind.Pin, v)] }),
            .. Both("removed", "response/photo", static (q, v) => q with { Terms = [.. q.Terms, new IndexTerm(IndexKind.Removed, v)] }),
            ("role consumer", static q => q with { Role = ExchangeRole.Consumer }), ("role provider", static q => q with { Role = ExchangeRole.Provider }),
            ("signature verified", static q => q with { Signature = SignatureStatus.Verified }), ("signature failed", static q => q with { Signature = SignatureStatus.Failed }),
            ("kind request", static q => q with { Kinds = [EntryKind.Request] }), ("kind hold", static q => q with { Kinds = [EntryKind.Hold] }),
            ("time recent", static q => q with { From = Now }), ("time before all", static q => q with { Until = DateTimeOffset.UnixEpoch }),
        ];
        (double Ms, string Pair) worst = (0, "");
        for (int i = 0; i < filters.Length; i++)
        {
            for (int j = i + 1; j < filters.Length; j++)
            {
                double ms = await TimeAsync(archive, filters[j].Set(filters[i].Set(new SearchQuery())));
                worst = ms > worst.Ms ? (ms, $"{filters[i].Name} and {filters[j].Name}") : worst;
            }
        }

        return worst;

        static (string, Func<SearchQuery, SearchQuery>)[] Both(string name, string frequent, Func<SearchQuery, string, SearchQuery> set) =>
            [(name + " frequent", q => set(q, frequent)), (name + " absent", q => set(q, "nobody/has/this/name"))];
    }

    private static async Task<(double Made, double Verified)> BundleAsync(IArchive archive, Signer signer, string root, int count)
    {
        SignedCheckpoint checkpoint = await archive.CheckpointAsync(default);
        RecordId[] records = [.. Enumerable.Range(1, count).Select(i => new RecordId(archive.Log, i))];
        using MemoryStream output = new();
        long begin = Stopwatch.GetTimestamp();
        using (BundleWriter writer = new(output, root, new Dictionary<LogId, SignedCheckpoint> { [archive.Log] = checkpoint }, Now))
        {
            await foreach (RecordDisclosure disclosed in archive.DiscloseAsync(records, checkpoint, default))
            {
                writer.Add(
                    new BundledRecord
                    {
                        Record = disclosed.Record.ToString(),
                        Leaf = disclosed.Leaf.ToArray(),
                        Proof = [.. disclosed.Proof.Select(static hash => hash.ToArray())],
                        Sealed = "complete",
                        Leaves = disclosed.Leaves.Count == 0 ? null : [.. disclosed.Leaves.Select(static leaf => leaf.Salt.IsEmpty ? new BundledLeaf { Hash = leaf.Hash.ToArray() } : new BundledLeaf
                        {
                            Hash = leaf.Hash.ToArray(), Salt = leaf.Salt.ToArray(), Path = leaf.Path, Type = leaf.Type, Presence = leaf.Presence, Value = leaf.Value.ToArray(),
                        })],
                    },
                    []);
            }

            writer.Add(new BundledEvidence(BundledEvidence.Certificate, signer.Certificate.RawData));
            await writer.CompleteAsync(
                new BundleManifest
                {
                    Format = "",
                    Made = default,
                    Proves = "included",
                    Depth = "full",
                    Reader = "bench",
                    Access = records[0].ToString(),
                    Records = 0,
                    Files = [],
                    Salt = [],
                    Logs = [new BundledLog { Log = archive.Log.ToString(), Origin = checkpoint.Origin, Size = checkpoint.Size, Records = 0 }],
                },
                [], signer, default);
        }

        double made = count / Stopwatch.GetElapsedTime(begin).TotalSeconds;
        begin = Stopwatch.GetTimestamp();
        BundleReport report = BundleVerifier.Verify(output, new BundleCheckOptions { Now = Now }, default);
        return report.FindingCount == 0 && report.Records == count ? (made, count / Stopwatch.GetElapsedTime(begin).TotalSeconds) : throw new InvalidOperationException(report.ToText());
    }

    private static async Task<double> TimeAsync(IArchive archive, SearchQuery query)
    {
        long begin = Stopwatch.GetTimestamp();
        await archive.SearchAsync(query, default);
        return Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
    }

    private static IndexTerm Person(int i) => new(IndexKind.Pin, (20_000_000_000_000 + i).ToString(CultureInfo.InvariantCulture));

    private static int Option(string[] args, string name, int otherwise)
    {
        int at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
    }

    private sealed class Signer : IMessageSigner, IDisposable
    {
        private readonly RSA key = RSA.Create(2048);

        public Signer() => Certificate = new CertificateRequest("CN=bench", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(Now.AddDays(-1), Now.AddDays(10));

        public SignatureAlgorithm Algorithm => SignatureAlgorithm.RsaSha256;

        public X509Certificate2 Certificate { get; }

        public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => new(key.SignData(data.Span, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

        public void Dispose()
        {
            Certificate.Dispose();
            key.Dispose();
        }
    }
}
