using SQLitePCL;

namespace Tunduk.Benchmarks.Exchange;

/// <summary>
/// What it costs to make an entry's rows durable and nothing else: the newest rows of a real archive, read into memory and
/// inserted into the same tables of a fresh file with the same settings, a commit for each batch. CPU time, the operating
/// system's part of the sync included.
/// </summary>
internal static class BareInserts
{
    private const int Entries = 2_000;
    private static readonly string[] Tables = ["entry", "sealed", "chunk", "term", "claim"];

    public static double Microseconds(string configuration, double batchSize)
    {
        var source = ArchiveRows.PathOf(configuration);
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(source)!)!, "bare-inserts"));
        try
        {
            return Measure(source, Path.Combine(folder.FullName, "bare.db"), Math.Max(1, (int)Math.Round(batchSize)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static double Measure(string source, string target, int batch)
    {
        using var from = Open(source, raw.SQLITE_OPEN_READONLY);
        using var to = Open(target, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE);
        Execute(to, "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY; PRAGMA secure_delete=ON; PRAGMA synchronous=FULL; PRAGMA page_size=8192; PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL; PRAGMA journal_size_limit=67108864; PRAGMA wal_autocheckpoint=4000; PRAGMA cache_size=-24576;");
        foreach (var row in Read(from, "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"))
        {
            Execute(to, (string)row[0]!);
        }

        var newest = (long)Read(from, "SELECT seq FROM entry ORDER BY seq DESC LIMIT 1")[0][0]!;
        var first = newest - Entries + 1;
        var rows = new Dictionary<long, List<(int Table, object?[] Values)>>();
        var inserts = new List<sqlite3_stmt>();
        for (var table = 0; table < Tables.Length; table++)
        {
            // A chunk's own number is given again by the table, as the archive does.
            var columns = Read(from, $"SELECT name FROM pragma_table_info('{Tables[table]}')").Select(row => (string)row[0]!).Where(name => Tables[table] != "chunk" || name != "id").ToArray();
            var key = Array.IndexOf(columns, "seq");
            foreach (var row in Read(from, $"SELECT {string.Join(',', columns)} FROM {Tables[table]} WHERE seq >= {first} AND seq <= {newest}"))
            {
                var seq = (long)row[key]!;
                if (!rows.TryGetValue(seq, out var of))
                {
                    rows.Add(seq, of = []);
                }

                of.Add((table, row));
            }

            inserts.Add(Prepare(to, $"INSERT INTO {Tables[table]}({string.Join(',', columns)}) VALUES({string.Join(',', columns.Select(_ => '?'))})"));
        }

        var entries = rows.OrderBy(entry => entry.Key).Select(entry => entry.Value).ToArray();
        var before = Environment.CpuUsage.TotalTime;
        foreach (var commit in entries.Chunk(batch))
        {
            Execute(to, "BEGIN IMMEDIATE");
            foreach (var (table, values) in commit.SelectMany(entry => entry))
            {
                Insert(inserts[table], values);
            }

            Execute(to, "COMMIT");
        }

        var used = (Environment.CpuUsage.TotalTime - before).TotalMicroseconds / entries.Length;
        inserts.ForEach(insert => insert.Dispose());
        return used;
    }

    private static sqlite3 Open(string path, int flags)
    {
        Batteries_V2.Init();
        Check(raw.sqlite3_open_v2(path, out var db, flags | raw.SQLITE_OPEN_NOMUTEX, null));
        return db;
    }

    private static void Insert(sqlite3_stmt insert, object?[] values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            Check(values[i] switch
            {
                null => raw.sqlite3_bind_null(insert, i + 1),
                long number => raw.sqlite3_bind_int64(insert, i + 1, number),
                byte[] bytes => raw.sqlite3_bind_blob(insert, i + 1, bytes),
                var text => raw.sqlite3_bind_text(insert, i + 1, (string)text),
            });
        }

        if (raw.sqlite3_step(insert) != raw.SQLITE_DONE)
        {
            throw new InvalidOperationException("A row could not be inserted.");
        }

        raw.sqlite3_reset(insert);
    }

    private static List<object?[]> Read(sqlite3 db, string sql)
    {
        using var statement = Prepare(db, sql);
        var rows = new List<object?[]>();
        while (raw.sqlite3_step(statement) == raw.SQLITE_ROW)
        {
            var row = new object?[raw.sqlite3_column_count(statement)];
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = raw.sqlite3_column_type(statement, i) switch
                {
                    raw.SQLITE_INTEGER => raw.sqlite3_column_int64(statement, i),
                    raw.SQLITE_BLOB => raw.sqlite3_column_blob(statement, i).ToArray(),
                    raw.SQLITE_TEXT => raw.sqlite3_column_text(statement, i).utf8_to_string(),
                    _ => null,
                };
            }

            rows.Add(row);
        }

        return rows;
    }

    private static sqlite3_stmt Prepare(sqlite3 db, string sql)
    {
        Check(raw.sqlite3_prepare_v2(db, sql, out var statement));
        return statement;
    }

    private static void Execute(sqlite3 db, string sql) => Check(raw.sqlite3_exec(db, sql));

    private static void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            throw new InvalidOperationException($"SQLite: {raw.sqlite3_errstr(code).utf8_to_string()}");
        }
    }
}
