using System.Collections.Concurrent;

namespace Tunduk.Archive.Sqlite;

/// <summary>Read-only connections for reuse: each is used by one thread at a time.</summary>
internal sealed class SqliteReaders(string path) : IDisposable
{
    private const int Kept = 8;
    private readonly ConcurrentBag<SqliteDb> idle = [];
    private volatile bool disposed;

    public T Use<T>(Func<SqliteDb, T> read)
    {
        SqliteDb? db = Take();
        try
        {
            T result = read(db);
            db = GiveBack(db);
            return result;
        }
        finally
        {
            db?.Dispose(); // after a fault, too: a connection that failed is not used again
        }
    }

    public async Task<T> UseAsync<T>(Func<SqliteDb, Task<T>> read)
    {
        SqliteDb? db = Take();
        try
        {
            T result = await read(db).ConfigureAwait(false);
            db = GiveBack(db);
            return result;
        }
        finally
        {
            db?.Dispose();
        }
    }

    private SqliteDb Take() => idle.TryTake(out SqliteDb? kept) ? kept : SqliteDb.Open(path, write: false);

    // Null when it was kept.
    private SqliteDb? GiveBack(SqliteDb db)
    {
        if (disposed || idle.Count >= Kept)
        {
            return db;
        }

        idle.Add(db);
        return null;
    }

    public void Dispose()
    {
        disposed = true;
        while (idle.TryTake(out SqliteDb? db))
        {
            db.Dispose();
        }
    }
}
