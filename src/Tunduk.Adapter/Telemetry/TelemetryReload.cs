using Tunduk.Adapter.Configuration;

namespace Tunduk.Adapter.Telemetry;

/// <summary>Where traces and metrics go, and how many operational records are kept: both follow the configuration while the adapter runs.</summary>
internal sealed class TelemetryReload : IReloadable, IAsyncDisposable
{
    private readonly AdapterMetrics metrics;
    private readonly string instance;
    private IDisposable? export;
    private string? endpoint;
    private Task leaving = Task.CompletedTask;

    /// <summary>Begins with the settings of the start.</summary>
    public TelemetryReload(TelemetryOptions options, AdapterMetrics metrics, string instance)
    {
        this.metrics = metrics;
        this.instance = instance;
        endpoint = options.OtlpEndpoint;
        export = OpenTelemetryExport.Start(options, instance);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Settings { get; } =
        [$"{nameof(AdapterOptions.Telemetry)}:{nameof(TelemetryOptions.OtlpEndpoint)}", $"{nameof(AdapterOptions.Telemetry)}:{nameof(TelemetryOptions.OperationalRecords)}"];

    /// <inheritdoc/>
    public bool IsBroken => false;

    /// <inheritdoc/>
    public IEnumerable<string> Files(AdapterConfiguration configuration) => [];

    /// <inheritdoc/>
    public Reload? Prepare(AdapterConfiguration changed, List<SettingFault> faults)
    {
        var options = changed.Options.Telemetry;
        if (options.OtlpEndpoint == endpoint)
        {
            return new Reload(() => metrics.Operational.Capacity = options.OperationalRecords, static () => { });
        }

        var next = OpenTelemetryExport.Start(options, instance);
        return new Reload(
            () =>
            {
                metrics.Operational.Capacity = options.OperationalRecords;
                var before = export;
                (export, endpoint) = (next, options.OtlpEndpoint);

                // What it still holds is sent first, which takes as long as its collector lets it.
                leaving = Task.WhenAll(leaving, Task.Run(() => before?.Dispose()));
            },
            () => next?.Dispose());
    }

    public async ValueTask DisposeAsync()
    {
        await leaving;
        export?.Dispose();
    }
}
