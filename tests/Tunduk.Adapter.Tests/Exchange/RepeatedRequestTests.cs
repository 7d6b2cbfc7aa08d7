using System.Text.Json.Nodes;
using Tunduk.Adapter.Sandbox.SecurityServers;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Tests.Exchange;

/// <summary>Opt-in idempotency (issue "interfaces" 5): by caller and service, for a UUID, keyed by body too, within the window.</summary>
public sealed class RepeatedRequestTests : IAsyncLifetime
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);
    private TestWorld world = null!;

    public async Task InitializeAsync() => world = await TestWorld.StartAsync(new TestWorldOptions
    {
        Consumer = options =>
        {
            options["Services"]!["getPerson"]!["AnswersRepeats"] = true;
            options["Callers"]![0]!["AnswersRepeats"] = true;
            ((JsonArray)options["Callers"]!).Add(EndToEnd.Caller("plain", "plain-key", ["is"], [SandboxNames.Consumer]));
            ((JsonArray)options["Callers"]!).Add(EndToEnd.Caller("other", "other-key", ["is"], [SandboxNames.Consumer], caller => caller["AnswersRepeats"] = true));
        },
    });

    public async Task DisposeAsync() => await world.DisposeAsync();

    [Fact]
    public async Task Ask_Repeated_IsAnsweredTheSameAndSentOnce()
    {
        var id = Guid.NewGuid().ToString();

        var first = await AskAsync(id);
        var second = await AskAsync(id);

        second.Status.ShouldBe(200, second.Text);
        second.Text.ShouldBe(first.Text);
        second.Record.ShouldNotBe(first.Record, "each replay is an entry of its own, of whoever asked for it");
        world.InformationSystem.Calls.Count.ShouldBe(1);
        var entries = await TestWorld.FindAsync(world.Consumer, messageId: id);
        entries.Single(entry => entry.Entry.Code == "repeated").Record.ToString().ShouldBe(second.Record);
        entries.Count(entry => entry.Entry.Kind == EntryKind.Request).ShouldBe(1);
    }

    [Fact]
    public async Task Ask_RepeatedAfterARestart_IsAnsweredFromTheArchive()
    {
        var id = Guid.NewGuid().ToString();
        var first = await AskAsync(id);

        await world.RestartConsumerAsync();
        var second = await AskAsync(id);

        (second.Status, second.Text).ShouldBe((200, first.Text));
        world.InformationSystem.Calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Ask_RepeatedTogether_AreSentOnce()
    {
        var id = Guid.NewGuid().ToString();

        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => AskAsync(id)));

        world.InformationSystem.Calls.Count.ShouldBe(1);
        replies.ShouldContain(reply => reply.Status == 200);
        foreach (var refused in replies.Where(reply => reply.Status != 200))
        {
            Refusal.CheckForm(refused, "message_id_repeated", "append");
        }

        (await AskAsync(id)).Status.ShouldBe(200, "and the answer is there for the next one");
    }

    [Fact]
    public async Task Ask_RepeatedAfterItsAnswerWasErased_IsToldSoAndNotSent()
    {
        var id = Guid.NewGuid().ToString();
        var first = await AskAsync(id);
        RecordId.TryParse(first.Record, out var record).ShouldBeTrue();
        var end = await world.Consumer.Archive.GetEndAsync(record, default);
        (await world.Consumer.Archive.EraseAsync(new Tunduk.Archive.ErasureRequest { Records = [end!.Record], Entry = new Tunduk.Archive.EntryDraft { Kind = EntryKind.Erasure, EventTime = world.Clock.GetUtcNow(), Stage = "retention", Code = "erase" } }, default)).ShouldNotBeNull();

        Refusal.CheckForm(await AskAsync(id), "message_id_repeated", "append").Found.ShouldNotBeNull().ShouldContain("erased");

        world.InformationSystem.Calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Ask_RepeatedAfterTheWindow_IsSentAgain()
    {
        var id = Guid.NewGuid().ToString();
        await AskAsync(id);

        world.Clock.Jump(Window);

        (await AskAsync(id)).Status.ShouldBe(200);
        world.InformationSystem.Calls.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("another body")]
    [InlineData("another caller")]
    [InlineData("a caller that did not opt in")]
    [InlineData("an id that is no UUID")]
    public async Task Ask_NotTheSameRequest_IsSent(string difference)
    {
        var id = difference == "an id that is no UUID" ? "case-17" : Guid.NewGuid().ToString();
        var key = difference == "a caller that did not opt in" ? "plain-key" : null;
        await AskAsync(id, key: key);

        await AskAsync(id, difference == "another body" ? TestPersons.Request + " " : null, difference == "another caller" ? "other-key" : key);

        world.InformationSystem.Calls.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Ask_RepeatedWhileUnderWay_IsToldSo()
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.InformationSystem.Misbehave = async context =>
        {
            arrived.TrySetResult();
            await answer.Task;
            await InformationSystemDouble.Answering("{}", status: 404)(context);
        };
        var id = Guid.NewGuid().ToString();
        var first = AskAsync(id);
        await arrived.Task.WaitAsync(Wait.Longest);

        Refusal.CheckForm(await AskAsync(id), "message_id_repeated", "append");

        answer.SetResult();
        await first;
        world.InformationSystem.Misbehave = null;
        world.InformationSystem.Calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Ask_RepeatedAfterAnUnknownEnd_IsToldSoAndNotSent()
    {
        world.SecurityServers.Consumer.Faults.Add(new SecurityServerFault(SecurityServerFaultKind.CloseAfterForward) { Times = 1 });
        var id = Guid.NewGuid().ToString();
        Refusal.CheckForm(await AskAsync(id), "security_server_broken", "forward").OutcomeUnknown.ShouldBeTrue();

        Refusal.CheckForm(await AskAsync(id), "security_server_broken", "forward").OutcomeUnknown.ShouldBeTrue();

        world.InformationSystem.Calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Ask_RepeatedAfterARefusalBeforeSending_IsSent()
    {
        world.SecurityServers.Consumer.Faults.Add(new SecurityServerFault(SecurityServerFaultKind.Code) { Code = "server.serverproxy.access_denied", Times = 1 });
        var id = Guid.NewGuid().ToString();
        Refusal.CheckForm(await AskAsync(id), "security_server_fault", "forward").OutcomeUnknown.ShouldBeFalse();

        (await AskAsync(id)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Ask_RepeatedUnderAnAgreementThatNoLongerPermitsIt_IsRefused()
    {
        var id = Guid.NewGuid().ToString();
        (await AskAsync(id)).Status.ShouldBe(200);

        var reply = await world.AskAsync(headers: new Dictionary<string, string?> { ["X-Road-Id"] = id, ["X-Road-Issue"] = "curiosity" });

        Refusal.CheckForm(reply, "purpose_not_agreed", "authorize");
    }

    private Task<HttpReply> AskAsync(string id, string? body = null, string? key = null) =>
        world.AskAsync(content: TestWorld.Json(body ?? TestPersons.Request), headers: new Dictionary<string, string?> { ["X-Road-Id"] = id }, key: key);
}
