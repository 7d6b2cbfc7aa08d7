namespace Tunduk.Archive.Stores;

/// <summary>Room below a store. Writer's thread only, but for <see cref="FreeBytes"/>, which asks no server.</summary>
internal interface ISpace
{
    /// <summary>Free bytes; <see cref="long.MaxValue"/> where the store's volume cannot be asked.</summary>
    long FreeBytes();

    /// <summary>Looks how much is free now, while the store is open; what it found is what <see cref="FreeBytes"/> says from then on.</summary>
    long Measure();

    /// <summary>Makes sure that so many bytes are kept for the ends of requests; false when that is not possible.</summary>
    bool Ensure(long bytes);

    /// <summary>Gives a piece of the reserve back to the volume because it is full; false when none is left.</summary>
    bool Release();
}
