namespace Tunduk.Adapter.Agreements;

/// <summary>What a change of an agreement does.</summary>
internal enum DifferenceKind
{
    /// <summary>Something passes that did not pass before.</summary>
    More,

    /// <summary>Something no longer passes.</summary>
    Less,

    /// <summary>Neither.</summary>
    Other,
}
