using System.Text.Json.Nodes;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Tests.Exchange;

/// <summary>Nobody is there: the one case in which it is known that nothing was sent.</summary>
public sealed class UnreachableTests
{
    [Fact]
    public async Task Ask_SecurityServerIsDown_SaysThatNothingWasSent()
    {
        using var nobody = new DeadAddress();
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { WithProvider = false, SecurityServer = nobody.Uri });

        var refusal = await world.RefusedAsync("security_server_unreachable", "forward");

        refusal.Reply.Status.ShouldBe(502);
        refusal.OutcomeUnknown.ShouldBeFalse();
        (await TestWorld.EndOfAsync(world.Consumer, refusal.Record)).Kind.ShouldBe(EntryKind.Refusal);
    }

    [Fact]
    [Provokes("information_system_unreachable", Faces.Soap)]
    public async Task Answer_InformationSystemIsDown_SaysThatNothingWasExecutedAndARepeatIsTried()
    {
        using var nobody = new DeadAddress();
        await using var world = await TestWorld.StartAsync(new TestWorldOptions
        {
            WithConsumer = false,
            Provider = options => ((JsonObject)options["Provides"]!["getPerson"]!)["Upstream"] = new Uri(nobody.Uri, "getPerson").ToString(),
        });
        var headers = Envelopes.Headers();

        var reply = await world.FaultAsync("information_system_unreachable", await Envelopes.SignedAsync(headers));

        (await TestWorld.EndOfAsync(world.Provider, reply.Record!)).Kind.ShouldBe(EntryKind.Refusal);
        await world.FaultAsync("information_system_unreachable", await Envelopes.SignedAsync(headers));
    }
}
