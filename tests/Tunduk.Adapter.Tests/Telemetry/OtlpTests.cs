using Tunduk.Adapter.Tests.Functional;

namespace Tunduk.Adapter.Tests.Telemetry;

/// <summary>Traces and metrics as a collector receives them by OTLP (gRPC).</summary>
public sealed class OtlpTests
{
    [Fact]
    public async Task Exchange_CollectorConfigured_SendsASpanAStageAndTheMetrics()
    {
        await using var collector = await OtlpCollector.StartAsync();
        await using (var world = await TestWorld.StartAsync(new TestWorldOptions { Consumer = options => options["Telemetry"]!["OtlpEndpoint"] = collector.Address.ToString() }))
        {
            (await world.AskAsync()).Status.ShouldBe(200);
        }

        // Taking the adapter down has flushed both exporters.
        var traces = collector.Received("/opentelemetry.proto.collector.trace.v1.TraceService/Export");
        foreach (var span in new[] { "exchange", "authenticate", "decode", "validate", "authorize", "filter", "sign", "append", "forward", "verify", "encode" })
        {
            traces.ShouldContain(span);
        }

        var metrics = collector.Received("/opentelemetry.proto.collector.metrics.v1.MetricsService/Export");
        metrics.ShouldContain("tunduk_exchanges");
        metrics.ShouldContain("tunduk_stage_seconds");
        foreach (var sent in new[] { traces, metrics })
        {
            sent.ShouldNotContain(TestPersons.UserId);
            sent.ShouldNotContain(TestPersons.Issue);
            TestPersons.ShouldHoldNoValue(sent, "telemetry");
        }
    }
}
