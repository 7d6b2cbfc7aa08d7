using Tunduk.Adapter.Agreements;

namespace Tunduk.Adapter.Retention;

/// <summary>How long exchanges of an agreement, a service, or both are kept.</summary>
/// <param name="Name">Names the rule in the entry of a retention run.</param>
/// <param name="Agreement">Number of the agreement; null: any.</param>
/// <param name="Service">Full identifier of the service; null: any.</param>
/// <param name="Items">What is archived, in the owner's words.</param>
/// <param name="Content">What is kept of each message; null: as the agreement says.</param>
/// <param name="Retain">How long payload and personal values are kept.</param>
internal sealed record ArchivingRule(string Name, string? Agreement, string? Service, IReadOnlyList<string> Items, ArchiveContent? Content, RetentionTerm Retain)
{
    public int Precision => (Agreement is null ? 0 : 2) + (Service is null ? 0 : 1);

    public bool Covers(string? agreement, string? service) =>
        (Agreement is null || string.Equals(Agreement, agreement, StringComparison.Ordinal)) && (Service is null || string.Equals(Service, service, StringComparison.Ordinal));
}
