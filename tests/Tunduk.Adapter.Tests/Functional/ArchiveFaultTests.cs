using System.Text.Json.Nodes;
using Tunduk.Adapter.Hosting;
using Tunduk.Adapter.Sandbox.Register;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Tests.Functional;

/// <summary>
/// Issue "main job", paragraph "Bad input", and ARCHIVE "When the second append fails": a full archive. Nothing that is
/// not archived is sent, shown or executed twice.
/// </summary>
public sealed class ArchiveFaultTests
{
    [Fact]
    public async Task Ask_ConsumersArchiveIsFull_NothingIsSentUntilThereIsRoomAgain()
    {
        using var volume = SmallVolume.Mount();
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { Consumer = options => Place(options, volume) });
        (await world.AskAsync()).Status.ShouldBe(200);
        var calls = world.InformationSystem.Calls.Count;

        volume.Fill(reserveToo: true);
        var reply = await world.AskAsync();

        var refusal = Refusal.CheckForm(reply, "logging_failed", "append");
        reply.Status.ShouldBe(503);
        refusal.Found.ShouldNotBeNull().ShouldStartWith("archive_");
        world.InformationSystem.Calls.Count.ShouldBe(calls, "nothing may be sent that is not archived");
        var ready = await world.SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(world.Consumer.AdminAddress!, "health/ready")));
        ready.Status.ShouldBe(503, ready.Text);
        ready.Text.ShouldContain("archive_full");

        volume.Free();
        var again = await Wait.ForAsync(async () => await world.AskAsync() is { Status: 200 } answered ? answered : null);
        again.Json.GetProperty("response").GetProperty("pin").GetString().ShouldBe(TestPersons.Somebody.Pin);
    }

    [Fact]
    public async Task Ask_AnchorFileCannotBeWritten_IsAnAlarmInHealthLogAndMetricsAndOverWhenItCan()
    {
        await using var world = await TestWorld.StartAsync();
        (await world.AskAsync()).Status.ShouldBe(200);
        await world.Consumer.Archive.CheckpointAsync(default);
        var anchor = world.Consumer.Archive.Status.Anchors.Single(one => one.Name.StartsWith(world.ConsumerFolder, StringComparison.Ordinal)).Name;
        var kept = await File.ReadAllTextAsync(anchor);
        File.Delete(anchor);
        Directory.CreateDirectory(anchor); // mode bits mean nothing to root, a folder in its place does

        (await world.AskAsync()).Status.ShouldBe(200, "an anchor that fails stops nothing");
        await world.Consumer.Archive.CheckpointAsync(default);
        await Wait.ForAsync(async () => (await HealthAsync()).Contains($"The anchor {anchor} did not take a checkpoint", StringComparison.Ordinal) ? "" : null);
        (await world.SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(world.Consumer.AdminAddress!, "metrics")))).Text
            .Split('\n').ShouldContain(line => line.StartsWith("tunduk_archive_anchor_failing{", StringComparison.Ordinal) && line.EndsWith(" 1", StringComparison.Ordinal));
        await LoggedAsync("1721");

        Directory.Delete(anchor);
        await File.WriteAllTextAsync(anchor, kept);
        await Wait.ForAsync(async () =>
        {
            world.Clock.Expire(TimeSpan.FromSeconds(1));
            world.Clock.Expire(TimeSpan.FromSeconds(2));
            return (await HealthAsync()).Contains("did not take a checkpoint", StringComparison.Ordinal) ? null : "";
        });
        await LoggedAsync("1722");

        // The watch looks when its time is up, and its line goes to the file from a queue.
        Task LoggedAsync(string id) => Wait.ForAsync(async () =>
        {
            world.Clock.Expire(ArchiveWatch.Interval);
            return (await world.ReadLogsAsync()).Split('\n').FirstOrDefault(line => line.Contains(id, StringComparison.Ordinal) && line.Contains("the anchor " + anchor, StringComparison.Ordinal));
        });

        async Task<string> HealthAsync() => (await world.SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(world.Consumer.AdminAddress!, "health/ready")))).Text;
    }

    [Fact]
    public async Task Ask_ConsumersArchiveFillsWhileTheProviderWorks_TheReservedRoomTakesTheAnswer()
    {
        using var volume = SmallVolume.Mount();
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { Consumer = options => Place(options, volume) });
        world.InformationSystem.Misbehave = FillThen(() => volume.Fill());

        (await world.AskAsync()).Status.ShouldBe(200, "room for an answer is kept with each request");
    }

    [Fact]
    public async Task Ask_AnswerCannotBeArchived_IsNotShown()
    {
        using var volume = SmallVolume.Mount();
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { Consumer = options => Place(options, volume) });
        world.InformationSystem.Misbehave = FillThen(() => volume.Fill(reserveToo: true));

        var reply = await world.AskAsync();

        var refusal = Refusal.CheckForm(reply, "response_not_archived", "append");
        reply.Status.ShouldBe(500);
        reply.Record.ShouldBe(refusal.Record);
        world.InformationSystem.CallsOf(reply.MessageId!).ShouldBe(1);

        // The request has no lie for an end: nothing, or that nobody knows.
        volume.Free();
        world.InformationSystem.Misbehave = null;
        await Wait.ForAsync(async () => await world.AskAsync() is { Status: 200 } answered ? answered : null);
        RecordId.TryParse(refusal.Record, out var record).ShouldBeTrue();
        var end = await world.Consumer.Archive.GetEndAsync(record, CancellationToken.None);
        end?.Entry.Kind.ShouldBe(EntryKind.OutcomeUnknown);
    }

    [Fact]
    public async Task Answer_ProvidersArchiveIsFull_TheInformationSystemIsNotAsked()
    {
        using var volume = SmallVolume.Mount();
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { WithConsumer = false, Provider = options => Place(options, volume) });
        volume.Fill(reserveToo: true);

        var reply = await world.PostSoapAsync(await Envelopes.SignedAsync());

        reply.FaultCode.ShouldBe("adapter.logging_failed", reply.Text);
        world.InformationSystem.Calls.ShouldBeEmpty();
    }

    [Fact]
    [Provokes("executed_not_archived", Faces.Soap)]
    public async Task Answer_AnswerCannotBeArchived_NothingLeavesAndARepeatNeverReachesTheInformationSystem()
    {
        using var volume = SmallVolume.Mount();
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { WithConsumer = false, Provider = options => Place(options, volume) });
        world.InformationSystem.Misbehave = FillThen(() => volume.Fill(reserveToo: true));
        var headers = Envelopes.Headers();
        var captured = await Envelopes.SignedAsync(headers);

        var reply = await world.PostSoapAsync(captured);

        reply.FaultCode.ShouldBe("adapter.executed_not_archived", reply.Text);
        TestPersons.ShouldHoldNoValue(reply.Text, "the fault");
        world.InformationSystem.CallsOf(headers.Id).ShouldBe(1);

        world.InformationSystem.Misbehave = null;
        foreach (var repeat in new[] { captured, await Envelopes.SignedAsync(headers) })
        {
            (await world.PostSoapAsync(repeat)).Status.ShouldBe(500, "while the volume is full");
        }

        volume.Free();
        await Wait.ForAsync(async () => (await world.PostSoapAsync(await Envelopes.SignedAsync())) is { Status: 200 } answered ? answered : null);
        foreach (var repeat in new[] { captured, await Envelopes.SignedAsync(headers) })
        {
            var refused = await world.PostSoapAsync(repeat);
            refused.Status.ShouldBe(500, "after the archive has recovered");
            new[] { "adapter.message_replayed", "adapter.executed_not_archived", "adapter.message_id_repeated" }.ShouldContain(refused.FaultCode);
        }

        world.InformationSystem.CallsOf(headers.Id).ShouldBe(1, "one side effect for one request");
    }

    private static void Place(JsonObject options, SmallVolume volume)
    {
        ((JsonObject)options["Archive"]!)["Folder"] = Path.Combine(volume.Path, "archive");
        options["Limits"] = new JsonObject { ["ArchiveRetry"] = "00:00:00" }; // A second trial may open the archive anew, which gives it the room of its write-ahead log back.
    }

    // The volume fills between the first and the second append.
    private static Func<Microsoft.AspNetCore.Http.HttpContext, Task> FillThen(Action fill) => async context =>
    {
        fill();
        var person = System.Text.Encoding.UTF8.GetString(RegisterJson.Person(TestPersons.Somebody));
        await InformationSystemDouble.Answering("{\"response\":" + person + "}")(context);
    };
}
