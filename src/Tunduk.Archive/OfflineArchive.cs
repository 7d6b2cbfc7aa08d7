namespace Tunduk.Archive;

/// <summary>Where an archive's files lie for a verification without the adapter. What is not given is not checked, and the report says so.</summary>
public sealed record OfflineArchive
{
    /// <summary>Folder with <c>archive.db</c>.</summary>
    public required string Folder { get; init; }

    /// <summary>Folder of the head store.</summary>
    public string? HeadFolder { get; init; }

    /// <summary>Folder of the epoch keys; without it sealed parts are not opened.</summary>
    public string? KeyFolder { get; init; }

    /// <summary>As in <see cref="ArchiveOptions.MasterKeyFile"/>.</summary>
    public string? MasterKeyFile { get; init; }

    /// <summary>As in <see cref="ArchiveOptions.MasterKeyToken"/>.</summary>
    public MasterKeyToken? MasterKeyToken { get; init; }

    /// <summary>Files of anchors to hold the log against.</summary>
    public IReadOnlyList<string> AnchorFiles { get; init; } = [];
}
