namespace Tunduk.Adapter.Configuration;

/// <summary>Bounds on what is accepted; hostile input costs no more than this.</summary>
public sealed class LimitOptions
{
    /// <summary>Largest JSON or SOAP body taken into memory, in bytes. Range 1 KiB–1 GiB, default 10 MiB.</summary>
    public int MaxBody { get; set; } = 10 * 1024 * 1024;

    /// <summary>Exchanges under way at once; more are refused as <c>overloaded</c>. Range 1–100,000, default 2,000.</summary>
    public int MaxConcurrentExchanges { get; set; } = 2_000;

    /// <summary>Deepest nesting of JSON and XML. Range 8–1,000, default 64.</summary>
    public int MaxDepth { get; set; } = 64;

    /// <summary>How long a response that could not be archived is tried again. Range 0–5 min, default 10 s.</summary>
    public TimeSpan ArchiveRetry { get; set; } = TimeSpan.FromSeconds(10);
}
