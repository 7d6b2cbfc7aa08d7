namespace Tunduk.Adapter.Configuration;

/// <summary>Bounds on what is accepted; hostile input costs no more than this.</summary>
public sealed class LimitOptions
{
    /// <summary>
    /// Largest JSON or SOAP body taken into memory, in bytes. Range 1 KiB–1 GiB, default 10 MiB. REST bodies of other types
    /// are held on disk from 1 MiB on, up to <see cref="MaxAttachment"/>.
    /// </summary>
    public int MaxBody { get; set; } = 10 * 1024 * 1024;

    /// <summary>
    /// Messages held in memory at once, over all listeners, in bytes as they arrived: requests, and what neighbours answered to them. From
    /// then on requests are refused as <c>overloaded</c> while they are read; answers, whose requests may have been executed, from twice
    /// as much on. An exchange takes several times its messages. Range 2 KiB–1 TiB, default 256 MiB; more than an eighth of the memory the
    /// process may have (a container, <c>DOTNET_GCHeapHardLimit</c>) counts as an eighth, less than twice <see cref="MaxBody"/> as twice.
    /// </summary>
    public long MaxBodies { get; set; } = 256L * 1024 * 1024;

    /// <summary>Exchanges under way at once; more are refused as <c>overloaded</c>. Range 1–100,000, default 2,000.</summary>
    public int MaxConcurrentExchanges { get; set; } = 2_000;

    /// <summary>Deepest nesting of JSON and XML. Range 8–1,000, default 64.</summary>
    public int MaxDepth { get; set; } = 64;

    /// <summary>
    /// How long a repeat is answered by the first answer, where caller and service have opted in; never longer than the
    /// archive holds that answer. Range 10 s–24 h, default 10 min.
    /// </summary>
    public TimeSpan RepeatWindow { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a response that could not be archived is tried again. Range 0–5 min, default 10 s.</summary>
    public TimeSpan ArchiveRetry { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Largest attachment or REST body, in bytes. Range 1 KiB–64 GiB, default 2 GiB. Attachments are held on disk, never in memory.</summary>
    public long MaxAttachment { get; set; } = 2L * 1024 * 1024 * 1024;

    /// <summary>Room for all attachments under way on disk, in bytes. Range 1 MiB–16 TiB, default 16 GiB.</summary>
    public long MaxSpool { get; set; } = 16L * 1024 * 1024 * 1024;

    /// <summary>Of that for one caller of ours, or one counterparty's member, in bytes. Default 4 GiB.</summary>
    public long MaxSpoolEach { get; set; } = 4L * 1024 * 1024 * 1024;

    /// <summary>Folder for attachments under way, encrypted under keys that live in memory only. Default: the system's temporary folder.</summary>
    public string? SpoolFolder { get; set; }

    /// <summary>Longest time a message from or to disk, or one that comes by gRPC, may stand still; fewer than 240 bytes a second of what goes by disk are standing still. Range 1 s–10 min, default 30 s.</summary>
    public TimeSpan ProgressTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
