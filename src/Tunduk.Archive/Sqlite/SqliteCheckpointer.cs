namespace Tunduk.Archive.Sqlite;

/// <summary>
/// Moves pages of the write-ahead log into the database beside the writer, with a connection and a thread of its own: an append never waits
/// for it. What was written meanwhile the writer moves when the log has grown (<see cref="SqliteSettings.LogPages"/>).
/// </summary>
/// <remarks>
/// Nothing of what is durable depends on it: a commit is durable in the log, and SQLite itself syncs the log before pages are moved and the database
/// before the log begins anew. A move that fails (a full or broken disk) is left; the writer meets the same fault in its own commit.
/// </remarks>
internal sealed class SqliteCheckpointer : IDisposable
{
    private readonly SqliteDb db;
    private readonly Thread thread;
    private readonly object gate = new();
    private bool due;
    private bool moving;
    private bool stopping;
    private int rounds;

    public SqliteCheckpointer(string path, SqliteSettings settings)
    {
        db = SqliteDb.Open(path, write: true, settings);
        thread = new Thread(Run) { IsBackground = true, Name = "archive checkpoint" };
        thread.Start();
    }

    /// <summary>How often it has moved what there was.</summary>
    public int Rounds => Volatile.Read(ref rounds);

    /// <summary>There are pages to move. Does not wait.</summary>
    public void Begin()
    {
        lock (gate)
        {
            due = true;
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>Waits until no page is being moved, and begins nothing before the next <see cref="Begin"/>: what comes now needs the log for itself.</summary>
    public void Rest()
    {
        lock (gate)
        {
            due = false;
            while (moving)
            {
                Monitor.Wait(gate);
            }
        }
    }

    /// <summary>Closing moves no page.</summary>
    public void LeaveLog() => db.LeaveLog();

    /// <summary>Ends what it does and closes its connection.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            stopping = true;
            Monitor.PulseAll(gate);
        }

        thread.Join();
        db.Dispose();
    }

    private void Run()
    {
        while (Take())
        {
            _ = db.TryExecute("PRAGMA wal_checkpoint(PASSIVE)");
            lock (gate)
            {
                moving = false;
                rounds++;
                Monitor.PulseAll(gate);
            }
        }
    }

    private bool Take()
    {
        lock (gate)
        {
            while (!due && !stopping)
            {
                Monitor.Wait(gate);
            }

            due = false;
            moving = !stopping;
            return moving;
        }
    }
}
