namespace Tunduk.Adapter.Reading;

/// <summary>Why somebody looks; archived with the look.</summary>
internal record ArchiveAccess
{
    /// <summary>What the look is for. Mandatory.</summary>
    public string? Purpose { get; init; }

    /// <summary>Number of the case, if there is one.</summary>
    public string? Case { get; init; }
}
