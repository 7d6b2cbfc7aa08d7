using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.Tests.Sandbox;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Tests.Processes;

/// <summary>SIGTERM under load: nothing new is taken, what is under way ends, the process leaves by itself.</summary>
public sealed class TerminationTests
{
    [Theory]
    [InlineData(ProcessWorld.ConsumerSide)]
    [InlineData(ProcessWorld.ProviderSide)]
    public async Task Terminate_UnderLoad_EveryRequestEndsAndTheLogNeedsNoRecovery(string side)
    {
        using var folder = new TemporaryFolder();
        await using var world = await ProcessWorld.StartAsync(new ProcessWorldOptions { Data = folder.Path });
        using var system = new InformationSystem(world);
        system.BeginLoad(8);
        await system.WaitForAsync(30);

        await world.Of(side).StopAsync();

        world.Of(side).HasExited.ShouldBeTrue();
        await system.EndLoadAsync();
        if (side == ProcessWorld.ProviderSide)
        {
            await world.Consumer.StopAsync();
        }
        else
        {
            await world.Provider.StopAsync();
        }

        // Opening fails where a request was left without an end.
        await using var consumer = await ArchiveOnDisk.OpenAsync(world.Folders.ConsumerConfiguration);
        await using var provider = await ArchiveOnDisk.OpenAsync(world.Folders.ProviderConfiguration);
        world.Received.Where(id => !consumer.Requests.Contains(id)).ShouldBeEmpty("what was sent was archived before");
        world.Calls.Where(id => !provider.Requests.Contains(id)).ShouldBeEmpty();
        foreach (var answer in system.Shown.Where(one => one.IsOk))
        {
            (await consumer.EndKindAsync(consumer.Requests[answer.MessageId].Single())).ShouldBe(EntryKind.Response, "what was shown was archived before");
        }
    }

    [Fact]
    public async Task HangUpAndQuit_UnderLoad_TheFirstEndsNothingTheSecondInOrder()
    {
        using var folder = new TemporaryFolder();
        await using var world = await ProcessWorld.StartAsync(new ProcessWorldOptions { Data = folder.Path });
        using var system = new InformationSystem(world);
        system.BeginLoad(4);
        await system.WaitForAsync(10);

        await world.Consumer.HangUpAsync();

        await system.WaitForAsync(40);
        system.Shown.ShouldAllBe(answer => answer.IsOk, "a service is not ended by it, as its terminal's end would end a program");
        await world.Consumer.QuitAsync();
        world.Consumer.ExitCode.ShouldBe(0);
        await system.EndLoadAsync();
        await world.Provider.StopAsync();
        await using var consumer = await ArchiveOnDisk.OpenAsync(world.Folders.ConsumerConfiguration);
    }

    [Fact]
    public async Task Terminate_BeforeReady_LeavesInOrder()
    {
        using var folder = new TemporaryFolder();
        await using var world = await ProcessWorld.StartAsync(new ProcessWorldOptions { Data = folder.Path });
        await world.Consumer.StopAsync();
        foreach (var signal in new[] { "TERM", "INT" })
        {
            foreach (var milliseconds in new[] { 200, 500, 800, 1100, 1500 })
            {
                var (code, errors) = await AdapterProcess.StopDuringStartAsync(signal, TimeSpan.FromMilliseconds(milliseconds), "run", "--config", world.Folders.ConsumerConfiguration, "--print-addresses");

                // Before anything of ours runs the signal itself ends the process.
                code.ShouldBeOneOf([0, signal == "TERM" ? 143 : 130], $"{signal} after {milliseconds} ms: {errors}");
                errors.ShouldNotContain("Unhandled");
                errors.ShouldNotContain("   at Tunduk");
            }
        }

        await using var consumer = await ArchiveOnDisk.OpenAsync(world.Folders.ConsumerConfiguration);
    }

    [Fact]
    public async Task Terminate_SecurityServerStalls_TheExchangeEndsAndTheProcessLeavesWithZero()
    {
        var arrived = new TaskCompletionSource();
        await using var stalling = new RawServer(async (stream, _) =>
        {
            // The doctor asks at the start too: only the exchange is waited for. Nothing is answered.
            using var reader = new StreamReader(stream, leaveOpen: true);
            if ((await reader.ReadLineAsync())?.StartsWith("POST ", StringComparison.Ordinal) == true)
            {
                arrived.TrySetResult();
            }

            await reader.ReadToEndAsync();
        });
        using var folder = new TemporaryFolder();
        await using var world = await ProcessWorld.StartAsync(new ProcessWorldOptions
        {
            Data = folder.Path,
            Consumer = json =>
            {
                json["SecurityServer"]!["Address"] = stalling.Address.ToString();
                json["SecurityServer"]!["ResponseTimeout"] = "00:00:05"; // Longer than the 2 s a command line library leaves by default.
            },
        });
        using var system = new InformationSystem(world);
        var asking = system.AskAsync("under-way", system.Persons[0]);
        await arrived.Task;

        await world.Consumer.StopAsync();

        world.Consumer.ExitCode.ShouldBe(0);
        var shown = await asking;
        shown.Status.ShouldBe(504);
        shown.Body.ShouldContain("security_server_timeout");
        await using var consumer = await ArchiveOnDisk.OpenAsync(world.Folders.ConsumerConfiguration);
        (await consumer.EndKindAsync(consumer.Requests["under-way"].Single())).ShouldBe(EntryKind.OutcomeUnknown);
    }
}
