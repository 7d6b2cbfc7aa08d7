using Tunduk.Archive.Sealing;
using Tunduk.Archive.Stores;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Sqlite;

/// <summary>Reads that writer and readers share.</summary>
internal static class SqliteRows
{
    public static long? SeqOf(SqliteDb db, RecordId record)
    {
        SqliteStatement find = db.Prepare("SELECT no FROM log WHERE id = ?").Bind(1, record.Log.ToArray());
        long? seq = find.Step() ? EntrySeq.Of(find.Int32(0), record.Index) : null;
        find.Reset();
        return seq;
    }

    public static byte[]? Leaf(SqliteDb db, long seq) => db.Query("SELECT leaf FROM entry WHERE seq = ?", row => row.Bind(1, seq), static row => row.Blob(0).ToArray()).FirstOrDefault();

    /// <summary>Null where there is none; rows whose key is empty were erased.</summary>
    public static StoredSeal? Seal(SqliteDb db, long seq) => SealValues(db, seq) is { } values
        ? values with
        {
            Chunks = db.Query(
                "SELECT part, no, last, data FROM chunk WHERE seq = ? AND length(data) > 0 ORDER BY part, no",
                r => r.Bind(1, seq), static r => new SealedChunk(r.Int32(0), r.Int32(1), r.Int32(2) != 0, r.Blob(3).ToArray())),
        }
        : null;

    /// <summary>The same without chunks.</summary>
    public static StoredSeal? SealValues(SqliteDb db, long seq)
    {
        (int Epoch, byte[] Wrapped, byte[] Data) row = db.Query("SELECT epoch, wrapped, data FROM sealed WHERE seq = ? AND length(wrapped) > 0",
            r => r.Bind(1, seq), static r => (r.Int32(0), r.Blob(1).ToArray(), r.Blob(2).ToArray())).FirstOrDefault();
        return row.Wrapped is null ? null : new StoredSeal(row.Epoch, row.Wrapped, row.Data, []);
    }

    /// <summary>Hashes of a stored tile.</summary>
    public static byte[]? Tile(SqliteDb db, int log, int level, long number) => db.Query("SELECT hashes FROM tile WHERE log = ? AND level = ? AND no = ?",
        row => row.Bind(1, log).Bind(2, level).Bind(3, number), static row => row.Blob(0).ToArray()).FirstOrDefault();

    public static StoredNodes Nodes(SqliteDb db, int log, long size = 0, TileCache? known = null) => new(
        (level, number) => Tile(db, log, level, number),
        (level, start, count) => level > 0
            ? db.Query("SELECT root FROM tile WHERE log = ? AND level = ? AND no >= ? AND no < ? ORDER BY no",
                row => row.Bind(1, log).Bind(2, level - 1).Bind(3, start).Bind(4, start + count),
                static row => row.Blob(0) is { Length: LogHash.Size } root ? new LogHash(root) : throw new StoreException(ArchiveFaultCode.ArchiveUnreadable, Phrases.Of("Sqlite.TileLogDamaged")))
            : db.Query("SELECT leaf FROM entry WHERE seq >= ? AND seq < ? ORDER BY seq",
                row => row.Bind(1, EntrySeq.Of(log, start)).Bind(2, EntrySeq.Of(log, start + count)), static row => MerkleHash.Leaf(row.Blob(0))),
        size,
        known);

    /// <summary>Leaves of the first entry and of every key change, in order.</summary>
    public static IReadOnlyList<byte[]> KeyLeaves(SqliteDb db, int log) => db.Query(
        "SELECT seq, leaf FROM entry WHERE seq = ?1 UNION ALL SELECT seq, leaf FROM entry WHERE seq > ?1 AND seq < ?2 AND kind = 10 ORDER BY seq",
        row => row.Bind(1, EntrySeq.Of(log, 0)).Bind(2, EntrySeq.Of(log + 1, 0)), static row => row.Blob(1).ToArray());

    public static long LogSize(SqliteDb db, int log) => db.Query("SELECT seq FROM entry WHERE seq >= ? AND seq < ? ORDER BY seq DESC LIMIT 1",
        row => row.Bind(1, EntrySeq.Of(log, 0)).Bind(2, EntrySeq.Of(log + 1, 0)), static row => EntrySeq.IndexOf(row.Int64(0)) + 1).FirstOrDefault();

    public static LogId LogIdOf(SqliteDb db, int number)
    {
        SqliteStatement find = db.Prepare("SELECT id FROM log WHERE no = ?").Bind(1, number);
        try
        {
            return find.Step() && find.Blob(0) is { Length: LogId.Size } id
                ? new LogId(id)
                : throw new StoreException(ArchiveFaultCode.ArchiveUnreadable, Phrases.Of("Sqlite.EntryBelongsLogNot"));
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
