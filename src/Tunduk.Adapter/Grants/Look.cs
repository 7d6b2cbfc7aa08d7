using Tunduk.Adapter.Reading;
using Tunduk.Archive;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Grants;

/// <summary>What somebody wants to see or do, in the terms grants speak of.</summary>
internal sealed record Look
{
    public required ArchiveAct Act { get; init; }

    /// <summary>Purpose, case, grant, depth, approval.</summary>
    public required ArchiveAccess Access { get; init; }

    /// <summary>The whole request without its approval, as canonical JSON: what an approval is over.</summary>
    public required ReadOnlyMemory<byte> Canonical { get; init; }

    /// <summary>What is asked for, to be archived with the look: sealed, for it may be personal.</summary>
    public IReadOnlyList<SealedValue> Facts { get; init; } = [];

    /// <summary>What the entry of the look is found by, so that the searched values can be erased with those of the person.</summary>
    public IReadOnlyList<IndexTerm> Terms { get; init; } = [];

    public IReadOnlySet<SearchedBy> By { get; init; } = new HashSet<SearchedBy>();

    public string? Own { get; init; }

    public string? Counterparty { get; init; }

    public string? Service { get; init; }

    /// <summary>The kind of entries that is searched.</summary>
    public EntryKind? Kind { get; init; }

    /// <summary>The query names fields.</summary>
    public bool NamesFields { get; init; }

    public RecordId? Record { get; init; }

    /// <summary>A further page: the digest of the grant that the first was under.</summary>
    public string? ContinuesUnder { get; init; }
}
