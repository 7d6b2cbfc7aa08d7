namespace Tunduk.Archive.Sqlite;

/// <summary>Settings of a writing connection that decide what a power cut leaves.</summary>
/// <param name="Synchronous">Value of <c>PRAGMA synchronous</c>: 2 is FULL, and nothing else is durable.</param>
/// <param name="AsidePages">Pages written to the write-ahead log after which a thread beside the writer moves them into the database (<see cref="SqliteCheckpointer"/>).</param>
/// <param name="LogPages">
/// Pages in the log after which the writer moves what that thread left, so that the log begins anew. At twice as many it does not wait for the thread.
/// </param>
internal sealed record SqliteSettings(int Synchronous, int AsidePages, int LogPages)
{
    // By measurement (benchmark exchange, 250 requests a second): when the writer itself moved every 2,000 pages, appends waited for that some
    // three times a second, 20 ms and more. The log stays well below what journal_size_limit lets it keep.
    public static readonly SqliteSettings Required = new(2, 1000, 4000);

    /// <summary>Bytes of the log that only a reader who holds it makes it reach: 256 MiB.</summary>
    public long MaxLogBytes => 8L * LogPages * 8192;
}
