namespace Tunduk.Adapter.Grants;

/// <summary>How deep a grant lets its reader look; each includes those before it.</summary>
internal enum GrantDepth
{
    /// <summary>What stands in the log: times, parties, service, outcome.</summary>
    Metadata,

    /// <summary>And the names of fields.</summary>
    Names,

    /// <summary>And values with all but their ends hidden.</summary>
    Masked,

    /// <summary>And whole values, and messages from which nothing was removed on receipt.</summary>
    Full,

    /// <summary>And the exact signed bytes as received. Always with a second person, and only where asked for.</summary>
    Evidence,
}
