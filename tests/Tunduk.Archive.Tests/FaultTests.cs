using Tunduk.Archive.Heads;
using Tunduk.Archive.Sqlite;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Tests;

/// <summary>Breaks each write once after it was persisted and once before, on a real SQLite file.</summary>
public sealed class FaultTests : IDisposable
{
    private readonly ArchiveFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>Which write to break, counted over all stores of a test, and how.</summary>
    private sealed class Plan
    {
        public int Commits { get; set; }
        public int BreakCommit { get; set; } = -1;
        public bool Persist { get; set; }
        public int Opened { get; set; }
        public int HeadWrites { get; set; }
        public int BreakHead { get; set; } = -1;
    }

    private sealed class FaultyStore(ILogStore inner, Plan plan) : ILogStore
    {
        public ValueTask<StoreState?> OpenAsync(CancellationToken cancellationToken)
        {
            plan.Opened++;
            return inner.OpenAsync(cancellationToken);
        }

        public ValueTask CreateLogAsync(LogId log, string origin, CancellationToken cancellationToken) => inner.CreateLogAsync(log, origin, cancellationToken);

        public ValueTask<IReadOnlyList<ClaimRow>> FindClaimsAsync(IReadOnlyList<byte[]> macs, CancellationToken cancellationToken) => inner.FindClaimsAsync(macs, cancellationToken);

        public ValueTask<EndRow?> FindEndAsync(RecordId request, CancellationToken cancellationToken) => inner.FindEndAsync(request, cancellationToken);

        public ValueTask<LogEntry?> FindEntryAsync(RecordId record, CancellationToken cancellationToken) => inner.FindEntryAsync(record, cancellationToken);

        public async ValueTask CommitAsync(StoreBatch batch, CancellationToken cancellationToken)
        {
            bool breaks = plan.Commits++ == plan.BreakCommit;
            if (!breaks || plan.Persist)
            {
                await inner.CommitAsync(batch, cancellationToken);
            }

            if (breaks)
            {
                throw new StoreException(ArchiveFaultCode.ArchiveUnwritable, "injected");
            }
        }

        public ValueTask PurgeClaimsAsync(long before, CancellationToken cancellationToken) => inner.PurgeClaimsAsync(before, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private sealed class FaultyHead(IHeadStore inner, Plan plan) : IHeadStore
    {
        public HeadState? Open() => inner.Open();

        public void Replace(HeadState? expected, HeadState next)
        {
            bool breaks = plan.HeadWrites++ == plan.BreakHead;
            if (!breaks || plan.Persist)
            {
                inner.Replace(expected, next);
            }

            if (breaks)
            {
                throw new StoreException(ArchiveFaultCode.ArchiveUnwritable, "injected");
            }
        }

        public void Dispose() => inner.Dispose();
    }

    private async Task<ArchiveOpening> OpenAsync(Plan plan) => await SqliteArchive.OpenAsync(
        folder.Options(), folder.Signer, TimeProvider.System, null,
        () => new FaultyStore(new SqliteLogStore(folder.Data), plan), new FaultyHead(new FileHeadStore(folder.Head), plan), default);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Append_RequestCommitBroken_IsRefusedAndHasAnEndIfItIsThere(bool persisted)
    {
        Plan plan = new() { Persist = persisted };
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
        Plan plan = new() { Persist = persisted };
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
            Plan plan = new() { Persist = persisted, BreakCommit = atHead ? -1 : write, BreakHead = atHead ? write : -1 };
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
            Plan plan = new() { Persist = persisted };
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
    private static async Task<int> QuietCommitsAsync(IArchive archive, Plan plan)
    {
        await archive.CheckpointAsync(default);
        return plan.Commits;
    }
}
