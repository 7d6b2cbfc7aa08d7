namespace Tunduk.Adapter.Configuration;

/// <summary>The archive (ARCHIVE.md).</summary>
public sealed class ArchiveOptions
{
    /// <summary><c>sqlite</c> (embedded, one adapter) or <c>postgresql</c> (several adapters before one database). Default <c>sqlite</c>.</summary>
    public string Store { get; set; } = "sqlite";

    /// <summary>
    /// PostgreSQL: file with the connection string (mode 0600), or <c>env:NAME</c>, the environment variable that holds it; it has a password, so it
    /// never stands in <c>adapter.json</c>. Of the file the password is read anew at every new connection, anything else at a restart. No default.
    /// </summary>
    public string Connection { get; set; } = "";

    /// <summary>PostgreSQL: name of this adapter, unique in the database; its log is found by it. 1 to 200 characters, no default.</summary>
    public string Instance { get; set; } = "";

    /// <summary>PostgreSQL: an append must be on a standby before it counts; the server's <c>synchronous_standby_names</c> must not be empty, also later. Default false.</summary>
    public bool RequireStandby { get; set; }

    /// <summary>
    /// PostgreSQL: bytes that the database may take. Before it has them exchanges are refused as before a full disk (<c>archive_full</c>), answers
    /// under way are still archived. Also looked at: the volume of a server on this host (connected over its socket) that says where its data
    /// are (<c>data_directory</c>, to members of <c>pg_read_all_settings</c>). From 1 GiB, default none.
    /// </summary>
    public long? Capacity { get; set; }

    /// <summary>Folder of the embedded store. No default; not used with PostgreSQL.</summary>
    public string Folder { get; set; } = "";

    /// <summary>Folder of the key store: epoch keys and index keys. Outside <see cref="Folder"/> and its backups. No default.</summary>
    public string Keys { get; set; } = "";

    /// <summary>
    /// File of the master key that wraps the epoch keys; outside <see cref="Folder"/> and <see cref="Keys"/>, readable by
    /// the owner only. Made at the first start, when the key store is empty; a missing one stops later starts. Or
    /// <c>env:NAME</c>: the environment variable that holds the key as 64 hexadecimal digits. No default.
    /// </summary>
    public string MasterKey { get; set; } = "";

    /// <summary>A key in a token (PKCS#11) that opens <see cref="MasterKey"/>: that file then holds the key only as wrapped by it. Default none.</summary>
    public MasterKeyTokenOptions? MasterKeyToken { get; set; }

    /// <summary>Folder of the head store, on another volume. No default outside the sandbox.</summary>
    public string Head { get; set; } = "";

    /// <summary>File each checkpoint is appended to, on another volume; empty means no file anchor.</summary>
    public string? AnchorFile { get; set; }

    /// <summary>Places outside this host that every checkpoint is sent to: HTTPS, syslog. Default none.</summary>
    public List<AnchorOptions> Anchors { get; set; } = [];

    /// <summary>Origin of the log, unique to it. Default: made at first start from the first own subsystem and 8 random bytes, then kept.</summary>
    public string? Origin { get; set; }

    /// <summary>Longest time entries wait for a checkpoint. Range 1 s–1 h, default 10 s.</summary>
    public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Distance of the clock from the time-stamping authority's that is an alarm. Range 1 s–1 h, default 5 s.</summary>
    public TimeSpan ClockAlarm { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Distance from which on no exchange is archived, and so none goes on, until the clock is right. Range <see cref="ClockAlarm"/>–1 day, default 60 s.</summary>
    public TimeSpan ClockRefusal { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Entries after which a checkpoint is made at once. Range 1–1,000,000, default 10,000.</summary>
    public int CheckpointEntries { get; set; } = 10_000;
}
