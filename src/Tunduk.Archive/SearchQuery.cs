using Tunduk.Evidence.Log;

namespace Tunduk.Archive;

/// <summary>What to look for. Everything given must match; an empty query lists everything.</summary>
public sealed record SearchQuery
{
    /// <summary>All of these persons, users, bases and message ids (equality).</summary>
    public IReadOnlyList<IndexTerm> Terms { get; init; } = [];
    public string? Counterparty { get; init; }
    public string? OwnSubsystem { get; init; }
    public string? Service { get; init; }
    public string? Stage { get; init; }
    public string? Code { get; init; }
    public string? Agreement { get; init; }
    public ExchangeRole? Role { get; init; }

    /// <summary>The message's signature when the entry was made.</summary>
    public SignatureStatus? Signature { get; init; }

    /// <summary>Any of these own subsystems; null: all.</summary>
    public IReadOnlyList<string>? OwnSubsystems { get; init; }

    /// <summary>Any of these counterparties; null: all.</summary>
    public IReadOnlyList<string>? Counterparties { get; init; }

    /// <summary>Any of these services; null: all.</summary>
    public IReadOnlyList<string>? Services { get; init; }

    /// <summary>Any of these kinds; empty: all.</summary>
    public IReadOnlyList<EntryKind> Kinds { get; init; } = [];

    /// <summary>Entries from this time on.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Entries before this time.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Entries a page. 1 to 1,000, default 50.</summary>
    public int PageSize { get; init; } = 50;

    /// <summary>From the page before. Pages are stable: entries that arrive later do not shift them.</summary>
    public PageToken? After { get; init; }
}
