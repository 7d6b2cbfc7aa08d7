using System.Net;
using System.Net.Sockets;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.Tests.Rpc;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Tests.Resilience;

// Over 300 lines: what a neighbour may do, a case each over one world.

/// <summary>
/// A running adapter whose neighbour is down, resets, answers garbage or flaps: every refusal names the cause, every entry
/// has its end, and recovery needs no hand.
/// </summary>
public sealed class NeighbourTests
{
    private static readonly TimeSpan BreakPause = TimeSpan.FromSeconds(6);

    [Theory]
    [InlineData("Reset", "security_server_broken")]
    [InlineData("Garbage", "security_server_broken")]
    public async Task Ask_SecurityServerFails_IsNamedAndRecovers(string fault, string code)
    {
        await using var wire = new FaultyWire();
        await using var world = await StartAsync(wire, provider: false);
        wire.Mode = Enum.Parse<FaultyWire.Fault>(fault);

        var refusal = await world.RefusedAsync(code, "forward");

        refusal.OutcomeUnknown.ShouldBeTrue("bytes of the request were written");
        (await TestWorld.EndOfAsync(world.Consumer, refusal.Record)).Kind.ShouldBe(EntryKind.OutcomeUnknown);
        wire.Mode = FaultyWire.Fault.None;
        (await world.AskAsync()).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Ask_SomethingUnforeseenAfterTheAppend_TheRequestGetsItsEnd()
    {
        var timeout = new TimeSpan(0, 0, 7, 13);
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { Consumer = options => options["SecurityServer"]!["TotalTimeout"] = timeout.ToString() });
        world.Clock.Broken = timeout;

        var reply = await world.AskAsync();

        reply.Status.ShouldBe(500);
        var ended = await TestWorld.FindAsync(world.Consumer, code: "internal");
        ended.ShouldHaveSingleItem().Entry.Kind.ShouldBe(EntryKind.OutcomeUnknown);
        world.Clock.Broken = null;
        (await world.AskAsync()).Status.ShouldBe(200);
        await AllEndedAsync(world);
    }

    [Fact]
    public async Task Ask_MemoryEnds_IsOverloadedOnEveryFaceAndTheRequestGetsItsEnd()
    {
        var timeout = new TimeSpan(0, 0, 7, 13);
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { Consumer = options => options["SecurityServer"]!["TotalTimeout"] = timeout.ToString() });
        world.Clock.Fault = static () => new InvalidOperationException("", new OutOfMemoryException());
        world.Clock.Broken = timeout;

        var refusal = await world.RefusedAsync("overloaded", "forward");

        refusal.OutcomeUnknown.ShouldBeTrue("the request was archived and about to leave");
        refusal.Reply.Json.GetProperty("remedy").GetString()!.ShouldContain("ask it before you send it again");
        (await TestWorld.EndOfAsync(world.Consumer, refusal.Record)).Kind.ShouldBe(EntryKind.OutcomeUnknown);
        using var rpc = RpcClient.Of(world);
        (await RpcClient.RefusedAsync("overloaded", () => rpc.AskAsync(RpcClient.GetPerson()))).OutcomeUnknown.ShouldBeTrue();
        world.Clock.Broken = null;
        (await world.AskAsync()).Status.ShouldBe(200);
        await AllEndedAsync(world);
    }

    [Fact]
    public async Task Ask_SecurityServerFailsForLong_IsNotAskedByEveryoneInTurnAndRecovers()
    {
        await using var wire = new FaultyWire();
        await using var world = await StartAsync(wire, provider: false);
        wire.Mode = FaultyWire.Fault.Reset;
        world.Clock.Stand(); // The circuit counts calls within 10 s, and is open for 5.
        (await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => world.AskAsync()))).ShouldAllBe(reply => reply.Status == 502);

        var refusal = await world.RefusedAsync("security_server_unreachable", "forward");
        refusal.Found!.ShouldContain("none is made for 5 s");
        refusal.OutcomeUnknown.ShouldBeFalse("nothing was sent");

        wire.Mode = FaultyWire.Fault.None;
        world.Clock.Jump(BreakPause);
        (await world.AskAsync()).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Ask_SecurityServerFlaps_EveryAnswerIsAnAnswerOrNamesTheCause()
    {
        await using var wire = new FaultyWire { Flaps = true };
        await using var world = await StartAsync(wire, provider: false);

        for (var i = 0; i < 40; i++)
        {
            wire.Drop();
            var reply = await world.AskAsync();
            if (reply.Status != 200)
            {
                new[] { "security_server_broken", "security_server_unreachable" }.ShouldContain(reply.Json.GetProperty("code").GetString());
            }
        }

        wire.Flaps = false;
        world.Clock.Jump(BreakPause);
        await Wait.ForAsync(async () => (await world.AskAsync()).Status == 200 ? "answered" : null);
        (await world.AskAsync()).Status.ShouldBe(200);
        await AllEndedAsync(world);
    }

    [Theory]
    [InlineData("Reset")]
    [InlineData("Garbage")]
    public async Task Ask_InformationSystemFails_IsNamedOnBothSidesAndRecovers(string fault)
    {
        await using var wire = new FaultyWire();
        await using var world = await StartAsync(wire, provider: true);
        wire.Mode = Enum.Parse<FaultyWire.Fault>(fault);

        (await world.AskAsync()).Status.ShouldBe(502);

        (await TestWorld.FindAsync(world.Provider, code: "information_system_broken")).ShouldHaveSingleItem();
        wire.Mode = FaultyWire.Fault.None;
        (await world.AskAsync()).Status.ShouldBe(200);
        await AllEndedAsync(world);
    }

    [Fact]
    public async Task Ask_InformationSystemFlaps_EveryAnswerIsAnAnswerOrNamesTheCause()
    {
        await using var wire = new FaultyWire { Flaps = true };
        await using var world = await StartAsync(wire, provider: true);

        for (var i = 0; i < 12; i++)
        {
            wire.Drop();
            var reply = await world.AskAsync();
            if (reply.Status != 200)
            {
                reply.Json.GetProperty("code").GetString().ShouldBe("provider_fault", reply.Text);
                reply.Json.GetProperty("found").GetString().ShouldNotBeNull().ShouldContain("adapter.information_system_");
            }
        }

        wire.Flaps = false;
        world.Clock.Jump(BreakPause);
        await Wait.ForAsync(async () => (await world.AskAsync()).Status == 200 ? "answered" : null);
        await AllEndedAsync(world);
    }

    [Theory]
    [InlineData(false, "security_server_timeout")]
    [InlineData(true, "provider_fault")]
    public async Task Ask_NeighbourSaysNothing_IsNamedWhenItsTimeIsUpAndRecovers(bool informationSystem, string code)
    {
        await using var wire = new FaultyWire();
        await using var world = await StartAsync(wire, informationSystem);
        wire.Mode = FaultyWire.Fault.Silence;
        var asking = world.AskAsync();
        await wire.Silent;

        await Wait.ForAsync(() =>
        {
            world.Clock.Expire(informationSystem ? TimeSpan.FromSeconds(30) : new Tunduk.Adapter.Configuration.SecurityServerOptions().ResponseTimeout);
            return asking.IsCompleted;
        });

        var reply = await asking;
        reply.Json.GetProperty("code").GetString().ShouldBe(code, reply.Text);
        if (informationSystem)
        {
            (await TestWorld.FindAsync(world.Provider, code: "information_system_timeout")).ShouldHaveSingleItem().Entry.Kind.ShouldBe(EntryKind.OutcomeUnknown);
        }

        wire.Mode = FaultyWire.Fault.None;
        (await world.AskAsync()).Status.ShouldBe(200);
        await AllEndedAsync(world);
    }

    [Fact]
    public async Task Ask_NameOfTheInformationSystemDoesNotResolve_SaysThatNothingWasDone()
    {
        await using var world = await TestWorld.StartAsync(new TestWorldOptions
        {
            WithConsumer = false,
            Provider = options => options["Provides"]!["getPerson"]!["Upstream"] = "http://no-such-host.invalid/getPerson",
        });

        var fault = await world.FaultAsync("information_system_unreachable", await Envelopes.SignedAsync());

        (await TestWorld.EndOfAsync(world.Provider, fault.Record!)).Kind.ShouldBe(EntryKind.Refusal, "nothing was done");
    }

    [Fact]
    public async Task Ask_NameOfTheSecurityServerDoesNotResolve_SaysSo()
    {
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { SecurityServer = new Uri("http://no-such-host.invalid/"), WithProvider = false });

        var refusal = await world.RefusedAsync("security_server_unreachable", "forward");

        refusal.Expected.ShouldBe("a host name that resolves");
        refusal.OutcomeUnknown.ShouldBeFalse();
    }

    [Fact]
    public async Task Ask_NameServiceGoneAndBack_IsNamedAndRecoversWithoutAHand()
    {
        const string name = "security-server.invalid";
        var isThere = false;
        Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) => Volatile.Read(ref isThere) && host == name
            ? Task.FromResult<IPAddress[]>([IPAddress.Loopback])
            : Task.FromException<IPAddress[]>(new SocketException((int)SocketError.TryAgain));
        await using var world = await TestWorld.StartAsync(new TestWorldOptions
        {
            Names = ResolveAsync,
            Consumer = options => options["SecurityServer"]!["Address"] = new UriBuilder((string)options["SecurityServer"]!["Address"]!) { Host = name }.ToString(),
        });

        var refusal = await world.RefusedAsync("security_server_unreachable", "forward");
        refusal.Expected.ShouldBe("a host name that resolves");
        refusal.OutcomeUnknown.ShouldBeFalse("nothing was sent");

        Volatile.Write(ref isThere, true);
        (await world.AskAsync()).Status.ShouldBe(200);

        // What is connected needs no name.
        Volatile.Write(ref isThere, false);
        (await world.AskAsync()).Status.ShouldBe(200);
        await AllEndedAsync(world);
    }

    [Fact]
    public async Task Ask_ClockJumpsForward_ExchangesGoOn()
    {
        await using var world = await TestWorld.StartAsync();
        (await world.AskAsync()).Status.ShouldBe(200);

        world.Clock.Jump(TimeSpan.FromHours(2));

        (await world.AskAsync()).Status.ShouldBe(200);
        await AllEndedAsync(world);
    }

    [Fact]
    public async Task Ask_ClockJumpsBack_IsRefusedByNameUntilItIsRight()
    {
        await using var world = await TestWorld.StartAsync();
        (await world.AskAsync()).Status.ShouldBe(200);

        world.Clock.Jump(TimeSpan.FromHours(-2));
        (await world.AskAsync()).Status.ShouldBe(503, "no entry may stand before the newest");

        world.Clock.Jump(TimeSpan.FromHours(2));
        (await world.AskAsync()).Status.ShouldBe(200);
        await AllEndedAsync(world);
    }

    [Fact]
    public async Task Ask_TenTimesTheLoadItTakes_ShedsByNameAndAnswersTheRest()
    {
        const int places = 8;
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { Consumer = options => options["Limits"] = new System.Text.Json.Nodes.JsonObject { ["MaxConcurrentExchanges"] = places } });

        var replies = await Task.WhenAll(Enumerable.Range(0, 10 * places).Select(_ => Task.Run(() => world.AskAsync())));

        replies.Count(reply => reply.Status == 200).ShouldBeGreaterThanOrEqualTo(places);
        foreach (var reply in replies.Where(reply => reply.Status != 200))
        {
            Refusal.CheckForm(reply, "overloaded", "authenticate");
            reply.Headers["Retry-After"].ShouldBe("1");
        }

        (await world.AskAsync()).Status.ShouldBe(200);
        await AllEndedAsync(world);
    }

    private static Task<TestWorld> StartAsync(FaultyWire wire, bool provider) => StartAsync(wire, new TestWorldOptions
    {
        Consumer = options => options["SecurityServer"]!["Address"] = provider ? options["SecurityServer"]!["Address"]!.DeepClone() : Through(wire, (string)options["SecurityServer"]!["Address"]!),
        Provider = options =>
        {
            foreach (var (_, service) in (System.Text.Json.Nodes.JsonObject)options["Provides"]!)
            {
                service!["Upstream"] = provider ? Through(wire, (string)service["Upstream"]!) : service["Upstream"]!.DeepClone();
            }
        },
    });

    private static async Task<TestWorld> StartAsync(FaultyWire wire, TestWorldOptions options)
    {
        var world = await TestWorld.StartAsync(options);
        wire.Target.ShouldNotBeNull();
        return world;
    }

    private static string Through(FaultyWire wire, string address)
    {
        wire.Target = new Uri(address);
        return new Uri(wire.Address, wire.Target.AbsolutePath).ToString();
    }

    private static async Task AllEndedAsync(TestWorld world)
    {
        foreach (var host in new[] { world.Consumer, world.Provider })
        {
            await Wait.ForAsync(() => host.Archive.Status.OpenRequests == 0);
        }
    }
}
