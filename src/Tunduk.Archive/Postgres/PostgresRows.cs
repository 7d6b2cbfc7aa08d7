using Tunduk.Archive.Sealing;
using Tunduk.Archive.Stores;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Postgres;

/// <summary>Reads that writer and readers share; numbers of logs are kept, they never change.</summary>
/// <param name="db">The connection.</param>
/// <param name="months">What is known of the times of entries; null: only what this one learns.</param>
internal sealed class PostgresRows(PostgresDb db, EntryMonths? months = null)
{
    private readonly Dictionary<LogId, int> numbers = [];
    private readonly Dictionary<int, LogId> ids = [];
    private readonly EntryMonths months = months ?? new EntryMonths();

    public int? NumberOf(LogId log)
    {
        if (!numbers.TryGetValue(log, out int number))
        {
            List<int> found = db.Query("SELECT no FROM log WHERE id = $1", static row => row.GetInt32(0), log.ToArray());
            if (found.Count == 0)
            {
                return null;
            }

            number = found[0];
            numbers.Add(log, number);
        }

        return number;
    }

    public LogId LogOf(int number)
    {
        if (!ids.TryGetValue(number, out LogId log))
        {
            byte[]? id = db.Query("SELECT id FROM log WHERE no = $1", static row => row.GetFieldValue<byte[]>(0), number).FirstOrDefault();
            if (id is not { Length: LogId.Size })
            {
                return default;
            }

            log = new LogId(id);
            ids.Add(number, log);
        }

        return log;
    }

    public long? SeqOf(RecordId record) => NumberOf(record.Log) is { } number ? EntrySeq.Of(number, record.Index) : null;

    public RecordId RecordOf(long seq) => new(LogOf(EntrySeq.LogOf(seq)), EntrySeq.IndexOf(seq));

    public byte[]? Leaf(long seq) => At(seq, "SELECT time, leaf FROM entry WHERE seq = $1", row =>
    {
        months.Learn(seq, row.GetInt64(0));
        return row.GetFieldValue<byte[]>(1);
    });

    // A row of an entry's number, in the month it is known to lie in, and else wherever it is.
    private T? At<T>(long seq, string sql, Func<Npgsql.NpgsqlDataReader, T> read)
    {
        if (months.TryBegin(EntrySeq.LogOf(seq)))
        {
            LearnMonths(EntrySeq.LogOf(seq));
        }

        (long from, long until) = months.Bounds(seq);
        bool isKnown = from > long.MinValue || until < long.MaxValue;
        if (isKnown && db.Query(sql + " AND time >= $2 AND time <= $3", read, seq, from, until) is [var found, ..])
        {
            return found;
        }

        return db.Query(sql, read, seq).FirstOrDefault();
    }

    // First and last entry of each month.
    private void LearnMonths(int log)
    {
        List<long> begins = PostgresSchema.Months(db);
        foreach ((long seq, long time) in db.Query(
            """
            SELECT e.seq, e.time FROM unnest($1::bigint[], $2::bigint[]) AS m(begins, ends) CROSS JOIN LATERAL (
              (SELECT seq, time FROM entry WHERE seq >= $3 AND seq < $4 AND time >= m.begins AND time < m.ends ORDER BY seq LIMIT 1) UNION ALL
              (SELECT seq, time FROM entry WHERE seq >= $3 AND seq < $4 AND time >= m.begins AND time < m.ends ORDER BY seq DESC LIMIT 1)) AS e
            """,
            static row => (row.GetInt64(0), row.GetInt64(1)), begins.ToArray(), begins.ConvertAll(static begin => PostgresSchema.BeginOf(PostgresSchema.MonthOf(EntryClock.FromMicro(begin)) + 1)).ToArray(),
            EntrySeq.Of(log, 0), EntrySeq.Of(log + 1, 0)))
        {
            months.Learn(seq, time);
        }
    }

    public LogEntry? Entry(long seq) => Leaf(seq) is { } leaf && EntryDecoder.TryDecode(leaf, out LogEntry? entry, out _) ? entry : null;

    public EndRow? FindEnd(RecordId request)
    {
        if (SeqOf(request) is not { } seq
            || db.Query("SELECT leaf FROM entry WHERE link = $1 AND kind IN (2, 3, 4) ORDER BY seq LIMIT 1", static row => row.GetFieldValue<byte[]>(0), seq).FirstOrDefault() is not { } leaf
            || !EntryDecoder.TryDecode(leaf, out LogEntry? entry, out _) || entry!.Link != request)
        {
            return null;
        }

        return new EndRow(new RecordId(entry.Log, entry.Index), entry.Kind, entry.SealId, entry.Time);
    }

    /// <summary>Null where there is none; rows whose key is empty were erased.</summary>
    public StoredSeal? Seal(long seq)
    {
        (long Time, int Epoch, byte[] Wrapped, byte[] Data) row = At(seq, "SELECT time, epoch, wrapped, data FROM sealed WHERE seq = $1 AND length(wrapped) > 0",
            static r => (r.GetInt64(0), r.GetInt32(1), r.GetFieldValue<byte[]>(2), r.GetFieldValue<byte[]>(3)));
        return row.Wrapped is null ? null : new StoredSeal(row.Epoch, row.Wrapped, row.Data, db.Query(
            "SELECT part, no, last, data FROM chunk WHERE seq = $1 AND time = $2 AND length(data) > 0 ORDER BY part, no",
            static r => new SealedChunk(r.GetInt32(0), r.GetInt32(1), r.GetInt32(2) != 0, r.GetFieldValue<byte[]>(3)), seq, row.Time));
    }

    /// <summary>Leaves, and sealed values without chunks where they were not erased.</summary>
    public IReadOnlyList<ValuesRow> Values(IReadOnlyList<(RecordId Record, long Seq)> records) => db.Query(
        """
        SELECT r.n, e.leaf, s.epoch, s.wrapped, s.data FROM unnest($1::integer[], $2::bigint[]) AS r(n, seq)
          CROSS JOIN LATERAL (SELECT time, leaf FROM entry WHERE seq = r.seq LIMIT 1) e
          LEFT JOIN LATERAL (SELECT epoch, wrapped, data FROM sealed WHERE seq = r.seq AND time = e.time AND length(wrapped) > 0 LIMIT 1) s ON true ORDER BY r.n
        """,
        row => new ValuesRow(records[row.GetInt32(0)].Record, row.GetFieldValue<byte[]>(1),
            row.IsDBNull(2) ? null : new StoredSeal(row.GetInt32(2), row.GetFieldValue<byte[]>(3), row.GetFieldValue<byte[]>(4), [])),
        Enumerable.Range(0, records.Count).ToArray(), records.Select(static r => r.Seq).ToArray());

    /// <summary>Sealed parts in order, one in memory at a time: nothing else may be asked meanwhile.</summary>
    public IEnumerable<(long Seq, StoredSeal Seal)> Seals(long from, long until, long earliest, long latest)
    {
        (long Seq, int Epoch, byte[] Wrapped, byte[] Data)? open = null;
        List<SealedChunk> chunks = [];
        foreach ((long seq, int epoch, byte[] wrapped, byte[] data, SealedChunk? chunk) in db.Stream(
            """
            SELECT s.seq, s.epoch, s.wrapped, s.data, c.part, c.no, c.last, c.data FROM sealed s
              LEFT JOIN chunk c ON c.seq = s.seq AND c.time = s.time AND length(c.data) > 0 AND c.seq >= $1 AND c.seq < $2 AND c.time >= $3 AND c.time <= $4
              WHERE s.seq >= $1 AND s.seq < $2 AND s.time >= $3 AND s.time <= $4 AND length(s.wrapped) > 0 ORDER BY s.seq, c.part, c.no
            """,
            static r => (r.GetInt64(0), r.GetInt32(1), r.GetFieldValue<byte[]>(2), r.GetFieldValue<byte[]>(3),
                r.IsDBNull(4) ? (SealedChunk?)null : new SealedChunk(r.GetInt32(4), r.GetInt32(5), r.GetInt32(6) != 0, r.GetFieldValue<byte[]>(7))),
            from, until, earliest, latest))
        {
            if (open is { } before && before.Seq != seq)
            {
                yield return (before.Seq, new StoredSeal(before.Epoch, before.Wrapped, before.Data, chunks));
                chunks = [];
            }

            open = (seq, epoch, wrapped, data);
            if (chunk is { } one)
            {
                chunks.Add(one);
            }
        }

        if (open is { } last)
        {
            yield return (last.Seq, new StoredSeal(last.Epoch, last.Wrapped, last.Data, chunks));
        }
    }

    /// <summary>Leaves of the first entry and of every key change, in order.</summary>
    public IReadOnlyList<byte[]> KeyLeaves(int log) => db.Query(
        "SELECT seq, leaf FROM entry WHERE seq = $1 UNION ALL SELECT seq, leaf FROM entry WHERE seq > $1 AND seq < $2 AND kind = 10 ORDER BY seq",
        static row => row.GetFieldValue<byte[]>(1), EntrySeq.Of(log, 0), EntrySeq.Of(log + 1, 0));

    public long Size(int log) => db.Query("SELECT seq FROM entry WHERE seq >= $1 AND seq < $2 ORDER BY seq DESC LIMIT 1",
        static row => EntrySeq.IndexOf(row.GetInt64(0)) + 1, EntrySeq.Of(log, 0), EntrySeq.Of(log + 1, 0)).FirstOrDefault();

    public StoredNodes Nodes(int log, long size = 0, TileCache? known = null) => new(
        (level, number) => Tile(log, level, number),
        (level, start, count) => level > 0
            ? db.Query("SELECT root FROM tile WHERE log = $1 AND level = $2 AND no >= $3 AND no < $4 AND part = 0 ORDER BY no", static row => Hash(row.GetFieldValue<byte[]>(0)), log, level - 1, start, start + count)
            : db.Query("SELECT leaf FROM entry WHERE seq >= $1 AND seq < $2 ORDER BY seq", static row => MerkleHash.Leaf(row.GetFieldValue<byte[]>(0)), EntrySeq.Of(log, start), EntrySeq.Of(log, start + count)),
        size,
        known);

    // Null where there is none; one that lacks a piece has the wrong length.
    private byte[]? Tile(int log, int level, long number)
    {
        List<byte[]> pieces = db.Query("SELECT hashes FROM tile WHERE log = $1 AND level = $2 AND no = $3 ORDER BY part", static row => row.GetFieldValue<byte[]>(0), log, level, number);
        return pieces.Count == 0 ? null : TileBytes.Join(pieces);
    }

    private static LogHash Hash(byte[] bytes) =>
        bytes.Length == LogHash.Size ? new LogHash(bytes) : throw new StoreException(ArchiveFaultCode.ArchiveUnreadable, Phrases.Of("Postgres.TileLogDamaged"));
}
