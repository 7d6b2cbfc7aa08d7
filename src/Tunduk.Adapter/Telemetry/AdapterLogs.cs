using Serilog.Core;
using Tunduk.Adapter.Configuration;

namespace Tunduk.Adapter.Telemetry;

/// <summary>The adapter's logs; their level follows the configuration while it runs.</summary>
internal sealed class AdapterLogs(ILoggerFactory inner, LoggingLevelSwitch level) : ILoggerFactory, IReloadable
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Settings => [$"{nameof(AdapterOptions.Telemetry)}:{nameof(TelemetryOptions.LogLevel)}"];

    /// <inheritdoc/>
    public bool IsBroken => false;

    /// <inheritdoc/>
    public IEnumerable<string> Files(AdapterConfiguration configuration) => [];

    /// <inheritdoc/>
    public Reload? Prepare(AdapterConfiguration changed, List<SettingFault> faults)
    {
        var next = AdapterLogging.LevelOf(changed.Options.Telemetry);
        return new Reload(() => level.MinimumLevel = next, static () => { });
    }

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    public ILogger CreateLogger(string categoryName) => inner.CreateLogger(categoryName);

    public void Dispose() => inner.Dispose();
}
