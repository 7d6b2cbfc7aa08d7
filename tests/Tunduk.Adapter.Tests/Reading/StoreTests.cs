using Tunduk.Archive.Tests.Postgres;

namespace Tunduk.Adapter.Tests.Reading;

/// <summary>The shared suite on SQLite.</summary>
public sealed class SqliteGateTests() : GateTests(null);

/// <summary>The shared suite on SQLite.</summary>
public sealed class SqliteRetentionTests() : RetentionTests(null);

/// <summary>The shared suite on SQLite.</summary>
public sealed class SqliteExportTests() : ExportTests(null);

/// <summary>The shared suite on PostgreSQL.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresGateTests(PostgresServer server) : GateTests(server);

/// <summary>The shared suite on PostgreSQL.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresRetentionTests(PostgresServer server) : RetentionTests(server);

/// <summary>The shared suite on PostgreSQL.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresExportTests(PostgresServer server) : ExportTests(server);
