using System.Net.Sockets;
using Tunduk.Adapter.Exchange;

namespace Tunduk.Adapter.Resilience;

/// <summary>
/// A connect timeout that this process noticed much too late: it had no time for its own timers, and so knows nothing of the
/// neighbour, which may have accepted long ago.
/// </summary>
internal sealed class LateHereException() : SocketException((int)SocketError.TimedOut)
{
    /// <summary>True where a failed call failed for this.</summary>
    /// <param name="exception">As the HTTP client threw it: bare, or around this.</param>
    public static bool Is(Exception exception) => exception is LateHereException || exception.InnerException is LateHereException;

    /// <summary>The refusal: nothing was sent, and it is not the neighbour's fault, so that it opens no circuit and no other neighbour is asked.</summary>
    /// <param name="setting">The setting that says who the neighbour is or how long a connection may take.</param>
    public static ExchangeError Refuse(string setting) => new(ExchangeStage.Forward, ExchangeCodes.Overloaded)
    {
        Path = setting,
        Expected = RefusalPhrases.Of("adapter_that_has_time_for_its_timers"),
        Found = RefusalPhrases.Of("timeout_noticed_half_as_late_again_as_it"),
    };
}
