namespace Tunduk.Adapter.Filtering;

/// <summary>What happens to a field that the list does not name.</summary>
internal enum UnlistedAction
{
    /// <summary>The field is left out; its path is recorded. The default.</summary>
    Remove,

    /// <summary>The whole message is refused.</summary>
    Refuse,

    /// <summary>
    /// The field stays without its value (empty string, null, empty object or list), so that a receiver that
    /// insists on a required field still understands the message. A name that neither contract nor agreement
    /// knows is removed instead: the name itself could carry data.
    /// </summary>
    Blank,
}
