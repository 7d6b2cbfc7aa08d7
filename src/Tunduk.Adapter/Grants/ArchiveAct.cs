namespace Tunduk.Adapter.Grants;

/// <summary>What somebody does with the archive; a grant lists those it permits.</summary>
internal enum ArchiveAct
{
    Search,
    Show,
    Explain,
    Export,

    /// <summary>Places or releases a legal hold.</summary>
    Hold,

    /// <summary>Erases fields, or a person's payloads.</summary>
    Erase,

    /// <summary>Erases what the owner's confirmed terms no longer ask for.</summary>
    Purge,
}
