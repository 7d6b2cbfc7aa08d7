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

    private static Task<Outcome<ReadOnlyMemory<byte>>> PostAsync(InformationSystemClient client, Uri address) =>
        client.PostJsonAsync(address, Encoding.UTF8.GetBytes("{}"), [], TimeSpan.FromSeconds(30), CancellationToken.None);
}
