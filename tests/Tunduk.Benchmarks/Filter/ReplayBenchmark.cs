using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Tunduk.Adapter.Administration;
using Tunduk.Adapter.Agreements;
using Tunduk.Archive;
using Tunduk.Archive.Sqlite;
using Tunduk.Benchmarks.Archive;

namespace Tunduk.Benchmarks.Filter;

/// <summary>A week of generated traffic, replayed from a real archive against a draft (<c>--exchanges N</c>, default 100,000).</summary>
internal static class ReplayBenchmark
{
    private const int Appenders = 1_000;

    private const string Draft = """
        agreement: SLA-2026-014
        version: 4
        own: sandbox/COM/60009001/loans
        counterparty: sandbox/GOV/70009001/registry
        role: consumer
        basis: { kind: sla, reference: "SLA No. 14", date: 2026-03-01 }
        valid: { from: 2026-03-01, until: 2027-03-01 }
        purposes: [loan-scoring]
        services:
          - service: getPerson/v1
            request: { allow: [pin] }
            response: { allow: [field0, field1, field2, field3, field4, field5, field6, field7, field8] }
        """;

    public static async Task<int> RunAsync(string[] options)
    {
        int at = Array.IndexOf(options, "--exchanges");
        int exchanges = at >= 0 ? int.Parse(options[at + 1], CultureInfo.InvariantCulture) : 100_000;
        string folder = Directory.CreateTempSubdirectory("replay-benchmark-").FullName;
        try
        {
            using ArchiveBenchmark.Signer signer = new();
            ArchiveOpening opening = await SqliteArchive.OpenAsync(ArchiveBenchmark.Options(folder), signer, TimeProvider.System, default);
            await using IArchive archive = opening.Archive ?? throw new InvalidOperationException(opening.Fault!.Detail);
            await Task.WhenAll(Enumerable.Range(0, Appenders).Select(n => Task.Run(async () =>
            {
                for (int i = 0; i < exchanges / Appenders; i++)
                {
                    AppendResult request = await archive.AppendAsync(Drafts.Request(n, i), default);
                    await archive.AppendAsync(Drafts.Response(n, i, request.Record ?? throw new InvalidOperationException(request.Fault!.Detail)), default);
                }
            })));

            Agreement draft = new AgreementReader().Read("draft.yaml", Encoding.UTF8.GetBytes(Draft)).Agreement ?? throw new InvalidOperationException("the draft is not sound");
            AgreementReplay replay = new(draft, TimeSpan.FromHours(6));
            long start = Stopwatch.GetTimestamp();
            await replay.RunAsync(archive, null, null, null, default);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            AgreementTestReport report = replay.Report([]);
            if (report.Exchanges != exchanges / Appenders * Appenders || report.Changed != report.Exchanges)
            {
                throw new InvalidOperationException($"replayed {report.Exchanges}, changed {report.Changed}");
            }

            Console.WriteLine(JsonSerializer.Serialize(new { benchmark = "replay", exchanges = report.Exchanges, seconds = Math.Round(seconds, 2), perSecond = Math.Round(report.Exchanges / seconds), processors = Environment.ProcessorCount }));
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
