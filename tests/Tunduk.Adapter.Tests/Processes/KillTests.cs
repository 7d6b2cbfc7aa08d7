using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Tunduk.Adapter.Tests.Sandbox;
using Tunduk.Evidence.Log;
using Xunit.Abstractions;

namespace Tunduk.Adapter.Tests.Processes;

/// <summary>
/// SIGKILL at random moments under load. <c>TUNDUK_KILLS</c> says how often (default 3 for each adapter); tests/long has the
/// command of the long run.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Callers = 8;
    private static readonly int Kills = int.Parse(Environment.GetEnvironmentVariable("TUNDUK_KILLS") ?? "3", CultureInfo.InvariantCulture);

    [Theory]
    [InlineData(ProcessWorld.ConsumerSide)]
    [InlineData(ProcessWorld.ProviderSide)]
    public async Task Kill_UnderLoad_NothingIsLostAndEveryRequestHasAnEnd(string side)
    {
        using var folder = new TemporaryFolder();
        await using var world = await ProcessWorld.StartAsync(new ProcessWorldOptions { Data = folder.Path });
        using var system = new InformationSystem(world);
        system.BeginLoad(Callers);
        for (var kill = 0; kill < Kills; kill++)
        {
            await system.WaitForAsync(RandomNumberGenerator.GetInt32(10, 40));
            await MomentAsync();
            await world.Of(side).KillAsync();
            await world.StartAgainAsync(side);
        }

        await system.WaitForAsync(10);
        await system.EndLoadAsync();
        await world.StopAdaptersAsync();

        var (received, forwarded, calls) = (world.Received, world.Forwarded, world.Calls);
        await using var consumer = await ArchiveOnDisk.OpenAsync(world.Folders.ConsumerConfiguration);
        await using var provider = await ArchiveOnDisk.OpenAsync(world.Folders.ProviderConfiguration);
        received.Where(id => !consumer.Requests.Contains(id)).ShouldBeEmpty("what the security server received was archived before it was sent");
        calls.Where(id => !provider.Requests.Contains(id)).ShouldBeEmpty("what the register did was archived before it was asked");
        calls.GroupBy(id => id).Where(id => id.Count() > 1).ShouldBeEmpty("every id was sent once");
        await EveryRequestEndsAsync(consumer);
        await EveryRequestEndsAsync(provider);

        var shown = system.Shown.Where(one => one.IsOk).ToList();
        shown.Select(one => one.MessageId).Where(id => !provider.Requests.Contains(id)).ShouldBeEmpty("what was answered was archived by the provider");
        foreach (var answer in shown)
        {
            await ShouldBeArchivedAsync(consumer, answer);
        }

        // The security server notes an id before it calls: nobody took the message while the provider's adapter was down.
        var untaken = forwarded.Where(id => !provider.Requests.Contains(id)).ToHashSet();
        untaken.Intersect(shown.Select(one => one.MessageId)).ShouldBeEmpty();
        untaken.Intersect(calls).ShouldBeEmpty();
        if (side == ProcessWorld.ConsumerSide)
        {
            // The provider's adapter was never down: a call that did not reach it was given up because its caller was killed.
            foreach (var id in untaken)
            {
                (await consumer.EndKindAsync(consumer.Requests[id].Single())).ShouldBe(EntryKind.OutcomeUnknown, id);
            }
        }

        output.WriteLine(
            $"{side}: {Kills} kills; {system.Shown.Count} asked, {shown.Count} shown; {received.Count} received, {forwarded.Count} forwarded ({untaken.Count} to nobody), {calls.Count} executed; "
            + $"consumer {consumer.Report.Entries} entries, {await UnknownAsync(consumer)} outcome unknown; provider {provider.Report.Entries} entries, {await UnknownAsync(provider)} outcome unknown; "
            + $"{consumer.Report.Checkpoints + provider.Report.Checkpoints} checkpoints, {consumer.Report.SignaturesVerified + provider.Report.SignaturesVerified} signatures verified, 0 failures");
    }

    private static async Task EveryRequestEndsAsync(ArchiveOnDisk archive)
    {
        foreach (var request in archive.Requests.SelectMany(one => one))
        {
            var kind = await archive.EndKindAsync(request);
            (kind is EntryKind.Response or EntryKind.Refusal or EntryKind.OutcomeUnknown).ShouldBeTrue($"{request.Record} ends with {kind?.ToString() ?? "nothing"}");
        }
    }

    private static async Task ShouldBeArchivedAsync(ArchiveOnDisk consumer, ShownAnswer answer)
    {
        var request = consumer.Requests[answer.MessageId].Single();
        request.Record.ToString().ShouldBe(answer.Record);
        var end = await consumer.GetAsync(request.End!.Value);
        end!.Entry.Kind.ShouldBe(EntryKind.Response);
        using var body = JsonDocument.Parse(answer.Body);
        var surname = body.RootElement.GetProperty("response").GetProperty("surname").GetString();
        end.Values.ShouldContain(value => value.Path == "response/surname" && value.AsText() == surname);
    }

    private static async Task<int> UnknownAsync(ArchiveOnDisk archive)
    {
        var count = 0;
        foreach (var request in archive.Requests.SelectMany(one => one))
        {
            count += await archive.EndKindAsync(request) == EntryKind.OutcomeUnknown ? 1 : 0;
        }

        return count;
    }

    // Some milliseconds, so that the kill falls into any stage.
    private static Task MomentAsync() => Task.Delay(TimeSpan.FromMicroseconds(RandomNumberGenerator.GetInt32(30_000)), TimeProvider.System);
}
