using Tunduk.Adapter.Agreements;

namespace Tunduk.Adapter.Administration;

/// <summary>What a draft would have done with archived traffic: names and counts, never a value.</summary>
internal sealed record AgreementTestReport
{
    public required string Agreement { get; init; }

    public required int Version { get; init; }

    public required string Sha256 { get; init; }

    /// <summary>Exchanges looked at.</summary>
    public long Exchanges { get; init; }

    /// <summary>Exchanges that would end as they did.</summary>
    public long Unchanged { get; init; }

    /// <summary>Exchanges that would end otherwise.</summary>
    public long Changed { get; init; }

    /// <summary>Exchanges of which it cannot be told, because nothing of their content is left or was kept.</summary>
    public long Untold { get; init; }

    /// <summary>Messages that held fields neither contract nor agreement knew: what the draft would do with those cannot be told.</summary>
    public long WithUnknownFields { get; init; }

    /// <summary>Each change with the number of exchanges it happens in, largest first.</summary>
    public IReadOnlyList<UsageCount> Changes { get; init; } = [];

    /// <summary>Warnings about the draft.</summary>
    public IReadOnlyList<AgreementFault> Faults { get; init; } = [];
}
