using System.Diagnostics.Metrics;

namespace Tunduk.Adapter.Signing;

/// <summary>The signing queues as metrics, by the key's name.</summary>
internal static class SigningMetrics
{
    /// <summary>Registers <c>tunduk_signing_waiting</c>.</summary>
    public static void Observe(Meter meter, SigningKeys keys)
    {
        meter.CreateObservableGauge(
            "tunduk_signing_waiting",
            () => keys.All.Where(key => key.Queue is not null).Select(key => new Measurement<int>(key.Queue!.Waiting, new KeyValuePair<string, object?>("key", key.Name))),
            description: "Messages and checkpoints that wait for a signature of a token, by key.");
    }
}
