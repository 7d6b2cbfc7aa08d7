using Tunduk.Adapter.Configuration;

namespace Tunduk.Adapter.Signing;

/// <summary>
/// Takes new signing keys without a restart: looks every few seconds whether <c>adapter.json</c> or a key's file has changed,
/// or a token has failed, and loads <c>Keys</c> and <c>Own</c> anew. A broken change raises an alarm and leaves the keys as
/// they were.
/// </summary>
internal sealed partial class KeyReload : IDisposable
{
    /// <summary>How often files are looked at.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly AdapterConfiguration configuration;
    private readonly SigningKeys keys;
    private readonly ILogger log;
    private readonly Lock gate = new();
    private readonly ITimer timer;
    private string seen;
    private volatile IReadOnlyList<string> alarms = [];

    public KeyReload(AdapterConfiguration configuration, SigningKeys keys, TimeProvider clock, ILogger<KeyReload> log)
    {
        this.configuration = configuration;
        this.keys = keys;
        this.log = log;
        seen = Stamp(configuration.Options);
        timer = clock.CreateTimer(_ => Look(), null, Interval, Interval);
    }

    /// <summary>Why the keys are not those of the files.</summary>
    public IEnumerable<string> Alarms() =>
        alarms.Concat(keys.All.Where(key => key.Queue is { IsBroken: true }).Select(key => $"Keys:{key.Name}: its token failed at the last signature"));

    public void Dispose() => timer.Dispose();

    /// <summary>Looks now.</summary>
    private void Look()
    {
        lock (gate)
        {
            var stamp = Stamp(configuration.Options);
            var isBroken = keys.All.Any(key => key.Queue is { IsBroken: true });
            if (stamp == seen && !isBroken)
            {
                return;
            }

            seen = stamp;
            var faults = new List<SettingFault>(AdapterConfiguration.Load(configuration.File, out var changed));
            if (changed is null || !keys.TryReload(changed.Options, changed.Resolve, faults))
            {
                alarms = [.. faults.Select(fault => $"signing keys are not those of the changed files: {fault}")];
                LogRefused(faults.Count, faults[0].Setting);
                return;
            }

            alarms = [];
            seen = Stamp(changed.Options);
            LogTaken(keys.All.Count);
        }
    }

    /// <summary>Length and time of the configuration and of every file its keys name.</summary>
    private string Stamp(AdapterOptions options)
    {
        var files = options.Keys.Values.SelectMany(key => new[] { key.Certificate, key.Key, key.PasswordFile }).OfType<string>()
            .Where(file => !Keys.TokenUri.IsOne(file)).Select(configuration.Resolve).Prepend(configuration.File);
        return string.Join('|', files.Select(file => new FileInfo(file)).Select(info => info.Exists ? $"{info.Length}:{info.LastWriteTimeUtc.Ticks}" : ""));
    }

    [LoggerMessage(1801, LogLevel.Information, "Signing keys loaded anew: {Count}")]
    private partial void LogTaken(int count);

    [LoggerMessage(1802, LogLevel.Error, "Signing keys stay as they were: {Count} faults, the first of {Setting}")]
    private partial void LogRefused(int count, string setting);
}
