using Tunduk.Archive.Sealing;
using Tunduk.Archive.Searching;
using Tunduk.Archive.Stores;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Postgres;

/// <summary>Reads of one PostgreSQL connection.</summary>
internal sealed class PostgresReader(PostgresDb db, EntryMonths months) : IStoreReader
{
    private readonly PostgresRows rows = new(db, months);
    private const int MaxShapes = 10_000;
    private readonly Dictionary<long, ShapeRow?> shapes = [];

    public SearchPage Find(SearchQuery query, IReadOnlyList<IReadOnlyList<byte[]>> terms, SearchLimits limits) => EntrySearch.Find(new PostgresSearch(db, rows), query, terms, limits);

    public byte[]? Leaf(RecordId record) => rows.SeqOf(record) is { } seq ? rows.Leaf(seq) : null;

    public byte[]? Leaf(LogRow log, long index) => rows.Leaf(EntrySeq.Of(log.Number, index));

    public StoredSeal? Seal(RecordId record) => rows.SeqOf(record) is { } seq ? rows.Seal(seq) : null;

    public IReadOnlyList<ValuesRow> Values(IReadOnlyCollection<RecordId> records) => rows.Values(Known(records));

    public IReadOnlyCollection<RecordId> Sealed(IReadOnlyCollection<RecordId> records)
    {
        List<(RecordId Record, long Seq)> known = Known(records);
        return
        [
            .. db.Query(
                "SELECT r.n FROM unnest($1::integer[], $2::bigint[]) AS r(n, seq) CROSS JOIN LATERAL (SELECT 1 FROM sealed WHERE seq = r.seq AND length(wrapped) > 0 LIMIT 1) s ORDER BY r.n",
                static row => row.GetInt32(0), Enumerable.Range(0, known.Count).ToArray(), known.Select(static r => r.Seq).ToArray()).Select(n => known[n].Record),
        ];
    }

    private List<(RecordId Record, long Seq)> Known(IEnumerable<RecordId> records) =>
        [.. records.Select(record => (record, Seq: rows.SeqOf(record))).Where(static r => r.Seq is not null).Select(static r => (r.record, r.Seq!.Value))];

    public EndRow? FindEnd(RecordId request) => rows.FindEnd(request);

    public IReadOnlyList<LogRow> Logs() => PostgresSchema.Found(db) switch
    {
        0 => throw new StoreException(ArchiveFaultCode.ArchiveUnreadable, Phrases.Of("Postgres.DatabaseHoldsNoArchive")),
        PostgresSchema.Version => db.Query("SELECT no, id, origin FROM log ORDER BY no", static row =>
            new LogRow(row.GetInt32(0), row.GetFieldValue<byte[]>(1) is { Length: LogId.Size } id ? new LogId(id) : default, row.GetString(2))),
        var version => throw new StoreException(ArchiveFaultCode.ArchiveUnreadable,
            Phrases.Of("Postgres.ArchiveTablesVersionProgram", version, PostgresSchema.Version)),
    };

    public long Size(LogRow log) => rows.Size(log.Number);

    public IReadOnlyList<CheckpointRow> Checkpoints(LogRow log, long after, int limit) => db.Query(
        "SELECT no, size, time, note FROM checkpoint WHERE log = $1 AND no > $2 ORDER BY no LIMIT $3", static row => new CheckpointRow(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetString(3)), log.Number, after, (long)limit);

    public CheckpointRow? NewestCheckpoint(LogRow log) => db.Query(
        "SELECT no, size, time, note FROM checkpoint WHERE log = $1 ORDER BY no DESC LIMIT 1", static row => new CheckpointRow(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetString(3)), log.Number).FirstOrDefault();

    public IReadOnlyList<byte[]> KeyLeaves(LogRow log) => rows.KeyLeaves(log.Number);

    public IReadOnlyList<EntryRow> Entries(LogRow log, long first, int count)
    {
        List<(EntryRow Row, long Shape)> read = db.Query(
            "SELECT seq, time, kind, shape, link, leaf, hash FROM entry WHERE seq >= $1 AND seq < $2 ORDER BY seq",
            static row =>
            {
                long? link = row.IsDBNull(4) ? null : row.GetInt64(4);
                return (new EntryRow(
                    EntrySeq.IndexOf(row.GetInt64(0)), row.GetInt64(1), row.GetInt64(2), null, link is not null, default, link ?? 0,
                    row.GetFieldValue<byte[]>(5), row.GetFieldValue<byte[]>(6))
                { ShapeId = row.GetInt32(3), TermTime = row.GetInt64(1) }, (long)row.GetInt32(3));
            },
            EntrySeq.Of(log.Number, first), EntrySeq.Of(log.Number, first + count));
        return [.. read.Select(r => r.Row with
        {
            Shape = Shape(r.Shape),
            LinkLog = r.Row.HasLink ? rows.LogOf(EntrySeq.LogOf(r.Row.LinkIndex)) : default,
            LinkIndex = EntrySeq.IndexOf(r.Row.LinkIndex),
        })];
    }

    public IReadOnlyList<long> Ends(LogRow log, long first, int count) => db.Query(
        "SELECT link FROM entry WHERE link >= $1 AND link < $2 AND kind IN (2, 3, 4)", static row => EntrySeq.IndexOf(row.GetInt64(0)),
        EntrySeq.Of(log.Number, first), EntrySeq.Of(log.Number, first + count));

    public IReadOnlyList<long> OpenRequests(LogRow log, long first, int count) => db.Query(
        "SELECT seq FROM open_request WHERE seq >= $1 AND seq < $2", static row => EntrySeq.IndexOf(row.GetInt64(0)),
        EntrySeq.Of(log.Number, first), EntrySeq.Of(log.Number, first + count));

    public bool IsOpen(RecordId record) => rows.SeqOf(record) is { } seq && db.Query("SELECT 1 FROM open_request WHERE seq = $1", static _ => true, seq).Count > 0;

    public TileRow? Tile(LogRow log, int level, long number) => Whole(db.Query(
        "SELECT level, no, hashes, root FROM tile WHERE log = $1 AND level = $2 AND no = $3 ORDER BY part", Piece, log.Number, level, number)).FirstOrDefault();

    public IEnumerable<TileRow> UpperTiles(LogRow log) => Whole(db.Query("SELECT level, no, hashes, root FROM tile WHERE log = $1 AND level > 0 ORDER BY level, no, part", Piece, log.Number));

    public IReadOnlyList<long> LeafTilesBeyond(LogRow log, long number) =>
        db.Query("SELECT DISTINCT no FROM tile WHERE log = $1 AND level = 0 AND (no < 0 OR no >= $2)", static row => row.GetInt64(0), log.Number, number);

    private static TileRow Piece(Npgsql.NpgsqlDataReader row) =>
        new(row.GetInt32(0), row.GetInt64(1), row.GetFieldValue<byte[]>(2), row.IsDBNull(3) ? [] : row.GetFieldValue<byte[]>(3));

    // The pieces of a tile come one after the other.
    private static IEnumerable<TileRow> Whole(IEnumerable<TileRow> pieces) => pieces.GroupBy(static piece => (piece.Level, piece.Number)).Select(static tile =>
        new TileRow(tile.Key.Level, tile.Key.Number, TileBytes.Join(tile.Select(static piece => piece.Hashes)), TileBytes.Join(tile.Select(static piece => piece.Root))));

    public INodeSource Nodes(LogRow log, long size = 0, TileCache? known = null) => rows.Nodes(log.Number, size, known);

    public IEnumerable<(long Index, StoredSeal Seal)> Seals(LogRow log, long first, int count, long earliest, long latest) =>
        rows.Seals(EntrySeq.Of(log.Number, first), EntrySeq.Of(log.Number, first + count), earliest, latest).Select(static row => (EntrySeq.IndexOf(row.Seq), row.Seal));

    // One question for a whole tile. The inner limit keeps the server from joining the tables as a whole.
    public IReadOnlyCollection<long> MissingTerms(LogRow log, IReadOnlyList<(long Index, byte[] Mac)> terms, long earliest, long latest) => terms.Count == 0 ? [] : db.Query(
        """
        SELECT DISTINCT w.seq FROM unnest($1::bytea[], $2::bigint[]) AS w(mac, seq) CROSS JOIN LATERAL (SELECT count(*) AS n FROM (
          SELECT 1 FROM entry e JOIN term t ON t.mac = w.mac AND t.shape = e.shape AND t.time = e.time AND t.seq = e.seq
          WHERE e.seq = w.seq AND e.time >= $3 AND e.time <= $4 AND t.time >= $3 AND t.time <= $4 LIMIT 1) AS one) AS found
        WHERE found.n = 0
        """,
        static row => EntrySeq.IndexOf(row.GetInt64(0)), terms.Select(static t => t.Mac).ToArray(), terms.Select(t => EntrySeq.Of(log.Number, t.Index)).ToArray(), earliest, latest);

    // By month, as the table is.
    public IEnumerable<TermRow> Terms(int piece, int pieces) => PostgresSchema.Months(db).Order().Where((_, i) => i % pieces == piece).SelectMany(month => db.Stream(
        "SELECT mac, shape, seq, time FROM term WHERE time >= $1 AND time < $2", static row => new TermRow(row.GetFieldValue<byte[]>(0), row.GetInt32(1), row.GetInt64(2), row.GetInt64(3)),
        month, PostgresSchema.BeginOf(PostgresSchema.MonthOf(EntryClock.FromMicro(month)) + 1)));

    public RowCounts Counts(bool sealedToo) => db.Query(
        $"""
        SELECT (SELECT count(*) FROM entry), (SELECT count(*) FROM open_request),
          {(sealedToo ? "(SELECT count(*) FROM sealed WHERE length(wrapped) > 0), (SELECT count(*) FROM chunk WHERE length(data) > 0)" : "0::bigint, 0::bigint")}
        """,
        static row => new RowCounts(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)))[0];

    // LIMIT: PostgreSQL checks its pages itself where the cluster has data checksums; indexes are not held against their tables here.
    public IReadOnlyList<string> CheckFile(int max) => [];

    public IReadOnlyList<SealedKeyRow> SealedKeys(int epoch, long after, int limit, out long? next)
    {
        List<(long Seq, byte[] Wrapped, byte[] Leaf)> found = db.Query(
            "SELECT s.seq, s.wrapped, e.leaf FROM sealed s JOIN entry e ON e.seq = s.seq AND e.time = s.time WHERE s.seq > $1 AND s.epoch = $2 AND length(s.wrapped) > 0 ORDER BY s.seq LIMIT $3",
            static row => (row.GetInt64(0), row.GetFieldValue<byte[]>(1), row.GetFieldValue<byte[]>(2)), after, epoch, limit);
        next = found.Count == limit ? found[^1].Seq : null;
        List<SealedKeyRow> keys = [];
        foreach ((_, byte[] wrapped, byte[] leaf) in found)
        {
            if (EntryDecoder.TryDecode(leaf, out LogEntry? entry, out _))
            {
                keys.Add(new SealedKeyRow(new RecordId(entry!.Log, entry.Index), entry.SealId, wrapped));
            }
        }

        return keys;
    }

    private ShapeRow? Shape(long id)
    {
        if (!shapes.TryGetValue(id, out ShapeRow? shape))
        {
            shape = db.Query(ShapeRow.Sql("$1"), static row => new ShapeRow(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2),
                Text(row, 3), Text(row, 4), Text(row, 5), Text(row, 6), Text(row, 7), Text(row, 8)), id).FirstOrDefault();
            if (shapes.Count >= MaxShapes)
            {
                shapes.Clear();
            }

            shapes.Add(id, shape);
        }

        return shape;
    }

    private static string? Text(Npgsql.NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
