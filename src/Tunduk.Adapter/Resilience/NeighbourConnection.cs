using System.Net;
using System.Net.Sockets;

namespace Tunduk.Adapter.Resilience;

/// <summary>
/// Connects to a neighbour by name, within one time for the name service and all addresses together. An address that stays silent
/// does not keep the others waiting (RFC 8305 §5): the next is tried beside it, and the first connection made is taken.
/// </summary>
internal static class NeighbourConnection
{
    // A timer that rings half as late again as it should rings in a process that has no time.
    private const double LateHere = 1.5;

    // RFC 8305 §8; less where so many addresses stand behind a name that half of the time would not reach the last.
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);

    /// <summary>Makes the connection.</summary>
    /// <param name="place">Name or address, and port.</param>
    /// <param name="timeout">Longest time for the name and the connection.</param>
    /// <param name="names">Resolves a name; null asks the system.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="cancellationToken">Whoever waits gives up.</param>
    /// <exception cref="SocketException">There is no such name, no address accepts, or none did in time.</exception>
    /// <exception cref="LateHereException">The end of the time was noticed much too late: nothing is known of the neighbour.</exception>
    public static async ValueTask<Stream> OpenAsync(DnsEndPoint place, TimeSpan timeout, Func<string, CancellationToken, Task<IPAddress[]>>? names, TimeProvider clock, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        using var late = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            // A resolver whose servers are silent takes its own time and hears of no token: the wait for it ends with the connect timeout.
            // An address is asked of nobody: it is reached while there is no name service.
            var addresses = IPAddress.TryParse(place.Host, out var literal) ? [literal] : await (names ?? Dns.GetHostAddressesAsync)(place.Host, either.Token).WaitAsync(either.Token);
            return new NetworkStream(await ConnectAsync(addresses, place.Port, timeout, clock, either.Token), ownsSocket: true);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw clock.GetElapsedTime(started) > timeout * LateHere ? new LateHereException() : new SocketException((int)SocketError.TimedOut);
        }
    }

    private static async Task<Socket> ConnectAsync(IPAddress[] addresses, int port, TimeSpan timeout, TimeProvider clock, CancellationToken cancellationToken)
    {
        var pause = addresses.Length == 0 || timeout / (2 * addresses.Length) > LongestPause ? LongestPause : timeout / (2 * addresses.Length);
        var failure = new SocketException((int)SocketError.HostNotFound);
        var pending = new List<Task<Attempt>>();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            for (var next = 0; next < addresses.Length || pending.Count > 0;)
            {
                if (next < addresses.Length)
                {
                    pending.Add(TryAsync(addresses[next++], port, enough.Token));
                }

                var first = Task.WhenAny(pending);
                if (next < addresses.Length && await Task.WhenAny(first, Task.Delay(pause, clock, enough.Token)) != first)
                {
                    continue;
                }

                var ended = await first;
                pending.Remove(ended);
                var attempt = await ended;
                if (attempt.Socket is { } socket)
                {
                    return socket;
                }

                cancellationToken.ThrowIfCancellationRequested();
                failure = attempt.Failure ?? failure;
            }

            throw failure;
        }
        finally
        {
            await enough.CancelAsync();
            foreach (var attempt in await Task.WhenAll(pending))
            {
                attempt.Socket?.Dispose();
            }
        }
    }

    private static async Task<Attempt> TryAsync(IPAddress address, int port, CancellationToken cancellationToken)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(address, port, cancellationToken);
            return new Attempt(socket, null);
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            socket?.Dispose();
            return new Attempt(null, exception as SocketException);
        }
    }

    // One address: a connection, or why there is none; neither where it was given up.
    private readonly record struct Attempt(Socket? Socket, SocketException? Failure);
}
