using System.Net.Sockets;
using Tunduk.Adapter.Exchange;

namespace Tunduk.Adapter.SecurityServers;

/// <summary>From what happened on the wire to the refusal that says so.</summary>
internal static class SecurityServerErrors
{
    public static ExchangeError Refuse(string code, string expected, string found, bool unknown) =>
        new(ExchangeStage.Forward, code) { Path = "SecurityServer:Address", Expected = expected, Found = found, OutcomeUnknown = unknown };

    public static ExchangeError Late(TimeSpan timeout) =>
        Refuse(ExchangeCodes.SecurityServerTimeout, RefusalPhrases.Of("answer_within_s", timeout.TotalSeconds), RefusalPhrases.Of("none_or_half_of_one"), unknown: true);

    public static ExchangeError Silent(TimeSpan timeout) =>
        Refuse(ExchangeCodes.SecurityServerTimeout, RefusalPhrases.Of("no_pause_longer_than_s", timeout.TotalSeconds), RefusalPhrases.Of("longer_one"), unknown: true);

    public static ExchangeError Stalled(bool unknown) =>
        Refuse(ExchangeCodes.SecurityServerTimeout, RefusalPhrases.Of("security_server_that_takes_message"), RefusalPhrases.Of("one_that_stood_still"), unknown);

    public static ExchangeError Full(string service) =>
        new(ExchangeStage.Forward, ExchangeCodes.Overloaded) { Path = "Services:MaxConcurrent", Expected = RefusalPhrases.Of("place_for_service"), Found = RefusalPhrases.Of("has_all_of_its_places_taken_and_waited", service) };

    /// <summary>Nothing was sent, and it is not the security server's fault: it opens no circuit, and no other server is asked.</summary>
    public static ExchangeError LateHere() =>
        new(ExchangeStage.Forward, ExchangeCodes.Overloaded) { Path = "SecurityServer:ConnectTimeout", Expected = RefusalPhrases.Of("adapter_that_has_time_for_its_timers"), Found = RefusalPhrases.Of("timeout_noticed_half_as_late_again_as_it") };

    public static ExchangeError BrokenOff() =>
        Refuse(ExchangeCodes.SecurityServerBroken, RefusalPhrases.Of("whole_answer"), RefusalPhrases.Of("connection_closed_before_its_end"), unknown: true);

    public static ExchangeError Of(SocketException exception, bool written) => written
        ? Refuse(ExchangeCodes.SecurityServerBroken, RefusalPhrases.Of("http_answer"), exception.SocketErrorCode.ToString(), unknown: true)
        : exception is LateHereException ? LateHere()
        : Refuse(ExchangeCodes.SecurityServerUnreachable, RefusalPhrases.Of("connection"), exception.SocketErrorCode.ToString(), unknown: false);

    /// <summary>A failed request; whether it may have been executed is known from the wire alone.</summary>
    public static ExchangeError Of(HttpRequestException exception, bool written) => exception.HttpRequestError switch
    {
        _ when written => Refuse(ExchangeCodes.SecurityServerBroken, RefusalPhrases.Of("http_answer"), SocketErrorOf(exception)?.ToString() ?? exception.HttpRequestError.ToString(), unknown: true),
        _ when exception.InnerException is LateHereException => LateHere(),
        HttpRequestError.NameResolutionError => Refuse(ExchangeCodes.SecurityServerUnreachable, RefusalPhrases.Of("host_name_that_resolves"), RefusalPhrases.Of("one_that_does_not"), unknown: false),
        HttpRequestError.SecureConnectionError => Refuse(ExchangeCodes.SecurityServerUnreachable, RefusalPhrases.Of("tls_1_2_or_1_3_with_pinned_server"), RefusalPhrases.Of("tls_failed"), unknown: false),
        _ => Refuse(
            ExchangeCodes.SecurityServerUnreachable,
            RefusalPhrases.Of("connection"),
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
