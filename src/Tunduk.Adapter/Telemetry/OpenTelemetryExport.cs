using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Tunduk.Adapter.Configuration;

namespace Tunduk.Adapter.Telemetry;

/// <summary>Traces and metrics over OTLP, when an endpoint is configured.</summary>
internal static class OpenTelemetryExport
{
    /// <summary>Starts the export; null when nothing is to be sent. Disposing flushes.</summary>
    public static IDisposable? Start(TelemetryOptions options, string instance)
    {
        if (string.IsNullOrEmpty(options.OtlpEndpoint))
        {
            return null;
        }

        var resource = ResourceBuilder.CreateEmpty().AddService("tunduk-adapter", serviceInstanceId: instance);
        var endpoint = new Uri(options.OtlpEndpoint);
        var traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)

            // Kestrel's own activity around each request is no part of this export and is not recorded: asking it would drop every trace.
            .SetSampler(new AlwaysOnSampler())
            .AddSource(AdapterMetrics.Name)
            .AddOtlpExporter(otlp => Configure(otlp, endpoint))
            .Build();
        var metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter([AdapterMetrics.Name, .. AdapterMetrics.OfTheFramework])
            .AddView(static instrument => instrument.Meter.Name == AdapterMetrics.Name || AdapterMetrics.IsShown(instrument) ? null : MetricStreamConfiguration.Drop)
            .AddOtlpExporter(otlp => Configure(otlp, endpoint))
            .Build();
        return new Both(traces, metrics);
    }

    private static void Configure(OtlpExporterOptions otlp, Uri endpoint)
    {
        otlp.Endpoint = endpoint;
        otlp.Protocol = OtlpExportProtocol.Grpc;
    }

    private sealed class Both(IDisposable? first, IDisposable? second) : IDisposable
    {
        public void Dispose()
        {
            first?.Dispose();
            second?.Dispose();
        }
    }
}
