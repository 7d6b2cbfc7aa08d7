using Tunduk.Archive.Stores;
using Tunduk.Archive.Writing;

namespace Tunduk.Archive.Sqlite;

/// <summary>Search over one reading connection.</summary>
internal static class SqliteSearch
{
    /// <summary>Entries that match, newest first. <paramref name="terms"/>: for each search term its keyed hashes under every index key.</summary>
    public static SearchPage Find(SqliteDb db, IStoreReader reader, SearchQuery query, IReadOnlyList<IReadOnlyList<byte[]>> terms)
    {
        if (SearchSql.Build(query, terms) is not { } sql)
        {
            return new SearchPage([], null);
        }

        // A name that no entry has matches none: it is not searched for through all entries.
        if (HasUnknownName(db, query))
        {
            return new SearchPage([], null);
        }

        if (query.From is { } from)
        {
            sql.Condition("e.seq >=", FirstAtOrAfter(db, EntryClock.Micro(from)));
        }

        if (query.Until is { } until)
        {
            sql.Condition("e.seq <", FirstAtOrAfter(db, EntryClock.Micro(until)));
        }

        if (query.After is { } after)
        {
            sql.Condition("e.seq <", after.Position);
        }

        List<FoundRow> rows = db.Query(sql.Text("e.seq DESC"), row => row.BindAll(sql.Parameters), static row => new FoundRow(row.Int64(0), row.Int64(1), row.Blob(2).ToArray()));
        return sql.Page(rows, reader, static row => new PageToken(0, row.Seq));
    }

    private static bool HasUnknownName(SqliteDb db, SearchQuery query)
    {
        return new[] { query.Counterparty, query.OwnSubsystem, query.Service, query.Agreement, query.Stage, query.Code }.Any(name => name is not null && !Known(name))
            || new[] { query.OwnSubsystems, query.Counterparties, query.Services }.Any(names => names is not null && !names.Any(Known));

        bool Known(string name) => db.Query("SELECT 1 FROM name WHERE text = ?", row => row.Bind(1, name), static _ => true).Count > 0;
    }

    // Times never decrease within a log and a later log begins later, so seq can be bisected by time; the time condition itself
    // stays in the query, so that a wrong guess costs time and nothing else.
    private static long FirstAtOrAfter(SqliteDb db, long time)
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
