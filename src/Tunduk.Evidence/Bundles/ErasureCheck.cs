using Tunduk.Evidence.Log;

namespace Tunduk.Evidence.Bundles;

/// <summary>
/// Holds what the exporter says of a record's sealed part against the entries: what is said to be erased needs the entry that erased it. A
/// few words for each record of which something was.
/// </summary>
internal sealed class ErasureCheck(Action<BundleFinding> fail)
{
    private readonly Dictionary<RecordId, bool> said = [];
    private readonly Dictionary<RecordId, bool> named = [];
    private long elsewhere;

    /// <summary>Takes note of one record and of what its entry, if it is an erasure, names.</summary>
    /// <param name="record">The record.</param>
    /// <param name="id">Its id.</param>
    /// <param name="entry">Its entry.</param>
    /// <param name="isHere">Whether a log is in the bundle.</param>
    public void Observe(BundledRecord record, RecordId id, LogEntry entry, Func<LogId, bool> isHere)
    {
        foreach (ErasureLine line in ErasureLine.In(entry))
        {
            named[line.Record] = named.GetValueOrDefault(line.Record) || line.Leaves is null;
        }

        bool isErased = record.Sealed is "erased" or "partial";
        bool fits = entry.Commitment is null ? record.Sealed == "none" : isErased || record.Sealed == "complete";
        if (!fits)
        {
            fail(new BundleFinding("record_malformed", Phrases.Of("Bundles.WhatRecordSaysSealed"), record.Record));
        }
        else if (isErased && RecordId.TryParse(record.ErasedBy, out RecordId by) && !isHere(by.Log))
        {
            elsewhere++;
        }
        else if (isErased)
        {
            said[id] = record.Sealed == "erased";
        }
    }

    /// <summary>After the last record: erasures may stand behind what they took.</summary>
    public void End(List<string> statements)
    {
        foreach ((RecordId record, bool isWhole) in said)
        {
            if (!named.TryGetValue(record, out bool whole) || (isWhole && !whole))
            {
                fail(new BundleFinding("erasure_missing", Phrases.Of("Bundles.ValuesRecordSaidErased", isWhole ? Phrases.Of("Bundles.AllThem") : Phrases.Of("Bundles.AnyThem")), record.ToString()));
            }
        }

        if (elsewhere > 0)
        {
            statements.Add(Phrases.Of("Bundles.RecordsSaidErasedEntries", elsewhere));
        }
    }
}
