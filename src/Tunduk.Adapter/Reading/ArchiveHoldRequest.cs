namespace Tunduk.Adapter.Reading;

/// <summary>A legal hold to place: everything the search finds, now and later. With a case alone: every exchange whose basis is that case.</summary>
internal sealed record ArchiveHoldRequest : ArchiveSearchRequest
{
    /// <summary>Release this hold instead.</summary>
    public string? Release { get; init; }
}
