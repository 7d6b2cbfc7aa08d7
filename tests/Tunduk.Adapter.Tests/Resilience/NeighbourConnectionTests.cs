using System.Net;
using System.Net.Sockets;
using Tunduk.Adapter.Resilience;
using Tunduk.Adapter.Tests.Functional;

namespace Tunduk.Adapter.Tests.Resilience;

/// <summary>A name with many addresses of which few answer: the neighbour is reached where any of them does.</summary>
public sealed class NeighbourConnectionTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(53);
    private readonly TestClock clock = new();

    [Fact]
    public async Task Open_FirstAddressSilent_TheNextIsTriedBesideIt()
    {
        using var silent = new SilentPort(IPAddress.Parse("127.0.0.2"));
        using var open = Listen(IPAddress.Parse("127.0.0.3"), silent.Port);

        await using var connection = await OpenAsync(silent.Port, "127.0.0.2", "127.0.0.3");

        using var accepted = await open.AcceptAsync();
        ((NetworkStream)connection).Socket.RemoteEndPoint.ShouldBe(new IPEndPoint(IPAddress.Parse("127.0.0.3"), silent.Port));
    }

    [Fact]
    public async Task Open_LastOfTwentyAddressesAlone_IsReached()
    {
        using var open = Listen(IPAddress.Parse("127.0.0.21"), 0);
        var port = ((IPEndPoint)open.LocalEndPoint!).Port;

        await using var connection = await OpenAsync(port, [.. Enumerable.Range(2, 20).Select(last => $"127.0.0.{last}")]);

        ((NetworkStream)connection).Socket.Connected.ShouldBeTrue();
    }

    [Fact]
    public async Task Open_EveryAddressRefuses_SaysSoAtOnce()
    {
        using var dead = new DeadAddress();

        (await Should.ThrowAsync<SocketException>(OpenAsync(dead.Uri.Port, "127.0.0.1", "127.0.0.2"))).SocketErrorCode.ShouldBe(SocketError.ConnectionRefused);
    }

    [Fact]
    public async Task Open_NameWithoutAddress_SaysSo() =>
        (await Should.ThrowAsync<SocketException>(OpenAsync(1))).SocketErrorCode.ShouldBe(SocketError.HostNotFound);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("[::1]")]
    public async Task Open_AddressInPlaceOfAName_NoNameServiceIsAsked(string host)
    {
        using var open = Listen(IPAddress.Parse(host), 0);

        await using var connection = await NeighbourConnection.OpenAsync(
            new DnsEndPoint(host, ((IPEndPoint)open.LocalEndPoint!).Port), Timeout, (_, _) => Task.FromException<IPAddress[]>(new SocketException((int)SocketError.TryAgain)), clock, CancellationToken.None);

        ((NetworkStream)connection).Socket.Connected.ShouldBeTrue();
    }

    [Fact]
    public async Task Open_EveryAddressSilent_EndsAtTheTimeout()
    {
        using var silent = new SilentPort(IPAddress.Loopback);
        var opening = OpenAsync(silent.Port, "127.0.0.1");

        await Wait.ForAsync(() => clock.Expire(Timeout) > 0);

        (await Should.ThrowAsync<SocketException>(opening)).SocketErrorCode.ShouldBe(SocketError.TimedOut);
    }

    [Fact]
    public async Task Open_AddressOfAnotherFamilyThanTheMachineHas_TheNextIsTried()
    {
        using var open = Listen(IPAddress.Loopback, 0);

        // Nobody routes a documentation address (RFC 3849): refused at once, or silent.
        await using var connection = await OpenAsync(((IPEndPoint)open.LocalEndPoint!).Port, "2001:db8::1", "127.0.0.1");

        ((NetworkStream)connection).Socket.Connected.ShouldBeTrue();
    }

    private async Task<Stream> OpenAsync(int port, params string[] addresses) => await NeighbourConnection.OpenAsync(
        new DnsEndPoint("neighbour.invalid", port), Timeout, (_, _) => Task.FromResult(addresses.Select(IPAddress.Parse).ToArray()), clock, CancellationToken.None);

    private static Socket Listen(IPAddress address, int port)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, port));
        socket.Listen();
        return socket;
    }
}
