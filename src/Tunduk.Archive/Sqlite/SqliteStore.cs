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
    private readonly ConcurrentBag<(SqliteReader Reader, int Turn)> idle = [];
    private volatile bool disposed;
    private volatile int turn;

    public bool IsShared => false;

    public ISpace Space { get; } = new VolumeSpace(folder, answerReserve);

    /// <summary>This process has had the database open: if it is gone now, somebody took it away, and another is not made in its place.</summary>
    public bool WasOpen { get; set; }

    public ILogStore NewWriter() => new SqliteLogStore(this, folder, settings ?? SqliteSettings.Required);

    /// <summary>Somebody reads for so long that SQLite cannot begin its log anew: it grows with every entry.</summary>
    public ArchiveFault? Warning
    {
        get
        {
            try
            {
                long bytes = new FileInfo(path + "-wal").Length;
                return bytes <= (settings ?? SqliteSettings.Required).MaxLogBytes
                    ? null
                    : new ArchiveFault(ArchiveFaultCode.ArchiveFull, Phrases.Of("Sqlite.LogGrows", path + "-wal", bytes >> 20), Phrases.Of("Sqlite.EndLongReading"));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return null; // the writer meets it at the next append
            }
        }
    }

    /// <summary>The files below are not those any more: whoever reads from now on opens them anew.</summary>
    public void DropReaders()
    {
        Interlocked.Increment(ref turn);
        while (idle.TryTake(out (SqliteReader Reader, int Turn) kept))
        {
            kept.Reader.Dispose();
        }
    }

    public void Reclaim(bool deep)
    {
        // The writer does it.
    }

    // The process has the folder alone.
    public IDisposable LockRetention() => new Nothing();

    public T Use<T>(Func<IStoreReader, T> read)
    {
        (SqliteReader? reader, int taken) = Take();
        try
        {
            T result = read(reader);
            reader = GiveBack(reader, taken);
            return result;
        }
        finally
        {
            reader?.Dispose(); // after a fault, too: a connection that failed is not used again
        }
    }

    public async Task<T> UseAsync<T>(Func<IStoreReader, Task<T>> read)
    {
        (SqliteReader? reader, int taken) = Take();
        try
        {
            T result = await read(reader).ConfigureAwait(false);
            reader = GiveBack(reader, taken);
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
        DropReaders();
    }

    private sealed class Nothing : IDisposable
    {
        public void Dispose()
        {
            // There is nothing to give back.
        }
    }

    private (SqliteReader Reader, int Turn) Take()
    {
        while (idle.TryTake(out (SqliteReader Reader, int Turn) kept))
        {
            if (kept.Turn == turn)
            {
                return kept;
            }

            kept.Reader.Dispose();
        }

        int now = turn;
        return (new SqliteReader(SqliteDb.Open(path, write: false, SqliteSettings.Required)), now);
    }

    // Null when it was kept.
    private SqliteReader? GiveBack(SqliteReader reader, int taken)
    {
        if (disposed || idle.Count >= Kept || taken != turn)
        {
            return reader;
        }

        idle.Add((reader, taken));
        return null;
    }
}
