using System.Collections.Concurrent;
using Tunduk.Archive.Files;
using Tunduk.Archive.Stores;
using Tunduk.Archive.Writing;

namespace Tunduk.Archive.Sqlite;

/// <summary>The embedded database in a folder, with read-only connections for reuse: each is used by one thread at a time.</summary>
/// <param name="folder">Folder of the database.</param>
/// <param name="answerReserve">Most bytes that are kept back for ends of requests.</param>
/// <param name="settings">How the writing connection is set; null: as it must be. Only tests that must fail say otherwise.</param>
internal sealed class SqliteStore(string folder, long answerReserve = 0, SqliteSettings? settings = null) : IArchiveStore
{
    private const int Kept = 8;
    private readonly string path = Path.Combine(folder, SqliteLogStore.FileName);
    private readonly ConcurrentBag<SqliteReader> idle = [];
    private volatile bool disposed;

    public bool IsShared => false;

    public ISpace Space { get; } = new VolumeSpace(folder, answerReserve);

    /// <summary>This process has had the database open: if it is gone now, somebody took it away, and another is not made in its place.</summary>
    public bool WasOpen { get; set; }

    public ILogStore NewWriter() => new SqliteLogStore(this, folder, settings ?? SqliteSettings.Required);

    public void Reclaim(bool deep)
    {
        // The writer does it.
    }

    // The process has the folder alone.
    public IDisposable LockRetention() => new Nothing();

    public T Use<T>(Func<IStoreReader, T> read)
    {
        SqliteReader? reader = Take();
        try
        {
            T result = read(reader);
            reader = GiveBack(reader);
            return result;
        }
        finally
        {
            reader?.Dispose(); // after a fault, too: a connection that failed is not used again
        }
    }

    public async Task<T> UseAsync<T>(Func<IStoreReader, Task<T>> read)
    {
        SqliteReader? reader = Take();
        try
        {
            T result = await read(reader).ConfigureAwait(false);
            reader = GiveBack(reader);
            return result;
        }
        finally
        {
            reader?.Dispose();
        }
    }

    public void Dispose()
    {
        disposed = true;
        while (idle.TryTake(out SqliteReader? reader))
        {
            reader.Dispose();
        }
    }

    private sealed class Nothing : IDisposable
    {
        public void Dispose()
        {
            // There is nothing to give back.
        }
    }

    private SqliteReader Take() => idle.TryTake(out SqliteReader? kept) ? kept : new SqliteReader(SqliteDb.Open(path, write: false, SqliteSettings.Required));

    // Null when it was kept.
    private SqliteReader? GiveBack(SqliteReader reader)
    {
        if (disposed || idle.Count >= Kept)
        {
            return reader;
        }

        idle.Add(reader);
        return null;
    }
}
