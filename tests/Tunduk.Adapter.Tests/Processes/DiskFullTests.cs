using System.Text;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Tests.Sandbox;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Tests.Processes;

/// <summary>The volume of an archive is full: before anything leaves, and between an answer and its append.</summary>
public sealed class DiskFullTests
{
    private const int Megabytes = 192;

    [Fact]
    public async Task Provider_FullBetweenAnswerAndAppend_ReserveTakesTheAnswerAndNothingNewBegins()
    {
        await using var scene = await Scene.StartAsync(ProcessWorld.ProviderSide);
        scene.WhenRegisterHasAnswered(scene.Volume.Fill);

        var shown = await scene.AskAsync();
        var next = await scene.AskAsync();

        shown.IsOk.ShouldBeTrue(shown.Body);
        next.IsOk.ShouldBeFalse();
        scene.World.Calls.ShouldNotContain(next.MessageId);
        await scene.RecoversAsync();
        await using var provider = await scene.StopAsync();
        (await provider.EndKindAsync(provider.Requests[shown.MessageId].Single())).ShouldBe(EntryKind.Response);
    }

    [Fact]
    public async Task Provider_FullAndReserveGone_ExecutedNotArchivedAndNoByteOfTheAnswerLeaves()
    {
        await using var scene = await Scene.StartAsync(ProcessWorld.ProviderSide);
        scene.WhenRegisterHasAnswered(scene.Volume.FillWithoutReserve);
        var person = scene.System.Persons[7];
        var left = scene.ProviderAnswers.Answers.Count;

        var shown = await scene.AskAsync(person);
        var repeated = await scene.AskAsync(person, shown.MessageId);
        scene.Volume.Empty();
        var again = await scene.AskAsync(person, shown.MessageId);

        foreach (var one in new[] { shown, repeated, again })
        {
            one.IsOk.ShouldBeFalse();
            one.Body.ShouldNotContain(person.Surname);
        }

        var answers = scene.ProviderAnswers.Answers.Skip(left).Select(Encoding.UTF8.GetString).ToList();
        answers.Count.ShouldBeGreaterThanOrEqualTo(1);
        answers.ShouldAllBe(answer => !answer.Contains(person.Surname) && !answer.Contains(person.DateOfBirth.ToString("yyyy-MM-dd")));
        answers[0].ShouldContain("executed_not_archived");
        await scene.RecoversAsync();

        // The end is written at the next start; the claim holds before and after it.
        await scene.World.Provider.KillAsync();
        await scene.World.StartAgainAsync(ProcessWorld.ProviderSide);
        (await scene.AskAsync(person, shown.MessageId)).IsOk.ShouldBeFalse();
        scene.World.Calls.Count(id => id == shown.MessageId).ShouldBe(1);
        await using var provider = await scene.StopAsync();
        (await provider.EndKindAsync(provider.Requests[shown.MessageId].OrderBy(request => request.Record.Index).First())).ShouldBe(EntryKind.OutcomeUnknown);
    }

    [Fact]
    public async Task Consumer_FullBeforeRequest_NothingIsSent()
    {
        await using var scene = await Scene.StartAsync(ProcessWorld.ConsumerSide);
        scene.Volume.Fill();

        var shown = await scene.AskAsync();

        shown.IsOk.ShouldBeFalse();
        shown.Body.ShouldContain("logging_failed");
        scene.World.Received.ShouldNotContain(shown.MessageId);
        scene.Volume.Empty();
        await scene.RecoversAsync();
        await using var consumer = await scene.StopAsync();
        consumer.Requests.Contains(shown.MessageId).ShouldBeFalse();
    }

    [Fact]
    public async Task Consumer_FullAndReserveGone_AnswerIsNotShown()
    {
        await using var scene = await Scene.StartAsync(ProcessWorld.ConsumerSide);
        scene.WhenRegisterHasAnswered(scene.Volume.FillWithoutReserve);
        var person = scene.System.Persons[7];

        var shown = await scene.AskAsync(person);

        shown.IsOk.ShouldBeFalse();
        shown.Body.ShouldContain("response_not_archived");
        shown.Body.ShouldNotContain(person.Surname);
        scene.Volume.Empty();
        await scene.RecoversAsync();
        await scene.World.Consumer.KillAsync();
        await scene.World.StartAgainAsync(ProcessWorld.ConsumerSide);
        await using var consumer = await scene.StopAsync();
        (await consumer.EndKindAsync(consumer.Requests[shown.MessageId].Single())).ShouldBe(EntryKind.OutcomeUnknown);
    }

    /// <summary>A world of which one adapter's archive lies on a small volume.</summary>
    private sealed class Scene : IAsyncDisposable
    {
        private readonly TemporaryFolder folder = new();
        private readonly Relay register = new();
        private string side = "";

        public SmallVolume Volume { get; private set; } = null!;

        public ProcessWorld World { get; private set; } = null!;

        public InformationSystem System { get; private set; } = null!;

        /// <summary>What the provider's adapter answers its security server.</summary>
        public Relay ProviderAnswers { get; } = new();

        public static async Task<Scene> StartAsync(string side)
        {
            var scene = new Scene { side = side };
            try
            {
                await scene.BuildAsync();
                return scene;
            }
            catch
            {
                await scene.DisposeAsync();
                throw;
            }
        }

        public void WhenRegisterHasAnswered(Action act) => register.BeforeAnswer = () =>
        {
            register.BeforeAnswer = null;
            act();
            return Task.CompletedTask;
        };

        public Task<ShownAnswer> AskAsync() => AskAsync(System.Persons[3]);

        public Task<ShownAnswer> AskAsync(Adapter.Sandbox.Register.InventedPerson person, string? messageId = null) =>
            System.AskAsync(messageId ?? Guid.NewGuid().ToString(), person);

        /// <summary>With room again, exchanges go on without a restart.</summary>
        public async Task RecoversAsync()
        {
            Volume.Empty();
            try
            {
                await Poll.UntilAsync(async () => (await AskAsync()).IsOk, "an exchange after there was room again");
            }
            catch (TimeoutException exception)
            {
                throw new TimeoutException($"{exception.Message}\n{System.Shown.Last().Body}\n{World.Of(side).Errors}", exception);
            }
        }

        public async Task<ArchiveOnDisk> StopAsync()
        {
            await World.StopAdaptersAsync();
            return await ArchiveOnDisk.OpenAsync(World.ConfigurationOf(side));
        }

        public async ValueTask DisposeAsync()
        {
            System?.Dispose();
            if (World is not null)
            {
                await World.DisposeAsync();
            }

            await register.DisposeAsync();
            await ProviderAnswers.DisposeAsync();
            if (Volume is not null)
            {
                await Volume.DisposeAsync();
            }

            folder.Dispose();
        }

        private async Task BuildAsync()
        {
            Volume = await SmallVolume.MountAsync(folder["volume"], Megabytes);
            World = await ProcessWorld.StartAsync(new ProcessWorldOptions
            {
                Data = folder.Path,
                BeforeRegister = register.StartAsync,
                BeforeProvider = ProviderAnswers.StartAsync,
                Consumer = side == ProcessWorld.ConsumerSide ? OnVolume : null,
                Provider = side == ProcessWorld.ProviderSide ? OnVolume : null,
            });
            System = new InformationSystem(World);
            (await AskAsync()).IsOk.ShouldBeTrue();
        }

        private void OnVolume(JsonObject configuration)
        {
            configuration["Archive"]!["Folder"] = Volume.Archive;
            configuration["Limits"] = new JsonObject { ["ArchiveRetry"] = "00:00:00" }; // A second trial may open the archive anew, which gives it the room of its write-ahead log back.
        }
    }
}
