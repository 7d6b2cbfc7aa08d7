using Tunduk.Archive.Searching;

namespace Tunduk.Archive.Sqlite;

/// <summary>Tables of the embedded archive, and how a file says which version of them it has.</summary>
/// <remarks>
/// An entry's key is <c>seq = log number · 2^40 + index</c>, so that the entries of a log lie together in order, every row that belongs
/// to a record finds it by one integer, and "newest first" is one descending scan. Times never decrease within a log, so a time is
/// found by bisection of seq and needs no index. Columns of <c>entry</c> beside the leaf, and its row of <c>shape</c>, repeat what stands
/// in the leaf, for search only; <c>verify</c> compares them.
/// <para>
/// A shape is everything of the metadata that can be searched by; a few thousand are common. With it one index of <c>entry</c> and one of
/// <c>term</c> serve every combination of conditions, newest first (<see cref="Searching.EntrySearch"/>).
/// </para>
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
    public const int Version = 4;

    /// <summary>Statements that lead from version n + 1 to the next one; each runs in one transaction with the new version number.</summary>
    public static readonly IReadOnlyList<string> Migrations =
    [
        "CREATE TABLE journal(id BLOB NOT NULL PRIMARY KEY, applied INTEGER NOT NULL) WITHOUT ROWID",
        "CREATE INDEX entry_key ON entry(kind) WHERE kind = 10",
        $"""
        {Shape}
        INSERT INTO shape({EntryShape.Columns}) SELECT DISTINCT kind, role, coalesce(counterparty, 0), coalesce(own, 0), coalesce(service, 0), coalesce(agreement, 0),
          coalesce(stage, 0), coalesce(code, 0), {SignatureOfLeaf} FROM entry;
        ALTER TABLE entry RENAME TO entry_before;
        DROP INDEX entry_link;
        DROP INDEX entry_key;
        {Entry}
        INSERT INTO entry(seq, time, kind, shape, link, leaf, hash) SELECT e.seq, e.time, e.kind, s.id, e.link, e.leaf, e.hash FROM entry_before e CROSS JOIN shape s
          ON s.kind = e.kind AND s.role = e.role AND s.counterparty = coalesce(e.counterparty, 0) AND s.own = coalesce(e.own, 0) AND s.service = coalesce(e.service, 0)
          AND s.agreement = coalesce(e.agreement, 0) AND s.stage = coalesce(e.stage, 0) AND s.code = coalesce(e.code, 0) AND s.signature = {SignatureOfLeaf} ORDER BY e.seq;
        DROP TABLE entry_before;
        ALTER TABLE term RENAME TO term_before;
        {Term}
        INSERT INTO term(mac, shape, seq) SELECT t.mac, coalesce(e.shape, 0), t.seq FROM term_before t LEFT JOIN entry e ON e.seq = t.seq ORDER BY t.mac, e.shape, t.seq;
        DROP TABLE term_before;
        """,
    ];

    public const string Create = $"""
        CREATE TABLE log(no INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, origin TEXT NOT NULL);
        CREATE TABLE name(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
        {Shape}
        {Entry}
        CREATE TABLE sealed(seq INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, wrapped BLOB NOT NULL, data BLOB NOT NULL);
        CREATE TABLE chunk(id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, part INTEGER NOT NULL, no INTEGER NOT NULL, last INTEGER NOT NULL, data BLOB NOT NULL);
        CREATE UNIQUE INDEX chunk_key ON chunk(seq, part, no);
        {Term}
        CREATE TABLE claim(mac BLOB NOT NULL PRIMARY KEY, seq INTEGER NOT NULL, until INTEGER) WITHOUT ROWID;
        CREATE INDEX claim_until ON claim(until) WHERE until IS NOT NULL;
        CREATE TABLE open_request(seq INTEGER PRIMARY KEY, reserve INTEGER NOT NULL);
        CREATE TABLE tile(log INTEGER NOT NULL, level INTEGER NOT NULL, no INTEGER NOT NULL, root BLOB NOT NULL, hashes BLOB NOT NULL, PRIMARY KEY(log, level, no));
        CREATE TABLE checkpoint(id INTEGER PRIMARY KEY, log INTEGER NOT NULL, size INTEGER NOT NULL, time INTEGER NOT NULL, note TEXT NOT NULL);
        CREATE INDEX checkpoint_log ON checkpoint(log, size);
        CREATE TABLE journal(id BLOB NOT NULL PRIMARY KEY, applied INTEGER NOT NULL) WITHOUT ROWID;
        """;

    /// <summary>What is missing of the tables and indexes, and what somebody put beside them, each by its name. Statistics of SQLite are nobody's.</summary>
    public static IReadOnlyList<string> Differences(SqliteDb file)
    {
        using SqliteDb made = SqliteDb.InMemory();
        made.Execute(Create);
        List<string> expected = Names(made);
        List<string> found = Names(file);
        return [.. expected.Except(found).Select(static one => Phrases.Of("Sqlite.SchemaMissing", one)), .. found.Except(expected).Select(static one => Phrases.Of("Sqlite.SchemaForeign", one))];
    }

    private static List<string> Names(SqliteDb of) =>
        of.Query("SELECT type || ' ' || name FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name", static _ => { }, static row => row.Text(0) ?? "");

    private const string Shape = """
        CREATE TABLE shape(id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, role INTEGER NOT NULL, counterparty INTEGER NOT NULL, own INTEGER NOT NULL, service INTEGER NOT NULL,
          agreement INTEGER NOT NULL, stage INTEGER NOT NULL, code INTEGER NOT NULL, signature INTEGER NOT NULL,
          UNIQUE(kind, role, counterparty, own, service, agreement, stage, code, signature));
        """;

    private const string Entry = """
        CREATE TABLE entry(
          seq INTEGER PRIMARY KEY, time INTEGER NOT NULL, kind INTEGER NOT NULL, shape INTEGER NOT NULL, link INTEGER, leaf BLOB NOT NULL, hash BLOB NOT NULL);
        CREATE INDEX entry_shape ON entry(shape);
        CREATE INDEX entry_link ON entry(link) WHERE link IS NOT NULL;
        CREATE INDEX entry_key ON entry(kind) WHERE kind = 10;
        """;

    private const string Term = "CREATE TABLE term(mac BLOB NOT NULL, shape INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY(mac, shape, seq)) WITHOUT ROWID;";

    // Byte 39 of the leaf (proto/ENTRY-FORMAT.md §2) as a number.
    private const string SignatureOfLeaf = "instr(x'000102030405', substr(leaf, 40, 1)) - 1";
}
