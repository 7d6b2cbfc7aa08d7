using System.Globalization;
using Npgsql;

namespace Tunduk.Archive.Postgres;

/// <summary>Gives the room of what was erased back to the server's volume, on a connection of its own.</summary>
/// <remarks>
/// A plain VACUUM makes room for rows that come later, and none come into a month that is over. So a partition of such a month that holds
/// little more than emptied rows is built anew, which takes as long as copying what is left of it; who reads that month waits so long,
/// and where somebody is reading it is left for the next time.
/// LIMIT: what was erased stays in the server's write-ahead log and in replicas until those are written over; sealing the epoch makes it
/// unreadable there.
/// </remarks>
internal static class PostgresReclaim
{
    private const string LockNotAvailable = "55P03";
    private const long Worthwhile = 1 << 20;

    public static void Run(PostgresDb db, int currentMonth, bool deep)
    {
        db.Execute("SET vacuum_cost_delay = '2ms'");
        db.Execute("VACUUM (SKIP_LOCKED) sealed, chunk, term, claim");
        db.Execute("SET lock_timeout = '2s'");
        foreach (string table in new[] { "sealed", "chunk" })
        {
            foreach ((string name, long bytes) in db.Query(
                "SELECT c.relname::text, pg_table_size(c.oid) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = to_regclass($1) ORDER BY 1",
                static row => (row.GetString(0), row.GetInt64(1)), table))
            {
                bool over = string.CompareOrdinal(name, $"{table}_{PostgresSchema.NameOf(currentMonth)}") < 0;
                if ((over || deep) && bytes > Worthwhile && bytes > 2 * Live(db, table, name) + Worthwhile)
                {
                    Rebuild(db, name);
                }
            }
        }
    }

    // Rows and their overhead; names of partitions are our own.
    private static long Live(PostgresDb db, string table, string name) => db.Query(
        string.Create(CultureInfo.InvariantCulture, $"SELECT coalesce(sum({(table == "sealed" ? "length(wrapped) + " : "")}length(data) + 64), 0)::bigint FROM {name}"),
        static row => row.GetInt64(0))[0];

    private static void Rebuild(PostgresDb db, string name)
    {
        try
        {
            db.Execute($"VACUUM (FULL) {name}");
        }
        catch (Writing.StoreException e) when (e.InnerException is PostgresException { SqlState: LockNotAvailable })
        {
            // Somebody reads it: the next time.
        }
    }
}
