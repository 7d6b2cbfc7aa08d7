namespace Tunduk.Archive.Sqlite;

/// <summary>Tables of the embedded archive, and how a file says which version of them it has.</summary>
/// <remarks>
/// An entry's key is <c>seq = log number · 2^40 + index</c>, so that the entries of a log lie together in order, every row that belongs
/// to a record finds it by one integer, and "newest first" is one descending scan. Times never decrease within a log, so a time is
/// found by bisection of seq and needs no index. Columns of <c>entry</c> beside the leaf repeat what stands in the leaf, for search
/// only; <c>verify</c> compares them.
/// <para>
/// <c>sealed</c> and <c>chunk</c> only ever grow at their end, and erasing writes shorter or equally long rows in place: so SQLite
/// never moves their content to another page, where <c>secure_delete</c> would not follow it. An erased row stays, empty.
/// <c>journal</c> says how much of an erasure journal was applied, so that what a restored copy lacks is known.
/// </para>
/// </remarks>
internal static class SqliteSchema
{
    /// <summary>In the file's header (application_id): "TAr1".</summary>
    public const int ApplicationId = 0x54417231;

    /// <summary>In the file's header (user_version). Older versions are migrated forward, newer ones are refused.</summary>
    public const int Version = 3;

    /// <summary>Statements that lead from version n + 1 to the next one; each runs in one transaction with the new version number.</summary>
    public static readonly IReadOnlyList<string> Migrations =
    [
        "CREATE TABLE journal(id BLOB NOT NULL PRIMARY KEY, applied INTEGER NOT NULL) WITHOUT ROWID",
        "CREATE INDEX entry_key ON entry(kind) WHERE kind = 10",
    ];

    public const string Create = """
        CREATE TABLE log(no INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, origin TEXT NOT NULL);
        CREATE TABLE name(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
        CREATE TABLE entry(
          seq INTEGER PRIMARY KEY, time INTEGER NOT NULL, kind INTEGER NOT NULL, role INTEGER NOT NULL,
          counterparty INTEGER, own INTEGER, service INTEGER, agreement INTEGER, stage INTEGER, code INTEGER,
          link INTEGER, leaf BLOB NOT NULL, hash BLOB NOT NULL);
        CREATE INDEX entry_counterparty ON entry(counterparty) WHERE counterparty IS NOT NULL;
        CREATE INDEX entry_service ON entry(service) WHERE service IS NOT NULL;
        CREATE INDEX entry_code ON entry(code) WHERE code IS NOT NULL;
        CREATE INDEX entry_link ON entry(link) WHERE link IS NOT NULL;
        CREATE INDEX entry_key ON entry(kind) WHERE kind = 10;
        CREATE TABLE sealed(seq INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, wrapped BLOB NOT NULL, data BLOB NOT NULL);
        CREATE TABLE chunk(id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, part INTEGER NOT NULL, no INTEGER NOT NULL, last INTEGER NOT NULL, data BLOB NOT NULL);
        CREATE UNIQUE INDEX chunk_key ON chunk(seq, part, no);
        CREATE TABLE term(mac BLOB NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY(mac, seq)) WITHOUT ROWID;
        CREATE TABLE claim(mac BLOB NOT NULL PRIMARY KEY, seq INTEGER NOT NULL, until INTEGER) WITHOUT ROWID;
        CREATE INDEX claim_until ON claim(until) WHERE until IS NOT NULL;
        CREATE TABLE open_request(seq INTEGER PRIMARY KEY, reserve INTEGER NOT NULL);
        CREATE TABLE tile(log INTEGER NOT NULL, level INTEGER NOT NULL, no INTEGER NOT NULL, root BLOB NOT NULL, hashes BLOB NOT NULL, PRIMARY KEY(log, level, no));
        CREATE TABLE checkpoint(id INTEGER PRIMARY KEY, log INTEGER NOT NULL, size INTEGER NOT NULL, time INTEGER NOT NULL, note TEXT NOT NULL);
        CREATE INDEX checkpoint_log ON checkpoint(log, size);
        CREATE TABLE journal(id BLOB NOT NULL PRIMARY KEY, applied INTEGER NOT NULL) WITHOUT ROWID;
        """;
}
