using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Keys;
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
        var fault = TryOptions(configuration, keys, timestamper, out var options);
        if (fault is null && !IsPostgres(configuration))
        {
            return await SqliteArchive.OpenAsync(options!, keys.Current, clock, cancellationToken);
        }

        PostgresOptions? database = null;
        fault ??= Database(configuration, out database);
        return fault is null
            ? await PostgresArchive.OpenAsync(options!, database!, keys.Current, clock, cancellationToken)
            : new ArchiveOpening { Fault = fault };
    }

    /// <summary>Closes a log whose newest database is lost and begins a new one that names the old checkpoint and the lost range.</summary>
    public static async Task<ArchiveOpening> SucceedAsync(AdapterConfiguration configuration, ICheckpointKeys keys, TimeProvider clock, string reason, CancellationToken cancellationToken)
    {
        var fault = TryOptions(configuration, keys, null, out var options);
        if (fault is null && !IsPostgres(configuration))
        {
            return await SqliteArchive.SucceedAsync(options!, keys.Current, clock, reason, cancellationToken);
        }

        PostgresOptions? database = null;
        fault ??= Database(configuration, out database);
        return fault is null
            ? await PostgresArchive.SucceedAsync(options!, database!, keys.Current, clock, reason, cancellationToken)
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
        var fault = Token(configuration, out var token);
        var offline = Offline(configuration, folder) with { MasterKeyToken = token };
        if (fault is null && (folder is not null || !IsPostgres(configuration)))
        {
            return await SqliteArchive.VerifyOfflineAsync(offline, options, cancellationToken);
        }

        PostgresOptions? database = null;
        fault ??= Database(configuration, out database);
        return fault is null ? await PostgresArchive.VerifyOfflineAsync(offline, database!, options, cancellationToken) : (null, fault);
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

    /// <summary>
    /// Names every place of the archive that cannot be written, so that it stands beside the other faults of a start: the archive
    /// itself is opened after them, and makes nothing where they stop it.
    /// </summary>
    public static void CheckPlaces(AdapterConfiguration configuration, List<SettingFault> faults)
    {
        var options = configuration.Options.Archive;
        foreach (var (setting, folder) in new[] { ("Archive:Folder", IsPostgres(configuration) ? "" : options.Folder), ("Archive:Keys", options.Keys), ("Archive:Head", options.Head) })
        {
            if (folder.Length > 0 && WhyNot(configuration.Resolve(folder)) is { } why)
            {
                faults.Add(new SettingFault(setting, why, Phrases.Of("Hosting.NameFolderAdapterUser")));
            }
        }
    }

    private static string? WhyNot(string folder)
    {
        var place = folder;
        while (!Directory.Exists(place))
        {
            if (File.Exists(place))
            {
                return Phrases.Of("Hosting.File", place);
            }

            place = Path.GetDirectoryName(place)!; // The root is there.
        }

        try
        {
            using var probe = new FileStream(Path.Combine(place, ".probe-" + Guid.NewGuid().ToString("N")), new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose });
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Phrases.Of("Hosting.CannotWritten", place, exception.GetType().Name);
        }
    }

    /// <summary>
    /// The most that is ever kept back for answers: as many as there may be exchanges, so that no request is refused for want of it
    /// while the volume has room. It is taken from the volume as requests are open, not beforehand.
    /// </summary>
    public static long AnswerReserveFor(int exchanges) => Math.Max(64L << 20, (long)exchanges * new EntryDraft { Kind = EntryKind.Request, EventTime = default }.AnswerReserve);

    // Token and anchors may be wrong in ways only trying shows: then nothing is opened.
    private static ArchiveFault? TryOptions(AdapterConfiguration configuration, ICheckpointKeys keys, ICheckpointTimestamper? timestamper, out Tunduk.Archive.ArchiveOptions? options)
    {
        options = null;
        var faults = new List<SettingFault>();
        if (Policy(configuration, faults) is not { } policy)
        {
            return new ArchiveFault(ArchiveFaultCode.ArchiveSettings, $"{faults[0].Setting}: {faults[0].Fault}", faults[0].Remedy);
        }

        var fault = Token(configuration, out var token);
        options = fault is null ? Options(configuration, keys, timestamper, policy) with { MasterKeyToken = token } : null;
        return fault;
    }

    private static ArchiveFault? Token(AdapterConfiguration configuration, out MasterKeyToken? token)
    {
        token = null;
        return configuration.Options.Archive.MasterKeyToken is { } named && !MasterKeyTokens.TryOpen(named, configuration.Resolve, out token, out var fault)
            ? new ArchiveFault(ArchiveFaultCode.ArchiveKeys, Phrases.Of("Hosting.ArchiveMasterKeyToken", fault.CodeName, fault.Problem), fault.Remedy)
            : null;
    }

    private static Tunduk.Archive.ArchiveOptions Options(AdapterConfiguration configuration, ICheckpointKeys keys, ICheckpointTimestamper? timestamper, ArchivePolicy policy)
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
            AnchorFiles = policy.AnchorFiles,
            Anchors = policy.Anchors,
            CheckpointInterval = policy.CheckpointInterval,
            AnswerReserve = AnswerReserveFor(configuration.Options.Limits.MaxConcurrentExchanges),
            CheckpointEntries = policy.CheckpointEntries,
            ClockAlarm = policy.ClockAlarm,
            ClockRefusal = policy.ClockRefusal,
            CheckpointKeys = keys,
            Timestamper = timestamper,
            TimestampInterval = policy.TimestampInterval,
        };
    }

    private static bool IsPostgres(AdapterConfiguration configuration) => configuration.Options.Archive.Store == "postgresql";

    /// <summary>What of the settings an open archive takes; null, with faults, where an anchor's cannot be read.</summary>
    public static ArchivePolicy? Policy(AdapterConfiguration configuration, List<SettingFault> faults)
    {
        var before = faults.Count;
        var anchors = AnchorSettings.Read(configuration, faults);
        var options = configuration.Options.Archive;
        return faults.Count > before ? null : new ArchivePolicy
        {
            CheckpointInterval = options.CheckpointInterval,
            CheckpointEntries = options.CheckpointEntries,
            TimestampInterval = configuration.Options.Trust.Timestamps.Interval,
            ClockAlarm = options.ClockAlarm,
            ClockRefusal = options.ClockRefusal,
            AnchorFiles = Anchors(configuration),
            Anchors = anchors,
            Capacity = options.Capacity,
            RequireStandby = options.RequireStandby,
        };
    }

    // The connection string is a secret: from a file that only its owner can read, or from the environment.
    private static ArchiveFault? Database(AdapterConfiguration configuration, out PostgresOptions? database)
    {
        var options = configuration.Options.Archive;
        var source = Secret(configuration, options.Connection);
        database = null;
        if (IsFile(source) && File.Exists(source) && SecretFile.IsOpenToOthers(source))
        {
            return new ArchiveFault(ArchiveFaultCode.ArchiveSettings, Phrases.Of("Hosting.CanReadChangedOthers", source), Phrases.Of("Hosting.SetMode0600"));
        }

        var text = IsFile(source) ? Read(source) : Environment.GetEnvironmentVariable(source[FromEnvironment.Length..]);
        if (string.IsNullOrEmpty(text))
        {
            return new ArchiveFault(ArchiveFaultCode.ArchiveSettings, Phrases.Of("Hosting.ArchiveConnectionNamesNot", source), Phrases.Of("Hosting.PutConnectionString"));
        }

        database = new PostgresOptions
        {
            ConnectionString = text,
            CurrentConnectionString = IsFile(source) ? () => Read(source) : null,
            Instance = options.Instance,
            RequireStandby = options.RequireStandby,
            Capacity = options.Capacity,
        };
        return null;
    }

    /// <summary>Whether a secret's source (<c>Archive:Connection</c>, <c>Archive:MasterKey</c>) is a file, and not <c>env:NAME</c>.</summary>
    public static bool IsFile(string source) => !source.StartsWith(FromEnvironment, StringComparison.Ordinal);

    // Null where it is not as it must be: an open archive goes on with what it has.
    private static string? Read(string file)
    {
        try
        {
            return SecretFile.IsOpenToOthers(file) ? null : File.ReadAllText(file).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string MasterKey(AdapterConfiguration configuration) => Secret(configuration, configuration.Options.Archive.MasterKey);

    private static string Secret(AdapterConfiguration configuration, string source) =>
        IsFile(source) ? configuration.Resolve(source) : source;

    private static IReadOnlyList<string> Anchors(AdapterConfiguration configuration) =>
        configuration.Options.Archive.AnchorFile is { } file ? [configuration.Resolve(file)] : [];
}
