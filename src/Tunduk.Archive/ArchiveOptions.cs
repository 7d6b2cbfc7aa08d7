using Tunduk.Evidence.Log;

namespace Tunduk.Archive;

/// <summary>Settings of an archive. Paths have no defaults.</summary>
public sealed record ArchiveOptions
{
    /// <summary>Bytes that must stay free for exchanges where nothing else is said: 64 MiB.</summary>
    public const long LeastFreeForExchanges = 64L << 20;

    /// <summary>Folder of the embedded database. Local file system only. Not used with PostgreSQL.</summary>
    public string Folder { get; init; } = "";

    /// <summary>Folder of the head store and the erasure journal: another path, better another volume, never inside <see cref="Folder"/>.</summary>
    public required string HeadFolder { get; init; }

    /// <summary>Folder of the epoch keys: another path, not part of the database's backup.</summary>
    public required string KeyFolder { get; init; }

    /// <summary>
    /// The master key that wraps the epoch keys: a file of 32 bytes or 64 hexadecimal digits, mode 0600, which is made if
    /// <see cref="CreateMasterKey"/> says so; or <c>env:NAME</c>, an environment variable with 64 hexadecimal digits.
    /// </summary>
    public required string MasterKeyFile { get; init; }

    /// <summary>The token's key that opens the master key, whose file is then wrapped by it; null: the file holds the key itself.</summary>
    public MasterKeyToken? MasterKeyToken { get; init; }

    /// <summary>Make the master key file on first start. Default false: a missing key stops the start.</summary>
    public bool CreateMasterKey { get; init; }

    /// <summary>First part of the log's origin, e.g. the owner's subsystem; the log id is added. Neither spaces nor plus.</summary>
    public required string OriginPrefix { get; init; }

    /// <summary>Files that every checkpoint is appended to; best on another volume. Default none: <c>doctor</c> warns.</summary>
    public IReadOnlyList<string> AnchorFiles { get; init; } = [];

    /// <summary>Places outside this host that every checkpoint is sent to: HTTPS, syslog. Default none.</summary>
    public IReadOnlyList<AnchorOptions> Anchors { get; init; } = [];

    /// <summary>A checkpoint is signed at least this often while entries arrive. 1 s to 1 h, default 10 s.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>… and after this many entries. 1 to 1,000,000, default 10,000.</summary>
    public int CheckpointEntries { get; init; } = 10_000;

    /// <summary>… and when idle. 1 min to 1 day, default 1 h.</summary>
    public TimeSpan IdleCheckpointInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// The keys that sign checkpoints while the archive is open, asked before each one: another <c>Current</c> is announced by an entry first.
    /// Null: the signer the archive was opened with, for ever.
    /// </summary>
    public ICheckpointKeys? CheckpointKeys { get; init; }

    /// <summary>Authority that stamps checkpoints; null: none, and reports say so.</summary>
    public ICheckpointTimestamper? Timestamper { get; init; }

    /// <summary>The newest checkpoint is stamped this often while entries arrive. 1 min to 1 day, default 1 h; the first one is stamped at once.</summary>
    public TimeSpan TimestampInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Distance of the clock from the authority's that is an alarm. Default 5 s.</summary>
    public TimeSpan ClockAlarm { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Distance from which on nothing but ends of requests is appended. Default 60 s.</summary>
    public TimeSpan ClockRefusal { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>While it can be written, the head store follows acknowledged appends at least this closely. 0.1 s to 1 min, default 1 s.</summary>
    public TimeSpan HeadInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The bound of the head store's lag: once it has not vouched for an entry for so long, nothing is appended but ends of requests and what may
    /// cure it. <see cref="HeadInterval"/> to 1 h, default 1 min.
    /// </summary>
    public TimeSpan HeadLag { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Entries in one commit at most. 1 to 10,000, default 512.</summary>
    public int MaxBatch { get; init; } = 512;

    /// <summary>Appends that may wait; more are refused as <c>archive_busy</c>. 1 to 1,000,000, default 10,000.</summary>
    public int MaxQueue { get; init; } = 10_000;

    /// <summary>Bytes kept back on disk for answers to requests that are under way. Default 64 MiB.</summary>
    public long AnswerReserve { get; init; } = 64L << 20;

    /// <summary>Free bytes below which new exchanges are refused. Default 64 MiB.</summary>
    public long MinFreeForExchanges { get; init; } = LeastFreeForExchanges;

    /// <summary>Free bytes below which refusals are no longer archived. Default 96 MiB: a flood of refusals cannot stop exchanges.</summary>
    public long MinFreeForRefusals { get; init; } = 96L << 20;

    /// <summary>Free bytes below which nothing else is appended but ends of requests; accesses may go down to here. Default 16 MiB.</summary>
    public long MinFreeForAccess { get; init; } = 16L << 20;

    /// <summary>How long a new epoch key is used. 1 day to 1 year, default 30 days.</summary>
    public TimeSpan EpochLength { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How far the clock may stand before the newest entry's time; within it the entry's time is used again. Default 60 s.</summary>
    public TimeSpan MaxClockStepBack { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Wait before a store that failed is reopened. Default 1 s.</summary>
    public TimeSpan ReopenDelay { get; init; } = TimeSpan.FromSeconds(1);
}
