using System.Collections.Concurrent;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Verification;

/// <summary>Holds what is gone against the entries that say it was erased.</summary>
internal sealed class ErasureLedger
{
    private readonly ConcurrentDictionary<RecordId, byte> needed = [];
    private readonly ConcurrentDictionary<RecordId, byte> covered = [];

    /// <summary>Erasure and retention entries name the records they took, one <c>record ID</c> a line.</summary>
    public void Observe(LogEntry entry)
    {
        if (entry.Kind is not (EntryKind.Erasure or EntryKind.RetentionRun) || entry.Subject is null)
        {
            return;
        }

        foreach (string line in entry.Subject.Split('\n'))
        {
            if (line.StartsWith("record ", StringComparison.Ordinal) && RecordId.TryParse(line.AsSpan(7), out RecordId record))
            {
                covered.TryAdd(record, 0);
            }
        }
    }

    public void Need(RecordId record) => needed.TryAdd(record, 0);

    public IEnumerable<RecordId> Uncovered() => needed.Keys.Where(r => !covered.ContainsKey(r));
}
