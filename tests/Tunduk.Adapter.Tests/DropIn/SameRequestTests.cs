using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Tests.Exchange;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Tests.DropIn;

/// <summary>One id several times at once from an existing client: the same request leaves once, another request under that id leaves.</summary>
[Collection(DropInWorld.Collection)]
public sealed class SameRequestTests(DropInWorld fixture) : IDisposable
{
    private const string Persons = "/r1/sandbox/GOV/70009001/registry/persons/by-pin/";
    private readonly DropInWorld drop = fixture;
    private readonly SemaphoreSlim arrived = new(0);
    private readonly TaskCompletionSource go = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose()
    {
        drop.Upstream.Reset();
        arrived.Dispose();
    }

    [Fact]
    [Provokes(ExchangeCodes.MessageIdRepeated, Faces.Soap)]
    public async Task Post_SameRequestSixTimesAtOnce_LeavesOnceAndTheOthersAreToldSo()
    {
        drop.Upstream.Soap = async (context, call) =>
        {
            arrived.Release();
            await go.Task;
            await UpstreamDouble.Answering(UpstreamDouble.Response("<l:surname>x</l:surname>"))(context, call);
        };
        var id = Guid.NewGuid().ToString();
        var first = PostAsync(id, "1");
        (await arrived.WaitAsync(Wait.Longest)).ShouldBeTrue();
        var calls = drop.Upstream.Calls.Count;

        foreach (var _ in Enumerable.Range(0, 5))
        {
            (await PostAsync(id, "1")).FaultCode.ShouldBe("adapter.message_id_repeated");
        }

        drop.Upstream.Calls.Count.ShouldBe(calls, "nothing of it was sent");

        // Clients with constant ids: another request is not this one.
        var others = new[] { PostAsync(id, "2"), PostAsync(id, "3") };
        (await arrived.WaitAsync(Wait.Longest)).ShouldBeTrue();
        (await arrived.WaitAsync(Wait.Longest)).ShouldBeTrue();
        go.SetResult();
        (await first).Fault.ShouldBeNull();
        (await Task.WhenAll(others)).ShouldAllBe(reply => reply.Fault == null);
        (await PostAsync(id, "1")).Fault.ShouldBeNull("the first has ended: asked again it is a request of its own");
    }

    [Fact]
    public async Task Rest_SameRequestAtOnce_IsToldSo()
    {
        drop.Upstream.Rest = async (context, call) =>
        {
            arrived.Release();
            await go.Task;
            await UpstreamDouble.Answering("{\"surname\":\"x\"}", "application/json")(context, call);
        };
        var headers = new Dictionary<string, string?> { ["X-Road-Id"] = "1" };
        var first = drop.RestAsync("GET", Persons + "1", headers: headers);
        (await arrived.WaitAsync(Wait.Longest)).ShouldBeTrue();

        var second = await drop.RestAsync("GET", Persons + "1", headers: headers);
        second.Headers["X-Road-Error"].ShouldBe("adapter.message_id_repeated");
        second.Status.ShouldBe(409);
        var other = drop.RestAsync("GET", Persons + "2", headers: headers);
        (await arrived.WaitAsync(Wait.Longest)).ShouldBeTrue();
        go.SetResult();
        (await first).Status.ShouldBe(200);
        (await other).Status.ShouldBe(200);
    }

    private Task<SoapReply> PostAsync(string id, string pin) => drop.PostAsync(Envelopes.UnsignedText(
        Envelopes.Headers(id) with { Service = ServiceId.Parse(DropInWorld.Lookup) },
        $"<l:lookup xmlns:l=\"{DropInWorld.LookupNamespace}\"><l:pin>{pin}</l:pin></l:lookup>"));
}
