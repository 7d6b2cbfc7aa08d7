using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Resilience;

namespace Tunduk.Adapter.SecurityServers;

/// <summary>How connections to the security server are made: plain, or TLS 1.2 and 1.3 with its certificate pinned and ours offered.</summary>
internal static class SecurityServerConnections
{
    /// <summary>Longest time to connect that one request asks for.</summary>
    public static readonly HttpRequestOptionsKey<TimeSpan> ConnectTimeout = new("tunduk.connect-timeout");

    public static SocketsHttpHandler CreateHandler(SecurityServerOptions options, TimeSpan longestConnect, X509Certificate2? clientCertificate, TimeProvider clock, Action<X509Certificate>? accepted = null, Func<string, CancellationToken, Task<IPAddress[]>>? names = null)
    {
        var pinned = options.ServerCertificates.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = longestConnect * 2, // With the TLS handshake; each request's own timeout of the connect is kept below.
            MaxConnectionsPerServer = options.MaxConnections,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            ActivityHeadersPropagator = null, // traceparent never crosses to a counterparty.
            ConnectCallback = (context, cancellationToken) => NeighbourConnection.OpenAsync(
                context.DnsEndPoint,
                context.InitialRequestMessage.Options.TryGetValue(ConnectTimeout, out var own) ? own : options.ConnectTimeout,
                names,
                clock,
                cancellationToken),
            PlaintextStreamFilter = static (context, _) => new ValueTask<Stream>(new MeteredStream(context.PlaintextStream)),
            SslOptions = new SslClientAuthenticationOptions
            {
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,

                // The security server's internal certificate is self-signed: it is pinned as bytes, as X-Road itself does.
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                {
                    var isPinned = certificate is not null && pinned.Contains(certificate.GetCertHashString(HashAlgorithmName.SHA256));
                    if (isPinned)
                    {
                        accepted?.Invoke(certificate!);
                    }

                    return isPinned;
                },
            },
        };
        if (clientCertificate is not null)
        {
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => clientCertificate;
        }

        return handler;
    }
}
