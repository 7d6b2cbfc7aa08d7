namespace Tunduk.Archive.Tests;

/// <summary>The shared suite on SQLite.</summary>
public sealed class SqliteArchiveTests() : ArchiveTests(new ArchiveFolder());

/// <summary>The shared suite on SQLite.</summary>
public sealed class SqliteRuleTests() : RuleTests(new ArchiveFolder());

/// <summary>The shared suite on SQLite.</summary>
public sealed class SqliteFaultTests() : FaultTests(new ArchiveFolder());

/// <summary>The shared suite on SQLite.</summary>
public sealed class SqliteEraseTests() : ErasureTests(new ArchiveFolder());

/// <summary>The shared suite on SQLite.</summary>
public sealed class SqliteRestoreTests() : RestoreTests(new ArchiveFolder());

/// <summary>The shared suite on SQLite.</summary>
public sealed class SqliteSearchTests() : SearchTests(new ArchiveFolder());

/// <summary>The shared suite on SQLite.</summary>
public sealed class SqliteOutsideTests() : OutsideTests(new ArchiveFolder());

/// <summary>The shared suite on SQLite.</summary>
public sealed class SqliteMigrationTests() : MigrationTests(new ArchiveFolder(), Back)
{
    private const string Back = """
        CREATE TABLE entry_old(
          seq INTEGER PRIMARY KEY, time INTEGER NOT NULL, kind INTEGER NOT NULL, role INTEGER NOT NULL,
          counterparty INTEGER, own INTEGER, service INTEGER, agreement INTEGER, stage INTEGER, code INTEGER,
          link INTEGER, leaf BLOB NOT NULL, hash BLOB NOT NULL);
        INSERT INTO entry_old SELECT e.seq, e.time, e.kind, s.role, nullif(s.counterparty, 0), nullif(s.own, 0), nullif(s.service, 0), nullif(s.agreement, 0),
          nullif(s.stage, 0), nullif(s.code, 0), e.link, e.leaf, e.hash FROM entry e JOIN shape s ON s.id = e.shape;
        DROP TABLE entry;
        ALTER TABLE entry_old RENAME TO entry;
        CREATE INDEX entry_counterparty ON entry(counterparty) WHERE counterparty IS NOT NULL;
        CREATE INDEX entry_service ON entry(service) WHERE service IS NOT NULL;
        CREATE INDEX entry_code ON entry(code) WHERE code IS NOT NULL;
        CREATE INDEX entry_link ON entry(link) WHERE link IS NOT NULL;
        CREATE TABLE term_old(mac BLOB NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY(mac, seq)) WITHOUT ROWID;
        INSERT INTO term_old SELECT mac, seq FROM term;
        DROP TABLE term;
        ALTER TABLE term_old RENAME TO term;
        DROP TABLE shape;
        DROP TABLE journal;
        PRAGMA user_version=1;
        """;
}
