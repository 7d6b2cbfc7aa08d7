using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Reading;

/// <summary>What to look for; everything given must match.</summary>
internal record ArchiveSearchRequest : ArchiveAccess
{
    public ArchivePerson? Person { get; init; }

    public string? UserId { get; init; }

    public string? Basis { get; init; }

    public string? MessageId { get; init; }

    public string? Counterparty { get; init; }

    public string? Own { get; init; }

    /// <summary>Full identifier of the service.</summary>
    public string? Service { get; init; }

    public string? Stage { get; init; }

    /// <summary>Outcome code: <c>ok</c> for a success, a business outcome, or a code of REFUSALS.md.</summary>
    public string? Outcome { get; init; }

    /// <summary>Path of a field that was removed.</summary>
    public string? Removed { get; init; }

    /// <summary>What the message's signature was when it was archived.</summary>
    public SignatureStatus? Signature { get; init; }

    public string? Agreement { get; init; }

    /// <summary><c>consumer</c> or <c>provider</c>.</summary>
    public string? Role { get; init; }

    /// <summary>Entries of this kind.</summary>
    public EntryKind? Kind { get; init; }

    public DateTimeOffset? From { get; init; }

    public DateTimeOffset? Until { get; init; }

    /// <summary>Entries a page. 1–1,000, default 50.</summary>
    public int? Limit { get; init; }

    /// <summary><c>next</c> of the page before.</summary>
    public string? After { get; init; }
}
