using System.Globalization;
using Tunduk.Archive.Writing;

namespace Tunduk.Archive.Postgres;

/// <summary>Tables of the PostgreSQL archive: the same columns as SQLite's, partitioned by the month of the entry's time.</summary>
internal static class PostgresSchema
{
    /// <summary>Older versions are migrated forward, newer ones are refused.</summary>
    public const int Version = 4;

    // "TAr1" as a number: the lock under which tables and partitions are made.
    private const long DdlLock = 0x54417231;

    /// <summary>Statements that lead from version n to n + 1, from an empty database on.</summary>
    private static readonly IReadOnlyList<string> Migrations =
    [
        """
        CREATE TABLE archive_version(version integer NOT NULL);
        INSERT INTO archive_version VALUES (0);
        CREATE TABLE log(
          no integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id bytea NOT NULL UNIQUE, origin text NOT NULL, instance text NOT NULL,
          size bigint NOT NULL DEFAULT 0, fence bigint NOT NULL DEFAULT 0);
        CREATE INDEX log_instance ON log(instance, no);
        CREATE TABLE name(id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text NOT NULL UNIQUE);
        CREATE TABLE entry(
          seq bigint NOT NULL, time bigint NOT NULL, kind bigint NOT NULL, role bigint NOT NULL,
          counterparty bigint, own bigint, service bigint, agreement bigint, stage bigint, code bigint,
          link bigint, leaf bytea NOT NULL, hash bytea NOT NULL, PRIMARY KEY(seq, time)) PARTITION BY RANGE(time);
        CREATE INDEX entry_time ON entry(time, seq);
        CREATE INDEX entry_counterparty ON entry(counterparty) WHERE counterparty IS NOT NULL;
        CREATE INDEX entry_service ON entry(service) WHERE service IS NOT NULL;
        CREATE INDEX entry_code ON entry(code) WHERE code IS NOT NULL;
        CREATE INDEX entry_link ON entry(link) WHERE link IS NOT NULL;
        CREATE TABLE sealed(seq bigint NOT NULL, time bigint NOT NULL, epoch integer NOT NULL, wrapped bytea NOT NULL, data bytea NOT NULL, PRIMARY KEY(seq, time)) PARTITION BY RANGE(time);
        ALTER TABLE sealed ALTER COLUMN data SET STORAGE EXTERNAL;
        CREATE TABLE chunk(
          seq bigint NOT NULL, time bigint NOT NULL, part integer NOT NULL, no integer NOT NULL, last integer NOT NULL, data bytea NOT NULL,
          PRIMARY KEY(seq, part, no, time)) PARTITION BY RANGE(time);
        ALTER TABLE chunk ALTER COLUMN data SET STORAGE EXTERNAL;
        CREATE TABLE term(mac bytea NOT NULL, seq bigint NOT NULL, time bigint NOT NULL, PRIMARY KEY(mac, seq, time)) PARTITION BY RANGE(time);
        CREATE TABLE claim(mac bytea PRIMARY KEY, seq bigint NOT NULL, until bigint, before bigint);
        CREATE INDEX claim_until ON claim(until) WHERE until IS NOT NULL;
        CREATE TABLE open_request(seq bigint PRIMARY KEY, reserve integer NOT NULL);
        CREATE TABLE tile(log integer NOT NULL, level integer NOT NULL, no bigint NOT NULL, root bytea NOT NULL, hashes bytea NOT NULL, PRIMARY KEY(log, level, no));
        ALTER TABLE tile ALTER COLUMN hashes SET STORAGE EXTERNAL;
        CREATE TABLE checkpoint(log integer NOT NULL, no bigint NOT NULL, size bigint NOT NULL, time bigint NOT NULL, note text NOT NULL, PRIMARY KEY(log, no));
        CREATE TABLE journal(id bytea PRIMARY KEY, applied bigint NOT NULL);
        """,
        "CREATE INDEX entry_key ON entry(seq) WHERE kind = 10",
        """
        CREATE TABLE shape(id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, kind bigint NOT NULL, role bigint NOT NULL, counterparty bigint NOT NULL, own bigint NOT NULL,
          service bigint NOT NULL, agreement bigint NOT NULL, stage bigint NOT NULL, code bigint NOT NULL, signature bigint NOT NULL,
          UNIQUE(kind, role, counterparty, own, service, agreement, stage, code, signature));
        INSERT INTO shape(kind, role, counterparty, own, service, agreement, stage, code, signature)
          SELECT DISTINCT kind, role, coalesce(counterparty, 0), coalesce(own, 0), coalesce(service, 0), coalesce(agreement, 0), coalesce(stage, 0), coalesce(code, 0), get_byte(leaf, 39) FROM entry;
        ALTER TABLE entry ADD COLUMN shape integer;
        UPDATE entry e SET shape = s.id FROM shape s WHERE s.kind = e.kind AND s.role = e.role AND s.counterparty = coalesce(e.counterparty, 0) AND s.own = coalesce(e.own, 0)
          AND s.service = coalesce(e.service, 0) AND s.agreement = coalesce(e.agreement, 0) AND s.stage = coalesce(e.stage, 0) AND s.code = coalesce(e.code, 0) AND s.signature = get_byte(e.leaf, 39);
        ALTER TABLE entry ALTER COLUMN shape SET NOT NULL, DROP COLUMN role, DROP COLUMN counterparty, DROP COLUMN own, DROP COLUMN service,
          DROP COLUMN agreement, DROP COLUMN stage, DROP COLUMN code;
        CREATE INDEX entry_shape ON entry(shape, time, seq);
        ALTER TABLE term ADD COLUMN shape integer NOT NULL DEFAULT 0;
        UPDATE term t SET shape = e.shape FROM entry e WHERE e.seq = t.seq AND e.time = t.time;
        ALTER TABLE term ALTER COLUMN shape DROP DEFAULT, DROP CONSTRAINT term_pkey, ADD PRIMARY KEY (mac, shape, time, seq);
        """,

        // In four rows a tile lies in its table and not in TOAST: to read one takes half the pages. Its root stands in the first.
        """
        ALTER TABLE tile RENAME TO tile_before;
        ALTER INDEX tile_pkey RENAME TO tile_before_pkey;
        CREATE TABLE tile(log integer NOT NULL, level integer NOT NULL, no bigint NOT NULL, part integer NOT NULL, root bytea, hashes bytea NOT NULL, PRIMARY KEY(log, level, no, part));
        ALTER TABLE tile ALTER COLUMN root SET STORAGE PLAIN, ALTER COLUMN hashes SET STORAGE PLAIN;
        INSERT INTO tile(log, level, no, part, root, hashes)
          SELECT t.log, t.level, t.no, p, CASE WHEN p = 0 THEN t.root END, substr(t.hashes, p * 2048 + 1, 2048) FROM tile_before t CROSS JOIN generate_series(0, 3) AS p
          ORDER BY t.log, t.level, t.no, p;
        DROP TABLE tile_before;
        """,
    ];

    private static readonly string[] Partitioned = ["entry", "sealed", "chunk", "term"];

    private static readonly string[] Tables = [.. Partitioned, "archive_version", "log", "name", "shape", "claim", "open_request", "tile", "checkpoint", "journal"];

    /// <summary>Makes or migrates the tables; safe when several adapters start at once.</summary>
    public static void Migrate(PostgresDb db)
    {
        if (Found(db) == Version)
        {
            return;
        }

        db.Transaction(() =>
        {
            db.Execute("SELECT pg_advisory_xact_lock($1)", DdlLock);
            for (int version = Found(db); version < Version; version++)
            {
                db.Execute(Migrations[version]);
                db.Execute("UPDATE archive_version SET version = $1", version + 1);
            }
        });
    }

    /// <summary>Version of the tables; 0 where there are none.</summary>
    /// <exception cref="StoreException">They are newer than this program.</exception>
    public static int Found(PostgresDb db)
    {
        // From the catalog's table: what another session has just made may still be unknown to this one's cache of names.
        bool there = db.Query("SELECT count(*) FROM pg_tables WHERE tablename = 'archive_version' AND schemaname = ANY(current_schemas(false))", static row => row.GetInt64(0))[0] > 0;
        int version = there ? db.Query("SELECT version FROM archive_version", static row => row.GetInt32(0)).FirstOrDefault() : 0;
        return version <= Version
            ? version
            : throw new StoreException(ArchiveFaultCode.ArchiveUnreadable, Phrases.Of("Postgres.ArchiveTablesVersionProgramKnows", version, Version));
    }

    /// <summary>
    /// That a row the server takes is kept, and kept as it was given: every table is there and logged (an unlogged one is empty after a
    /// crash), nobody's trigger or rule lies on it, and this role may do with it what it will have to: who may begin a request and not end it begins none.
    /// </summary>
    /// <exception cref="StoreException">A table is not so; it is named.</exception>
    public static void CheckTables(PostgresDb db)
    {
        (string Table, string? Fault) first = db.Query(
            """
            WITH own AS (SELECT n AS name, to_regclass(quote_ident(n))::oid AS oid FROM unnest($1::text[]) AS n),
              every AS (SELECT name, oid FROM own UNION ALL SELECT c.relname, c.oid FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent IN (SELECT oid FROM own)),
              found AS (SELECT e.name, CASE
                WHEN c.oid IS NULL THEN 'missing'
                WHEN c.relkind NOT IN ('r', 'p') THEN 'other'
                WHEN c.relpersistence <> 'p' THEN 'unlogged'
                WHEN EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal) THEN 'trigger'
                WHEN EXISTS (SELECT FROM pg_rewrite r WHERE r.ev_class = c.oid) THEN 'rule'
                WHEN e.name = ANY($1) AND NOT (SELECT bool_and(has_table_privilege(c.oid, p)) FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS p) THEN 'rights' END AS fault
                FROM every e LEFT JOIN pg_class c ON c.oid = e.oid)
            SELECT name, fault FROM found WHERE fault IS NOT NULL ORDER BY name LIMIT 1
            """,
            static row => (row.GetString(0), (string?)row.GetString(1)), (object)Tables).FirstOrDefault();
        if (first.Fault is null)
        {
            return;
        }

        throw first.Fault switch
        {
            "missing" => new StoreException(ArchiveFaultCode.ArchiveUnreadable, Phrases.Of("Postgres.TableMissing", first.Table)),
            "other" => new StoreException(ArchiveFaultCode.ArchiveSettings, Phrases.Of("Postgres.TableNoTable", first.Table)) { Remedy = Phrases.Of("Postgres.RestoreDatabaseTables") },
            "unlogged" => new StoreException(ArchiveFaultCode.ArchiveSettings, Phrases.Of("Postgres.TableUnlogged", first.Table)) { Remedy = Phrases.Of("Postgres.AlterTableSetLogged", first.Table) },
            "rights" => new StoreException(ArchiveFaultCode.ArchiveSettings, Phrases.Of("Postgres.TableRightsMissing", first.Table)) { Remedy = Phrases.Of("Postgres.GrantTableRights", first.Table) },
            _ => new StoreException(ArchiveFaultCode.ArchiveSettings, Phrases.Of("Postgres.TableHasTrigger", first.Table)) { Remedy = Phrases.Of("Postgres.DropTriggerOrRule", first.Table) },
        };
    }

    /// <summary>Makes the partitions of a month if they are not there.</summary>
    /// <exception cref="StoreException">Another table has the name of one.</exception>
    public static void MakeMonth(PostgresDb db, int month)
    {
        string name = NameOf(month);
        if (Stranger(db, name) is null)
        {
            return;
        }

        long from = BeginOf(month);
        long until = BeginOf(month + 1);
        db.Transaction(() =>
        {
            db.Execute("SELECT pg_advisory_xact_lock($1)", DdlLock);
            foreach (string table in Partitioned)
            {
                db.Execute(string.Create(CultureInfo.InvariantCulture, $"CREATE TABLE IF NOT EXISTS {table}_{name} PARTITION OF {table} FOR VALUES FROM ({from}) TO ({until})"));
            }
        });
        if (Stranger(db, name) is { } table)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveSettings, Phrases.Of("Postgres.TableNoPartition", $"{table}_{name}", table))
            {
                Remedy = Phrases.Of("Postgres.AttachOrRename", $"{table}_{name}", table, from, until),
            };
        }
    }

    // A table whose partition of the month is not there; null: all are. A table with such a name may be nobody's partition.
    private static string? Stranger(PostgresDb db, string month) => db.Query(
        "SELECT t FROM unnest($1::text[]) AS t WHERE NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = to_regclass(t || '_' || $2) AND inhparent = to_regclass(t)) ORDER BY t LIMIT 1",
        static row => row.GetString(0), Partitioned, month).FirstOrDefault();

    /// <summary>The first times of the months that have partitions, in microseconds.</summary>
    public static List<long> Months(PostgresDb db) => db.Query("SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'entry'::regclass",
        static row => BeginOfPartition(row.GetString(0)));

    /// <summary>End of the names of a month's partitions.</summary>
    public static string NameOf(int month) => string.Create(CultureInfo.InvariantCulture, $"{month / 12:D4}_{(month % 12) + 1:D2}");

    /// <summary>Months since year 0, of a time in UTC.</summary>
    public static int MonthOf(DateTimeOffset time) => (time.UtcDateTime.Year * 12) + time.UtcDateTime.Month - 1;

    /// <summary>The first time of a month, in microseconds.</summary>
    public static long BeginOf(int month) => EntryClock.Micro(new DateTimeOffset(month / 12, (month % 12) + 1, 1, 0, 0, 0, TimeSpan.Zero));

    /// <summary>The first time of a partition's month by its name, in microseconds.</summary>
    public static long BeginOfPartition(string name)
    {
        string[] parts = name.Split('_');
        return BeginOf((int.Parse(parts[^2], CultureInfo.InvariantCulture) * 12) + int.Parse(parts[^1], CultureInfo.InvariantCulture) - 1);
    }
}
