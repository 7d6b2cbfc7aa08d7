using System.Net.Sockets;

namespace Tunduk.Adapter.Resilience;

/// <summary>
/// A connect timeout that this process noticed much too late: it had no time for its own timers, and so knows nothing of the
/// neighbour, which may have accepted long ago.
/// </summary>
internal sealed class LateHereException() : SocketException((int)SocketError.TimedOut);
