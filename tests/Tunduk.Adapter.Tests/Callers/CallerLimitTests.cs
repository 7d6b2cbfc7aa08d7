using System.Text.Json.Nodes;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Tests.Functional;

namespace Tunduk.Adapter.Tests.Callers;

/// <summary>Rate and places of each caller: 429 with Retry-After, and nobody else is touched.</summary>
public sealed class CallerLimitTests
{
    [Fact]
    public async Task Ask_MoreAtOnceThanTheBurst_IsRefusedWithRetryAfterAndOthersAreAnswered()
    {
        await using var world = await StartAsync(caller => (caller["RequestsPerSecond"], caller["Burst"]) = (1, 2));
        (await world.AskAsync(key: "limited-key")).Status.ShouldBe(200);
        (await world.AskAsync(key: "limited-key")).Status.ShouldBe(200);

        // The bucket gains one a second: of a hundred at once most find it empty, however slow the machine.
        var replies = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => world.AskAsync(key: "limited-key", content: TestWorld.Json("{}"))));

        var refused = replies.Where(reply => reply.Status == 429).ToList();
        refused.ShouldNotBeEmpty();
        foreach (var reply in refused)
        {
            Refusal.CheckForm(reply, "caller_limit_reached", "authenticate").Path.ShouldBe("Callers:RequestsPerSecond");
            int.Parse(reply.Headers["Retry-After"]).ShouldBeGreaterThanOrEqualTo(1);
        }

        (await world.AskAsync()).Status.ShouldBe(200);
        (await world.CountedAsync(world.Consumer, "caller_limit_reached")).Entry.Count.ShouldNotBeNull().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Ask_AllPlacesOfTheCallerTaken_IsRefusedUntilOneIsFree()
    {
        await using var world = await StartAsync(caller => caller["MaxConcurrent"] = 1);
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.InformationSystem.Misbehave = async context =>
        {
            arrived.TrySetResult();
            await answer.Task;
            await InformationSystemDouble.Answering("{}", status: 404)(context);
        };
        var first = world.AskAsync(key: "limited-key");
        await arrived.Task.WaitAsync(Wait.Longest);

        var reply = await world.AskAsync(key: "limited-key");

        Refusal.CheckForm(reply, "caller_limit_reached", "authenticate").Path.ShouldBe("Callers:MaxConcurrent");
        reply.Headers["Retry-After"].ShouldBe("1");
        answer.SetResult();
        await first;
        world.InformationSystem.Misbehave = null;
        await Wait.ForAsync(async () => (await world.AskAsync(key: "limited-key")).Status == 200 ? "answered" : null);
    }

    private static Task<TestWorld> StartAsync(Action<JsonObject> limit) => TestWorld.StartAsync(new TestWorldOptions
    {
        Consumer = options => ((JsonArray)options["Callers"]!).Add(EndToEnd.Caller("limited", "limited-key", ["is"], [SandboxNames.Consumer], limit)),
    });
}
