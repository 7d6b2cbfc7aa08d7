using System.Text.Json.Nodes;
using Tunduk.Adapter.Tests.Functional;

namespace Tunduk.Adapter.Tests.Exchange;

/// <summary>Load is shed by name, before anything of the request was done.</summary>
public sealed class OverloadTests
{
    [Fact]
    public async Task Ask_AllPlacesTaken_IsRefusedWithRetryAfterAndLaterAnswered()
    {
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { Consumer = options => options["Limits"] = new JsonObject { ["MaxConcurrentExchanges"] = 1 } });
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.InformationSystem.Misbehave = async context =>
        {
            arrived.TrySetResult();
            await answer.Task;
            await InformationSystemDouble.Answering("{}", status: 404)(context);
        };
        var first = world.AskAsync();
        await arrived.Task.WaitAsync(Wait.Longest);

        var refusal = await world.RefusedAsync("overloaded", "authenticate");

        refusal.Reply.Status.ShouldBe(503);
        refusal.Reply.Headers["Retry-After"].ShouldBe("1");
        answer.SetResult();
        await first;
        world.InformationSystem.Misbehave = null;
        (await world.AskAsync()).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Ask_CallerGivesUp_ExchangeStillEndsInTheArchive()
    {
        await using var world = await TestWorld.StartAsync();
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.InformationSystem.Misbehave = async context =>
        {
            arrived.TrySetResult();
            await answer.Task;
            await InformationSystemDouble.Answering("{\"response\":" + System.Text.Encoding.UTF8.GetString(Tunduk.Adapter.Sandbox.Register.RegisterJson.Person(TestPersons.Somebody)) + "}")(context);
        };
        using var patience = new CancellationTokenSource();
        var id = Guid.NewGuid().ToString();
        var asking = world.AskAsync(headers: new Dictionary<string, string?> { ["X-Road-Id"] = id }, cancellationToken: patience.Token);
        await arrived.Task.WaitAsync(Wait.Longest);
        await patience.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(asking);
        answer.SetResult();

        foreach (var host in new[] { world.Consumer, world.Provider })
        {
            await Wait.ForAsync(async () => (await TestWorld.FindAsync(host, messageId: id)).FirstOrDefault(entry => entry.End is not null));
            (await TestWorld.FindAsync(host, messageId: id)).ShouldAllBe(entry => entry.Entry.Code == "ok");
        }
    }
}
