using Microsoft.Data.Sqlite;

namespace Tunduk.Benchmarks.Exchange;

/// <summary>Looks into an adapter's archive from outside, while it runs: sizes and batches only.</summary>
internal static class ArchiveRows
{
    /// <summary>nonce and tag around a chunk.</summary>
    private const int SealOverhead = 28;

    public static string PathOf(string configuration) => Path.Combine(Path.GetDirectoryName(configuration)!, "archive", "archive.db");

    /// <summary>Key of the newest entry.</summary>
    public static long Newest(string configuration) => Scalar(configuration, "SELECT max(seq) FROM entry", 0);

    /// <summary>Entries of exchanges in a commit since an entry: all entries of a commit have its time.</summary>
    public static double BatchSize(string configuration, long since)
    {
        var entries = Scalar(configuration, "SELECT count(*) FROM entry WHERE seq > $since", since);
        var commits = Scalar(configuration, "SELECT count(DISTINCT time) FROM entry WHERE seq > $since", since);
        return commits == 0 ? 1 : (double)entries / commits;
    }

    /// <summary>Mean bytes of the newest request and response envelopes (kinds 1 and 2, kept whole as the part's first chunk).</summary>
    public static (int Request, int Response) EnvelopeSizes(string configuration)
    {
        const string Mean = "SELECT CAST(avg(length(chunk.data)) AS INTEGER) FROM entry JOIN chunk USING(seq) WHERE chunk.part = 1 AND entry.kind = $since AND entry.seq > (SELECT max(seq) - 2000 FROM entry)";
        return ((int)Scalar(configuration, Mean, 1) - SealOverhead, (int)Scalar(configuration, Mean, 2) - SealOverhead);
    }

    private static long Scalar(string configuration, string sql, long since)
    {
        using var connection = Open(configuration);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("$since", since);
        return command.ExecuteScalar() is long value ? value : 0;
    }

    private static SqliteConnection Open(string configuration)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = PathOf(configuration), Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }
}
