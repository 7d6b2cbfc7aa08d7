using System.Collections.Concurrent;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Verification;

/// <summary>A set of records in a bit for each entry of the runs that have any; safe for concurrent use.</summary>
internal sealed class RecordSet
{
    private const int Width = 1 << 13;
    private readonly ConcurrentDictionary<RecordId, ulong[]> runs = [];

    public void Add(RecordId record)
    {
        ulong[] run = runs.GetOrAdd(Run(record), static _ => new ulong[Width / 64]);
        Interlocked.Or(ref run[record.Index % Width / 64], 1UL << (int)(record.Index % 64));
    }

    public bool Contains(RecordId record) =>
        runs.TryGetValue(Run(record), out ulong[]? run) && (Volatile.Read(ref run[record.Index % Width / 64]) & (1UL << (int)(record.Index % 64))) != 0;

    /// <summary>Those that are not in the other set, in no order.</summary>
    public IEnumerable<RecordId> Except(RecordSet other)
    {
        foreach ((RecordId first, ulong[] run) in runs)
        {
            ulong[]? covered = other.runs.GetValueOrDefault(first);
            for (int i = 0; i < run.Length; i++)
            {
                for (ulong left = run[i] & ~(covered is null ? 0 : Volatile.Read(ref covered[i])); left != 0; left &= left - 1)
                {
                    yield return new RecordId(first.Log, (first.Index * Width) + (i * 64) + System.Numerics.BitOperations.TrailingZeroCount(left));
                }
            }
        }
    }

    private static RecordId Run(RecordId record) => new(record.Log, record.Index / Width);
}
