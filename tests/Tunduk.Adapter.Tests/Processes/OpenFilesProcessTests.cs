using System.Net.Sockets;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.Tests.Sandbox;

namespace Tunduk.Adapter.Tests.Processes;

/// <summary>Strangers who open connections without end: the process has files and sockets left for its work, says so, and recovers by itself.</summary>
public sealed class OpenFilesProcessTests
{
    private const int Most = 640;
    private const int Rounds = 20;
    private const int Looks = 500;

    [Fact]
    public async Task Connect_MoreThanTheProcessMayOpen_AreClosedAndTheAdapterGoesOn()
    {
        using var folder = new TemporaryFolder();
        await using var world = await ProcessWorld.StartAsync(new ProcessWorldOptions { Data = folder.Path, ConsumerOpenFiles = Most });
        using var system = new InformationSystem(world);
        (await system.AskAsync("before", system.Persons[0])).IsOk.ShouldBeTrue();
        var address = world.Consumer["is"];
        var strangers = new List<TcpClient>();
        try
        {
            // All at once, and anew where a machine was so slow that the first were closed for their silence before the last was there.
            var said = false;
            for (var round = 0; round < Rounds && !said; round++)
            {
                strangers.ForEach(stranger => stranger.Dispose());
                strangers = [.. Enumerable.Range(0, 2 * Most).Select(_ => new TcpClient())];
                await Task.WhenAll(strangers.Select(stranger => ConnectAsync(stranger, address)));
                for (var look = 0; look < Looks && !said; look++)
                {
                    said = (await HealthAsync(world)).Contains("New connections are closed", StringComparison.Ordinal);
                }
            }

            said.ShouldBeTrue(world.Consumer.Errors);
        }
        finally
        {
            strangers.ForEach(stranger => stranger.Dispose());
        }

        world.Consumer.HasExited.ShouldBeFalse(world.Consumer.Errors);
        await Wait.ForAsync(async () =>
        {
            try
            {
                return (await system.AskAsync(Guid.NewGuid().ToString(), system.Persons[0])).IsOk ? "served" : null;
            }
            catch (HttpRequestException)
            {
                return null; // The connections that ended are not yet forgotten.
            }
        });
        await world.StopAdaptersAsync();
        world.Consumer.ExitCode.ShouldBe(0);
    }

    private static async Task ConnectAsync(TcpClient stranger, Uri address)
    {
        try
        {
            await stranger.ConnectAsync(address.Host, address.Port);
        }
        catch (SocketException)
        {
            // Closed as soon as it was there.
        }
    }

    private static async Task<string> HealthAsync(ProcessWorld world)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        try
        {
            using var answer = await client.GetAsync(new Uri(world.Consumer["admin"], "health/ready"));
            return await answer.Content.ReadAsStringAsync();
        }
        catch (HttpRequestException)
        {
            return ""; // Those that are being closed are still there.
        }
    }
}
