using Tunduk.Adapter.Agreements;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Retention;

/// <summary>The owner's list of what is archived, how and how long, confirmed by name and basis (clause 3.2.5). Its version stands in every entry.</summary>
internal sealed record ArchivingList
{
    /// <summary>Version, as entries name it.</summary>
    public required string Version { get; init; }

    /// <summary>The exact text.</summary>
    public required AgreementDigest Digest { get; init; }

    /// <summary>Who confirmed it.</summary>
    public required string ConfirmedBy { get; init; }

    /// <summary>On what ground.</summary>
    public required string Basis { get; init; }

    public required IReadOnlyList<ArchivingRule> Rules { get; init; }

    /// <summary>The rule for an entry: the one that names most of it, the first of equals; null where none names it.</summary>
    public ArchivingRule? For(LogEntry entry) => For(entry.Agreement, entry.Service);

    /// <summary>The rule for a service under an agreement.</summary>
    public ArchivingRule? For(string? agreement, string? service) => Rules.Where(rule => rule.Covers(agreement, service)).MaxBy(static rule => rule.Precision);
}
