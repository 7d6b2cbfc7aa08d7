using System.Globalization;
using SQLitePCL;
using Tunduk.Archive.Writing;

namespace Tunduk.Archive.Sqlite;

/// <summary>One SQLite connection with the archive's settings, each read back. Used by one thread at a time.</summary>
/// <remarks>
/// The native interface is used directly: the writer binds tens of thousands of blobs a second, and a failed write must be told by
/// its extended result code (ENOSPC is another fault than a failed sync).
/// </remarks>
internal sealed class SqliteDb : IDisposable
{
    private const string AutoVacuum = "PRAGMA auto_vacuum";
    private const int NoCheckpointOnClose = 1006; // SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE
    private readonly sqlite3 db;
    private readonly Dictionary<string, SqliteStatement> statements = [];

    static SqliteDb() => Batteries_V2.Init();

    private SqliteDb(sqlite3 db) => this.db = db;

    /// <summary>
    /// Opens for writing (making the file if it is not there) or for reading. For reading a WAL database SQLite makes files beside it: where it
    /// may not, as on a read-only medium, and the database stands alone, nobody changes it and it is read as it is.
    /// </summary>
    public static SqliteDb Open(string path, bool write, SqliteSettings settings)
    {
        try
        {
            return Open(path, write, settings, asItIs: false);
        }
        catch (StoreException e) when (!write && e.Code == ArchiveFaultCode.ArchiveUnwritable && File.Exists(path))
        {
            string log = path + "-wal";
            if (File.Exists(log) && new FileInfo(log).Length > 0)
            {
                throw new StoreException(ArchiveFaultCode.ArchiveUnwritable, Phrases.Of("Sqlite.HoldsEntriesDatabaseNot", log), e);
            }

            return Open(new Uri(Path.GetFullPath(path)).AbsoluteUri + "?immutable=1", write: false, settings, asItIs: true);
        }
    }

    /// <summary>An empty database in memory, to compare with.</summary>
    public static SqliteDb InMemory() => raw.sqlite3_open(":memory:", out sqlite3 handle) == raw.SQLITE_OK ? new SqliteDb(handle) : throw new InvalidOperationException("SQLite has no memory.");

    private static SqliteDb Open(string path, bool write, SqliteSettings settings, bool asItIs)
    {
        int flags = raw.SQLITE_OPEN_NOMUTEX | (write ? raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE : raw.SQLITE_OPEN_READONLY) | (asItIs ? raw.SQLITE_OPEN_URI : 0);
        int code = raw.sqlite3_open_v2(path, out sqlite3 handle, flags, null);
        if (code != raw.SQLITE_OK)
        {
            handle?.Dispose();
            throw new StoreException(FaultOf(code), Phrases.Of("Sqlite.SQLiteCannotOpenArchive", Name(code)));
        }

        SqliteDb db = new(handle);
        try
        {
            db.ApplySettings(write, settings, asItIs);
            return db;
        }
        catch
        {
            db.Dispose();
            throw;
        }
    }

    /// <summary>A prepared statement, kept for the connection's life.</summary>
    public SqliteStatement Prepare(string sql)
    {
        if (!statements.TryGetValue(sql, out SqliteStatement? statement))
        {
            int code = raw.sqlite3_prepare_v3(db, sql, raw.SQLITE_PREPARE_PERSISTENT, out sqlite3_stmt handle);
            Check(code, "prepare");
            statement = new SqliteStatement(this, handle);
            statements.Add(sql, statement);
        }

        return statement;
    }

    public void Execute(string sql) => Check(raw.sqlite3_exec(db, sql), "execute");

    /// <summary>False where it could not be done; for what may be left undone.</summary>
    public bool TryExecute(string sql) => raw.sqlite3_exec(db, sql) == raw.SQLITE_OK;

    public long Scalar(string sql)
    {
        SqliteStatement statement = Prepare(sql);
        try
        {
            return statement.Step() ? statement.Int64(0) : throw new StoreException(ArchiveFaultCode.ArchiveUnreadable, Phrases.Of("Sqlite.ValueMissing"));
        }
        finally
        {
            statement.Reset();
        }
    }

    public string ScalarText(string sql)
    {
        SqliteStatement statement = Prepare(sql);
        try
        {
            return statement.Step() ? statement.Text(0) ?? "" : "";
        }
        finally
        {
            statement.Reset();
        }
    }

    /// <summary>Runs a query to its end and resets it, whatever happens.</summary>
    public List<T> Query<T>(string sql, Action<SqliteStatement> bind, Func<SqliteStatement, T> read)
    {
        SqliteStatement statement = Prepare(sql);
        List<T> rows = [];
        try
        {
            bind(statement);
            while (statement.Step())
            {
                rows.Add(read(statement));
            }
        }
        finally
        {
            statement.Reset();
        }

        return rows;
    }

    /// <summary>Texts of the statements prepared so far.</summary>
    public IReadOnlyCollection<string> Prepared => statements.Keys;

    public int Changes => raw.sqlite3_changes(db);

    /// <summary>Closing this connection moves no page out of the write-ahead log, also where it is the last one.</summary>
    public void LeaveLog() => _ = raw.sqlite3_db_config(db, NoCheckpointOnClose, 1, out _);

    /// <summary>Pages this connection has written since this was asked for last: into the write-ahead log.</summary>
    public int TakePagesWritten()
    {
        const int CacheWrite = 9; // SQLITE_DBSTATUS_CACHE_WRITE
        return raw.sqlite3_db_status(db, CacheWrite, out int pages, out _, 1) == raw.SQLITE_OK ? pages : 0;
    }

    public void Dispose()
    {
        foreach (SqliteStatement statement in statements.Values)
        {
            statement.Dispose();
        }

        db.Dispose();
    }

    internal void Check(int code, string what)
    {
        if (code != raw.SQLITE_OK)
        {
            // The message of SQLite may name columns, never values.
            int extended = raw.sqlite3_extended_errcode(db);
            throw new StoreException(FaultOf(code), Phrases.Of("Sqlite.SQLiteCouldNot", what, Name(code), extended, raw.sqlite3_errmsg(db).utf8_to_string()));
        }
    }

    private static string Name(int code) => raw.sqlite3_errstr(code).utf8_to_string();

    private static ArchiveFaultCode FaultOf(int code) => (code & 0xFF) switch
    {
        raw.SQLITE_FULL => ArchiveFaultCode.ArchiveFull,
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_ERROR or raw.SQLITE_CONSTRAINT => ArchiveFaultCode.ArchiveUnreadable, // damaged, or other tables than ours
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => ArchiveFaultCode.ArchiveLocked,
        _ => ArchiveFaultCode.ArchiveUnwritable,
    };

    private void ApplySettings(bool write, SqliteSettings settings, bool asItIs)
    {
        _ = raw.sqlite3_extended_result_codes(db, 1);
        _ = raw.sqlite3_busy_timeout(db, 5000);
        Switch(raw.SQLITE_DBCONFIG_ENABLE_TRIGGER, off: "triggers");
        Switch(raw.SQLITE_DBCONFIG_ENABLE_VIEW, off: "views");
        Execute("PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY; PRAGMA secure_delete=ON;");
        Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA synchronous={settings.Synchronous}"));
        if (write)
        {
            // auto_vacuum can be chosen only before the first table; page size as well.
            Execute("PRAGMA page_size=8192; PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL; PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-24576;");
            Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA wal_autocheckpoint={2 * settings.LogPages}"));
        }

        Require("PRAGMA synchronous", settings.Synchronous);
        Require("PRAGMA secure_delete", 1);
        Require("PRAGMA temp_store", 2);
        Require(AutoVacuum, 2);
        if (!asItIs && ScalarText("PRAGMA journal_mode") is var mode && mode != "wal")
        {
            throw new StoreException(ArchiveFaultCode.ArchiveSettings, Phrases.Of("Sqlite.JournalModeReadsBack", mode));
        }
    }

    // The file's owner can put a trigger into it that drops or changes what is appended (RAISE(IGNORE) is no error), or a view in a table's place:
    // then what was acknowledged would not be there. The archive has neither, so on its connections no trigger runs and no view is read.
    private void Switch(int option, string off)
    {
        if (raw.sqlite3_db_config(db, option, 0, out int left) != raw.SQLITE_OK || left != 0)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveSettings, Phrases.Of("Sqlite.CannotSwitchOff", off));
        }
    }

    private void Require(string pragma, long expected)
    {
        long found = Scalar(pragma);
        if (found != expected)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveSettings, Phrases.Of("Sqlite.ReadsBackNot", pragma, found, expected))
            {
                Remedy = pragma == AutoVacuum ? Phrases.Of("Sqlite.SetAutoVacuum") : null,
            };
        }
    }
}
