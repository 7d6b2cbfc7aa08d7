using System.Diagnostics;
using System.Security.Cryptography;
using Tunduk.Archive;
using Tunduk.Archive.Tests.Postgres;
using Tunduk.Evidence.Log;

namespace Tunduk.Benchmarks.Archive;

/// <summary>
/// What reading an archive costs. Proofs of random records: as the system's cache happens to be (<c>proofMs</c>), of the same records again (<c>proofWarmMs</c>),
/// and with the files taken out of the system's cache before each (<c>proofColdMs</c>). Verification of leaves, rows, tiles and ends, then with every sealed part,
/// beside what the bare cryptography of those sealed parts takes. Processor time is that of this process and of the database server.
/// </summary>
internal static class ReadRun
{
    private const int Proofs = 500;
    private const int ColdProofs = 50;

    /// <param name="append">Entries to append first; 0: the archive is measured as it is, and its sealed parts are not opened.</param>
    /// <param name="verify">Whether verification is measured too.</param>
    public static async Task MeasureAsync(ArchivePlaces places, string name, PostgresServer? server, int append, bool verify, Dictionary<string, object> result)
    {
        ArchivePlaces.Place place = places.Next();
        Func<double> cpu = () => Environment.CpuUsage.TotalTime.TotalMilliseconds + (server?.CpuMilliseconds() ?? 0);
        IArchive archive = await places.OpenAsync(place);
        try
        {
            await AppendAsync(archive, append);
            await archive.CheckpointAsync(default);
            long size = archive.Status.Size;
            result[name + "Entries"] = size;
            result[name + "StartPeakMiB"] = Process.GetCurrentProcess().PeakWorkingSet64 >> 20;
            RecordId[] records = [.. Enumerable.Range(0, Proofs).Select(_ => new RecordId(archive.Log, RandomNumberGenerator.GetInt32((int)size)))];
            await ProveAsync(archive, records.Take(20), null, cpu); // compiled, statements prepared
            Report(result, name, "Proof", await ProveAsync(archive, records.Skip(20), null, cpu));
            Report(result, name, "ProofWarm", await ProveAsync(archive, records.Skip(20), null, cpu));
            string files = server?.Folder ?? place.Folder;
            Report(result, name, "ProofCold", await ProveAsync(archive, Enumerable.Range(0, ColdProofs).Select(_ => new RecordId(archive.Log, RandomNumberGenerator.GetInt32((int)size))), () => SystemCache.Forget(files), cpu));
            if (verify && append > 0)
            {
                await archive.VerifyAsync(new VerifyOptions { CheckFile = false }, default); // compiled: of a small archive that would be a third of it
            }

            if (verify)
            {
                await VerifyAsync(archive, name + "Verify", new VerifyOptions { CheckSealed = false, CheckFile = false }, cpu, result);
            }

            if (verify && append > 0)
            {
                await VerifyAsync(archive, name + "VerifySealed", new VerifyOptions { CheckFile = false }, cpu, result);
                double bare = BareCryptography.Measure(place);
                result[name + "VerifySealedBareCpuUs"] = Math.Round(bare, 2);
                result[name + "VerifySealedBarePerSecond"] = Math.Round(Environment.ProcessorCount * 1e6 / bare);
            }

            result[name + "PeakMiB"] = Process.GetCurrentProcess().PeakWorkingSet64 >> 20;
            result[name + "ManagedPeakMiB"] = GC.GetGCMemoryInfo(GCKind.Any).TotalCommittedBytes >> 20;
        }
        finally
        {
            await archive.DisposeAsync();
            places.Leave(place);
        }
    }

    private static async Task AppendAsync(IArchive archive, int entries)
    {
        const int Together = 500;
        for (int i = 0; i < entries / 2; i += Together)
        {
            await Task.WhenAll(Enumerable.Range(i, Math.Min(Together, (entries / 2) - i)).Select(async n =>
            {
                AppendResult request = await archive.AppendAsync(Drafts.Request(n, 0), default);
                AppendResult response = await archive.AppendAsync(Drafts.Response(n, 0, request.Record!.Value), default);
                if (!response.IsDurable)
                {
                    throw new InvalidOperationException(response.Fault!.Detail);
                }
            }));
        }
    }

    private static async Task<(List<double> Ms, double CpuMs)> ProveAsync(IArchive archive, IEnumerable<RecordId> records, Action? forget, Func<double> cpu)
    {
        List<double> times = [];
        double used = 0;
        foreach (RecordId record in records)
        {
            forget?.Invoke();
            double before = cpu();
            long begin = Stopwatch.GetTimestamp();
            _ = await archive.ProveAsync(record, default) ?? throw new InvalidOperationException($"No proof of {record}.");
            times.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
            used += cpu() - before;
        }

        return (times, used / times.Count);
    }

    private static void Report(Dictionary<string, object> result, string name, string what, (List<double> Ms, double CpuMs) run)
    {
        List<double> sorted = [.. run.Ms.Order()];
        result[name + what + "Ms"] = Math.Round(run.Ms.Average(), 3);
        result[name + what + "MedianMs"] = Math.Round(sorted[sorted.Count / 2], 3);
        result[name + what + "P99Ms"] = Math.Round(sorted[sorted.Count * 99 / 100], 3);
        result[name + what + "CpuMs"] = Math.Round(run.CpuMs, 3);
    }

    private static async Task VerifyAsync(IArchive archive, string name, VerifyOptions options, Func<double> cpu, Dictionary<string, object> result)
    {
        double before = cpu();
        long start = Stopwatch.GetTimestamp();
        VerifyReport report = await archive.VerifyAsync(options, default);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        result[name + "PerSecond"] = Math.Round((report.Ok ? report.Entries : throw new InvalidOperationException(report.Failures[0].Detail)) / seconds);
        result[name + "CpuUs"] = Math.Round((cpu() - before) * 1000 / report.Entries, 2);
    }
}
