namespace Tunduk.Archive.Sqlite;

/// <summary>Settings of a writing connection that decide what a power cut leaves.</summary>
/// <param name="Synchronous">Value of <c>PRAGMA synchronous</c>: 2 is FULL, and nothing else is durable.</param>
/// <param name="AutoCheckpointPages">Pages in the write-ahead log after which SQLite moves them into the database.</param>
internal sealed record SqliteSettings(int Synchronous, int AutoCheckpointPages)
{
    public static readonly SqliteSettings Required = new(2, 2000);
}
