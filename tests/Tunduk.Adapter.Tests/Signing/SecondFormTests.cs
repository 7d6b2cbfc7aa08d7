using System.Text;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Sandbox.SecurityServers;
using Tunduk.Adapter.Signing;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Evidence.Soap;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Tests.Signing;

/// <summary>Where a copy of what was signed is at hand, the own information system is told where the received form parts from it.</summary>
public sealed class SecondFormTests
{
    [Fact]
    public async Task Ask_ForgedAnswerWithACopyAtHand_SaysPathAndOffsetToTheInformationSystemAlone()
    {
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { Copies = new SignedCopies(_ => true) });
        (await world.AskAsync()).Status.ShouldBe(200);
        world.SecurityServers.Consumer.Faults.Add(new SecurityServerFault(SecurityServerFaultKind.ForgedResponse));

        var refusal = await world.RefusedAsync("signature_invalid", "verify");

        refusal.Found.ShouldBe("soap_body_digest");
        var details = Details(refusal.Reply);
        details.ShouldContain("first difference in: Body/");
        details.ShouldMatch("first difference at: byte [1-9][0-9]*");
        details.ShouldNotContain(TestPersons.Somebody.Surname);
        (await world.StopAndReadLogsAsync()).ShouldNotContain("first difference");
    }

    [Fact]
    public async Task Ask_ForgedAnswerFromElsewhere_SaysWhatIsKnownHere()
    {
        await using var world = await TestWorld.StartAsync();
        world.SecurityServers.Consumer.Faults.Add(new SecurityServerFault(SecurityServerFaultKind.ForgedResponse));

        var details = Details((await world.RefusedAsync("signature_invalid", "verify")).Reply);

        details.ShouldContain("canonical form: ");
        details.ShouldNotContain("first difference");
    }

    [Fact]
    public void Keep_CounterpartyElsewhere_KeepsNothing()
    {
        var headers = Envelopes.Headers();
        var copies = new SignedCopies(client => client == headers.Client);

        copies.Keep(SoapDirection.Request, ClientId.Parse("sandbox/GOV/70009001/registry"), headers, new byte[] { 1 });
        copies.Find(SoapDirection.Request, headers).IsEmpty.ShouldBeTrue();

        copies.Keep(SoapDirection.Response, headers.Client, headers, new byte[] { 1 });
        copies.Find(SoapDirection.Response, headers).Length.ShouldBe(1);
        copies.Find(SoapDirection.Request, headers).IsEmpty.ShouldBeTrue("a request is no response");
    }

    [Fact]
    public void Keep_MoreThanItHolds_LosesTheOldest()
    {
        var copies = new SignedCopies(_ => true);
        var all = Enumerable.Range(0, 65).Select(_ => Envelopes.Headers()).ToList();
        foreach (var headers in all)
        {
            copies.Keep(SoapDirection.Response, headers.Client, headers, new byte[] { 1 });
        }

        copies.Find(SoapDirection.Response, all[0]).IsEmpty.ShouldBeTrue();
        copies.Find(SoapDirection.Response, all[1]).IsEmpty.ShouldBeFalse();
        copies.Keep(SoapDirection.Response, all[2].Client, all[2], new byte[300 * 1024]);
        copies.Find(SoapDirection.Response, all[2]).Length.ShouldBe(1, "a large envelope is not kept");
    }

    private static string Details(HttpReply reply) => string.Join('\n', reply.Json.GetProperty("details").EnumerateArray().Select(detail => detail.GetString()));
}
