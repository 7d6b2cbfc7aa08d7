using Tunduk.Adapter.Sandbox.SecurityServers;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Tests.Exchange;

/// <summary>What a security server may do to a request of ours; by the simulated pair's faults on demand.</summary>
[Collection(EndToEnd.Collection)]
public sealed class SecurityServerFaultTests(EndToEnd fixture) : IDisposable
{
    private readonly TestWorld world = fixture.World;

    public void Dispose() => world.SecurityServers.Consumer.Faults.Clear();

    [Theory]
    [InlineData("ForgedResponse", "signature_invalid")]
    [InlineData("WrongEcho", "header_echo_mismatch")]
    [InlineData("WrongHash", "request_hash_mismatch")]
    [InlineData("MissingHash", "request_hash_mismatch")]
    public async Task Ask_AnswerTamperedWith_IsRefusedAndNotShown(string fault, string code)
    {
        Misbehave(new SecurityServerFault(Enum.Parse<SecurityServerFaultKind>(fault)));

        var refusal = await world.RefusedAsync(code, "verify");

        refusal.Reply.Status.ShouldBe(502);
        refusal.OutcomeUnknown.ShouldBeTrue();
        await EndedUnknownAsync(refusal);
    }

    [Theory]
    [InlineData("CloseBeforeForward", "security_server_broken")]
    [InlineData("CloseAfterForward", "security_server_broken")]
    [InlineData("HalfAnswer", "security_server_broken")]
    public async Task Ask_ConnectionBreaks_OutcomeIsUnknown(string fault, string code)
    {
        Misbehave(new SecurityServerFault(Enum.Parse<SecurityServerFaultKind>(fault)));

        var refusal = await world.RefusedAsync(code, "forward");

        refusal.OutcomeUnknown.ShouldBeTrue("what was written may have been executed");
        await EndedUnknownAsync(refusal);
    }

    [Fact]
    public async Task Ask_SecurityServerHangs_EndsAtTheTimeout()
    {
        Misbehave(new SecurityServerFault(SecurityServerFaultKind.Hang) { Times = 1 });
        var asking = world.RefusedAsync("security_server_timeout", "forward");
        await Wait.ForAsync(() => world.SecurityServers.Consumer.Faults.List().Count == 0);
        await ExpireAsync(asking, TimeSpan.FromSeconds(60));

        var refusal = await asking;
        refusal.Reply.Status.ShouldBe(504);
        refusal.OutcomeUnknown.ShouldBeTrue();
        await EndedUnknownAsync(refusal);
    }

    [Theory]
    [InlineData("Current", "server.clientproxy.network_error")]
    [InlineData("Legacy", "Server.ClientProxy.NetworkError")]
    public async Task Ask_SecurityServerRefuses_ShowsItsCodeInEitherSpelling(string spelling, string code)
    {
        Misbehave(new SecurityServerFault(SecurityServerFaultKind.Code) { Code = FaultTaxonomy.Spell("server.clientproxy.network_error", Enum.Parse<FaultSpelling>(spelling)) });

        var refusal = await world.RefusedAsync("security_server_fault", "forward");

        refusal.Found.ShouldNotBeNull().ShouldStartWith(code);
    }

    [Theory]
    [InlineData("server.serverproxy.access_denied", false)]
    [InlineData("Server.ServerProxy.AccessDenied", false)]
    [InlineData("server.serverproxy.unknown_service", false)]
    [InlineData("client.invalid_soap", false)]
    [InlineData("server.serverproxy.service_failed.missing_body", true)]
    [InlineData("Server.ServerProxy.ServiceFailed.MissingBody", true)]
    public async Task Ask_SecurityServerRefuses_SaysWhetherTheProviderMayHaveExecuted(string code, bool unknown)
    {
        Misbehave(new SecurityServerFault(SecurityServerFaultKind.Code) { Code = code });

        var refusal = await world.RefusedAsync("security_server_fault", "forward");

        refusal.OutcomeUnknown.ShouldBe(unknown);
        (await TestWorld.EndOfAsync(world.Consumer, refusal.Record)).Kind.ShouldBe(unknown ? EntryKind.OutcomeUnknown : EntryKind.Refusal);
    }

    [Fact]
    public async Task Ask_MaintenanceMode_IsRefusedUntilItEnds()
    {
        Misbehave(new SecurityServerFault(SecurityServerFaultKind.MaintenanceMode));
        var refusal = await world.RefusedAsync("security_server_fault", "forward");
        refusal.Found.ShouldNotBeNull().ShouldContain("maintenance_mode");
        refusal.OutcomeUnknown.ShouldBeFalse();

        world.SecurityServers.Consumer.Faults.Clear();

        (await world.AskAsync()).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("id")]
    [InlineData("client")]
    [InlineData("service")]
    [InlineData("userId")]
    [InlineData("issue")]
    [InlineData("protocolVersion")]
    public async Task Ask_AnswerLacksAHeader_IsRefused(string header)
    {
        Misbehave(new SecurityServerFault(SecurityServerFaultKind.StrippedHeaders) { Headers = [header] });
        var reply = await world.AskAsync();

        var code = reply.Json.GetProperty("code").GetString()!;
        new[] { "header_echo_mismatch", "response_malformed" }.ShouldContain(code);
        await EndedUnknownAsync(await Refusal.CheckAsync(world, reply, code, "verify"));
    }

    private void Misbehave(SecurityServerFault fault) => world.SecurityServers.Consumer.Faults.Add(fault);

    private async Task ExpireAsync(Task asking, TimeSpan due) => await Wait.ForAsync(() => asking.IsCompleted || (world.Clock.Expire(due) > 0 && asking.IsCompleted));

    private async Task EndedUnknownAsync(Refusal refusal)
    {
        var entries = await TestWorld.FindAsync(world.Consumer, messageId: refusal.Reply.MessageId);
        entries.Select(entry => entry.Entry.Kind).Order().ShouldBe([EntryKind.Request, EntryKind.OutcomeUnknown]);
    }
}
