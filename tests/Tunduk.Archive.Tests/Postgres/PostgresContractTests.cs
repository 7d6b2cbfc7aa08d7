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

/// <summary>The shared suite on PostgreSQL.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresRestoreTests(PostgresServer server) : RestoreTests(server.NewFolder());

/// <summary>The shared suite on PostgreSQL; the longest of them, and so beside the others, on a server of its own.</summary>
public sealed class PostgresSearchTests(PostgresServer server) : SearchTests(server.NewFolder()), IClassFixture<PostgresServer>;

/// <summary>The shared suite on PostgreSQL.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresOutsideTests(PostgresServer server) : OutsideTests(server.NewFolder());

/// <summary>The shared suite on PostgreSQL.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresMigrationTests(PostgresServer server) : MigrationTests(server.NewFolder(), Back)
{
    private const string Back = """
        ALTER TABLE entry ADD COLUMN role bigint, ADD COLUMN counterparty bigint, ADD COLUMN own bigint, ADD COLUMN service bigint, ADD COLUMN agreement bigint,
          ADD COLUMN stage bigint, ADD COLUMN code bigint;
        UPDATE entry e SET role = s.role, counterparty = nullif(s.counterparty, 0), own = nullif(s.own, 0), service = nullif(s.service, 0), agreement = nullif(s.agreement, 0),
          stage = nullif(s.stage, 0), code = nullif(s.code, 0) FROM shape s WHERE s.id = e.shape;
        ALTER TABLE entry DROP COLUMN shape, ALTER COLUMN role SET NOT NULL;
        CREATE INDEX entry_counterparty ON entry(counterparty) WHERE counterparty IS NOT NULL;
        CREATE INDEX entry_service ON entry(service) WHERE service IS NOT NULL;
        CREATE INDEX entry_code ON entry(code) WHERE code IS NOT NULL;
        ALTER TABLE term DROP CONSTRAINT term_pkey, DROP COLUMN shape, ADD PRIMARY KEY (mac, seq, time);
        DROP TABLE shape;
        DROP INDEX entry_key;
        ALTER TABLE tile RENAME TO tile_pieces;
        ALTER INDEX tile_pkey RENAME TO tile_pieces_pkey;
        CREATE TABLE tile(log integer NOT NULL, level integer NOT NULL, no bigint NOT NULL, root bytea NOT NULL, hashes bytea NOT NULL, PRIMARY KEY(log, level, no));
        ALTER TABLE tile ALTER COLUMN hashes SET STORAGE EXTERNAL;
        INSERT INTO tile SELECT log, level, no, string_agg(root, ''::bytea ORDER BY part), string_agg(hashes, ''::bytea ORDER BY part) FROM tile_pieces GROUP BY log, level, no;
        DROP TABLE tile_pieces;
        UPDATE archive_version SET version = 1;
        """;
}
