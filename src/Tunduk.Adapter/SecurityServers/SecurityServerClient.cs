using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Resilience;

namespace Tunduk.Adapter.SecurityServers;

/// <summary>
/// Sends one message to the own security server. Never repeats: some services are paid for by the call, and what was
/// written may have been executed.
/// </summary>
internal sealed class SecurityServerClient : IDisposable
{
    private readonly HttpClient http;
    private readonly Uri address;
    private readonly TimeSpan responseTimeout;
    private readonly int maxBody;
    private readonly NeighbourBreaker<SecurityServerReply> breaker;

    public SecurityServerClient(SecurityServerOptions options, Func<string, string> resolve, int maxBody, TimeProvider clock)
    {
        address = new Uri(options.Address);
        responseTimeout = options.ResponseTimeout;
        this.maxBody = maxBody;
        breaker = new NeighbourBreaker<SecurityServerReply>(
            static error => error.Code is ExchangeCodes.SecurityServerUnreachable or ExchangeCodes.SecurityServerBroken,
            Refuse(ExchangeCodes.SecurityServerUnreachable, "a security server that answers", "half of the last calls unanswered: none is made for 5 s", unknown: false),
            static timeout => Refuse(ExchangeCodes.SecurityServerTimeout, $"an answer within {timeout.TotalSeconds:0.#} s", "none, or half of one", unknown: true),
            clock);
        http = new HttpClient(CreateHandler(options, resolve)) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Posts a SOAP envelope and reads the whole answer.</summary>
    /// <returns>The answer; or a refusal that says whether the provider may have executed the request.</returns>
    public Task<Outcome<SecurityServerReply>> PostSoapAsync(ReadOnlyMemory<byte> envelope, TimeSpan? timeout, CancellationToken cancellationToken) =>
        breaker.CallAsync(static (call, token) => call.Client.SendAsync(call.Envelope, token), (Client: this, Envelope: envelope), timeout ?? responseTimeout, cancellationToken);

    private async ValueTask<Outcome<SecurityServerReply>> SendAsync(ReadOnlyMemory<byte> envelope, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ReadOnlyMemoryContent(envelope) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("text/xml", "utf-8");
        request.Headers.TryAddWithoutValidation("SOAPAction", "\"\"");

        // From here on the request may be on the wire: only a failed connect is known to have sent nothing.
        HttpResponseMessage? response = null;
        try
        {
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var body = await BoundedBody.ReadAsync(response.Content, maxBody, cancellationToken);
            if (body is null)
            {
                return Refuse(ExchangeCodes.SecurityServerBroken, $"at most {maxBody} bytes", "a longer answer", unknown: true);
            }

            return new SecurityServerReply(body, response.Content.Headers.ContentType?.ToString(), (int)response.StatusCode);
        }
        catch (HttpRequestException exception)
        {
            return FromHttp(exception);
        }
        catch (IOException)
        {
            return Refuse(ExchangeCodes.SecurityServerBroken, "a whole answer", "the connection closed before its end", unknown: true);
        }
        finally
        {
            response?.Dispose();
        }
    }

    public void Dispose() => http.Dispose();

    private static ExchangeError FromHttp(HttpRequestException exception) => exception.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => Refuse(ExchangeCodes.SecurityServerUnreachable, "a host name that resolves", "one that does not", unknown: false),
        HttpRequestError.ConnectionError => Refuse(
            ExchangeCodes.SecurityServerUnreachable,
            "a connection",
            exception.InnerException is SocketException socket ? socket.SocketErrorCode.ToString() : "none within the connect timeout",
            unknown: false),
        HttpRequestError.SecureConnectionError => Refuse(ExchangeCodes.SecurityServerUnreachable, "a pinned server certificate", "TLS was refused", unknown: false),
        _ => Refuse(ExchangeCodes.SecurityServerBroken, "an HTTP answer", exception.HttpRequestError.ToString(), unknown: true),
    };

    private static ExchangeError Refuse(string code, string expected, string found, bool unknown) =>
        new(ExchangeStage.Forward, code) { Path = "SecurityServer:Address", Expected = expected, Found = found, OutcomeUnknown = unknown };

    private static SocketsHttpHandler CreateHandler(SecurityServerOptions options, Func<string, string> resolve)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = options.ConnectTimeout,
            MaxConnectionsPerServer = options.MaxConnections,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            ActivityHeadersPropagator = null, // traceparent never crosses to a counterparty.
        };
        var pinned = options.ServerCertificates.ToHashSet(StringComparer.OrdinalIgnoreCase);
        handler.SslOptions = new SslClientAuthenticationOptions
        {
            EnabledSslProtocols = System.Security.Authentication.SslProtocols.Tls12 | System.Security.Authentication.SslProtocols.Tls13,

            // The security server's internal certificate is self-signed: it is pinned as bytes, as X-Road itself does.
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                certificate is not null && pinned.Contains(certificate.GetCertHashString(HashAlgorithmName.SHA256)),
        };
        if (options.ClientCertificate is { } file)
        {
            var certificate = X509Certificate2.CreateFromPemFile(resolve(file), resolve(options.ClientCertificateKey!));
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        }

        return handler;
    }
}
