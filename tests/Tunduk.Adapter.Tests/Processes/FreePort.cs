using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Tunduk.Adapter.Tests.Processes;

/// <summary>Ports that a killed process can take again: outside the range that outgoing connections are given.</summary>
internal static class FreePort
{
    private const int First = 12_000;
    private static readonly int Last = Math.Clamp(FirstOutgoing(), First + 1_000, 32_000);
    private static readonly ConcurrentDictionary<int, bool> Given = new();

    public static int Choose()
    {
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(First, Last);
            if (!Given.TryAdd(port, true))
            {
                continue; // Another test's, which may not have taken it yet.
            }

            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken by someone else: the next number.
            }
        }
    }

    private static int FirstOutgoing() => int.Parse(File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture);
}
