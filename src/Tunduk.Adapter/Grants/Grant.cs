using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Reading;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Grants;

/// <summary>Who may read what of the archive, by the owner's word (clause 3.2.5).</summary>
internal sealed record Grant
{
    /// <summary>Its number.</summary>
    public required string Id { get; init; }

    /// <summary>The exact text.</summary>
    public required AgreementDigest Digest { get; init; }

    /// <summary>Name of the caller it is for.</summary>
    public required string Reader { get; init; }

    /// <summary>Own subsystems; null: all.</summary>
    public IReadOnlySet<string>? Own { get; init; }

    /// <summary>Counterparties; null: all.</summary>
    public IReadOnlySet<string>? Counterparties { get; init; }

    /// <summary>Services; null: all.</summary>
    public IReadOnlySet<string>? Services { get; init; }

    /// <summary>Entries from this time on.</summary>
    public DateTimeOffset? EntriesFrom { get; init; }

    /// <summary>Entries before this time.</summary>
    public DateTimeOffset? EntriesUntil { get; init; }

    /// <summary>
    /// Entries that are not about an exchange too: looks, approvals, holds, erasures, keys, configuration. They name what others searched for, so that a
    /// grant over some subsystems, counterparties or services only does not reach them.
    /// </summary>
    public bool System { get; init; }

    /// <summary>Kinds of entries that are about an exchange.</summary>
    public static IReadOnlyList<EntryKind> Exchanges { get; } = [EntryKind.Request, EntryKind.Response, EntryKind.Refusal, EntryKind.OutcomeUnknown];

    /// <summary>Whether it reaches entries of the archive itself.</summary>
    public bool CoversSystem => System && Own is null && Counterparties is null && Services is null;

    public required IReadOnlySet<ArchiveAct> Acts { get; init; }

    public GrantDepth Depth { get; init; }

    public required IReadOnlySet<SearchedBy> By { get; init; }

    /// <summary>Every look names a case.</summary>
    public bool CaseRequired { get; init; }

    /// <summary>Acts that need the approval of a second person.</summary>
    public required IReadOnlySet<ArchiveAct> SecondPerson { get; init; }

    /// <summary>In force from this moment …</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>… to this one.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>How entries name it: number and the beginning of its digest.</summary>
    public string Name => $"{Id} sha256:{Digest.ToString()[..16]}";

    public bool InForce(DateTimeOffset now) => now >= From && now < Until;

    /// <summary>Whether an entry lies within the grant.</summary>
    public bool Covers(LogEntry entry) =>
        Exchanges.Contains(entry.Kind)
            ? Within(Own, entry.OwnSubsystem) && Within(Counterparties, entry.Counterparty) && Within(Services, entry.Service) && InPeriod(entry.Time)
            : CoversSystem && InPeriod(entry.Time);

    /// <summary>Whether everything that a search finds, now and later, lies within the grant; null: nobody knows what it is for.</summary>
    public bool Covers(ArchiveSearchRequest? search) =>
        (CoversSystem && EntriesFrom is null && EntriesUntil is null)
        || (search is not null && Within(Own, search.Own) && Within(Counterparties, search.Counterparty) && Within(Services, search.Service)
            && (EntriesFrom is not { } from || search.From >= from) && (EntriesUntil is not { } until || search.Until <= until));

    private bool InPeriod(DateTimeOffset time) => (EntriesFrom is not { } from || time >= from) && (EntriesUntil is not { } until || time < until);

    private static bool Within(IReadOnlySet<string>? permitted, string? value) => permitted is null || (value is not null && permitted.Contains(value));
}
