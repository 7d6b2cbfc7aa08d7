using Serilog.Core;
using Tunduk.Adapter.Configuration;

namespace Tunduk.Adapter.Telemetry;

/// <summary>The adapter's logs; their level and file follow the configuration while it runs.</summary>
internal sealed class AdapterLogs(ILoggerFactory inner, LoggingLevelSwitch level, ChangingFileSink file) : ILoggerFactory, IReloadable
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Settings { get; } =
        [$"{nameof(AdapterOptions.Telemetry)}:{nameof(TelemetryOptions.LogLevel)}", $"{nameof(AdapterOptions.Telemetry)}:{nameof(TelemetryOptions.LogFile)}"];

    /// <inheritdoc/>
    public bool IsBroken => false;

    /// <inheritdoc/>
    public IEnumerable<string> Files(AdapterConfiguration configuration) => [];

    /// <inheritdoc/>
    public Reload? Prepare(AdapterConfiguration changed, List<SettingFault> faults)
    {
        var next = AdapterLogging.LevelOf(changed.Options.Telemetry);
        var path = AdapterLogging.FileOf(changed.Options.Telemetry, changed.Resolve);
        return new Reload(
            () =>
            {
                level.MinimumLevel = next;
                file.Change(path);
            },
            static () => { });
    }

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    public ILogger CreateLogger(string categoryName) => inner.CreateLogger(categoryName);

    public void Dispose() => inner.Dispose();
}
