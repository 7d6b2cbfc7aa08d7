namespace Tunduk.Adapter.Configuration;

/// <summary>Logs and traces; neither ever holds a body, a personal field, a token or a key.</summary>
public sealed class TelemetryOptions
{
    /// <summary>OTLP endpoint for traces and metrics; empty sends nothing. No default: addresses that leave the machine have none.</summary>
    public string? OtlpEndpoint { get; set; }

    /// <summary>Newest exchanges kept in memory for <c>/v1/operational-data</c>. Range 0–1,000,000, default 10,000 (about 1 KB each).</summary>
    public int OperationalRecords { get; set; } = 10_000;

    /// <summary>File the log is written to as JSON lines, rolled daily; empty writes no file.</summary>
    public string? LogFile { get; set; }

    /// <summary>Least level written: <c>Verbose</c>, <c>Debug</c>, <c>Information</c> (default), <c>Warning</c>, <c>Error</c>.</summary>
    public string LogLevel { get; set; } = "Information";
}
