using Tunduk.Archive.Sealing;
using Tunduk.Archive.Stores;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive;

/// <summary>Reads one record with what is left of its sealed part.</summary>
internal static class RecordReader
{
    public static ArchiveRecord? Read(IStoreReader reader, Unsealer unsealer, RecordId record)
    {
        if (reader.Leaf(record) is not { } leaf)
        {
            return null;
        }

        if (!EntryDecoder.TryDecode(leaf, out LogEntry? entry, out string? error))
        {
            throw new StoreException(ArchiveFaultCode.ArchiveUnreadable, Phrases.Of("Archive.DoesNotDecode", record, error));
        }

        EndRow? end = entry!.Kind == EntryKind.Request ? reader.FindEnd(record) : null;
        return ToRecord(record, entry, leaf, end?.Record, unsealer.Open(entry, reader.Seal(record), keepParts: true));
    }

    public static ArchiveRecord ToRecord(RecordId record, LogEntry entry, byte[] leaf, RecordId? end, Unsealed opened) => new()
    {
        Record = record,
        Entry = entry,
        Leaf = leaf,
        End = end,
        State = opened.State,
        Values = opened.Values,
        Parts = opened.Parts,
    };
}
