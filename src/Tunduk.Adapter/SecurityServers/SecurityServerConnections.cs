using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Adapter.Configuration;

namespace Tunduk.Adapter.SecurityServers;

/// <summary>How connections to the security server are made: plain, or TLS 1.2 and 1.3 with its certificate pinned and ours offered.</summary>
internal static class SecurityServerConnections
{
    /// <summary>Longest time to connect that one request asks for.</summary>
    public static readonly HttpRequestOptionsKey<TimeSpan> ConnectTimeout = new("tunduk.connect-timeout");

    // A timer that rings half as late again as it should rings in a process that has no time.
    private const double LateHere = 1.5;

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
            ConnectCallback = (context, cancellationToken) => ConnectAsync(context, options.ConnectTimeout, names ?? Dns.GetHostAddressesAsync, clock, cancellationToken),
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

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, TimeSpan usual, Func<string, CancellationToken, Task<IPAddress[]>> names, TimeProvider clock, CancellationToken cancellationToken)
    {
        var timeout = context.InitialRequestMessage.Options.TryGetValue(ConnectTimeout, out var own) ? own : usual;
        var started = clock.GetTimestamp();
        using var late = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // A resolver whose servers are silent takes its own time and hears of no token: the wait for it ends with the connect timeout.
            var addresses = await names(context.DnsEndPoint.Host, either.Token).WaitAsync(either.Token);
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, either.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            socket.Dispose();
            throw clock.GetElapsedTime(started) > timeout * LateHere ? new LateHereException() : new SocketException((int)SocketError.TimedOut);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
