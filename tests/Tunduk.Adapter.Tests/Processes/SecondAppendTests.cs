using Tunduk.Adapter.Tests.Sandbox;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Tests.Processes;

/// <summary>The provider's adapter dies between its information system's answer and its own second append.</summary>
public sealed class SecondAppendTests
{
    private const int Repeats = 2;

    [Fact]
    public async Task Kill_BeforeAnswerIsRead_OneSideEffectAlsoWhenRepeated()
    {
        var repeats = await KillAsync((relay, kill) => relay.BeforeAnswer = kill);

        repeats.ShouldAllBe(shown => !shown.IsOk, "whether it was executed cannot be known, so it is not asked again");
    }

    [Fact]
    public async Task Kill_AfterAnswerWasRead_NoSideEffectBeyondArchivedAnswers()
    {
        // The last byte has left the information system: the adapter is anywhere between reading it and having answered.
        await KillAsync((relay, kill) => relay.AfterAnswer = kill);
    }

    private static async Task<IReadOnlyList<ShownAnswer>> KillAsync(Action<Relay, Func<Task>> at)
    {
        var messageId = Guid.NewGuid().ToString();
        using var folder = new TemporaryFolder();
        await using var relay = new Relay();
        await using var world = await ProcessWorld.StartAsync(new ProcessWorldOptions { Data = folder.Path, BeforeRegister = relay.StartAsync });
        using var system = new InformationSystem(world);
        (await system.AskAsync(Guid.NewGuid().ToString(), system.Persons[0])).IsOk.ShouldBeTrue();

        at(relay, async () =>
        {
            (relay.BeforeAnswer, relay.AfterAnswer) = (null, null);
            await world.Provider.KillAsync();
        });
        await system.AskAsync(messageId, system.Persons[1]);
        await Poll.UntilAsync(() => world.Provider.HasExited, "the kill");
        await world.StartAgainAsync(ProcessWorld.ProviderSide);
        var repeats = new List<ShownAnswer>();
        for (var i = 0; i < Repeats; i++)
        {
            repeats.Add(await system.AskAsync(messageId, system.Persons[1]));
        }

        await world.StopAdaptersAsync();
        await using var provider = await ArchiveOnDisk.OpenAsync(world.Folders.ProviderConfiguration);
        var ends = new List<EntryKind?>();
        foreach (var request in provider.Requests[messageId])
        {
            ends.Add(await provider.EndKindAsync(request));
        }

        // A request may run again only where the answer of the one before is in the archive.
        var executed = world.Calls.Count(id => id == messageId);
        executed.ShouldBeLessThanOrEqualTo(1 + ends.Count(kind => kind == EntryKind.Response));
        ends.ShouldNotContain((EntryKind?)null);
        if (repeats.TrueForAll(shown => !shown.IsOk))
        {
            executed.ShouldBe(1);
        }

        return repeats;
    }
}
