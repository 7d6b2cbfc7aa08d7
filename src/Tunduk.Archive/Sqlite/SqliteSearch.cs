using System.Globalization;
using System.Text;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Sqlite;

/// <summary>Search over one reading connection.</summary>
internal static class SqliteSearch
{
    /// <summary>Entries that match, newest first. <paramref name="terms"/>: for each search term its keyed hashes under every index key.</summary>
    public static SearchPage Find(SqliteDb db, SearchQuery query, IReadOnlyList<IReadOnlyList<byte[]>> terms)
    {
        StringBuilder sql = new("SELECT e.seq, e.leaf FROM entry e");
        List<Action<SqliteStatement, int>> binds = [];
        List<string> where = [];
        for (int i = 0; i < terms.Count; i++)
        {
            if (terms[i].Count == 0)
            {
                return new SearchPage([], null); // no index key was ever made: nothing is indexed
            }

            // The first term drives the search: its rows lie together and in order. The others are looked up.
            string marks = string.Join(", ", Enumerable.Repeat("?", terms[i].Count));
            where.Add($"e.seq IN (SELECT seq FROM term WHERE mac IN ({marks}))");
            binds.AddRange(terms[i].Select(mac => new Action<SqliteStatement, int>((s, n) => s.Bind(n, mac))));
        }

        // A name that no entry has matches none: it is not searched for through all entries.
        if (HasUnknownName(db, query))
        {
            return new SearchPage([], null);
        }

        Equal("counterparty", query.Counterparty);
        Equal("own", query.OwnSubsystem);
        Equal("service", query.Service);
        Equal("agreement", query.Agreement);
        Equal("stage", query.Stage);
        Equal("code", query.Code);
        AnyOf("own", query.OwnSubsystems);
        AnyOf("counterparty", query.Counterparties);
        AnyOf("service", query.Services);
        if (query.Signature is { } signature)
        {
            // Byte 39 of the leaf (proto/ENTRY-FORMAT.md §2).
            where.Add("substr(e.leaf, 40, 1) = ?");
            binds.Add((s, n) => s.Bind(n, [(byte)signature]));
        }

        if (query.Role is { } role)
        {
            where.Add("e.role = ?");
            binds.Add((s, n) => s.Bind(n, (long)role));
        }

        if (query.Kinds.Count > 0)
        {
            where.Add($"e.kind IN ({string.Join(", ", query.Kinds.Select(static k => ((int)k).ToString(CultureInfo.InvariantCulture)))})");
        }

        if (query.From is { } from)
        {
            where.Add("e.time >= ?");
            binds.Add((s, n) => s.Bind(n, EntryClock.Micro(from)));
            AddBound(">=", FirstAtOrAfter(db, EntryClock.Micro(from)));
        }

        if (query.Until is { } until)
        {
            where.Add("e.time < ?");
            binds.Add((s, n) => s.Bind(n, EntryClock.Micro(until)));
            AddBound("<", FirstAtOrAfter(db, EntryClock.Micro(until)));
        }

        if (query.After is { } after)
        {
            AddBound("<", after.Position);
        }

        if (where.Count > 0)
        {
            sql.Append(" WHERE ").AppendJoin(" AND ", where);
        }

        sql.Append(" ORDER BY e.seq DESC LIMIT ?");
        SqliteStatement statement = db.Prepare(sql.ToString());
        int position = 1;
        foreach (Action<SqliteStatement, int> bind in binds)
        {
            bind(statement, position++);
        }

        int size = Math.Clamp(query.PageSize, 1, 1000);
        statement.Bind(position, size + 1);
        List<(long Seq, LogEntry Entry)> found = [];
        while (statement.Step())
        {
            if (!EntryDecoder.TryDecode(statement.Blob(1), out LogEntry? entry, out string? error))
            {
                statement.Reset();
                throw new StoreException(ArchiveFaultCode.ArchiveUnreadable, $"An entry does not decode: {error}.");
            }

            found.Add((statement.Int64(0), entry!));
        }

        statement.Reset();
        bool more = found.Count > size;
        List<ArchiveEntry> entries = [];
        foreach ((long seq, LogEntry entry) in found.Take(size))
        {
            RecordId record = new(entry.Log, entry.Index);
            entries.Add(new ArchiveEntry(record, entry, entry.Kind == EntryKind.Request ? SqliteRows.FindEnd(db, record, seq)?.Record : null));
        }

        return new SearchPage(entries, more ? new PageToken(found[size - 1].Seq) : null);

        void Equal(string column, string? value)
        {
            if (value is not null)
            {
                where.Add($"e.{column} = (SELECT id FROM name WHERE text = ?)");
                binds.Add((s, n) => s.Bind(n, value));
            }
        }

        void AnyOf(string column, IReadOnlyList<string>? values)
        {
            if (values is not null)
            {
                where.Add($"e.{column} IN (SELECT id FROM name WHERE text IN ({string.Join(", ", Enumerable.Repeat("?", values.Count))}))");
                binds.AddRange(values.Select(value => new Action<SqliteStatement, int>((s, n) => s.Bind(n, value))));
            }
        }

        void AddBound(string comparison, long seq)
        {
            where.Add($"e.seq {comparison} ?");
            binds.Add((s, n) => s.Bind(n, seq));
        }
    }

    private static bool HasUnknownName(SqliteDb db, SearchQuery query)
    {
        SqliteStatement find = db.Prepare("SELECT 1 FROM name WHERE text = ?");
        return new[] { query.Counterparty, query.OwnSubsystem, query.Service, query.Agreement, query.Stage, query.Code }.Any(name => name is not null && !Known(name))
            || new[] { query.OwnSubsystems, query.Counterparties, query.Services }.Any(names => names is not null && !names.Any(Known));

        bool Known(string name)
        {
            bool known = find.Bind(1, name).Step();
            find.Reset();
            return known;
        }
    }

    // Times never decrease within a log and a later log begins later, so seq can be bisected by time; the time condition itself
    // stays in the query, so that a wrong guess costs time and nothing else.
    private static long FirstAtOrAfter(SqliteDb db, long time)
    {
        long low = 0;
        long high = db.Scalar("SELECT coalesce(max(seq), 0) + 1 FROM entry");
        SqliteStatement probe = db.Prepare("SELECT seq, time FROM entry WHERE seq >= ? ORDER BY seq LIMIT 1");
        while (low < high)
        {
            long middle = low + ((high - low) / 2);
            probe.Bind(1, middle);
            if (!probe.Step() || probe.Int64(1) >= time)
            {
                high = middle;
            }
            else
            {
                low = probe.Int64(0) + 1;
            }

            probe.Reset();
        }

        return low;
    }
}
