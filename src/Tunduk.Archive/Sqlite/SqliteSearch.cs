using Tunduk.Archive.Searching;
using Tunduk.Archive.Stores;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Sqlite;

/// <summary>What a search reads from one connection.</summary>
internal sealed class SqliteSearch(SqliteDb db) : ISearchRows
{
    public SearchSpan Span(SearchQuery query)
    {
        long from = query.From is { } first ? FirstAtOrAfter(EntryClock.Micro(first)) : 0;
        long before = query.Until is { } last ? FirstAtOrAfter(EntryClock.Micro(last)) : long.MaxValue;
        return new SearchSpan(Key(from), Key(Math.Min(before, query.After?.Position ?? long.MaxValue)));
    }

    public IEnumerable<SearchSpan> Slices(SearchSpan span) => [span];

    public IReadOnlyList<int> Shapes(SearchQuery query)
    {
        ShapeSql sql = new(query);
        return db.Query(sql.Text, row => row.BindAll(sql.Parameters), static row => row.Int32(0));
    }

    public IReadOnlyList<Candidate> Newest(SearchSpan span, int limit) => db.Query(
        "SELECT seq, shape FROM entry WHERE seq < ? AND seq >= ? ORDER BY seq DESC LIMIT ?",
        row => row.Bind(1, span.Before.Seq).Bind(2, span.From.Seq).Bind(3, limit), static row => new Candidate(Key(row.Int64(0)), row.Int32(1)));

    public void Read(IReadOnlyList<(int Number, SearchRun Run, EntryKey Before)> runs, EntryKey from, int limit, Action<int, EntryKey> take)
    {
        foreach ((int number, SearchRun run, EntryKey before) in runs)
        {
            SqliteStatement read = run.Mac is { } mac
                ? db.Prepare("SELECT seq FROM term WHERE seq < ?1 AND seq >= ?2 AND shape = ?3 AND mac = ?5 ORDER BY seq DESC LIMIT ?4").Bind(5, mac)
                : db.Prepare("SELECT seq FROM entry INDEXED BY entry_shape WHERE seq < ?1 AND seq >= ?2 AND shape = ?3 ORDER BY seq DESC LIMIT ?4");
            read.Bind(1, before.Seq).Bind(2, from.Seq).Bind(3, run.Shape).Bind(4, limit);
            try
            {
                while (read.Step())
                {
                    take(number, Key(read.Int64(0)));
                }
            }
            finally
            {
                read.Reset();
            }
        }
    }

    public IReadOnlyList<Candidate> OfTerm(IReadOnlyList<byte[]> macs, SearchSpan within, int limit) =>
        [.. macs.SelectMany(mac => db.Query("SELECT seq, shape FROM term WHERE mac = ? LIMIT ?", row => row.Bind(1, mac).Bind(2, limit), static row => new Candidate(Key(row.Int64(0)), row.Int32(1)))).Take(limit)];

    public IReadOnlyCollection<int>? ShapesOf(IReadOnlyList<byte[]> macs, SearchSpan slice, int most)
    {
        HashSet<int> shapes = [];
        SqliteStatement next = db.Prepare("SELECT shape FROM term WHERE mac = ? AND shape > ? ORDER BY shape LIMIT 1");
        foreach (byte[] mac in macs)
        {
            int left = most;
            long last = -1;
            while (next.Bind(1, mac).Bind(2, last).Step() && left >= 0)
            {
                shapes.Add((int)(last = next.Int32(0)));
                next.Reset();
                left--;
            }

            next.Reset();
            if (left < 0)
            {
                return null;
            }
        }

        return shapes;
    }

    public IReadOnlyList<Candidate> Having(IReadOnlyList<Candidate> rows, IReadOnlyList<byte[]> macs)
    {
        List<Candidate> having = [];
        SqliteStatement find = db.Prepare("SELECT 1 FROM term WHERE mac = ? AND shape = ? AND seq = ?");
        foreach (Candidate row in rows)
        {
            bool found = false;
            for (int i = 0; i < macs.Count && !found; i++)
            {
                found = find.Bind(1, macs[i]).Bind(2, row.Shape).Bind(3, row.Key.Seq).Step();
                find.Reset();
            }

            if (found)
            {
                having.Add(row);
            }
        }

        return having;
    }

    public IReadOnlyList<(Candidate Row, byte[] Leaf)> Leaves(IReadOnlyList<Candidate> rows) =>
        [.. rows.Select(row => (row, SqliteRows.Leaf(db, row.Key.Seq))).Where(static found => found.Item2 is not null).Select(static found => (found.row, found.Item2!))];

    public IReadOnlyDictionary<long, EndRow> Ends(IReadOnlyList<EntryKey> requests)
    {
        Dictionary<long, EndRow> ends = [];
        foreach (long request in requests.Select(static key => key.Seq))
        {
            if (SqliteRows.FindEnd(db, new RecordId(SqliteRows.LogIdOf(db, EntrySeq.LogOf(request)), EntrySeq.IndexOf(request)), request) is { } end)
            {
                ends[request] = end;
            }
        }

        return ends;
    }

    private static EntryKey Key(long seq) => new(0, seq);

    // Times never decrease within a log and a later log begins later, so seq can be bisected by time; the search holds what it finds against
    // the times themselves, so that a wrong guess never shows too much.
    private long FirstAtOrAfter(long time)
    {
        long low = 0;
        long high = db.Scalar("SELECT coalesce(max(seq), 0) + 1 FROM entry");
        while (low < high)
        {
            long middle = low + ((high - low) / 2);
            (long Seq, long Time)? next = db.Query("SELECT seq, time FROM entry WHERE seq >= ? ORDER BY seq LIMIT 1", row => row.Bind(1, middle),
                static row => ((long, long)?)(row.Int64(0), row.Int64(1))).FirstOrDefault();
            if (next is null || next.Value.Time >= time)
            {
                high = middle;
            }
            else
            {
                low = next.Value.Seq + 1;
            }
        }

        return low;
    }
}
