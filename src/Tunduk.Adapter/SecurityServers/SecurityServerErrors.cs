using System.Net.Sockets;
using Tunduk.Adapter.Exchange;

namespace Tunduk.Adapter.SecurityServers;

/// <summary>From what happened on the wire to the refusal that says so.</summary>
internal static class SecurityServerErrors
{
    public static ExchangeError Refuse(string code, string expected, string found, bool unknown) =>
        new(ExchangeStage.Forward, code) { Path = "SecurityServer:Address", Expected = expected, Found = found, OutcomeUnknown = unknown };

    public static ExchangeError Late(TimeSpan timeout) =>
        Refuse(ExchangeCodes.SecurityServerTimeout, $"an answer within {timeout.TotalSeconds:0.#} s", "none, or half of one", unknown: true);

    public static ExchangeError Silent(TimeSpan timeout) =>
        Refuse(ExchangeCodes.SecurityServerTimeout, $"no pause longer than {timeout.TotalSeconds:0.#} s", "a longer one", unknown: true);

    public static ExchangeError Stalled(bool unknown) =>
        Refuse(ExchangeCodes.SecurityServerTimeout, "a security server that takes the message (Limits:ProgressTimeout)", "one that stood still", unknown);

    public static ExchangeError Full(string service) =>
        new(ExchangeStage.Forward, ExchangeCodes.Overloaded) { Path = "Services:MaxConcurrent", Expected = "a place for the service", Found = $"{service} has all of its places taken and waited for" };

    /// <summary>Nothing was sent, and it is not the security server's fault: it opens no circuit, and no other server is asked.</summary>
    public static ExchangeError LateHere() =>
        new(ExchangeStage.Forward, ExchangeCodes.Overloaded) { Path = "SecurityServer:ConnectTimeout", Expected = "an adapter that has time for its timers", Found = "a timeout noticed half as late again as it is long: this machine has too much to do" };

    public static ExchangeError BrokenOff() =>
        Refuse(ExchangeCodes.SecurityServerBroken, "a whole answer", "the connection closed before its end", unknown: true);

    public static ExchangeError Of(SocketException exception, bool written) => written
        ? Refuse(ExchangeCodes.SecurityServerBroken, "an HTTP answer", exception.SocketErrorCode.ToString(), unknown: true)
        : exception is LateHereException ? LateHere()
        : Refuse(ExchangeCodes.SecurityServerUnreachable, "a connection", exception.SocketErrorCode.ToString(), unknown: false);

    /// <summary>A failed request; whether it may have been executed is known from the wire alone.</summary>
    public static ExchangeError Of(HttpRequestException exception, bool written) => exception.HttpRequestError switch
    {
        _ when written => Refuse(ExchangeCodes.SecurityServerBroken, "an HTTP answer", SocketErrorOf(exception)?.ToString() ?? exception.HttpRequestError.ToString(), unknown: true),
        _ when exception.InnerException is LateHereException => LateHere(),
        HttpRequestError.NameResolutionError => Refuse(ExchangeCodes.SecurityServerUnreachable, "a host name that resolves", "one that does not", unknown: false),
        HttpRequestError.SecureConnectionError => Refuse(ExchangeCodes.SecurityServerUnreachable, "TLS 1.2 or 1.3 with a pinned server certificate", "TLS failed", unknown: false),
        _ => Refuse(
            ExchangeCodes.SecurityServerUnreachable,
            "a connection",
            SocketErrorOf(exception)?.ToString() ?? exception.HttpRequestError.ToString(),
            unknown: false),
    };

    /// <summary>What the network said, however deep it stands (a reset comes as an <see cref="IOException"/> around it).</summary>
    public static SocketError? SocketErrorOf(Exception? exception)
    {
        while (exception is not null and not SocketException)
        {
            exception = exception.InnerException;
        }

        return (exception as SocketException)?.SocketErrorCode;
    }
}
