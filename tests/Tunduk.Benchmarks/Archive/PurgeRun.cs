using System.Diagnostics;
using System.Globalization;
using Tunduk.Archive;
using Tunduk.Evidence.Log;

namespace Tunduk.Benchmarks.Archive;

/// <summary>
/// A purge beside full traffic: appenders that wait for nothing but their entries, alone and with a purge that erases records piece by piece as the
/// adapter's does, in turns, until everything is erased. What the traffic loses is the median over the turns. All that is purged has payload; the
/// traffic has it too, but for a purge so long that it would fill the disk meanwhile.
/// </summary>
internal sealed record PurgeRun(double Slowdown, double PurgedPerSecond, double TrafficPerSecond, long Purged, double P99AloneMs, double P99BesideMs, double Seconds, double MegabytesMore)
{
    private const int Buckets = 20_000;
    private const int BucketsAMillisecond = 10;
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(5);

    private const int Long = 250_000;

    // A turn beside the purge: a purge of a million is nearly all the time beside it, one of some thousands needs turns enough for a median.
    private static TimeSpan TurnBeside(int records) => Turn * (records >= Long ? 11 : 1);

    /// <summary>Fills an archive with so many records with payload, and purges them.</summary>
    /// <param name="places">Where.</param>
    /// <param name="appenders">Appenders of the traffic.</param>
    /// <param name="records">Records to purge.</param>
    /// <param name="longest">The purge is given up after so long; what it did until then counts.</param>
    public static async Task<PurgeRun> MeasureAsync(ArchivePlaces places, int appenders, int records, TimeSpan longest)
    {
        ArchivePlaces.Place place = places.Next();
        PurgeRun run;
        await using (IArchive archive = await places.OpenAsync(place))
        {
            List<RecordId> due = await FillAsync(archive, appenders, records);
            run = await MeasureAsync(archive, appenders, due, longest);
        }

        places.Leave(place);
        return run;
    }

    private static async Task<PurgeRun> MeasureAsync(IArchive archive, int appenders, List<RecordId> due, TimeSpan longest)
    {
        using CancellationTokenSource stop = new();

        // Beside a long purge the traffic archives no bodies: with them it writes some 6.5 KB an entry, and a hundred gigabytes until a million are purged.
        bool bodies = due.Count < Long;
        long appended = 0;
        int[][] waits = [new int[Buckets], new int[Buckets]]; // alone, beside the purge
        int phase = -1;
        Task traffic = Task.WhenAll(Enumerable.Range(0, appenders).Select(n => Task.Run(async () =>
        {
            for (int i = 0; !stop.IsCancellationRequested; i++)
            {
                RecordId request = await TimedAsync(Traffic(Drafts.Request(n, i)));
                await TimedAsync(Traffic(Drafts.Response(n, i, request)));
                Interlocked.Add(ref appended, 2);
            }
        })));
        ErasurePace pace = new(archive, TimeProvider.System);
        List<double> alone = [];
        List<double> beside = [];
        int purged = 0;
        double purging = 0;
        await RateAsync(Turn); // warms up
        double memory = Megabytes();
        double most = 0;
        long begin = Stopwatch.GetTimestamp();
        while (purged < due.Count && Stopwatch.GetElapsedTime(begin) < longest)
        {
            Volatile.Write(ref phase, 0);
            alone.Add(await RateAsync(Turn));
            Volatile.Write(ref phase, 1);
            long at = Stopwatch.GetTimestamp();
            long before = Interlocked.Read(ref appended);
            while (purged < due.Count && Stopwatch.GetElapsedTime(at) < TurnBeside(due.Count))
            {
                RecordId[] piece = [.. due.Skip(purged).Take(ErasurePace.Records)];
                pace.Begin();
                ErasureResult result = await archive.EraseAsync(
                    new ErasureRequest { Records = piece, Entry = new EntryDraft { Kind = EntryKind.RetentionRun, Stage = "retention", Code = "purge", Count = piece.Length }, MoreFollow = true }, default);
                purged += result.Fault is null && result.Erased == piece.Length ? piece.Length : throw new InvalidOperationException(result.Fault?.Detail ?? "not all were erased");
                await pace.EndAsync(result.Entries.Count, default);
            }

            Volatile.Write(ref phase, -1);
            most = Math.Max(most, Megabytes());
            double seconds = Stopwatch.GetElapsedTime(at).TotalSeconds;
            purging += seconds;
            beside.Add((Interlocked.Read(ref appended) - before) / seconds);
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{purged} purged; {alone[^1]:F0} entries/s alone, {beside[^1]:F0} beside the purge"));
        }

        await stop.CancelAsync();
        await traffic;
        await archive.CleanAsync(default);
        return new PurgeRun(1 - Median([.. beside.Zip(alone, static (with, without) => with / without)]), purged / purging, Median(alone), purged, P99(waits[0]), P99(waits[1]), purging, most - memory);

        EntryDraft Traffic(EntryDraft draft) => bodies ? draft : draft with { Parts = [] };

        async Task<RecordId> TimedAsync(EntryDraft draft)
        {
            long from = Stopwatch.GetTimestamp();
            RecordId record = Require(await archive.AppendAsync(draft, default));
            if (Volatile.Read(ref phase) is >= 0 and var now)
            {
                Interlocked.Increment(ref waits[now][Math.Min(Buckets - 1, (int)(Stopwatch.GetElapsedTime(from).TotalMilliseconds * BucketsAMillisecond))]);
            }

            return record;
        }

        async Task<double> RateAsync(TimeSpan time)
        {
            long from = Interlocked.Read(ref appended);
            long at = Stopwatch.GetTimestamp();
            await Task.Delay(time, TimeProvider.System);
            return (Interlocked.Read(ref appended) - from) / Stopwatch.GetElapsedTime(at).TotalSeconds;
        }
    }

    private static async Task<List<RecordId>> FillAsync(IArchive archive, int appenders, int records)
    {
        RecordId[][] made = await Task.WhenAll(Enumerable.Range(0, appenders).Select(n => Task.Run(async () =>
        {
            List<RecordId> own = [];
            for (int i = 0; own.Count < records / appenders; i++)
            {
                RecordId request = Require(await archive.AppendAsync(Drafts.Request(n, -1 - i), default));
                own.Add(request);
                own.Add(Require(await archive.AppendAsync(Drafts.Response(n, -1 - i, request), default)));
            }

            return own.ToArray();
        })));
        return [.. made.SelectMany(static own => own).OrderBy(static record => record.Index)];
    }

    private static RecordId Require(AppendResult result) => result.IsDurable ? result.Record!.Value : throw new InvalidOperationException(result.Fault!.Detail);

    private static double P99(int[] waits)
    {
        long left = waits.Sum(static n => (long)n) / 100;
        int at = Buckets - 1;
        for (; at > 0 && left >= waits[at]; at--)
        {
            left -= waits[at];
        }

        return (double)at / BucketsAMillisecond;
    }

    private static double Megabytes() => Environment.WorkingSet / 1048576.0;

    private static double Median(List<double> values)
    {
        List<double> sorted = [.. values.Order()];
        return sorted[sorted.Count / 2];
    }
}
