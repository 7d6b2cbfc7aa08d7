using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Adapter.Resilience;
using Tunduk.Adapter.SecurityServers;

namespace Tunduk.Adapter.Trust;

/// <summary>
/// Asks OCSP responders, list servers and time-stamping authorities: bounded in time and size, without redirects, proxies,
/// cookies, and to no address of this machine or its link unless the settings allow it.
/// </summary>
internal sealed class AuthorityClient : IDisposable
{
    /// <summary>The metadata service of a large cloud, which is not link-local: fd00:ec2::254.</summary>
    private static readonly IPAddress MetadataV6 = new([0xFD, 0, 0x0E, 0xC2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54]);

    private readonly TimeProvider clock;
    private readonly HttpClient strict;
    private readonly HttpClient local;

    /// <summary>Makes a client.</summary>
    /// <param name="anchors">Roots for https; the machine's own count for nothing.</param>
    /// <param name="clock">Clock of the time limits.</param>
    public AuthorityClient(X509Certificate2Collection anchors, TimeProvider clock)
    {
        this.clock = clock;
        strict = Create(anchors, allowLocal: false);
        local = Create(anchors, allowLocal: true);
    }

    /// <summary>Asks once.</summary>
    /// <param name="address">The configured address.</param>
    /// <param name="request">Body and media type of a POST; null for a GET.</param>
    /// <param name="most">Largest answer in bytes.</param>
    /// <param name="timeout">Longest time to the last byte.</param>
    /// <param name="allowLocal">Allows loopback and link-local addresses.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<AuthorityAnswer> AskAsync(Uri address, (string MediaType, ReadOnlyMemory<byte> Body)? request, int most, TimeSpan timeout, bool allowLocal, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var message = new HttpRequestMessage(request is null ? HttpMethod.Get : HttpMethod.Post, address);
        if (request is { } content)
        {
            message.Content = new ReadOnlyMemoryContent(content.Body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue(content.MediaType);
        }

        try
        {
            using var response = await (allowLocal ? local : strict).SendAsync(message, HttpCompletionOption.ResponseHeadersRead, both.Token);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                return new AuthorityAnswer(null, Phrases.Of("Trust.Http", (int)response.StatusCode));
            }

            return await BoundedBody.ReadAsync(response.Content, most, share: null, both.Token) is { } body
                ? new AuthorityAnswer(body, null)
                : new AuthorityAnswer(null, Phrases.Of("Trust.MoreThanBytes", most));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new AuthorityAnswer(null, Phrases.Of("Trust.NothingWithinS", timeout.TotalSeconds));
        }
        catch (HttpRequestException exception)
        {
            return new AuthorityAnswer(null, exception.InnerException is AddressNotAllowedException ? Phrases.Of("Trust.AddressMachineLinkNot") : TransportFault.SocketErrorOf(exception)?.ToString() ?? exception.HttpRequestError.ToString());
        }
        catch (SocketException exception)
        {
            return new AuthorityAnswer(null, exception.SocketErrorCode.ToString());
        }
        catch (IOException)
        {
            return new AuthorityAnswer(null, Phrases.Of("Trust.ConnectionClosedBeforeEnd"));
        }
    }

    public void Dispose()
    {
        strict.Dispose();
        local.Dispose();
    }

    /// <summary>Loopback, link-local (cloud metadata services among them), unspecified and multicast.</summary>
    internal static bool IsLocal(IPAddress address)
    {
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var bytes = address.GetAddressBytes();
        return IPAddress.IsLoopback(address) || address.IsIPv6LinkLocal || address.IsIPv6Multicast || address.Equals(IPAddress.IPv6Any)
            || (address.AddressFamily == AddressFamily.InterNetwork && (bytes[0] is 0 or 127 or >= 224 || (bytes[0] == 169 && bytes[1] == 254)))
            || address.Equals(MetadataV6);
    }

    private static HttpClient Create(X509Certificate2Collection anchors, bool allowLocal)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(anchors);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = false,
            MaxConnectionsPerServer = 4,
            MaxResponseHeadersLength = 16,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            ActivityHeadersPropagator = null,
            SslOptions = new SslClientAuthenticationOptions { EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13, CertificateChainPolicy = policy },
            ConnectCallback = async (context, cancellationToken) => await ConnectAsync(context.DnsEndPoint, allowLocal, cancellationToken),
        };
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    // Checked after the name was resolved and on the address that is connected to: a name cannot be turned to another in between.
    private static async Task<Stream> ConnectAsync(DnsEndPoint endpoint, bool allowLocal, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(endpoint.Host, cancellationToken);
        var allowed = Array.FindAll(addresses, address => allowLocal || !IsLocal(address));
        if (allowed.Length == 0)
        {
            throw new AddressNotAllowedException();
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, endpoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed class AddressNotAllowedException : Exception;
}
