using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Tunduk.Adapter.Configuration;
using Tunduk.GrpcHosting.Server;

namespace Tunduk.Adapter.Listeners;

/// <summary>
/// One listener: a Kestrel of its own with a routing table of its own, so that an endpoint of one listener can never be
/// reached through another.
/// </summary>
internal sealed class KestrelListener : IAsyncDisposable
{
    private readonly WebApplication application;

    private KestrelListener(WebApplication application) => this.application = application;

    /// <summary>The address bound, with the port taken where 0 was asked for.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Makes a listener and its endpoints; nothing is bound before <see cref="StartAsync"/>.</summary>
    public static KestrelListener Create(
        ListenerOptions options,
        ListenerCertificate? certificate,
        ILoggerFactory logs,
        long maxBody,
        IListenerFace face)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(logs);
        builder.Services.AddLogging();
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        face.AddParts(builder.Services);
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = maxBody;
            // Twice what RequestGuard takes: what lies between is refused by name.
            kestrel.Limits.MaxRequestHeaderCount = 200;
            kestrel.Limits.MaxRequestHeadersTotalSize = 64 * 1024;
            kestrel.Limits.MaxRequestLineSize = 8 * 1024;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
            if (face.Protocols == HttpProtocols.Http2)
            {
                kestrel.AllowSlowGrpcReaders();
            }

            var uri = new Uri(options.Address);
            var endpoint = new IPEndPoint(IPAddress.Parse(uri.Host.Trim('[', ']')), uri.Port);
            kestrel.Listen(endpoint, listen =>
            {
                listen.Protocols = face.Protocols;
                if (certificate is not null)
                {
                    UseHttps(listen, options, certificate);
                }
            });
        });
        var application = builder.Build();
        application.Use(new RequestGuard(options, face.RefuseAsync, logs.CreateLogger<RequestGuard>()).InvokeAsync);
        face.Map(application);
        return new KestrelListener(application);
    }

    /// <summary>Binds and starts.</summary>
    /// <exception cref="IOException">The address is taken or not of this machine.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await application.StartAsync(cancellationToken);
        var addresses = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        Address = new Uri(addresses.Addresses.First());
    }

    /// <summary>Stops taking connections and lets requests under way finish until the token is cancelled.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => application.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => application.DisposeAsync();

    private static void UseHttps(Microsoft.AspNetCore.Server.Kestrel.Core.ListenOptions listen, ListenerOptions options, ListenerCertificate certificate)
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
                https.ClientCertificateValidation = (client, _, _) => pinned.Contains(client.GetCertHashString(HashAlgorithmName.SHA256));
            }
            else
            {
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                https.ClientCertificateValidation = static (_, _, _) => true; // Only names the caller: CallerAuthenticator decides by pin.
            }
        });
    }

    // Signals belong to the process, not to one of its listeners.
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
