namespace Tunduk.Archive.Tests.Postgres;

/// <summary>Archives on a server.</summary>
internal static class PostgresFolders
{
    public static ArchiveFolder NewFolder(this PostgresServer server) => new() { Postgres = new PostgresOptions { ConnectionString = server.NewDatabase(), Instance = "a" } };
}
