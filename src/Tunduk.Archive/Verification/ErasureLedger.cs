using System.Collections.Concurrent;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Verification;

/// <summary>
/// Holds what is gone against the entries that say it was erased: a sealed part that is gone as a whole needs an entry that erased the
/// whole, an erased leaf one that names it. So an erasure of one field covers no other.
/// </summary>
/// <remarks>
/// Two bits for every entry of a run in which something was erased as a whole; a few words for every record of which some leaves were.
/// </remarks>
internal sealed class ErasureLedger
{
    private readonly RecordSet gone = new();
    private readonly RecordSet erased = new();
    private readonly ConcurrentDictionary<RecordId, int[]> partly = [];
    private readonly ConcurrentDictionary<RecordId, ErasureLine[]> lines = [];

    /// <summary>Takes note of what an erasure or retention entry names.</summary>
    public void Observe(LogEntry entry)
    {
        foreach (ErasureLine line in ErasureLine.In(entry))
        {
            if (line.Leaves is null)
            {
                erased.Add(line.Record);
            }
            else
            {
                lines.AddOrUpdate(line.Record, static (_, added) => [added], static (_, known, added) => [.. known, added], line);
            }
        }
    }

    /// <summary>The record's sealed part is gone.</summary>
    public void NeedWhole(RecordId record) => gone.Add(record);

    /// <summary>These leaves of the record are gone.</summary>
    public void Need(RecordId record, int[] leaves) => partly[record] = leaves;

    /// <summary>Records that lost something no entry names, and in words what.</summary>
    public IEnumerable<(RecordId Record, string What)> Uncovered()
    {
        foreach (RecordId record in gone.Except(erased))
        {
            yield return (record, lines.ContainsKey(record)
                ? Phrases.Of("Verification.WholeSealedPartGone")
                : Phrases.Of("Verification.SealedValuesGoneNo"));
        }

        foreach ((RecordId record, int[] leaves) in partly)
        {
            if (erased.Contains(record))
            {
                continue;
            }

            (int First, int Last)[] runs = [.. lines.GetValueOrDefault(record, []).SelectMany(static line => line.Leaves!)];
            int missing = leaves.Count(leaf => !Array.Exists(runs, run => leaf >= run.First && leaf <= run.Last));
            if (missing > 0)
            {
                yield return (record, Phrases.Of("Verification.SealedValuesGoneStand", missing, leaves.Length));
            }
        }
    }
}
