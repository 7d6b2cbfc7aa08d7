namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>One fault on demand of a simulated security server.</summary>
internal sealed record SecurityServerFault(SecurityServerFaultKind Kind)
{
    /// <summary>For <see cref="SecurityServerFaultKind.Code"/>: the code with prefixes, current spelling.</summary>
    public string Code { get; init; } = FaultTaxonomy.ClientProxy + "internal_error";

    /// <summary>For <see cref="SecurityServerFaultKind.Delay"/>. Default 1 s.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>For <see cref="SecurityServerFaultKind.StrippedHeaders"/>: the names.</summary>
    public IReadOnlyList<string> Headers { get; init; } = [];

    /// <summary>The service code it applies to; null for every service.</summary>
    public string? Service { get; init; }

    /// <summary>How many requests it applies to; null until cleared.</summary>
    public int? Times { get; init; }
}
