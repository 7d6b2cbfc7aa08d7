using System.Net;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tunduk.GrpcHosting.Health;
using Tunduk.GrpcHosting.Reflection;
using Tunduk.GrpcHosting.Server;
using Tunduk.GrpcHosting.Tests.Interop;

namespace Tunduk.GrpcHosting.Tests;

/// <summary>A real Kestrel on a free port of the loopback address, with the interop service, health and reflection.</summary>
public sealed class GrpcTestServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private GrpcTestServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public InteropLog Log => _app.Services.GetRequiredService<InteropLog>();

    public GrpcHealth Health => _app.Services.GetRequiredService<GrpcHealth>();

    public static async Task<GrpcTestServer> StartAsync(
        Action<GrpcServiceOptions>? configure = null,
        Func<HttpContext, MethodDescriptor, bool>? permits = null,
        Action<WebApplication>? map = null,
        HttpProtocols protocols = HttpProtocols.Http2)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AllowSlowGrpcReaders();
            // Below what the streams of the tests carry: it must not be in their way.
            kestrel.Limits.MaxRequestBodySize = 1000;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.UseGrpc();
                listen.Protocols = protocols;
            });
        });
        builder.Services.AddSingleton<InteropLog>();
        builder.Services.AddGrpc(options => configure?.Invoke(options));
        builder.Services.AddGrpcHealthChecks();
        builder.Services.AddGrpcReflection(permits ?? ((_, method) => method.Name != "UnimplementedCall"));
        WebApplication app = builder.Build();
        app.MapGrpcService<InteropService>();
        app.MapGrpcHealthChecksService();
        app.MapGrpcReflectionService();
        map?.Invoke(app);
        await app.StartAsync();
        return new GrpcTestServer(app);
    }

    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource now = new();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}
