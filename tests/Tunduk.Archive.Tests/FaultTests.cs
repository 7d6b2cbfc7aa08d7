using Tunduk.Archive.Heads;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Tests;

/// <summary>Breaks each write once after it was persisted and once before, on a real SQLite file.</summary>
public abstract class FaultTests : IAsyncLifetime
{
    private readonly ArchiveFolder folder;

    private protected FaultTests(ArchiveFolder folder) => this.folder = folder;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        folder.Dispose();
        return Task.CompletedTask;
    }

    private Task<ArchiveOpening> OpenAsync(FaultPlan plan) => LogArchive.OpenAsync(
        folder.Options() with { CheckpointInterval = TimeSpan.FromHours(1) }, folder.Signer, TimeProvider.System, null,
        () => new FaultyStore(folder.Store(), plan), new FaultyHead(new FileHeadStore(folder.Head), plan), needsFolder: false, default);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Append_RequestCommitBroken_IsRefusedAndHasAnEndIfItIsThere(bool persisted)
    {
        FaultPlan plan = new() { Persist = persisted };
        await using IArchive archive = (await OpenAsync(plan)).Archive!;
        plan.BreakCommit = await QuietCommitsAsync(archive, plan);
        AppendResult broken = await archive.AppendAsync(ArchiveFolder.Request(messageId: "broken"), default);
        broken.Outcome.ShouldBe(AppendOutcome.Failed);
        broken.Fault!.Name.ShouldBe("archive_unwritable");
        int opened = plan.Opened;

        AppendResult next = await archive.AppendAsync(ArchiveFolder.Request(messageId: "next"), default);
        next.Outcome.ShouldBe(AppendOutcome.Appended);
        plan.Opened.ShouldBe(opened + 1); // reopened, not repeated
        IReadOnlyList<ArchiveEntry> found = (await archive.SearchAsync(new SearchQuery { Terms = [new IndexTerm(IndexKind.MessageId, "broken")] }, default)).Entries;
        found.Count.ShouldBe(persisted ? 1 : 0);
        if (persisted)
        {
            (await archive.GetEndAsync(found[0].Record, default))!.Entry.Kind.ShouldBe(EntryKind.OutcomeUnknown);
        }

        (await archive.GetEndAsync(next.Record!.Value, default)).ShouldBeNull(); // in flight here: recovery leaves it alone
        (await archive.AppendAsync(ArchiveFolder.Response(next.Record.Value), default)).IsDurable.ShouldBeTrue();
        (await archive.VerifyAsync(new VerifyOptions(), default)).Failures.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Append_ResponseCommitBroken_SameDraftAgainEndsTheRequestOnce(bool persisted)
    {
        FaultPlan plan = new() { Persist = persisted };
        await using IArchive archive = (await OpenAsync(plan)).Archive!;
        RecordId request = (await archive.AppendAsync(ArchiveFolder.Request(), default)).Record!.Value;
        plan.BreakCommit = await QuietCommitsAsync(archive, plan);
        EntryDraft answer = ArchiveFolder.Response(request);
        (await archive.AppendAsync(answer, default)).Outcome.ShouldBe(AppendOutcome.Failed);
        AppendResult again = await archive.AppendAsync(answer, default);
        again.Outcome.ShouldBe(AppendOutcome.Appended);
        (await archive.GetEndAsync(request, default))!.Record.ShouldBe(again.Record!.Value);
        SearchPage ends = await archive.SearchAsync(new SearchQuery { Kinds = [EntryKind.Response, EntryKind.OutcomeUnknown] }, default);
        ends.Entries.Count.ShouldBe(1);
        (await archive.AppendAsync(ArchiveFolder.Response(request), default)).Outcome.ShouldBe(AppendOutcome.AlreadyEnded);
        (await archive.VerifyAsync(new VerifyOptions(), default)).Failures.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(1, true)]
    public async Task Open_EveryWriteOfTheStartBroken_IsTakenUpByTheNextStart(int write, bool persisted)
    {
        foreach (bool atHead in new[] { false, true })
        {
            FaultPlan plan = new() { Persist = persisted, BreakCommit = atHead ? -1 : write, BreakHead = atHead ? write : -1 };
            ArchiveOpening first = await OpenAsync(plan);
            if (first.Archive is not null)
            {
                await first.Archive.DisposeAsync();
            }

            await using IArchive archive = await folder.OpenAsync();
            (await archive.AppendAsync(ArchiveFolder.Request(), default)).IsDurable.ShouldBeTrue();
            (await archive.VerifyAsync(new VerifyOptions(), default)).Failures.ShouldBeEmpty();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Checkpoint_HeadWriteBroken_NeverSignsTwoRootsForASize(bool persisted)
    {
        for (int write = 0; write < 2; write++)
        {
            FaultPlan plan = new() { Persist = persisted };
            await using (IArchive archive = (await OpenAsync(plan)).Archive!)
            {
                await QuietCommitsAsync(archive, plan);
                await archive.AppendAsync(new EntryDraft { Kind = EntryKind.ConfigurationChange, Code = "test" }, default);
                plan.BreakHead = plan.HeadWrites + write;
                try
                {
                    await archive.CheckpointAsync(default);
                }
                catch (StoreException)
                {
                    // Said so; the next one goes on or the next start does.
                }
            }

            await using IArchive again = await folder.OpenAsync();
            await again.CheckpointAsync(default);
            VerifyReport report = await again.VerifyAsync(new VerifyOptions(), default);
            report.Failures.ShouldBeEmpty();
        }
    }

    // Waits until the first checkpoint was stored, so that no commit of the publisher comes in between.
    [Fact]
    public async Task Append_MoreArrivesWhileAFullBatchIsCommitted_GoesWithWhatTheBatchLeftOver()
    {
        const int Most = 4;
        SemaphoreSlim begun = new(0);
        SemaphoreSlim goOn = new(0);
        List<int> sizes = [];
        bool armed = false;
        FaultPlan plan = new()
        {
            Committing = batch =>
            {
                if (Volatile.Read(ref armed))
                {
                    sizes.Add(batch.Rows.Count);
                    begun.Release();
                    goOn.Wait();
                }
            },
        };
        await using IArchive archive = (await LogArchive.OpenAsync(
            folder.Options() with { CheckpointInterval = TimeSpan.FromHours(1), MaxBatch = Most }, folder.Signer, TimeProvider.System, null,
            () => new FaultyStore(folder.Store(), plan), new FaultyHead(new FileHeadStore(folder.Head), plan), needsFolder: false, default)).Archive!;
        await QuietCommitsAsync(archive, plan);
        Volatile.Write(ref armed, true);
        List<Task<AppendResult>> waiting = [Append()];
        await begun.WaitAsync();
        waiting.AddRange(Enumerable.Range(0, Most + 1).Select(_ => Append()));
        goOn.Release();
        await begun.WaitAsync(); // four of the five
        waiting.AddRange(Enumerable.Range(0, Most - 1).Select(_ => Append()));
        goOn.Release();
        await begun.WaitAsync(); // the one left over, and the three
        Volatile.Write(ref armed, false);
        goOn.Release();
        (await Task.WhenAll(waiting)).ShouldAllBe(static result => result.IsDurable);
        sizes.ShouldBe([1, Most, Most]);

        Task<AppendResult> Append() => archive.AppendAsync(ArchiveFolder.Request(), default).AsTask();
    }

    [Fact]
    public async Task Append_HeadStoreCannotBeWrittenForLong_NothingButEndsIsAppendedUntilItCan()
    {
        SteppedTime time = new();
        FaultPlan plan = new();
        ArchiveOptions options = folder.Options();
        await using IArchive archive = (await LogArchive.OpenAsync(
            options, folder.Signer, time, null, () => new FaultyStore(folder.Store(), plan), new FaultyHead(new FileHeadStore(folder.Head), plan), needsFolder: false, default)).Archive!;
        await archive.CheckpointAsync(default);
        plan.HeadDown = true;
        RecordId request = (await archive.AppendAsync(ArchiveFolder.Request(), default)).Record!.Value;
        time.Advance(options.HeadLag - TimeSpan.FromMilliseconds(1));
        (await archive.AppendAsync(ArchiveFolder.Request(), default)).IsDurable.ShouldBeTrue();
        archive.Status.Refusing.ShouldBeNull();

        time.Advance(TimeSpan.FromMilliseconds(1));
        AppendResult refused = await archive.AppendAsync(ArchiveFolder.Request(), default);
        refused.Outcome.ShouldBe(AppendOutcome.Failed);
        refused.Fault!.Name.ShouldBe("archive_unwritable");
        refused.Fault.Detail.ShouldContain("For 60 s the head store has not vouched for the newest 2 entries");
        refused.Fault.Remedy.ShouldContain("head store");
        archive.Status.Refusing.ShouldNotBeNull();
        (await archive.AppendAsync(ArchiveFolder.Response(request), default)).IsDurable.ShouldBeTrue();

        plan.HeadDown = false;
        await archive.CheckpointAsync(default); // as the archive itself does at its next turn
        archive.Status.Refusing.ShouldBeNull();
        (await archive.AppendAsync(ArchiveFolder.Request(), default)).IsDurable.ShouldBeTrue();
    }

    [Fact]
    public async Task Append_NothingHappensForLongAfterAStart_IsAppended()
    {
        await using (IArchive first = await folder.OpenAsync())
        {
            (await first.AppendAsync(ArchiveFolder.Request(), default)).IsDurable.ShouldBeTrue();
        }

        // The second opening ends what was open, the third finds all done: its head vouches for everything, and nobody has to move it.
        await using (IArchive second = await folder.OpenAsync())
        {
            await second.CheckpointAsync(default);
        }

        SteppedTime time = new();
        ArchiveOptions options = folder.Options();
        FaultPlan plan = new();
        await using IArchive archive = (await LogArchive.OpenAsync(
            options, folder.Signer, time, null, () => new FaultyStore(folder.Store(), plan), new FaultyHead(new FileHeadStore(folder.Head), plan), needsFolder: false, default)).Archive!;
        plan.HeadWrites.ShouldBe(0);
        time.Advance(2 * options.HeadLag);
        archive.Status.Refusing.ShouldBeNull();
        (await archive.AppendAsync(ArchiveFolder.Request(), default)).IsDurable.ShouldBeTrue();
        (await archive.AppendAsync(ArchiveFolder.Request(), default)).IsDurable.ShouldBeTrue();
    }

    [Fact]
    public async Task Append_HeadStoreHangs_IsAsFarBehindAsOneThatFails()
    {
        SteppedTime time = new();
        ManualResetEventSlim answers = new(initialState: true);
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        FaultPlan plan = new()
        {
            MovingHead = () =>
            {
                if (!answers.IsSet)
                {
                    asked.TrySetResult();
                    answers.Wait();
                }
            },
        };
        ArchiveOptions options = folder.Options();
        await using IArchive archive = (await LogArchive.OpenAsync(
            options, folder.Signer, time, null, () => new FaultyStore(folder.Store(), plan), new FaultyHead(new FileHeadStore(folder.Head), plan), needsFolder: false, default)).Archive!;
        await archive.CheckpointAsync(default);
        answers.Reset();
        (await archive.AppendAsync(ArchiveFolder.Request(), default)).IsDurable.ShouldBeTrue();
        Task<SignedCheckpoint> moving = Task.Run(() => archive.CheckpointAsync(default).AsTask());
        await asked.Task;
        time.Advance(options.HeadLag);
        AppendResult refused = await archive.AppendAsync(ArchiveFolder.Request(), default);
        answers.Set();
        refused.Fault!.Detail.ShouldContain("It does not answer.");
        await moving;
        (await archive.AppendAsync(ArchiveFolder.Request(), default)).IsDurable.ShouldBeTrue();
    }

    private static async Task<int> QuietCommitsAsync(IArchive archive, FaultPlan plan)
    {
        await archive.CheckpointAsync(default);
        return plan.Commits;
    }
}
