using Tunduk.Adapter.Configuration;
using Tunduk.Archive;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Hosting;

/// <summary>From the adapter's settings to the archive's.</summary>
internal static class ArchiveSetup
{
    /// <summary>Opens the archive for appending.</summary>
    public static Task<ArchiveOpening> OpenAsync(AdapterConfiguration configuration, ICheckpointSigner signer, TimeProvider clock, CancellationToken cancellationToken) =>
        SqliteArchive.OpenAsync(Options(configuration), signer, clock, cancellationToken);

    /// <summary>Closes a log whose newest database is lost and begins a new one that names the old checkpoint and the lost range.</summary>
    public static Task<ArchiveOpening> SucceedAsync(AdapterConfiguration configuration, ICheckpointSigner signer, TimeProvider clock, string reason, CancellationToken cancellationToken) =>
        SqliteArchive.SucceedAsync(Options(configuration), signer, clock, reason, cancellationToken);

    /// <summary>Where the archive's files lie, for a verification without the adapter.</summary>
    /// <param name="configuration">The adapter's configuration.</param>
    /// <param name="folder">A copy of the archive to check instead; null checks the archive itself.</param>
    public static OfflineArchive Offline(AdapterConfiguration configuration, string? folder) => new()
    {
        Folder = folder ?? configuration.Resolve(configuration.Options.Archive.Folder),
        HeadFolder = configuration.Resolve(configuration.Options.Archive.Head),
        KeyFolder = configuration.Resolve(configuration.Options.Archive.Keys),
        MasterKeyFile = MasterKey(configuration),
        AnchorFiles = Anchors(configuration),
    };

    private static Tunduk.Archive.ArchiveOptions Options(AdapterConfiguration configuration)
    {
        var options = configuration.Options.Archive;
        var keys = configuration.Resolve(options.Keys);
        return new Tunduk.Archive.ArchiveOptions
        {
            Folder = configuration.Resolve(options.Folder),
            HeadFolder = configuration.Resolve(options.Head),
            KeyFolder = keys,
            MasterKeyFile = MasterKey(configuration),

            // A key store that was never used makes its master key; one that lost it stops the start.
            CreateMasterKey = !Directory.Exists(keys) || !Directory.EnumerateFileSystemEntries(keys).Any(),
            OriginPrefix = options.Origin ?? configuration.Options.Own[0].Subsystem,
            AnchorFiles = Anchors(configuration),
            CheckpointInterval = options.CheckpointInterval,
            CheckpointEntries = options.CheckpointEntries,
        };
    }

    private static string MasterKey(AdapterConfiguration configuration) =>
        configuration.Options.Archive.MasterKey is var key && key.StartsWith("env:", StringComparison.Ordinal) ? key : configuration.Resolve(key);

    private static IReadOnlyList<string> Anchors(AdapterConfiguration configuration) =>
        configuration.Options.Archive.AnchorFile is { } file ? [configuration.Resolve(file)] : [];
}
