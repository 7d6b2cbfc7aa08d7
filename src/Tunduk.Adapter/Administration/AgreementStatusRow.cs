using Tunduk.Adapter.Agreements;

namespace Tunduk.Adapter.Administration;

/// <summary>How one agreement stands, for <c>agreement status</c>.</summary>
internal sealed record AgreementStatusRow
{
    public required string File { get; init; }

    public string? Agreement { get; init; }

    public int? Version { get; init; }

    public string? Sha256 { get; init; }

    /// <summary><c>in-force</c>, <c>not-yet-valid</c>, <c>expired</c>, <c>suspended</c> or <c>blocked</c>.</summary>
    public required string State { get; init; }

    /// <summary>Who vouches for the text: <c>pin</c>, <c>folder</c> or the signer.</summary>
    public string? ProvedBy { get; init; }

    /// <summary>The file is broken or refused; its last good text stays in force.</summary>
    public bool UsesLastGood { get; init; }

    public string? Role { get; init; }

    public string? Counterparty { get; init; }

    public IReadOnlyList<string> Services { get; init; } = [];

    public DateOnly? From { get; init; }

    public DateOnly? Until { get; init; }

    /// <summary>Days until the agreement, or the consent behind it, ends; negative afterwards.</summary>
    public int? DaysLeft { get; init; }

    /// <summary>The last exchange that went through, by the archive; null: none.</summary>
    public DateTimeOffset? LastUse { get; init; }

    /// <summary>Exchanges since the adapter's start.</summary>
    public long Exchanges { get; init; }

    /// <summary>Fields removed since the adapter's start, by name.</summary>
    public IReadOnlyList<UsageCount> Removed { get; init; } = [];

    /// <summary>Exchanges refused since the adapter's start, by code and path.</summary>
    public IReadOnlyList<UsageCount> Refused { get; init; } = [];

    /// <summary>What the shadow version would have done otherwise since the adapter's start.</summary>
    public IReadOnlyList<UsageCount> Shadow { get; init; } = [];

    /// <summary>The stop that holds or is to come.</summary>
    public AgreementSuspension? Suspension { get; init; }

    public IReadOnlyList<AgreementFault> Faults { get; init; } = [];
}
