using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Tests.Functional;

namespace Tunduk.Adapter.Tests.Callers;

/// <summary>Who may call, for whom, and what.</summary>
[Collection(EndToEnd.Collection)]
public sealed class CallerTests(EndToEnd fixture)
{
    private readonly TestWorld world = fixture.World;

    public static TheoryData<string, string?, string, int> Unauthenticated => new()
    {
        { "no key", null, "caller_unknown", 401 },
        { "an unknown key", "Bearer sandbox-0000", "caller_unknown", 401 },
        { "an empty key", "Bearer ", "caller_unknown", 401 },
        { "another scheme", "Basic bG9hbnM6bG9hbnM=", "caller_unknown", 401 },
        { "a key of 10,000 characters", "Bearer " + new string('k', 10_000), "caller_unknown", 401 },
        { "an expired key", "Bearer expired-key", "caller_unknown", 401 },
    };

    [Theory]
    [MemberData(nameof(Unauthenticated))]
    public async Task Ask_CallerNotKnown_IsRefusedAndCounted(string name, string? authorization, string code, int status)
    {
        var calls = world.InformationSystem.Calls.Count;
        var reply = await world.AskAsync(headers: new Dictionary<string, string?> { ["Authorization"] = authorization });

        Refusal.CheckForm(reply, code, "authenticate");
        reply.Status.ShouldBe(status, name);
        reply.Headers["WWW-Authenticate"].ShouldBe("Bearer");
        world.InformationSystem.Calls.Count.ShouldBe(calls);
        var counted = await world.CountedAsync(world.Consumer, code);
        counted.Entry.Subject.ShouldBe("is");
        counted.Entry.Count.ShouldNotBeNull().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Ask_CallerOfAnotherRole_IsRefused()
    {
        var reply = await world.AskAsync(key: world.Folders.AuditorKey);

        Refusal.CheckForm(reply, "caller_not_permitted", "authenticate");
        reply.Status.ShouldBe(403);
        await world.CountedAsync(world.Consumer, "caller_not_permitted");
    }

    [Fact]
    public async Task Ask_AliasNotOfTheCaller_IsRefused()
    {
        var refusal = await world.RefusedAsync("caller_not_permitted", "authenticate", key: "narrow-key");

        refusal.Path.ShouldBe("Callers:Services");
    }

    [Fact]
    public async Task Ask_CallerOfAnotherSubsystem_IsRefused() =>
        await world.RefusedAsync("client_not_own", "authenticate", key: "desk-key");

    [Fact]
    public async Task Ask_CallerNamesAnOwnSubsystemItIsNotBoundTo_IsRefused() =>
        await world.RefusedAsync("client_not_own", "authenticate", headers: new Dictionary<string, string?> { ["X-Road-Client"] = EndToEnd.Desk });

    [Theory]
    [InlineData("sandbox/COM/60009999/other")]
    [InlineData(SandboxNames.Provider)]
    [InlineData("junk")]
    [InlineData("sandbox/COM/60009001/loans/../desk")]
    public async Task Ask_ForeignClientNamed_IsRefused(string client)
    {
        var refusal = await world.RefusedAsync("client_not_own", "authenticate", headers: new Dictionary<string, string?> { ["X-Road-Client"] = client });

        refusal.Path.ShouldBe("X-Road-Client");
    }

    [Fact]
    public async Task Ask_OwnSubsystemWithoutAgreement_IsRefused() =>
        await world.RefusedAsync("no_agreement", "authorize", headers: new Dictionary<string, string?> { ["X-Road-Client"] = EndToEnd.Desk }, key: "desk-key");

    [Fact]
    public async Task Ask_AuthorisedPerson_IsAnswered() => (await world.AskAsync(key: "people-key")).Status.ShouldBe(200);

    [Theory]
    [InlineData("KG20000000000002", "authority ended")]
    [InlineData("KG20000000000003", "not listed")]
    [InlineData("KG20000000000004", "authority not begun")]
    [InlineData("kg20000000000001", "other case")]
    public async Task Ask_PersonNotAuthorised_IsRefused(string userId, string why)
    {
        var refusal = await world.RefusedAsync("user_not_authorised", "authenticate", headers: new Dictionary<string, string?> { ["X-Road-UserId"] = userId }, key: "people-key");

        refusal.Path.ShouldBe("X-Road-UserId", why);
        refusal.Reply.Text.ShouldNotContain(userId);
    }
}
