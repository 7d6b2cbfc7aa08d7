using Npgsql;
using Tunduk.Archive.Writing;

namespace Tunduk.Archive.Postgres;

/// <summary>One connection: statements with positional parameters, and errors of the server as faults of the archive. One thread at a time.</summary>
internal sealed class PostgresDb(NpgsqlConnection connection) : IDisposable
{
    private const string DiskFull = "53100";
    private const string ReadOnlyTransaction = "25006";
    private readonly List<string> warnings = [];
    private bool listening;

    public NpgsqlConnection Connection => connection;

    /// <summary>Told each query with its parameters before it is asked.</summary>
    public Action<string, object[]>? Asking { get; set; }

    public static PostgresDb Open(NpgsqlDataSource source) => Guard(() => new PostgresDb(source.OpenConnection()));

    public void Execute(string sql, params object[] parameters) => Guard(() =>
    {
        using NpgsqlCommand command = Command(sql, parameters);
        return command.ExecuteNonQuery();
    });

    public int Change(string sql, params object[] parameters) => Guard(() =>
    {
        using NpgsqlCommand command = Command(sql, parameters);
        return command.ExecuteNonQuery();
    });

    public List<T> Query<T>(string sql, Func<NpgsqlDataReader, T> read, params object[] parameters) => Guard(() =>
    {
        Asking?.Invoke(sql, parameters);
        using NpgsqlCommand command = Command(sql, parameters);
        using NpgsqlDataReader reader = command.ExecuteReader();
        List<T> rows = [];
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    });

    /// <summary>Rows one at a time as the server sends them; the connection is busy until the end.</summary>
    public IEnumerable<T> Stream<T>(string sql, Func<NpgsqlDataReader, T> read, params object[] parameters)
    {
        using NpgsqlCommand command = Command(sql, parameters);
        using NpgsqlDataReader reader = Guard(() => command.ExecuteReader());
        while (Guard(reader.Read))
        {
            yield return Guard(() => read(reader));
        }
    }

    public void Transaction(Action action) => Guard(() =>
    {
        using NpgsqlTransaction transaction = connection.BeginTransaction();
        action();
        Commit(transaction);
        return 0;
    });

    /// <summary>Commits, and takes a warning of the server for what it is: the commit may be on one machine only.</summary>
    public void Commit(NpgsqlTransaction transaction)
    {
        if (!listening)
        {
            connection.Notice += (_, notice) =>
            {
                if (notice.Notice.InvariantSeverity is not ("NOTICE" or "INFO" or "LOG" or "DEBUG"))
                {
                    warnings.Add(notice.Notice.SqlState + ": " + notice.Notice.MessageText);
                }
            };
            listening = true;
        }

        warnings.Clear();
        transaction.Commit();
        if (warnings.Count > 0)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveUnwritable, Phrases.Of("Postgres.PostgreSQLWarnedCommitNot", warnings[0]));
        }
    }

    public void Dispose() => connection.Dispose();

    public static T Guard<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (PostgresException e)
        {
            // The message of a server error may name columns and codes; its detail may hold values and is not shown.
            ArchiveFaultCode code = e.SqlState switch
            {
                DiskFull => ArchiveFaultCode.ArchiveFull,
                ReadOnlyTransaction => ArchiveFaultCode.ArchiveUnwritable,
                PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification or PostgresErrorCodes.InvalidCatalogName => ArchiveFaultCode.ArchiveSettings,
                _ => ArchiveFaultCode.ArchiveUnwritable,
            };
            throw new StoreException(code, Phrases.Of("Postgres.PostgreSQLRefused", e.SqlState, e.MessageText), e) { Remedy = RemedyOf(e.SqlState) };
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or IOException or InvalidOperationException { InnerException: NpgsqlException })
        {
            throw new StoreException(ArchiveFaultCode.ArchiveUnwritable, Phrases.Of("Postgres.PostgreSQLCannotReached", e.Message), e) { Remedy = Phrases.Of("Postgres.CheckServerItsAddress") };
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveSettings, Phrases.Of("Postgres.ConnectionStringArchiveMalformed"), e);
        }
    }

    // Where the code of the fault says enough: null. Of the rest the server's own code says what refuses, and nothing about a volume.
    private static string? RemedyOf(string state) => state switch
    {
        DiskFull or PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification or PostgresErrorCodes.InvalidCatalogName => null,
        ReadOnlyTransaction => Phrases.Of("Postgres.LetAdaptersRoleWrite"),
        _ => Phrases.Of("Postgres.TakeAwayWhatServer"),
    };

    private NpgsqlCommand Command(string sql, object[] parameters)
    {
        NpgsqlCommand command = new(sql, connection);
        foreach (object value in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
