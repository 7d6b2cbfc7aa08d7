using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Tunduk.Adapter.Tests.Processes;

/// <summary>Ports that a killed process can take again: outside the range that outgoing connections are given.</summary>
internal static class FreePort
{
    private const int First = 12_000;
    private const int Last = 32_000;

    public static int Choose()
    {
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(First, Last);
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
}
