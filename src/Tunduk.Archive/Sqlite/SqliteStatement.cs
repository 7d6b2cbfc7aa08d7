using SQLitePCL;

namespace Tunduk.Archive.Sqlite;

/// <summary>A prepared statement: bind, step, read, reset.</summary>
internal sealed class SqliteStatement(SqliteDb db, sqlite3_stmt statement) : IDisposable
{
    public SqliteStatement Bind(int index, long value)
    {
        db.Check(raw.sqlite3_bind_int64(statement, index, value), "bind");
        return this;
    }

    public SqliteStatement Bind(int index, long? value)
    {
        db.Check(value is { } v ? raw.sqlite3_bind_int64(statement, index, v) : raw.sqlite3_bind_null(statement, index), "bind");
        return this;
    }

    public SqliteStatement Bind(int index, ReadOnlySpan<byte> value)
    {
        db.Check(raw.sqlite3_bind_blob(statement, index, value), "bind");
        return this;
    }

    public SqliteStatement Bind(int index, string value)
    {
        db.Check(raw.sqlite3_bind_text(statement, index, value), "bind");
        return this;
    }

    /// <summary>Binds long, string and byte[] values in order.</summary>
    public void BindAll(IReadOnlyList<object> values)
    {
        for (int i = 0; i < values.Count; i++)
        {
            _ = values[i] switch
            {
                long number => Bind(i + 1, number),
                string text => Bind(i + 1, text),
                byte[] bytes => Bind(i + 1, bytes),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }
    }

    /// <summary>How many values the statement takes.</summary>
    public int Parameters => raw.sqlite3_bind_parameter_count(statement);

    /// <summary>True while there is a row.</summary>
    public bool Step()
    {
        int code = raw.sqlite3_step(statement);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }

        if (code != raw.SQLITE_DONE)
        {
            _ = raw.sqlite3_reset(statement);
            db.Check(code, "read or write");
        }

        return false;
    }

    /// <summary>Runs a statement that returns nothing and resets it.</summary>
    public void Run()
    {
        Step();
        Reset();
    }

    public void Reset()
    {
        _ = raw.sqlite3_reset(statement);
        _ = raw.sqlite3_clear_bindings(statement);
    }

    public long Int64(int column) => raw.sqlite3_column_int64(statement, column);

    public int Int32(int column) => raw.sqlite3_column_int(statement, column);

    public bool IsNull(int column) => raw.sqlite3_column_type(statement, column) == raw.SQLITE_NULL;

    public bool IsBytes(int column) => raw.sqlite3_column_type(statement, column) == raw.SQLITE_BLOB;

    public bool IsInteger(int column) => raw.sqlite3_column_type(statement, column) == raw.SQLITE_INTEGER;

    public long? Nullable(int column) => IsNull(column) ? null : Int64(column);

    public string? Text(int column) => IsNull(column) ? null : raw.sqlite3_column_text(statement, column).utf8_to_string();

    /// <summary>Valid until the next step.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(statement, column);

    /// <summary>The same, to keep. Not cleared before it is filled: what is read of large archives is mostly this.</summary>
    public byte[] Bytes(int column)
    {
        ReadOnlySpan<byte> blob = Blob(column);
        byte[] bytes = GC.AllocateUninitializedArray<byte>(blob.Length);
        blob.CopyTo(bytes);
        return bytes;
    }

    public void Dispose() => statement.Dispose();
}
