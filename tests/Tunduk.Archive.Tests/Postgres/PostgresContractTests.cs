namespace Tunduk.Archive.Tests.Postgres;

/// <summary>The shared suite on PostgreSQL.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresArchiveTests(PostgresServer server) : ArchiveTests(server.NewFolder());

/// <summary>The shared suite on PostgreSQL.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresRuleTests(PostgresServer server) : RuleTests(server.NewFolder());

/// <summary>The shared suite on PostgreSQL.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresFaultTests(PostgresServer server) : FaultTests(server.NewFolder());

/// <summary>The shared suite on PostgreSQL.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresEraseTests(PostgresServer server) : ErasureTests(server.NewFolder());
