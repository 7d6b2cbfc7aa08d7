namespace Tunduk.Adapter.Resilience;

/// <summary>How long and how often one service may be asked; null takes the neighbour's own setting.</summary>
/// <param name="Service">Alias or name of the service: what its bulkhead is kept by.</param>
internal sealed record ServiceLimits(string Service)
{
    /// <summary>Longest time to connect.</summary>
    public TimeSpan? Connect { get; init; }

    /// <summary>Longest time without a byte in either direction.</summary>
    public TimeSpan? Response { get; init; }

    /// <summary>Longest time in all.</summary>
    public TimeSpan? Total { get; init; }

    /// <summary>Calls of this service at the neighbour at once; more wait for a place.</summary>
    public int? MaxConcurrent { get; init; }

    /// <summary>
    /// The provider has said that a repeated message does no harm and costs nothing: only then is a request sent again
    /// after a byte of it was written.
    /// </summary>
    public bool Idempotent { get; init; }
}
