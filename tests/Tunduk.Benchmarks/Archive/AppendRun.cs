using System.Diagnostics;
using System.Security.Cryptography;
using Tunduk.Archive;
using Tunduk.Evidence.Log;

namespace Tunduk.Benchmarks.Archive;

/// <summary>Appends through the archive, and what proofs and verification of it cost.</summary>
internal sealed record AppendRun(double Rate, List<double> Waits, int Batch, double ProofMs, double VerifyPerSecond, double VerifySealedPerSecond, long Entries)
{
    /// <summary>
    /// Closed loop: so many appenders, each waiting for its entry before it sends the next one. All begin in one moment on an archive just opened: the wait
    /// for the first exchange of each counts in the rate and not among the waits.
    /// </summary>
    /// <param name="verify">Whether the whole archive is verified afterwards, and once more with its sealed parts.</param>
    public static async Task<AppendRun> MeasureAsync(ArchivePlaces places, int appenders, int entries, bool verify)
    {
        ArchivePlaces.Place place = places.Next();
        await using IArchive archive = await places.OpenAsync(place);
        int commits = ((LogArchive)archive).Commits;
        int pairs = Math.Max(1, entries / appenders / 2);
        List<double>[] waits = [.. Enumerable.Range(0, appenders).Select(_ => new List<double>(pairs * 2))];
        GC.Collect();
        long begin = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, appenders).Select(n => Task.Run(async () =>
        {
            for (int i = 0; i < pairs; i++)
            {
                long at = Stopwatch.GetTimestamp();
                AppendResult request = await archive.AppendAsync(Drafts.Request(n, i), default);
                double first = Stopwatch.GetElapsedTime(at).TotalMilliseconds;
                at = Stopwatch.GetTimestamp();
                Require(await archive.AppendAsync(Drafts.Response(n, i, Require(request)), default));
                if (i > 0)
                {
                    waits[n].AddRange(first, Stopwatch.GetElapsedTime(at).TotalMilliseconds);
                }
            }
        })));
        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        double done = pairs * 2.0 * appenders;
        int batch = (int)Math.Max(1, Math.Round(done / (((LogArchive)archive).Commits - commits)));

        await archive.CheckpointAsync(default);
        long size = archive.Status.Size;
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < 200; i++)
        {
            _ = await archive.ProveAsync(new RecordId(archive.Log, RandomNumberGenerator.GetInt32((int)size)), default);
        }

        double proof = Stopwatch.GetElapsedTime(start).TotalMilliseconds / 200;
        double bare = verify ? await VerifyRateAsync(archive, new VerifyOptions { CheckSealed = false, CheckFile = false }) : 0;
        double sealedParts = verify ? await VerifyRateAsync(archive, new VerifyOptions { CheckFile = false }) : 0;
        await archive.DisposeAsync();
        places.Leave(place);
        return new AppendRun(done / seconds, [.. waits.SelectMany(static w => w)], batch, proof, bare, sealedParts, size);
    }

    /// <summary>Open loop: entries arrive at a steady rate, whoever waits; the wait begins when an entry was due.</summary>
    public static async Task<double> OpenLoopP99Async(ArchivePlaces places, double rate)
    {
        ArchivePlaces.Place place = places.Next();
        List<double> waits = [];
        await using (IArchive archive = await places.OpenAsync(place))
        {
            int count = (int)Math.Min(rate * 5, 50_000);
            Task<double>[] all = new Task<double>[count];
            long begin = Stopwatch.GetTimestamp();
            for (int i = 0; i < count; i++)
            {
                double due = i / rate;
                while (Stopwatch.GetElapsedTime(begin).TotalSeconds < due)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
                }

                int n = i;
                all[i] = Task.Run(async () =>
                {
                    Require(await archive.AppendAsync(Drafts.Filler(n, 0), default));
                    return (Stopwatch.GetElapsedTime(begin).TotalSeconds - due) * 1000;
                });
            }

            waits.AddRange(await Task.WhenAll(all));
        }

        places.Leave(place);
        waits = [.. waits.Skip(waits.Count / 5).Order()]; // the first fifth warms up
        return waits[(int)(waits.Count * 0.99)];
    }

    private static async Task<double> VerifyRateAsync(IArchive archive, VerifyOptions options)
    {
        long start = Stopwatch.GetTimestamp();
        VerifyReport report = await archive.VerifyAsync(options, default);
        return report.Ok ? report.Entries / Stopwatch.GetElapsedTime(start).TotalSeconds : throw new InvalidOperationException(report.Failures[0].Detail);
    }

    private static RecordId Require(AppendResult result) => result.IsDurable ? result.Record!.Value : throw new InvalidOperationException(result.Fault!.Detail);
}
