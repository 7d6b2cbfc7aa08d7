using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Tunduk.Adapter.Exchange;

namespace Tunduk.Adapter.Resilience;

/// <summary>What a failed call by HTTP says of the neighbour, for a refusal: what was expected on the wire, and what came.</summary>
internal readonly record struct TransportFault(string Expected, string Found)
{
    // SocketsHttpHandler.MaxResponseHeadersLength, as it is without our word.
    private const int MostHeaders = 64;

    /// <summary>The connection was not made: no byte of the request left.</summary>
    public static TransportFault OfConnect(Exception exception) => exception switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => new(RefusalPhrases.Of("host_name_that_resolves"), RefusalPhrases.Of("one_that_does_not")),
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => OfHandshake(exception, RefusalPhrases.Of("tls_1_2_or_1_3_with_believed_server")),
        HttpRequestException { HttpRequestError: HttpRequestError.VersionNegotiationError } => new(RefusalPhrases.Of("http_2"), RefusalPhrases.Of("neighbour_that_does_not_offer_it")),
        OperationCanceledException or TimeoutException => new(RefusalPhrases.Of("connection"), RefusalPhrases.Of("none_within_connect_timeout")),
        _ => new(RefusalPhrases.Of("connection"), SocketErrorOf(exception)?.ToString() ?? (exception as HttpRequestException)?.HttpRequestError.ToString() ?? RefusalPhrases.Of("none")),
    };

    /// <summary>The port is open, and TLS was not agreed upon: no byte of the request left.</summary>
    /// <param name="exception">What the HTTP client threw.</param>
    /// <param name="expected">Which TLS it would have to be.</param>
    public static TransportFault OfHandshake(Exception exception, string expected) => new(expected, exception.InnerException switch
    {
        // Nothing of the TLS library below it: it had no fault to find. What was shown was not taken, or it could not even be asked.
        AuthenticationException { InnerException: null } => RefusalPhrases.Of("certificate_that_is_not_taken"),
        IOException => RefusalPhrases.Of("connection_closed_in_handshake"),
        _ => RefusalPhrases.Of("tls_failed"),
    });

    /// <summary>The request was written, and no answer began, or none that is HTTP.</summary>
    public static TransportFault OfAnswer(Exception exception) =>
        new(RefusalPhrases.Of("http_answer"), IsOfTls(exception) ? RefusalPhrases.Of("tls_broken_off") : SocketErrorOf(exception)?.ToString() ?? Named(exception, RefusalPhrases.Of("connection_closed_before_one")));

    /// <summary>An answer began and did not come whole.</summary>
    public static TransportFault OfBody(Exception exception) =>
        new(RefusalPhrases.Of("whole_answer"), IsOfTls(exception) ? RefusalPhrases.Of("tls_failed") : Named(exception, RefusalPhrases.Of("connection_closed_before_its_end")));

    /// <summary>What the network said, however deep it stands (a reset comes as an <see cref="IOException"/> around it).</summary>
    public static SocketError? SocketErrorOf(Exception? exception)
    {
        while (exception is not null and not SocketException)
        {
            exception = exception.InnerException;
        }

        return (exception as SocketException)?.SocketErrorCode;
    }

    // By TLS 1.3 the handshake is over for us before the other side has looked at our certificate: its alert comes in place of an answer.
    private static bool IsOfTls(Exception? exception) =>
        exception is not null && (exception is AuthenticationException or CryptographicException || IsOfTls(exception.InnerException));

    private static string Named(Exception exception, string closed) => ErrorOf(exception) switch
    {
        HttpRequestError.ConfigurationLimitExceeded => RefusalPhrases.Of("headers_longer_than_kib", MostHeaders),
        HttpRequestError.InvalidResponse => RefusalPhrases.Of("bytes_that_are_no_http"),
        HttpRequestError.Unknown when exception.InnerException is not IOException => RefusalPhrases.Of("broken_one"),
        _ => closed,
    };

    private static HttpRequestError? ErrorOf(Exception exception) => exception switch
    {
        HttpRequestException failed => failed.HttpRequestError,
        HttpIOException failed => failed.HttpRequestError,
        _ => null,
    };
}
