using System.Net;
using System.Net.Sockets;

namespace Tunduk.Adapter.Sandbox;

/// <summary>Chooses ports: the documented one where it is free, else any free one.</summary>
internal static class SandboxPorts
{
    /// <summary>A port nobody listens on now.</summary>
    public static int Choose(int preferred)
    {
        foreach (var port in new[] { preferred, 0 })
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException)
            {
                // Taken: any free one will do.
            }
        }

        throw new IOException(Phrases.Of("Sandbox.NoFreePortLoopback"));
    }
}
