namespace Tunduk.Adapter.Reading;

/// <summary>What to erase: fields of one record, or everything sealed of a person's records.</summary>
internal sealed record ArchiveEraseRequest : ArchiveSearchRequest
{
    /// <summary>One record; otherwise everything the search finds, with the other half of each exchange.</summary>
    public string? Record { get; init; }

    /// <summary>Paths of the fields; none: the whole sealed part.</summary>
    public IReadOnlyList<string>? Fields { get; init; }

    /// <summary>On what ground: a court's order, the person's request by law.</summary>
    public string? Ground { get; init; }
}
