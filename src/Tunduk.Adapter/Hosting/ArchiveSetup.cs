using Tunduk.Adapter.Configuration;
using Tunduk.Archive;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Hosting;

/// <summary>From the adapter's settings to the archive's.</summary>
internal static class ArchiveSetup
{
    private const string FromEnvironment = "env:";

    /// <summary>Opens the archive for appending, without time-stamps: what opens it beside the adapter sends nothing out.</summary>
    public static Task<ArchiveOpening> OpenAsync(AdapterConfiguration configuration, ICheckpointKeys keys, TimeProvider clock, CancellationToken cancellationToken) =>
        OpenAsync(configuration, keys, null, clock, cancellationToken);

    /// <summary>Opens the archive for appending.</summary>
    public static async Task<ArchiveOpening> OpenAsync(AdapterConfiguration configuration, ICheckpointKeys keys, ICheckpointTimestamper? timestamper, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!IsPostgres(configuration))
        {
            return await SqliteArchive.OpenAsync(Options(configuration, keys, timestamper), keys.Current, clock, cancellationToken);
        }

        var fault = Database(configuration, out var database);
        return fault is null
            ? await PostgresArchive.OpenAsync(Options(configuration, keys, timestamper), database!, keys.Current, clock, cancellationToken)
            : new ArchiveOpening { Fault = fault };
    }

    /// <summary>Closes a log whose newest database is lost and begins a new one that names the old checkpoint and the lost range.</summary>
    public static async Task<ArchiveOpening> SucceedAsync(AdapterConfiguration configuration, ICheckpointKeys keys, TimeProvider clock, string reason, CancellationToken cancellationToken)
    {
        if (!IsPostgres(configuration))
        {
            return await SqliteArchive.SucceedAsync(Options(configuration, keys), keys.Current, clock, reason, cancellationToken);
        }

        var fault = Database(configuration, out var database);
        return fault is null
            ? await PostgresArchive.SucceedAsync(Options(configuration, keys), database!, keys.Current, clock, reason, cancellationToken)
            : new ArchiveOpening { Fault = fault };
    }

    /// <summary>Verifies the archive without the adapter.</summary>
    /// <param name="configuration">The adapter's configuration.</param>
    /// <param name="folder">A copy of an embedded archive to check instead; null checks the archive itself.</param>
    /// <param name="options">What is checked.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<(VerifyReport? Report, ArchiveFault? Fault)> VerifyAsync(
        AdapterConfiguration configuration, string? folder, VerifyOptions options, CancellationToken cancellationToken)
    {
        if (folder is not null || !IsPostgres(configuration))
        {
            return await SqliteArchive.VerifyOfflineAsync(Offline(configuration, folder), options, cancellationToken);
        }

        var fault = Database(configuration, out var database);
        return fault is null ? await PostgresArchive.VerifyOfflineAsync(Offline(configuration, null), database!, options, cancellationToken) : (null, fault);
    }

    /// <summary>Where the archive's files lie, for reading them without the adapter.</summary>
    /// <param name="configuration">The adapter's configuration.</param>
    /// <param name="folder">A copy of the archive to check instead; null checks the archive itself.</param>
    public static OfflineArchive Offline(AdapterConfiguration configuration, string? folder) => new()
    {
        Folder = folder ?? (IsPostgres(configuration) ? "" : configuration.Resolve(configuration.Options.Archive.Folder)),
        HeadFolder = configuration.Resolve(configuration.Options.Archive.Head),
        KeyFolder = configuration.Resolve(configuration.Options.Archive.Keys),
        MasterKeyFile = MasterKey(configuration),
        AnchorFiles = Anchors(configuration),
    };

    private static Tunduk.Archive.ArchiveOptions Options(AdapterConfiguration configuration, ICheckpointKeys keys, ICheckpointTimestamper? timestamper = null)
    {
        var options = configuration.Options.Archive;
        var keyFolder = configuration.Resolve(options.Keys);
        return new Tunduk.Archive.ArchiveOptions
        {
            Folder = IsPostgres(configuration) ? "" : configuration.Resolve(options.Folder),
            HeadFolder = configuration.Resolve(options.Head),
            KeyFolder = keyFolder,
            MasterKeyFile = MasterKey(configuration),

            // A key store that was never used makes its master key; one that lost it stops the start.
            CreateMasterKey = !Directory.Exists(keyFolder) || !Directory.EnumerateFileSystemEntries(keyFolder).Any(),
            OriginPrefix = options.Origin ?? configuration.Options.Own[0].Subsystem,
            AnchorFiles = Anchors(configuration),
            CheckpointInterval = options.CheckpointInterval,
            CheckpointEntries = options.CheckpointEntries,
            CheckpointKeys = keys,
            Timestamper = timestamper,
            TimestampInterval = configuration.Options.Trust.Timestamps.Interval,
        };
    }

    private static bool IsPostgres(AdapterConfiguration configuration) => configuration.Options.Archive.Store == "postgresql";

    // The connection string is a secret: from a file that only its owner can read, or from the environment.
    private static ArchiveFault? Database(AdapterConfiguration configuration, out PostgresOptions? database)
    {
        var options = configuration.Options.Archive;
        var source = Secret(configuration, options.Connection);
        database = null;
        string? text;
        if (source.StartsWith(FromEnvironment, StringComparison.Ordinal))
        {
            text = Environment.GetEnvironmentVariable(source[FromEnvironment.Length..]);
        }
        else
        {
            const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
            var exists = File.Exists(source);
            if (exists && !OperatingSystem.IsWindows() && (File.GetUnixFileMode(source) & others) != UnixFileMode.None)
            {
                return new ArchiveFault(ArchiveFaultCode.ArchiveSettings, $"{source} can be read or changed by others.", "Set its mode to 0600.");
            }

            text = exists ? File.ReadAllText(source).Trim() : null;
        }

        if (string.IsNullOrEmpty(text))
        {
            return new ArchiveFault(ArchiveFaultCode.ArchiveSettings, $"Archive:Connection names {source}, which is not there or empty.", "Put the connection string there.");
        }

        database = new PostgresOptions { ConnectionString = text, Instance = options.Instance, RequireStandby = options.RequireStandby };
        return null;
    }

    private static string MasterKey(AdapterConfiguration configuration) => Secret(configuration, configuration.Options.Archive.MasterKey);

    private static string Secret(AdapterConfiguration configuration, string source) =>
        source.StartsWith(FromEnvironment, StringComparison.Ordinal) ? source : configuration.Resolve(source);

    private static IReadOnlyList<string> Anchors(AdapterConfiguration configuration) =>
        configuration.Options.Archive.AnchorFile is { } file ? [configuration.Resolve(file)] : [];
}
