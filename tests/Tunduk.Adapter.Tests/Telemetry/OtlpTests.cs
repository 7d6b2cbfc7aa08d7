using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tunduk.Adapter.Tests.Functional;

namespace Tunduk.Adapter.Tests.Telemetry;

/// <summary>Traces and metrics as a collector receives them by OTLP (gRPC).</summary>
public sealed class OtlpTests
{
    [Fact]
    public async Task Exchange_CollectorConfigured_SendsASpanAStageAndTheMetrics()
    {
        await using var collector = await Collector.StartAsync();
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

    // Answers every export with an empty message; the bytes received are protobuf, in which names stand as they are.
    private sealed class Collector : IAsyncDisposable
    {
        private readonly ConcurrentDictionary<string, StringBuilder> received = new(StringComparer.Ordinal);
        private readonly WebApplication application;

        private Collector(WebApplication application) => this.application = application;

        public Uri Address => new(application.Urls.First());

        public static async Task<Collector> StartAsync()
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
            var collector = new Collector(builder.Build());
            collector.application.Run(collector.TakeAsync);
            await collector.application.StartAsync();
            return collector;
        }

        public string Received(string path) => received.TryGetValue(path, out var text) ? text.ToString() : "";

        public ValueTask DisposeAsync() => application.DisposeAsync();

        private async Task TakeAsync(HttpContext context)
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            var text = received.GetOrAdd(context.Request.Path.Value!, static _ => new StringBuilder());
            lock (text)
            {
                text.Append(Encoding.UTF8.GetString(body.ToArray()));
            }

            context.Response.ContentType = "application/grpc";
            context.Response.DeclareTrailer("grpc-status");
            await context.Response.Body.WriteAsync(new byte[5]);
            context.Response.AppendTrailer("grpc-status", "0");
        }
    }
}
