using Tunduk.Archive.Searching;
using Tunduk.Archive.Stores;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Postgres;

/// <summary>What a search reads from one connection, newest first over all logs: their times are compared, not their numbers.</summary>
/// <remarks>
/// Each statement walks down one index, run by run, and says so by LATERAL with a limit: a planner that counts rows might read a whole
/// month instead, and its counts of a month that has just begun are wrong.
/// </remarks>
internal sealed class PostgresSearch(PostgresDb db, PostgresRows logs) : ISearchRows
{
    private const int MostMonths = 8;
    private const long Day = 24L * 3600 * 1_000_000;
    private const long LongestMonth = 31 * Day;

    private static long MonthOf(long time)
    {
        DateTimeOffset at = EntryClock.FromMicro(time);
        return EntryClock.Micro(new DateTimeOffset(at.Year, at.Month, 1, 0, 0, 0, TimeSpan.Zero));
    }

    public SearchSpan Span(SearchQuery query)
    {
        EntryKey from = new(query.From is { } first ? EntryClock.Micro(first) : long.MinValue, long.MinValue);
        EntryKey before = query.Until is { } last ? new EntryKey(EntryClock.Micro(last), long.MinValue) : EntryKey.Last;
        EntryKey after = query.After is { } page ? new EntryKey(page.Time, page.Position) : EntryKey.Last;
        return new SearchSpan(from, after < before ? after : before);
    }

    // By month, as the tables are: one, two, four and eight months, and the rest. Which months there are is asked of the catalog: to plan
    // a question about all of them costs more than the search of one.
    public IEnumerable<SearchSpan> Slices(SearchSpan span)
    {
        List<long> there = PostgresSchema.Months(db);
        EntryKey before = span.Before;
        if (there.Count == 0 || before.Time < there.Min())
        {
            yield break;
        }

        long oldest = Math.Max(there.Min(), span.From.Time);
        long first = before.Time == long.MaxValue ? there.Max() : Math.Min(there.Max(), MonthOf(before.Time));
        for (int months = 1; months <= MostMonths && first > oldest; months *= 2)
        {
            yield return new SearchSpan(new EntryKey(first, long.MinValue), before);
            before = new EntryKey(first - 1, long.MaxValue);
            for (int i = 0; i < 2 * months; i++)
            {
                first = MonthOf(first - 1);
            }
        }

        yield return span with { Before = before };
    }

    public IReadOnlyList<int> Shapes(SearchQuery query)
    {
        ShapeSql sql = new(query);
        return db.Query(sql.Text, static row => row.GetInt32(0), [.. sql.Parameters]);
    }

    public IReadOnlyList<Candidate> Newest(SearchSpan span, int limit) => db.Query(
        "SELECT time, seq, shape FROM entry WHERE time >= $1 AND time <= $2 AND (time, seq) < ($2, $3) ORDER BY time DESC, seq DESC LIMIT $4",
        static row => new Candidate(new EntryKey(row.GetInt64(0), row.GetInt64(1)), row.GetInt32(2)), span.From.Time, span.Before.Time, span.Before.Seq, (long)limit);

    public void Read(IReadOnlyList<(int Number, SearchRun Run, EntryKey Before)> runs, EntryKey from, int limit, Action<int, EntryKey> take)
    {
        // All runs of a call begin at one place.
        foreach (var same in runs.GroupBy(static run => (run.Before, Term: run.Run.Mac is not null)))
        {
            (int Number, SearchRun Run, EntryKey Before)[] list = [.. same];
            int[] shapes = [.. list.Select(static run => run.Run.Shape)];
            int[] numbers = [.. list.Select(static run => run.Number)];
            List<(int Number, EntryKey Key)> found = same.Key.Term
                ? db.Query(
                    """
                    SELECT r.n, t.time, t.seq FROM unnest($1::integer[], $2::integer[], $7::bytea[]) AS r(n, shape, mac) CROSS JOIN LATERAL (
                      SELECT time, seq FROM term WHERE mac = r.mac AND shape = r.shape AND time >= $3 AND time <= $4 AND (time, seq) < ($4, $5)
                      ORDER BY time DESC, seq DESC LIMIT $6) t
                    """,
                    static row => (row.GetInt32(0), new EntryKey(row.GetInt64(1), row.GetInt64(2))),
                    numbers, shapes, from.Time, same.Key.Before.Time, same.Key.Before.Seq, (long)limit, list.Select(static run => run.Run.Mac!).ToArray())
                : db.Query(
                    """
                    SELECT r.n, e.time, e.seq FROM unnest($1::integer[], $2::integer[]) AS r(n, shape) CROSS JOIN LATERAL (
                      SELECT time, seq FROM entry WHERE shape = r.shape AND time >= $3 AND time <= $4 AND (time, seq) < ($4, $5)
                      ORDER BY time DESC, seq DESC LIMIT $6) e
                    """,
                    static row => (row.GetInt32(0), new EntryKey(row.GetInt64(1), row.GetInt64(2))),
                    numbers, shapes, from.Time, same.Key.Before.Time, same.Key.Before.Seq, (long)limit);
            foreach ((int number, EntryKey key) in found.OrderByDescending(static row => row.Key))
            {
                take(number, key);
            }
        }
    }

    public IReadOnlyList<Candidate> OfTerm(IReadOnlyList<byte[]> macs, SearchSpan within, int limit)
    {
        (long from, long until) = WholeMonths(within);
        return db.Query(
            """
            SELECT t.time, t.seq, t.shape FROM unnest($1::bytea[]) AS m(mac) CROSS JOIN LATERAL (
              SELECT time, seq, shape FROM term WHERE mac = m.mac AND time >= $3 AND time <= $4 LIMIT $2) t LIMIT $2
            """,
            static row => new Candidate(new EntryKey(row.GetInt64(0), row.GetInt64(1)), row.GetInt32(2)), macs.ToArray(), (long)limit, from, until);
    }

    // Bounds that only say which months: within one, rows are found without looking at times.
    private static (long From, long Until) WholeMonths(SearchSpan span) => (
        span.From.Time <= 0 ? long.MinValue : MonthOf(span.From.Time),
        span.Before.Time == long.MaxValue ? long.MaxValue : MonthOf(span.Before.Time) + LongestMonth);

    public IReadOnlyCollection<int>? ShapesOf(IReadOnlyList<byte[]> macs, SearchSpan slice, int most)
    {
        const string Sql = """
            WITH RECURSIVE s(shape) AS (
              (SELECT t.shape FROM term t WHERE t.mac = $1 AND t.time >= $2 AND t.time <= $3 ORDER BY t.shape LIMIT 1)
              UNION ALL SELECT (SELECT t.shape FROM term t WHERE t.mac = $1 AND t.shape > s.shape AND t.time >= $2 AND t.time <= $3 ORDER BY t.shape LIMIT 1) FROM s WHERE s.shape IS NOT NULL)
            SELECT shape FROM s WHERE shape IS NOT NULL LIMIT $4
            """;
        (long from, long until) = WholeMonths(slice);
        HashSet<int> shapes = [];
        foreach (byte[] mac in macs)
        {
            List<int> some = db.Query(Sql, static row => row.GetInt32(0), mac, from, until, most + 1L);
            if (some.Count > most)
            {
                return null;
            }

            shapes.UnionWith(some);
        }

        return shapes;
    }

    public IReadOnlyList<Candidate> Having(IReadOnlyList<Candidate> rows, IReadOnlyList<byte[]> macs)
    {
        List<int> found = db.Query(
            """
            SELECT r.n FROM unnest($1::integer[], $2::integer[], $3::bigint[], $4::bigint[]) AS r(n, shape, time, seq) CROSS JOIN LATERAL (
              SELECT 1 FROM term WHERE mac = ANY($5) AND shape = r.shape AND time = r.time AND seq = r.seq LIMIT 1) t ORDER BY r.n
            """,
            static row => row.GetInt32(0), Enumerable.Range(0, rows.Count).ToArray(), rows.Select(static row => row.Shape).ToArray(),
            rows.Select(static row => row.Key.Time).ToArray(), rows.Select(static row => row.Key.Seq).ToArray(), macs.ToArray());
        return [.. found.Select(n => rows[n])];
    }

    public IReadOnlyList<(Candidate Row, byte[] Leaf)> Leaves(IReadOnlyList<Candidate> rows) => rows.Count == 0 ? [] : db.Query(
        """
        SELECT r.n, e.leaf FROM unnest($1::integer[], $2::bigint[], $3::bigint[]) AS r(n, time, seq) CROSS JOIN LATERAL (
          SELECT leaf FROM entry WHERE seq = r.seq AND time = r.time AND time >= $4 AND time <= $5 LIMIT 1) e ORDER BY r.n
        """,
        row => (rows[row.GetInt32(0)], row.GetFieldValue<byte[]>(1)), Enumerable.Range(0, rows.Count).ToArray(),
        rows.Select(static row => row.Key.Time).ToArray(), rows.Select(static row => row.Key.Seq).ToArray(),
        rows.Min(static row => row.Key.Time), rows.Max(static row => row.Key.Time));

    // An end is not older than its request, but for clocks of two logs: months before it are left alone.
    public IReadOnlyDictionary<long, EndRow> Ends(IReadOnlyList<EntryKey> requests)
    {
        Dictionary<long, EndRow> ends = [];
        if (requests.Count == 0)
        {
            return ends;
        }

        List<(long Request, byte[] Leaf)> found = db.Query(
            """
            SELECT r.seq, e.leaf FROM unnest($1::bigint[], $2::bigint[]) AS r(seq, time) CROSS JOIN LATERAL (
              SELECT leaf FROM entry WHERE link = r.seq AND kind IN (2, 3, 4) AND time >= r.time AND time >= $3 ORDER BY seq LIMIT 1) e
            """,
            static row => (row.GetInt64(0), row.GetFieldValue<byte[]>(1)), requests.Select(static key => key.Seq).ToArray(),
            requests.Select(static key => key.Time - Day).ToArray(), requests.Min(static key => key.Time) - Day);
        foreach ((long request, byte[] leaf) in found)
        {
            if (EntryDecoder.TryDecode(leaf, out LogEntry? entry, out _) && entry!.Link == logs.RecordOf(request))
            {
                ends[request] = new EndRow(new RecordId(entry.Log, entry.Index), entry.Kind, entry.SealId, entry.Time);
            }
        }

        return ends;
    }
}
