using System.Text;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.InformationSystems;
using Tunduk.Adapter.Tests.Functional;

namespace Tunduk.Adapter.Tests.Resilience;

/// <summary>One slow information system takes no more than its share of the places, and no request is sent to it twice.</summary>
public sealed class InformationSystemBulkheadTests
{
    private static readonly byte[] Ok = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");

    [Fact]
    public async Task Post_OneSystemTakesItsPlaces_MoreAreRefusedAndAnotherIsAnswered()
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var slow = new RawServer(async (stream, _) =>
        {
            await RawServer.ReadRequestAsync(stream);
            arrived.TrySetResult();
            await open.Task;
            await stream.WriteAsync(Ok);
        });
        await using var quick = new RawServer(async (stream, _) =>
        {
            await RawServer.ReadRequestAsync(stream);
            await stream.WriteAsync(Ok);
        });
        using var client = new InformationSystemClient(new LimitOptions { MaxConcurrentExchanges = 2 }, TimeProvider.System);
        var held = PostAsync(client, slow.Address);
        await arrived.Task.WaitAsync(Wait.Longest);

        var refused = (await PostAsync(client, slow.Address)).Error.ShouldNotBeNull();
        var other = await PostAsync(client, quick.Address);

        refused.Code.ShouldBe(ExchangeCodes.Overloaded);
        refused.OutcomeUnknown.ShouldBeFalse("it was not asked");
        other.Error.ShouldBeNull();
        open.SetResult();
        (await held).Error.ShouldBeNull();
    }

    [Fact]
    public async Task Post_OneServiceOfASystemBreaksOff_ItsCircuitOpensAndTheOthersAtTheAddressAreAnswered()
    {
        var asked = 0;
        var isBroken = true;
        await using var system = new RawServer(async (stream, _) =>
        {
            await RawServer.ReadRequestAsync(stream);
            Interlocked.Increment(ref asked);
            await stream.WriteAsync(isBroken ? "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}"u8.ToArray() : Ok);
        });
        var clock = new TestClock();
        clock.Stand(); // The circuit counts calls within 10 s, and is open for 5.
        using var client = new InformationSystemClient(new LimitOptions(), clock);
        for (var i = 0; i < 20; i++)
        {
            (await PostAsync(client, new Uri(system.Address, "broken"), "broken")).Error!.Code.ShouldBe(ExchangeCodes.InformationSystemBroken);
        }

        var rests = (await PostAsync(client, new Uri(system.Address, "broken"), "broken")).Error.ShouldNotBeNull();
        rests.Code.ShouldBe(ExchangeCodes.InformationSystemUnreachable);
        rests.Found.ShouldNotBeNull().ShouldContain("none is made for 5 s");
        rests.OutcomeUnknown.ShouldBeFalse();
        asked.ShouldBe(20);
        isBroken = false;
        (await PostAsync(client, system.Address, "sound")).Error.ShouldBeNull("another service of the same information system");
    }

    private static Task<Outcome<ReadOnlyMemory<byte>>> PostAsync(InformationSystemClient client, Uri address, string? service = null) =>
        client.PostJsonAsync(service ?? address.ToString(), address, Encoding.UTF8.GetBytes("{}"), [], TimeSpan.FromSeconds(30), share: null, CancellationToken.None);
}
