using System.Text.Json.Nodes;
using Tunduk.Adapter.Hosting;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Tests.Functional;

namespace Tunduk.Adapter.Tests.Configuration;

/// <summary><c>adapter.json</c> changed under a running adapter.</summary>
public sealed class HotReloadTests
{
    [Fact]
    public async Task Change_CallerAddedAndRemoved_IsTakenWithoutARestart()
    {
        await using var world = await TestWorld.StartAsync();
        Refusal.CheckForm(await world.AskAsync(key: "new-key"), "caller_unknown", "authenticate");

        Change(world, json => ((JsonArray)json["Callers"]!).Add(EndToEnd.Caller("new", "new-key", ["is"], [SandboxNames.Consumer])));
        await TakenAsync(world, async () => (await world.AskAsync(key: "new-key")).Status == 200);
        (await world.AskAsync()).Status.ShouldBe(200, "the others are as they were");

        Change(world, json => ((JsonArray)json["Callers"]!).RemoveAt(((JsonArray)json["Callers"]!).Count - 1));
        await TakenAsync(world, async () => (await world.AskAsync(key: "new-key")).Status == 401);
        await Wait.ForAsync(async () => (await TestWorld.FindAsync(world.Consumer, code: "taken")).Count == 2 ? "each change is an entry" : null);
    }

    [Fact]
    public async Task Change_FileWithFaults_ChangesNothingAndRaisesAnAlarm()
    {
        await using var world = await TestWorld.StartAsync();
        Change(world, json => json["Callers"]![0]!["Roles"] = new JsonArray("king"));

        await TakenAsync(world, async () => (await ReadyAsync(world)).Contains("adapter.json was changed and not taken", StringComparison.Ordinal));

        (await world.AskAsync()).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Change_SettingThatNeedsARestart_IsNamed()
    {
        await using var world = await TestWorld.StartAsync();
        Change(world, json => json["Limits"] = new JsonObject { ["MaxDepth"] = 20 });

        await TakenAsync(world, async () => (await ReadyAsync(world)).Contains("Limits wait for a restart", StringComparison.Ordinal));
    }

    private static void Change(TestWorld world, Action<JsonObject> change)
    {
        var file = world.Folders.ConsumerConfiguration;
        var json = (JsonObject)JsonNode.Parse(File.ReadAllText(file))!;
        change(json);
        File.WriteAllText(file, json.ToJsonString());
    }

    private static Task TakenAsync(TestWorld world, Func<Task<bool>> holds) => Wait.ForAsync(async () =>
    {
        world.Clock.Expire(ConfigurationWatch.Interval);
        return await holds() ? "taken" : null;
    });

    private static async Task<string> ReadyAsync(TestWorld world)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(world.Consumer.AdminAddress!, "health/ready"));
        return (await world.SendAsync(request)).Text;
    }
}
