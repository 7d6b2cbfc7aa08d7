namespace Tunduk.Archive.Writing;

/// <summary>What cleaning a store's files left to do.</summary>
internal enum ScrubState
{
    /// <summary>Nothing of what was erased is in them, and the room is the volume's again.</summary>
    Clean,

    /// <summary>More can be done at once.</summary>
    More,

    /// <summary>A reader is in the way, or the store cannot say: it is to be asked again later.</summary>
    Later,
}
