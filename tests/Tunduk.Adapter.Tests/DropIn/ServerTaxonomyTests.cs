using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Sandbox.SecurityServers;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.XRoad.Faults;
using FaultSpelling = Tunduk.Adapter.Sandbox.SecurityServers.FaultSpelling;

namespace Tunduk.Adapter.Tests.DropIn;

/// <summary>
/// Every fault the simulated security server has on demand, through the adapter: SOAP and REST, both spellings of every code,
/// to the right one of the closed set.
/// </summary>
[Collection(DropInWorld.Collection)]
public sealed class ServerTaxonomyTests(DropInWorld fixture) : IDisposable
{
    private const string Persons = "/r1/sandbox/GOV/70009001/registry/persons/a";
    private static readonly string[] Prefixes = ["server.clientproxy.", "server.serverproxy.", "server.serverproxy.service_failed."];
    private readonly DropInWorld drop = fixture;

    public void Dispose() => drop.World.SecurityServers.Consumer.Faults.Clear();

    public static TheoryData<string, bool> Spellings => new() { { "Current", false }, { "Legacy", false }, { "Current", true }, { "Legacy", true } };

    [Theory]
    [MemberData(nameof(Spellings))]
    public async Task Code_EveryOne_ReachesTheClientAsItStoodAndTheArchiveClassified(string spelling, bool rest)
    {
        var codes = FaultTaxonomy.Said(Enum.Parse<FaultSpelling>(spelling));
        for (var i = 0; i < codes.Count; i++)
        {
            var current = Prefixes[i % Prefixes.Length] + codes[i];
            var code = FaultTaxonomy.Spell(current, Enum.Parse<FaultSpelling>(spelling));
            Misbehave(new SecurityServerFault(SecurityServerFaultKind.Code) { Code = code, Times = 1 });

            var (shown, record) = await AskAsync(rest);

            shown.ShouldBe(code);
            var end = await TestWorld.EndOfAsync(drop.World.Consumer, record);
            end.Code.ShouldBe(ExchangeCodes.SecurityServerFault);
            var classified = XRoadFault.Classify(code);
            classified.Code.ShouldNotBe(XRoadFaultCode.Unrecognised, code);
            (end.Kind == Evidence.Log.EntryKind.OutcomeUnknown).ShouldBe(classified.MayHaveExecuted, code);
            if (codes[i] != "unknown_host")
            {
                // Before 7.8 a name that does not resolve had no code of its own.
                classified.ShouldBe(XRoadFault.Classify(current), code);
            }
        }
    }

    [Theory]
    [InlineData(SecurityServerFaultKind.CloseBeforeForward, false, "security_server_broken")]
    [InlineData(SecurityServerFaultKind.CloseAfterForward, false, "security_server_broken")]
    [InlineData(SecurityServerFaultKind.HalfAnswer, false, "security_server_broken")]
    [InlineData(SecurityServerFaultKind.WrongEcho, false, "header_echo_mismatch")]
    [InlineData(SecurityServerFaultKind.WrongHash, false, "request_hash_mismatch")]
    [InlineData(SecurityServerFaultKind.MissingHash, false, "request_hash_mismatch")]
    [InlineData(SecurityServerFaultKind.ForgedResponse, false, "signature_invalid")]
    [InlineData(SecurityServerFaultKind.StrippedHeaders, false, "header_echo_mismatch")]
    [InlineData(SecurityServerFaultKind.CloseBeforeForward, true, "security_server_broken")]
    [InlineData(SecurityServerFaultKind.CloseAfterForward, true, "security_server_broken")]
    [InlineData(SecurityServerFaultKind.HalfAnswer, true, "security_server_broken")]
    [InlineData(SecurityServerFaultKind.WrongEcho, true, "header_echo_mismatch")]
    [InlineData(SecurityServerFaultKind.ForgedResponse, true, "signature_invalid")]
    [InlineData(SecurityServerFaultKind.StrippedHeaders, true, "header_echo_mismatch")]
    internal async Task Fault_OnDemand_IsRefusedByNameAndTheOutcomeUnknown(SecurityServerFaultKind kind, bool rest, string code)
    {
        Misbehave(new SecurityServerFault(kind) { Headers = rest ? ["X-Road-Id"] : ["userId"], Times = 1 });

        var (shown, record) = await AskAsync(rest);

        shown.ShouldBe("adapter." + code);
        (await TestWorld.EndOfAsync(drop.World.Consumer, record)).Kind.ShouldBe(Evidence.Log.EntryKind.OutcomeUnknown);
    }

    // The hash of a REST request covers what the security server adds to it: only security servers can compare it (PR-REST 4.4). What
    // binds the answer to the request here is its signature.
    [Theory]
    [InlineData(SecurityServerFaultKind.WrongHash)]
    [InlineData(SecurityServerFaultKind.MissingHash)]
    internal async Task RestRequestHash_WrongOrMissing_IsTheSecurityServersMatter(SecurityServerFaultKind kind)
    {
        Misbehave(new SecurityServerFault(kind) { Times = 1 });

        var (shown, record) = await AskAsync(rest: true);

        shown.ShouldBeEmpty();
        var end = await TestWorld.EndOfAsync(drop.World.Consumer, record);
        end.Signature.ShouldBe(Evidence.Log.SignatureStatus.Verified);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task MaintenanceMode_WhileItLasts_IsPassedOn(bool rest)
    {
        Misbehave(new SecurityServerFault(SecurityServerFaultKind.MaintenanceMode));
        (await AskAsync(rest)).Code.ShouldContain("maintenance_mode");
        drop.World.SecurityServers.Consumer.Faults.Clear();

        (await AskAsync(rest)).Code.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Delay_WithinTheTimeout_IsAnswered(bool rest)
    {
        Misbehave(new SecurityServerFault(SecurityServerFaultKind.Delay) { Delay = TimeSpan.FromMilliseconds(1), Times = 1 });

        (await AskAsync(rest)).Code.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Hang_UntilTheTimeout_IsRefusedAndTheOutcomeUnknown(bool rest)
    {
        Misbehave(new SecurityServerFault(SecurityServerFaultKind.Hang) { Times = 1 });
        var asking = AskAsync(rest);

        // It has the request; from here on nothing moves.
        await Wait.ForAsync(() => drop.World.SecurityServers.Consumer.Faults.List().Count == 0);
        await Wait.ForAsync(() => asking.IsCompleted || (drop.World.Clock.Expire(TimeSpan.FromSeconds(60)) > 0 && asking.IsCompleted));

        var (shown, record) = await asking;
        shown.ShouldBe("adapter.security_server_timeout");
        (await TestWorld.EndOfAsync(drop.World.Consumer, record)).Kind.ShouldBe(Evidence.Log.EntryKind.OutcomeUnknown);
    }

    private void Misbehave(SecurityServerFault fault) => drop.World.SecurityServers.Consumer.Faults.Add(fault);

    // The fault code shown, empty for an answer, and the record.
    private async Task<(string Code, string Record)> AskAsync(bool rest)
    {
        if (rest)
        {
            var reply = await drop.RestAsync("GET", Persons);
            return (reply.Headers.GetValueOrDefault("X-Road-Error", ""), reply.Record!);
        }

        var soap = await drop.PostAsync(Envelopes.UnsignedText());
        return (soap.FaultCode ?? "", soap.Reply!.Record!);
    }
}
