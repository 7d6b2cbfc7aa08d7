namespace Tunduk.Archive.Stores;

/// <summary>Room below a store. Writer's thread only, but for <see cref="FreeBytes"/>.</summary>
internal interface ISpace
{
    /// <summary>Free bytes; <see cref="long.MaxValue"/> where the store's volume cannot be asked.</summary>
    long FreeBytes();

    /// <summary>Makes sure that so many bytes are kept for the ends of requests; false when that is not possible.</summary>
    bool Ensure(long bytes);

    /// <summary>Gives a piece of the reserve back to the volume because it is full; false when none is left.</summary>
    bool Release();
}
