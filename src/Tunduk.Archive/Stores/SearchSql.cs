using System.Globalization;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Stores;

/// <summary>A search as SQL for the tables that all stores have: entry, name and term. Parameters are $1, $2 … in order.</summary>
internal sealed class SearchSql
{
    private readonly List<string> where = [];

    /// <summary>Values of the parameters: long, string or byte[].</summary>
    public List<object> Parameters { get; } = [];

    /// <summary>Entries a page holds.</summary>
    public int PageSize { get; private set; }

    /// <summary>Null where nothing can match because nothing was ever indexed.</summary>
    public static SearchSql? Build(SearchQuery query, IReadOnlyList<IReadOnlyList<byte[]>> terms)
    {
        SearchSql sql = new() { PageSize = Math.Clamp(query.PageSize, 1, 1000) };
        foreach (IReadOnlyList<byte[]> macs in terms)
        {
            if (macs.Count == 0)
            {
                return null;
            }

            // The first term drives the search: its rows lie together and in order. The others are looked up.
            sql.where.Add($"e.seq IN (SELECT seq FROM term WHERE mac IN ({string.Join(", ", macs.Select(sql.Parameter))}))");
        }

        sql.Name("counterparty", query.Counterparty);
        sql.Name("own", query.OwnSubsystem);
        sql.Name("service", query.Service);
        sql.Name("agreement", query.Agreement);
        sql.Name("stage", query.Stage);
        sql.Name("code", query.Code);
        sql.AnyName("own", query.OwnSubsystems);
        sql.AnyName("counterparty", query.Counterparties);
        sql.AnyName("service", query.Services);
        if (query.Signature is { } signature)
        {
            // Byte 39 of the leaf (proto/ENTRY-FORMAT.md §2).
            sql.Condition("substr(e.leaf, 40, 1) =", new[] { (byte)signature });
        }

        if (query.Role is { } role)
        {
            sql.Condition("e.role =", (long)role);
        }

        if (query.Kinds.Count > 0)
        {
            sql.where.Add($"e.kind IN ({string.Join(", ", query.Kinds.Select(static k => ((int)k).ToString(CultureInfo.InvariantCulture)))})");
        }

        if (query.From is { } from)
        {
            sql.Condition("e.time >=", EntryClock.Micro(from));
        }

        if (query.Until is { } until)
        {
            sql.Condition("e.time <", EntryClock.Micro(until));
        }

        return sql;
    }

    /// <summary>Adds a comparison with a value.</summary>
    public void Condition(string comparison, object value) => where.Add(comparison + " " + Parameter(value));

    /// <summary>Adds a condition of several values: <c>{0}</c>, <c>{1}</c> … stand for them.</summary>
    public void Condition(string format, params object[] values) => where.Add(string.Format(CultureInfo.InvariantCulture, format, [.. values.Select(Parameter)]));

    /// <summary>The statement: seq, time and leaf of one more entry than a page holds.</summary>
    public string Text(string order)
    {
        string conditions = where.Count == 0 ? "" : " WHERE " + string.Join(" AND ", where);
        return $"SELECT e.seq, e.time, e.leaf FROM entry e{conditions} ORDER BY {order} LIMIT {(PageSize + 1).ToString(CultureInfo.InvariantCulture)}";
    }

    /// <summary>A page of what was found.</summary>
    public SearchPage Page(IReadOnlyList<FoundRow> rows, IStoreReader reader, Func<FoundRow, PageToken> token)
    {
        List<ArchiveEntry> entries = [];
        foreach (FoundRow row in rows.Take(PageSize))
        {
            if (!EntryDecoder.TryDecode(row.Leaf, out LogEntry? entry, out string? error))
            {
                throw new StoreException(ArchiveFaultCode.ArchiveUnreadable, $"An entry does not decode: {error}.");
            }

            RecordId record = new(entry!.Log, entry.Index);
            entries.Add(new ArchiveEntry(record, entry, entry.Kind == EntryKind.Request ? reader.FindEnd(record)?.Record : null));
        }

        return new SearchPage(entries, rows.Count > PageSize ? token(rows[PageSize - 1]) : null);
    }

    private void Name(string column, string? value)
    {
        if (value is not null)
        {
            where.Add($"e.{column} = (SELECT id FROM name WHERE text = {Parameter(value)})");
        }
    }

    private void AnyName(string column, IReadOnlyList<string>? values)
    {
        if (values is not null)
        {
            where.Add(values.Count == 0 ? "1 = 0" : $"e.{column} IN (SELECT id FROM name WHERE text IN ({string.Join(", ", values.Select(Parameter))}))");
        }
    }

    private string Parameter(object value)
    {
        Parameters.Add(value);
        return "$" + Parameters.Count.ToString(CultureInfo.InvariantCulture);
    }
}

/// <summary>A row of a search.</summary>
internal readonly record struct FoundRow(long Seq, long Time, byte[] Leaf);
