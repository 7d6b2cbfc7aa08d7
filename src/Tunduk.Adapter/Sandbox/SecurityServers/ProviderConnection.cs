using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>
/// The connections of a security server to the services behind it: pooled, no redirects, no retries, no decompression,
/// no trace headers; https with the server's certificate pinned to the subsystem's list, and the own internal certificate
/// offered to it.
/// </summary>
internal sealed class ProviderConnection(X509Certificate2? internalCertificate) : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<ServiceRegistration, HttpMessageInvoker> _invokers = new();

    public Task<HttpResponseMessage> SendAsync(
        ServiceRegistration service, ClientRegistration owner, HttpRequestMessage request, CancellationToken cancellationToken) =>
        _invokers.GetOrAdd(service, static (key, state) => Create(key, state.owner, state.internalCertificate), (owner, internalCertificate))
            .SendAsync(request, cancellationToken);

    /// <summary>The code for a failed call, without prefix.</summary>
    public static ServerFault Classify(Exception exception) => exception switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } =>
            new ServerFault("unknown_host", "The host of the service does not resolve"),
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
            new ServerFault("ssl_authentication_failed", "The TLS connection to the service was refused"),
        { InnerException: AuthenticationException } =>
            new ServerFault("ssl_authentication_failed", "The TLS connection to the service was refused"),
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } or { InnerException: SocketException } =>
            new ServerFault("network_error", "The service cannot be reached"),
        OperationCanceledException => new ServerFault("io_error", "The service did not answer in time"),
        _ => new ServerFault("io_error", "The answer of the service broke off"),
    };

    public void Dispose()
    {
        foreach (HttpMessageInvoker invoker in _invokers.Values)
        {
            invoker.Dispose();
        }
    }

    private static HttpMessageInvoker Create(ServiceRegistration service, ClientRegistration owner, X509Certificate2? own)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = ConnectTimeout,
            ActivityHeadersPropagator = null,
            SslOptions = new SslClientAuthenticationOptions
            {
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                // What the real one does: the certificate's bytes decide, not its chain, host name or dates.
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                    !service.VerifyTlsCertificate || Pins.Contain(owner.Certificates, certificate),
            },
        };
        if (own is not null)
        {
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => own;
        }

        return new HttpMessageInvoker(handler);
    }
}
