namespace Tunduk.Archive;

/// <summary>Where a PostgreSQL archive is, and what is asked of it.</summary>
public sealed class PostgresOptions
{
    /// <summary>Npgsql connection string. It holds a password: from a file or the environment, never from a configuration that is shown.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>
    /// The connection string as it stands now, asked at every new connection for its password alone, so that a password may be changed while the archive
    /// is open. Null, the default, an answer of null or without password: that of <see cref="ConnectionString"/>. Not asked where that has none.
    /// </summary>
    public Func<string?>? CurrentConnectionString { get; init; }

    /// <summary>Name of this adapter instance, unique in the database: its log is found by it. 1 to 200 characters, no default.</summary>
    public required string Instance { get; init; }

    /// <summary>A commit must wait for a standby: <c>synchronous_standby_names</c> must not be empty, at the start and at each commit. Default false.</summary>
    public bool RequireStandby { get; init; }

    /// <summary>
    /// Bytes that the database may take; exchanges are refused before it has them. Null, the default: not bounded, and only the volume of a server
    /// on this host that says where its data are is looked at.
    /// </summary>
    public long? Capacity { get; init; }

    /// <summary>Longest wait for one statement of the writer; a standby that is away counts. 1 s to 10 min, default 30 s.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
