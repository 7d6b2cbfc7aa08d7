using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Tunduk.Adapter.Listeners;

namespace Tunduk.Adapter.Tests.Listeners;

/// <summary>Connections there is no room for; that a process outlives thousands stands in <c>Processes/OpenFilesProcessTests</c>.</summary>
public sealed class BoundedTransportTests
{
    private const int Refused = 20;

    [Fact]
    public async Task Accept_ManyWithoutRoom_ClosesEachBeforeTheNextAndGivesTheOneThatHas()
    {
        var seen = new List<Socket>();
        var open = 0;
        var transport = new BoundedTransport(new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance), socket =>
        {
            open = Math.Max(open, seen.Count(static earlier => !earlier.SafeHandle.IsClosed));
            seen.Add(socket);
            return seen.Count > Refused;
        });
        await using var listener = await transport.BindAsync(new IPEndPoint(IPAddress.Loopback, 0));
        var clients = Enumerable.Range(0, Refused + 1).Select(static _ => new TcpClient()).ToList();
        try
        {
            foreach (var client in clients)
            {
                await client.ConnectAsync((IPEndPoint)listener.EndPoint);
            }

            await using var kept = await listener.AcceptAsync();
            seen.Count.ShouldBe(Refused + 1);
            open.ShouldBe(0);
            kept.ShouldNotBeNull().Features.Get<IConnectionSocketFeature>().ShouldNotBeNull().Socket.ShouldBeSameAs(seen[^1]);
            (await Should.ThrowAsync<IOException>(async () => await clients[0].GetStream().ReadExactlyAsync(new byte[1]))).InnerException
                .ShouldBeOfType<SocketException>().SocketErrorCode.ShouldBe(SocketError.ConnectionReset);
        }
        finally
        {
            clients.ForEach(static client => client.Dispose());
        }
    }

    [Fact]
    public async Task Accept_ListenerUnbound_Ends()
    {
        var transport = new BoundedTransport(new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance), static _ => false);
        await using var listener = await transport.BindAsync(new IPEndPoint(IPAddress.Loopback, 0));
        var accept = listener.AcceptAsync();
        await listener.UnbindAsync();
        (await accept).ShouldBeNull();
    }
}
