using System.Globalization;
using Tunduk.Archive.Sealing;
using Tunduk.Archive.Searching;
using Tunduk.Archive.Stores;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Sqlite;

/// <summary>Reads of one SQLite connection.</summary>
internal sealed class SqliteReader(SqliteDb db) : IStoreReader, IDisposable
{
    private readonly Dictionary<int, long> checkpointsBefore = [];

    private const int MaxShapes = 10_000;
    private readonly Dictionary<long, ShapeRow?> shapes = [];

    public SearchPage Find(SearchQuery query, IReadOnlyList<IReadOnlyList<byte[]>> terms, SearchLimits limits) => EntrySearch.Find(new SqliteSearch(db), query, terms, limits);

    public byte[]? Leaf(RecordId record) => SqliteRows.SeqOf(db, record) is { } seq ? SqliteRows.Leaf(db, seq) : null;

    public byte[]? Leaf(LogRow log, long index) => SqliteRows.Leaf(db, EntrySeq.Of(log.Number, index));

    public StoredSeal? Seal(RecordId record) => SqliteRows.SeqOf(db, record) is { } seq ? SqliteRows.Seal(db, seq) : null;

    public IReadOnlyList<ValuesRow> Values(IReadOnlyCollection<RecordId> records) =>
    [
        .. records.Select(record => SqliteRows.SeqOf(db, record) is { } seq && SqliteRows.Leaf(db, seq) is { } leaf ? new ValuesRow(record, leaf, SqliteRows.SealValues(db, seq)) : null)
            .OfType<ValuesRow>(),
    ];

    public IReadOnlyCollection<RecordId> Sealed(IReadOnlyCollection<RecordId> records) =>
        [.. records.Where(record => SqliteRows.SeqOf(db, record) is { } seq && db.Query("SELECT 1 FROM sealed WHERE seq = ? AND length(wrapped) > 0", row => row.Bind(1, seq), static _ => true).Count > 0)];

    public EndRow? FindEnd(RecordId request) => SqliteRows.FindEnd(db, request, SqliteRows.SeqOf(db, request));

    public IReadOnlyList<LogRow> Logs()
    {
        SqliteLogStore.CheckVersion(db);
        if (db.Scalar("PRAGMA user_version") is var version && version < SqliteSchema.Version)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveUnreadable, Phrases.Of("Sqlite.ArchiveVersionProgramReads", version, SqliteSchema.Version));
        }

        return db.Query("SELECT no, id, origin FROM log ORDER BY no", static _ => { }, static row =>
            new LogRow(row.Int32(0), row.Blob(1).Length == LogId.Size ? new LogId(row.Blob(1)) : default, row.Text(2) ?? ""));
    }

    public long Size(LogRow log) => SqliteRows.LogSize(db, log.Number);

    public IReadOnlyList<CheckpointRow> Checkpoints(LogRow log, long after, int limit)
    {
        if (!checkpointsBefore.TryGetValue(log.Number, out long before))
        {
            // Logs before this one are closed.
            before = db.Query("SELECT coalesce(max(id), 0) FROM checkpoint WHERE log < ?", row => row.Bind(1, log.Number), static row => row.Int64(0))[0];
            checkpointsBefore.Add(log.Number, before);
        }

        return db.Query("SELECT id - ?1, size, time, note FROM checkpoint WHERE id > ?2 AND +log = ?3 ORDER BY id LIMIT ?4",
            row => row.Bind(1, before).Bind(2, before + after).Bind(3, log.Number).Bind(4, limit), static row => new CheckpointRow(row.Int64(0), row.Int64(1), row.Int64(2), row.Text(3) ?? ""));
    }

    public CheckpointRow? NewestCheckpoint(LogRow log) => db.Query(
        "SELECT id - (SELECT coalesce(max(id), 0) FROM checkpoint WHERE log < ?1), size, time, note FROM checkpoint WHERE log = ?1 AND id = (SELECT max(id) FROM checkpoint WHERE log = ?1)",
        row => row.Bind(1, log.Number), static row => new CheckpointRow(row.Int64(0), row.Int64(1), row.Int64(2), row.Text(3) ?? "")).FirstOrDefault();

    public IReadOnlyList<byte[]> KeyLeaves(LogRow log) => SqliteRows.KeyLeaves(db, log.Number);

    public IReadOnlyList<EntryRow> Entries(LogRow log, long first, int count) => db.Query(
        "SELECT seq, time, kind, shape, link, leaf, hash FROM entry WHERE seq >= ? AND seq < ? ORDER BY seq",
        row => Range(row, log, first, count),
        row =>
        {
            long? link = row.Nullable(4);
            bool named = link is not null && EntrySeq.LogOf(link.Value) > 0;
            return new EntryRow(
                EntrySeq.IndexOf(row.Int64(0)), row.Int64(1), row.Int64(2), Shape(row.Int64(3)),
                link is not null, named ? LogOf(EntrySeq.LogOf(link!.Value)) : default, link is null ? 0 : EntrySeq.IndexOf(link.Value),
                row.Bytes(5), row.Blob(6).ToArray())
            { ShapeId = row.Int64(3) };
        });

    public IReadOnlyList<long> Ends(LogRow log, long first, int count) => db.Query(
        "SELECT link FROM entry WHERE link >= ? AND link < ? AND kind IN (2, 3, 4)", row => Range(row, log, first, count), static row => EntrySeq.IndexOf(row.Int64(0)));

    public IReadOnlyList<long> OpenRequests(LogRow log, long first, int count) => db.Query(
        "SELECT seq FROM open_request WHERE seq >= ? AND seq < ?", row => Range(row, log, first, count), static row => EntrySeq.IndexOf(row.Int64(0)));

    public bool IsOpen(RecordId record) => SqliteRows.SeqOf(db, record) is { } seq
        && db.Query("SELECT 1 FROM open_request WHERE seq = ?", row => row.Bind(1, seq), static _ => true).Count > 0;

    public TileRow? Tile(LogRow log, int level, long number) => db.Query("SELECT hashes, root FROM tile WHERE log = ? AND level = ? AND no = ?",
        row => row.Bind(1, log.Number).Bind(2, level).Bind(3, number), row => new TileRow(level, number, row.Bytes(0), row.Blob(1).ToArray())).FirstOrDefault();

    public IEnumerable<TileRow> UpperTiles(LogRow log) => db.Query("SELECT level, no, hashes, root FROM tile WHERE log = ? AND level > 0",
        row => row.Bind(1, log.Number), static row => new TileRow(row.Int32(0), row.Int64(1), row.Blob(2).ToArray(), row.Blob(3).ToArray()));

    public IReadOnlyList<long> LeafTilesBeyond(LogRow log, long number) => db.Query("SELECT no FROM tile WHERE log = ? AND level = 0 AND (no < 0 OR no >= ?)",
        row => row.Bind(1, log.Number).Bind(2, number), static row => row.Int64(0));

    public INodeSource Nodes(LogRow log, long size = 0, TileCache? known = null) => SqliteRows.Nodes(db, log.Number, size, known);

    public IEnumerable<(long Index, StoredSeal Seal)> Seals(LogRow log, long first, int count, long earliest, long latest)
    {
        // Two walks side by side: while the first is open the second sees the same moment, and the file is locked once for both.
        SqliteStatement seals = db.Prepare("SELECT seq, epoch, wrapped, data FROM sealed WHERE seq >= ? AND seq < ? AND length(wrapped) > 0 ORDER BY seq");
        SqliteStatement chunks = db.Prepare("SELECT seq, part, no, last, data FROM chunk WHERE seq >= ? AND seq < ? AND length(data) > 0 ORDER BY seq, part, no");
        try
        {
            Range(seals, log, first, count);
            Range(chunks, log, first, count);
            bool? more = null;
            while (seals.Step())
            {
                long seq = seals.Int64(0);
                List<SealedChunk> own = [];
                for (more ??= chunks.Step(); more.Value && chunks.Int64(0) <= seq; more = chunks.Step())
                {
                    if (chunks.Int64(0) == seq)
                    {
                        own.Add(new SealedChunk(chunks.Int32(1), chunks.Int32(2), chunks.Int32(3) != 0, chunks.Bytes(4)));
                    }
                }

                yield return (EntrySeq.IndexOf(seq), new StoredSeal(seals.Int32(1), seals.Blob(2).ToArray(), seals.Bytes(3), own));
            }
        }
        finally
        {
            seals.Reset();
            chunks.Reset();
        }
    }

    public IReadOnlyCollection<long> MissingTerms(LogRow log, IReadOnlyList<(long Index, byte[] Mac)> terms, long earliest, long latest)
    {
        HashSet<long> missing = [];
        SqliteStatement find = db.Prepare("SELECT 1 FROM term WHERE mac = ? AND shape = ? AND seq = ?");
        db.Execute("BEGIN"); // the file is locked once, not for each term
        long before = -1;
        long shape = -1;
        foreach ((long index, byte[] mac) in terms)
        {
            long seq = EntrySeq.Of(log.Number, index);
            if (index != before)
            {
                // Terms of an entry come one after the other.
                (before, shape) = (index, db.Query("SELECT shape FROM entry WHERE seq = ?", row => row.Bind(1, seq), static row => row.Int64(0)) is [var found] ? found : -1);
            }

            if (!find.Bind(1, mac).Bind(2, shape).Bind(3, seq).Step())
            {
                missing.Add(index);
            }

            find.Reset();
        }

        db.Execute("COMMIT");
        return missing;
    }

    // By the first byte of the keyed hash, which the table is ordered by; the first piece holds what sorts before any bytes too.
    public IEnumerable<TermRow> Terms(int piece, int pieces)
    {
        List<string> bounds = [];
        List<object> values = [];
        if (piece > 0)
        {
            bounds.Add("mac >= ?");
            values.Add(new[] { (byte)(256 * piece / pieces) });
        }

        if (piece < pieces - 1)
        {
            bounds.Add("mac < ?");
            values.Add(new[] { (byte)(256 * (piece + 1) / pieces) });
        }

        SqliteStatement read = db.Prepare("SELECT mac, shape, seq FROM term" + (bounds.Count == 0 ? "" : " WHERE ") + string.Join(" AND ", bounds));
        try
        {
            read.BindAll(values);
            while (read.Step())
            {
                // Of another type a value looks the same here, and a search does not find it.
                yield return new TermRow(read.IsBytes(0) && read.IsInteger(1) && read.IsInteger(2) ? read.Blob(0).ToArray() : [], read.Int64(1), read.Int64(2), 0);
            }
        }
        finally
        {
            read.Reset();
        }
    }

    public RowCounts Counts(bool sealedToo) => new(
        db.Scalar("SELECT count(*) FROM entry"),
        db.Scalar("SELECT count(*) FROM open_request"),
        sealedToo ? db.Scalar("SELECT count(*) FROM sealed WHERE length(wrapped) > 0") : 0,
        sealedToo ? db.Scalar("SELECT count(*) FROM chunk WHERE length(data) > 0") : 0);

    public IReadOnlyList<string> CheckFile(int max) =>
    [
        .. SqliteSchema.Differences(db), .. db.Query(string.Create(CultureInfo.InvariantCulture, $"PRAGMA integrity_check({Math.Max(1, max)})"), static _ => { }, static row => row.Text(0) ?? "").Where(static l => l != "ok"),
    ];

    public IReadOnlyList<SealedKeyRow> SealedKeys(int epoch, long after, int limit, out long? next)
    {
        long last = after;
        int rows = 0;
        List<SealedKeyRow> keys = [];
        SqliteStatement read = db.Prepare("SELECT s.seq, s.wrapped, e.leaf, s.epoch FROM sealed s LEFT JOIN entry e ON e.seq = s.seq WHERE s.seq > ? ORDER BY s.seq LIMIT ?");
        read.Bind(1, after).Bind(2, limit);
        try
        {
            while (read.Step())
            {
                last = read.Int64(0);
                rows++;
                if (read.Int32(3) == epoch && read.Blob(1).Length > 0 && EntryDecoder.TryDecode(read.Blob(2), out LogEntry? entry, out _))
                {
                    keys.Add(new SealedKeyRow(new RecordId(entry!.Log, entry.Index), entry.SealId, read.Blob(1).ToArray()));
                }
            }
        }
        finally
        {
            read.Reset();
        }

        next = rows == limit ? last : null;
        return keys;
    }

    public void Dispose() => db.Dispose();

    private static void Range(SqliteStatement row, LogRow log, long first, int count) =>
        row.Bind(1, EntrySeq.Of(log.Number, first)).Bind(2, EntrySeq.Of(log.Number, first + count));

    private LogId LogOf(int number) => db.Query("SELECT id FROM log WHERE no = ?", row => row.Bind(1, number), static row => row.Blob(0).Length == LogId.Size ? new LogId(row.Blob(0)) : default).FirstOrDefault();

    private ShapeRow? Shape(long id)
    {
        if (!shapes.TryGetValue(id, out ShapeRow? shape))
        {
            shape = db.Query(ShapeRow.Sql("?"), row => row.Bind(1, id), static row =>
                new ShapeRow(row.Int64(0), row.Int64(1), row.Int64(2), row.Text(3), row.Text(4), row.Text(5), row.Text(6), row.Text(7), row.Text(8))).FirstOrDefault();
            if (shapes.Count >= MaxShapes)
            {
                shapes.Clear();
            }

            shapes.Add(id, shape);
        }

        return shape;
    }
}
