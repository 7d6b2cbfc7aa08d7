using System.Text.Json.Nodes;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Tests.Callers;

/// <summary><c>Listen:Is:TrustedPlainHttp</c>: callers known by address alone, restricted, warned about and recorded.</summary>
public sealed class TrustedPlainHttpTests
{
    [Fact]
    public async Task Ask_TrustedForTheDropInFaceOnly_IsUnknownOnV1()
    {
        await using var world = await StartAsync(allFaces: false);

        Refusal.CheckForm(await WithoutKeyAsync(world), "caller_unknown", "authenticate");
    }

    [Fact]
    public async Task Ask_TrustedForAllFaces_IsAnsweredAndRecordedAsByAddress()
    {
        await using var world = await StartAsync(allFaces: true);

        var reply = await WithoutKeyAsync(world);

        reply.Status.ShouldBe(200, reply.Text);
        var entries = await TestWorld.FindAsync(world.Consumer, messageId: reply.MessageId);
        entries.ShouldAllBe(entry => entry.Entry.Flags.HasFlag(EntryFlags.CallerByAddress));
        var own = await world.AskAsync();
        (await TestWorld.FindAsync(world.Consumer, messageId: own.MessageId)).ShouldAllBe(entry => !entry.Entry.Flags.HasFlag(EntryFlags.CallerByAddress));
    }

    [Fact]
    public async Task Ask_WrongKeyFromATrustedAddress_IsRefused()
    {
        await using var world = await StartAsync(allFaces: true);

        Refusal.CheckForm(await world.AskAsync(key: "wrong"), "caller_unknown", "authenticate");
    }

    [Fact]
    public async Task Ready_TrustedAddresses_AreWarnedAbout()
    {
        await using var world = await StartAsync(allFaces: false);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(world.Consumer.AdminAddress!, "health/ready"));

        var reply = await world.SendAsync(request);

        reply.Text.ShouldContain("Listen:Is:TrustedPlainHttp: whoever sends from 127.0.0.0/8");
        (await world.StopAndReadLogsAsync()).ShouldContain("Listen:Is:TrustedPlainHttp");
    }

    private static Task<HttpReply> WithoutKeyAsync(TestWorld world) => world.AskAsync(headers: new Dictionary<string, string?> { ["Authorization"] = null });

    private static Task<TestWorld> StartAsync(bool allFaces) => TestWorld.StartAsync(new TestWorldOptions
    {
        Consumer = options =>
        {
            var caller = EndToEnd.Caller("old-client", "unused", ["is"], [SandboxNames.Consumer]);
            caller.Remove("ApiKeySha256");
            ((JsonArray)options["Callers"]!).Add(caller);
            options["Listen"]!["Is"]!["TrustedPlainHttp"] = new JsonArray(new JsonObject { ["Cidr"] = "127.0.0.0/8", ["Caller"] = "old-client", ["AllFaces"] = allFaces });
        },
    });
}
