using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Tunduk.Adapter.Sandbox;

/// <summary>
/// One Kestrel server on loopback for a part of the sandbox. Port 0 asks for a free port; the bound addresses are known
/// after <see cref="StartAsync"/>. It takes no signals and writes no logs: the process that hosts it decides about both.
/// </summary>
internal sealed class SandboxListener : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SandboxListener(WebApplication app, IReadOnlyList<Uri> addresses)
    {
        _app = app;
        Addresses = addresses;
    }

    /// <summary>The bound addresses, in the order of the endpoints given to <see cref="StartAsync"/>.</summary>
    public IReadOnlyList<Uri> Addresses { get; }

    /// <summary>Starts a server on every endpoint with one handler for all requests.</summary>
    public static async Task<SandboxListener> StartAsync(
        IReadOnlyList<SandboxEndpoint> endpoints, RequestDelegate handler, CancellationToken cancellationToken)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, HostedByCaller>();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.UseSockets(static sockets => sockets.UnsafePreferInlineScheduling = true); // as KestrelListener
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // The sandbox's own limits decide (a security server has no limit for streamed attachments).
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            foreach (SandboxEndpoint endpoint in endpoints)
            {
                kestrel.Listen(IPAddress.Loopback, endpoint.Port, listen =>
                {
                    listen.Protocols = HttpProtocols.Http1;
                    if (endpoint.Certificate is { } certificate)
                    {
                        listen.UseHttps(new HttpsConnectionAdapterOptions
                        {
                            ServerCertificate = certificate,
                            ClientCertificateMode = ClientCertificateMode.AllowCertificate,
                            // A security server pins client certificates by their bytes and builds no chain: any
                            // certificate passes the handshake, and the handler compares it.
                            ClientCertificateValidation = static (_, _, _) => true,
                        });
                    }
                });
            }
        });
        WebApplication app = builder.Build();
        app.Run(handler);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        ICollection<string> bound = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        return new SandboxListener(app, [.. bound.Select(static address => new Uri(address))]);
    }

    public async ValueTask DisposeAsync()
    {
        // Hanging exchanges (a fault on demand) must not hold up the end: no grace period.
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        try
        {
            await _app.StopAsync(now.Token);
        }
        catch (OperationCanceledException)
        {
            // The connections that were still open have been aborted, which is what was asked for.
        }

        await _app.DisposeAsync();
    }

    /// <summary>The process that composes the parts handles SIGINT and SIGTERM once for all of them.</summary>
    private sealed class HostedByCaller : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
