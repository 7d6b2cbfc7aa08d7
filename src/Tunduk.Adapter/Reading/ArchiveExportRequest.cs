namespace Tunduk.Adapter.Reading;

/// <summary>What to take along: records by id, or everything a search finds.</summary>
internal sealed record ArchiveExportRequest : ArchiveSearchRequest
{
    /// <summary>Record ids, without members of a search.</summary>
    public IReadOnlyList<string>? Records { get; init; }

    /// <summary>Every entry of the own log, so that the bundle proves that there are no others; without members of a search.</summary>
    public bool All { get; init; }

    /// <summary>Sizes of checkpoints the reader has: the bundle proves that they are the beginning of its tree.</summary>
    public IReadOnlyList<long>? Against { get; init; }
}
