using Microsoft.Data.Sqlite;
using Tunduk.Evidence.Bundles;
using Tunduk.Evidence.Log;

namespace Tunduk.Verifier;

/// <summary>
/// A copy of an embedded archive, read without the program that wrote it: entries and checkpoints only, nothing sealed is opened.
/// </summary>
/// <remarks>LIMIT: archives in PostgreSQL are checked by a bundle that proves all, not as a copy.</remarks>
internal static class ArchiveCopy
{
    /// <summary>Name of the database in an archive's folder.</summary>
    public const string FileName = "archive.db";

    private const int IndexBits = 40;
    private const int LongestBlob = 1 << 20;

    // SQLITE_CANTOPEN and SQLITE_READONLY.
    private const int CannotOpen = 14;
    private const int IsReadOnly = 8;

    /// <summary>True when the file begins as a SQLite database does.</summary>
    public static bool IsOne(string file)
    {
        using var stream = File.OpenRead(file);
        var head = new byte[16];
        return stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length && head.AsSpan().SequenceEqual("SQLite format 3\0"u8);
    }

    /// <summary>Recomputes every log of the copy.</summary>
    public static BundleReport Verify(string file, BundleCheckOptions options, CancellationToken cancellationToken)
    {
        var verifier = new LogVerifier(options);
        try
        {
            using var database = Open(file);
            var logs = Logs(database);
            if (logs.Count == 0)
            {
                verifier.Fail(new BundleFinding("archive_empty", Phrases.Of("Verifier.ArchiveNoLog")));
            }

            foreach (var (number, log, origin) in logs)
            {
                verifier.Check(log, origin, Leaves(database, number), Notes(database, number, verifier), [], cancellationToken);
            }

            verifier.CheckSeen();
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == CannotOpen && HasOpenLog(file))
        {
            verifier.Fail(new BundleFinding("archive_unreadable", Phrases.Of("Verifier.WalHoldsEntriesDatabase", file)));
        }
        catch (SqliteException exception)
        {
            verifier.Fail(new BundleFinding("archive_unreadable", Phrases.Of("Verifier.DatabaseCannotReadSQLite", exception.SqliteErrorCode)));
        }

        return verifier.Report();
    }

    // SQLite makes files beside a database that was written as this one was. Where it may not, and the database stands alone, nobody changes
    // it and it is read as it is.
    private static SqliteConnection Open(string file)
    {
        try
        {
            return Connect(file);
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode is CannotOpen or IsReadOnly && !HasOpenLog(file))
        {
            return Connect(new Uri(Path.GetFullPath(file)).AbsoluteUri + "?immutable=1");
        }
    }

    private static SqliteConnection Connect(string source)
    {
        var database = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = source, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        try
        {
            database.Open();
            using var probe = database.CreateCommand();
            probe.CommandText = "BEGIN; SELECT count(*) FROM sqlite_schema"; // one state of it to the end, if it is written to meanwhile
            probe.ExecuteScalar();
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private static bool HasOpenLog(string file) => File.Exists(file + "-wal") && new FileInfo(file + "-wal").Length > 0;

    private static List<(int Number, LogId Log, string Origin)> Logs(SqliteConnection database)
    {
        var logs = new List<(int, LogId, string)>();
        using var command = database.CreateCommand();
        command.CommandText = "SELECT no, id, origin FROM log ORDER BY no";
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            if (rows.GetValue(1) is byte[] { Length: LogId.Size } id)
            {
                logs.Add((rows.GetInt32(0), new LogId(id), rows.GetString(2)));
            }
        }

        return logs;
    }

    private static IEnumerable<(long Index, ReadOnlyMemory<byte> Leaf)> Leaves(SqliteConnection database, int log)
    {
        using var command = database.CreateCommand();
        command.CommandText = "SELECT seq, CASE WHEN length(leaf) <= $longest THEN leaf ELSE x'' END FROM entry WHERE seq >= $from AND seq < $until ORDER BY seq";
        command.Parameters.AddWithValue("$longest", LongestBlob);
        command.Parameters.AddWithValue("$from", (long)log << IndexBits);
        command.Parameters.AddWithValue("$until", (log + 1L) << IndexBits);
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            yield return (rows.GetInt64(0) & ((1L << IndexBits) - 1), rows.GetValue(1) as byte[] ?? []);
        }
    }

    // One at a time: there is one every ten seconds of an archive's life.
    private static IEnumerable<SignedCheckpoint> Notes(SqliteConnection database, int log, LogVerifier verifier)
    {
        using var command = database.CreateCommand();
        command.CommandText = "SELECT CASE WHEN length(note) <= $longest THEN note ELSE '' END, size FROM checkpoint WHERE log = $log ORDER BY size, id";
        command.Parameters.AddWithValue("$log", log);
        command.Parameters.AddWithValue("$longest", CheckpointNote.MaxNoteBytes);
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            if (CheckpointNote.TryParse(rows.GetString(0), out var note) && note!.Size == rows.GetInt64(1))
            {
                yield return note;
            }
            else
            {
                verifier.Fail(new BundleFinding("checkpoint_malformed", Phrases.Of("Verifier.CheckpointArchiveDoesNot")));
            }
        }
    }
}
