using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Sqlite;

/// <summary>Reads that writer and readers share.</summary>
internal static class SqliteRows
{
    public static LogId LogIdOf(SqliteDb db, int number)
    {
        SqliteStatement find = db.Prepare("SELECT id FROM log WHERE no = ?").Bind(1, number);
        try
        {
            return find.Step() && find.Blob(0) is { Length: LogId.Size } id
                ? new LogId(id)
                : throw new StoreException(ArchiveFaultCode.ArchiveUnreadable, "An entry belongs to a log that is not named.");
        }
        finally
        {
            find.Reset();
        }
    }

    public static LogEntry? FindEntry(SqliteDb db, long seq)
    {
        SqliteStatement find = db.Prepare("SELECT leaf FROM entry WHERE seq = ?").Bind(1, seq);
        LogEntry? entry = null;
        if (find.Step())
        {
            EntryDecoder.TryDecode(find.Blob(0), out entry, out _);
        }

        find.Reset();
        return entry;
    }

    public static EndRow? FindEnd(SqliteDb db, RecordId request, long? seq)
    {
        if (seq is null)
        {
            return null;
        }

        SqliteStatement find = db.Prepare("SELECT leaf FROM entry WHERE link = ? AND kind IN (2, 3, 4) ORDER BY seq LIMIT 1").Bind(1, seq.Value);
        EndRow? end = null;
        if (find.Step() && EntryDecoder.TryDecode(find.Blob(0), out LogEntry? entry, out _) && entry!.Link == request)
        {
            end = new EndRow(new RecordId(entry.Log, entry.Index), entry.Kind, entry.SealId, entry.Time);
        }

        find.Reset();
        return end;
    }

    public static IReadOnlyList<SignedCheckpoint> Checkpoints(SqliteDb db, int log, bool newestOnly)
    {
        List<SignedCheckpoint> list = [];
        SqliteStatement read = newestOnly
            ? db.Prepare("SELECT note FROM checkpoint WHERE log = ? ORDER BY id DESC LIMIT 1")
            : db.Prepare("SELECT note FROM checkpoint WHERE log = ? ORDER BY id");
        read.Bind(1, log);
        while (read.Step())
        {
            if (CheckpointNote.TryParse(read.Text(0) ?? "", out SignedCheckpoint? checkpoint))
            {
                list.Add(checkpoint!);
            }
        }

        read.Reset();
        return list;
    }
}
