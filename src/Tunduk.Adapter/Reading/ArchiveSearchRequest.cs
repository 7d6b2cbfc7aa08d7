namespace Tunduk.Adapter.Reading;

/// <summary>What to look for; everything given must match.</summary>
internal sealed record ArchiveSearchRequest : ArchiveAccess
{
    public ArchivePerson? Person { get; init; }

    public string? UserId { get; init; }

    public string? Basis { get; init; }

    public string? MessageId { get; init; }

    public string? Counterparty { get; init; }

    public string? Own { get; init; }

    public string? Service { get; init; }

    public string? Stage { get; init; }

    /// <summary>Outcome code, <c>ok</c> for a success.</summary>
    public string? Outcome { get; init; }

    public string? Agreement { get; init; }

    /// <summary><c>consumer</c> or <c>provider</c>.</summary>
    public string? Role { get; init; }

    public DateTimeOffset? From { get; init; }

    public DateTimeOffset? Until { get; init; }

    /// <summary>Entries a page. 1–1,000, default 50.</summary>
    public int? Limit { get; init; }

    /// <summary><c>next</c> of the page before.</summary>
    public string? After { get; init; }
}
