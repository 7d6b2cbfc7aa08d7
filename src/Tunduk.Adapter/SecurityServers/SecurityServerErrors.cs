using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Resilience;

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

    /// <summary>An answer began and did not come whole.</summary>
    public static ExchangeError BrokenOff(Exception exception) => Broken(TransportFault.OfBody(exception));

    /// <summary>A failed request; whether it may have been executed is known from the wire alone.</summary>
    public static ExchangeError Of(Exception exception, bool written)
    {
        if (written)
        {
            return Broken(TransportFault.OfAnswer(exception));
        }

        if (LateHereException.Is(exception))
        {
            return LateHereException.Refuse("SecurityServer:ConnectTimeout");
        }

        // That the name is known and the port open says that it is TLS.
        var (expected, found) = exception is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }
            ? TransportFault.OfHandshake(exception, RefusalPhrases.Of("tls_1_2_or_1_3_with_pinned_server"))
            : TransportFault.OfConnect(exception);
        return Refuse(ExchangeCodes.SecurityServerUnreachable, expected, found, unknown: false);
    }

    private static ExchangeError Broken(TransportFault fault) => Refuse(ExchangeCodes.SecurityServerBroken, fault.Expected, fault.Found, unknown: true);
}
