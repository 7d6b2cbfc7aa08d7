namespace Tunduk.Adapter.Configuration;

/// <summary>The archive (ARCHIVE.md).</summary>
public sealed class ArchiveOptions
{
    /// <summary>Folder of the embedded store. No default.</summary>
    public string Folder { get; set; } = "";

    /// <summary>Folder of the key store: epoch keys and index keys. Outside <see cref="Folder"/> and its backups. No default.</summary>
    public string Keys { get; set; } = "";

    /// <summary>
    /// File of the master key that wraps the epoch keys; outside <see cref="Folder"/> and <see cref="Keys"/>, readable by
    /// the owner only. Made at the first start, when the key store is empty; a missing one stops later starts. Or
    /// <c>env:NAME</c>: the environment variable that holds the key as 64 hexadecimal digits. No default.
    /// </summary>
    public string MasterKey { get; set; } = "";

    /// <summary>Folder of the head store, on another volume. No default outside the sandbox.</summary>
    public string Head { get; set; } = "";

    /// <summary>File each checkpoint is appended to, on another volume; empty means no file anchor.</summary>
    public string? AnchorFile { get; set; }

    /// <summary>Origin of the log, unique to it. Default: made at first start from the first own subsystem and 8 random bytes, then kept.</summary>
    public string? Origin { get; set; }

    /// <summary>Longest time entries wait for a checkpoint. Range 1 s–1 h, default 10 s.</summary>
    public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Entries after which a checkpoint is made at once. Range 1–1,000,000, default 10,000.</summary>
    public int CheckpointEntries { get; set; } = 10_000;
}
