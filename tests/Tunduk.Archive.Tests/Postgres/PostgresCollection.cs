namespace Tunduk.Archive.Tests.Postgres;

/// <summary>Tests that share one running server, each with a database of its own.</summary>
[CollectionDefinition(Name)]
public sealed class PostgresCollection : ICollectionFixture<PostgresServer>
{
    public const string Name = "postgres";
}
