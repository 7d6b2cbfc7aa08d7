namespace Tunduk.Adapter.Filtering;

/// <summary>What a compiled list says about one node; the order is the strength when several paths meet.</summary>
internal enum FieldAction
{
    /// <summary>Known to the contract only: treated as the list treats what it does not name.</summary>
    Unlisted,

    /// <summary>Ancestor of a listed field: kept as structure, its own text or scalar value is unlisted.</summary>
    Structure,

    /// <summary>The value passes.</summary>
    Allow,

    /// <summary>Emptied, whatever the list allows.</summary>
    Blank,

    /// <summary>Left out with everything below.</summary>
    Remove,

    /// <summary>Its presence refuses the message.</summary>
    Refuse,
}
