using System.Net;
using System.Net.Sockets;

namespace Tunduk.Adapter.Tests.Functional;

/// <summary>A port on which the kernel answers no further SYN, as behind a firewall that drops: its backlog is full.</summary>
internal sealed class SilentPort : IDisposable
{
    private readonly Socket listener;
    private readonly List<Socket> waiting = [];

    public SilentPort(IPAddress address)
    {
        listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(address, 0));
        listener.Listen(0);
        for (var i = 0; i < 2; i++)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            waiting.Add(socket);
            if (i == 0)
            {
                socket.Connect(listener.LocalEndPoint!);
            }
            else
            {
                _ = socket.ConnectAsync(listener.LocalEndPoint!);
            }
        }
    }

    public int Port => ((IPEndPoint)listener.LocalEndPoint!).Port;

    public Uri Address => new($"http://{listener.LocalEndPoint}/");

    public void Dispose()
    {
        waiting.ForEach(socket => socket.Dispose());
        listener.Dispose();
    }
}
