using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Tunduk.Adapter.Listeners;

/// <summary>
/// Kestrel's sockets, and a connection there is no room for is closed before the next is taken: connections that are opened all at
/// once take one file more than the bound, and not as many as come before the first is closed.
/// </summary>
/// <param name="inner">The sockets.</param>
/// <param name="hasRoom">Whether the connection of a socket may stay.</param>
internal sealed class BoundedTransport(SocketTransportFactory inner, Func<Socket, bool> hasRoom) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) => inner.CanBind(endpoint);

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new Listener(await inner.BindAsync(endpoint, cancellationToken), hasRoom);

    private sealed class Listener(IConnectionListener inner, Func<Socket, bool> hasRoom) : IConnectionListener
    {
        public EndPoint EndPoint => inner.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (await inner.AcceptAsync(cancellationToken) is { } connection)
            {
                if (connection.Features.Get<IConnectionSocketFeature>() is not { Socket: { } socket } || hasRoom(socket))
                {
                    return connection;
                }

                // With a reset: what waits for a last word holds its port for a minute.
                socket.Close(0);
                await connection.DisposeAsync();
            }

            return null;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => inner.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
