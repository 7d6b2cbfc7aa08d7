using System.Net;
using System.Net.Sockets;

namespace Tunduk.Adapter.Tests.Functional;

/// <summary>An address at which nobody listens, and nobody will while this stands.</summary>
internal sealed class DeadAddress : IDisposable
{
    // Bound but not listening: every connect is refused, and no other process can take the port.
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public DeadAddress() => socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public Uri Uri => new($"http://127.0.0.1:{((IPEndPoint)socket.LocalEndPoint!).Port}/");

    public void Dispose() => socket.Dispose();
}
