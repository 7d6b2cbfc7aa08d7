namespace Tunduk.Archive;

/// <summary>What is left of a record's sealed part.</summary>
public enum SealState
{
    /// <summary>The entry never had one.</summary>
    None,

    /// <summary>Opened, complete, and every value fits its commitment.</summary>
    Complete,

    /// <summary>Opened; some values were erased, the others fit.</summary>
    Partial,

    /// <summary>Erased as a whole.</summary>
    Erased,

    /// <summary>It is there but cannot be opened or does not fit the entry: an error.</summary>
    Damaged,

    /// <summary>It is there, and the key that opens it is not.</summary>
    KeyMissing,
}
