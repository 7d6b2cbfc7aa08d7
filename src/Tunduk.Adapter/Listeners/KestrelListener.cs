using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Hosting;
using Tunduk.GrpcHosting.Server;

namespace Tunduk.Adapter.Listeners;

/// <summary>
/// One listener: a Kestrel of its own, so that an endpoint of one listener can never be reached through another. What it shows is
/// the face of the current generation.
/// </summary>
internal sealed class KestrelListener : IAsyncDisposable
{
    /// <summary>How long the headers of a request may take.</summary>
    public static readonly TimeSpan LongestHeaders = TimeSpan.FromSeconds(15);

    private readonly WebApplication host;
    private readonly IServer server;
    private readonly GenerationApplication application;
    private readonly IDisposable malformed;

    private KestrelListener(WebApplication host, GenerationApplication application, TimeProvider clock)
    {
        this.host = host;
        this.application = application;
        server = host.Services.GetRequiredService<IServer>();
        malformed = new MalformedRequests(clock).Subscribe(host.Services.GetRequiredService<DiagnosticListener>());
    }

    /// <summary>The address bound, with the port taken where 0 was asked for.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Makes a listener; nothing is bound before <see cref="StartAsync"/>.</summary>
    /// <param name="options">Its settings.</param>
    /// <param name="certificate">Its certificate; null where it is not https.</param>
    /// <param name="protocols">HTTP/1.1 or HTTP/2.</param>
    /// <param name="logs">Where it writes.</param>
    /// <param name="application">What it shows.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="hasRoom">Whether the connection of a socket may stay.</param>
    /// <param name="accepted">Told each client certificate that is pinned.</param>
    public static KestrelListener Create(ListenerOptions options, ListenerCertificate? certificate, HttpProtocols protocols, ILoggerFactory logs, GenerationApplication application, TimeProvider clock, Func<Socket, bool> hasRoom, Action<X509Certificate2>? accepted = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(logs);
        builder.Services.AddLogging();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.UseKestrelCore();
        // What a socket brings is worked on by the pool's thread that was told of it, and not handed to another one, which has to be woken. By measurement (benchmark
        // exchange with its option compare, 16 at once, 2 cores): consumer 1375 us with a second thread, 1294 so; provider 1393, 1337. The threads that wait for all
        // sockets never run any of it (that would take a variable of the framework's own), so a handler that takes long keeps no other connection waiting.
        builder.Services.Configure<SocketTransportOptions>(static sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.Services.AddSingleton<SocketTransportFactory>();
        builder.Services.Replace(ServiceDescriptor.Singleton<IConnectionListenerFactory>(parts => new BoundedTransport(parts.GetRequiredService<SocketTransportFactory>(), hasRoom)));
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            RequestFraming.Harden(kestrel);
            // Twice what RequestGuard takes: what lies between is refused by name.
            kestrel.Limits.MaxRequestHeaderCount = 200;
            kestrel.Limits.MaxRequestHeadersTotalSize = 64 * 1024;
            kestrel.Limits.MaxRequestLineSize = 8 * 1024;
            kestrel.Limits.RequestHeadersTimeout = LongestHeaders;
            if (protocols == HttpProtocols.Http2)
            {
                kestrel.AllowSlowGrpcReaders();
            }

            var uri = new Uri(options.Address);
            var endpoint = new IPEndPoint(IPAddress.Parse(uri.Host.Trim('[', ']')), uri.Port);
            kestrel.Listen(endpoint, listen =>
            {
                listen.Protocols = protocols;
                if (certificate is not null)
                {
                    UseHttps(listen, options, certificate, accepted);
                }

                if (protocols == HttpProtocols.Http1)
                {
                    listen.Use(MalformedRequests.Watch);
                }
            });
        });
        return new KestrelListener(builder.Build(), application, clock);
    }

    /// <summary>Binds and starts.</summary>
    /// <exception cref="IOException">The address is taken or not of this machine.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await server.StartAsync(application, cancellationToken);
        Address = new Uri(server.Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    /// <summary>Stops taking connections and lets requests under way finish until the token is cancelled.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => server.StopAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        using (var now = new CancellationTokenSource())
        {
            await now.CancelAsync();
            await server.StopAsync(now.Token);
        }

        malformed.Dispose();
        await host.DisposeAsync();
    }

    private static void UseHttps(Microsoft.AspNetCore.Server.Kestrel.Core.ListenOptions listen, ListenerOptions options, ListenerCertificate certificate, Action<X509Certificate2>? accepted)
    {
        var pinned = options.ClientCertificates.ToHashSet(StringComparer.OrdinalIgnoreCase);
        listen.UseHttps(https =>
        {
            https.ServerCertificate = certificate.Certificate;
            https.ServerCertificateChain = certificate.Chain;
            https.SslProtocols = System.Security.Authentication.SslProtocols.Tls12 | System.Security.Authentication.SslProtocols.Tls13;
            if (pinned.Count > 0)
            {
                https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;

                // X-Road pins certificates as bytes and builds no chain (facts "Security server <-> IS").
                https.ClientCertificateValidation = (client, _, _) =>
                {
                    var isPinned = pinned.Contains(client.GetCertHashString(HashAlgorithmName.SHA256));
                    if (isPinned)
                    {
                        accepted?.Invoke(client);
                    }

                    return isPinned;
                };
            }
            else
            {
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                https.ClientCertificateValidation = static (_, _, _) => true; // Only names the caller: CallerAuthenticator decides by pin.
            }
        });
    }
}
