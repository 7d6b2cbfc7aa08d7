using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Tests;

// Over 300 lines: what an erasure leaves, looked for in every place.

/// <summary>Erasing, on every store.</summary>
public abstract class ErasureTests : IAsyncLifetime
{
    private readonly ArchiveFolder folder;

    private protected ErasureTests(ArchiveFolder folder) => this.folder = folder;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        folder.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Erase_RecordAndField_LeaveTheRestFindableAndTheLogProvable()
    {
        await using IArchive archive = await folder.OpenAsync();
        RecordId whole = (await archive.AppendAsync(ArchiveFolder.Request("111", "m-1") with { Claims = [new Claim("c", ["1"], null, false)] }, default)).Record!.Value;
        RecordId part = (await archive.AppendAsync(ArchiveFolder.Request("222", "m-2"), default)).Record!.Value;
        RecordId kept = (await archive.AppendAsync(ArchiveFolder.Request("333", "m-3"), default)).Record!.Value;
        (await archive.EraseAsync(ArchiveFolder.Erase([whole]), default)).Fault.ShouldBeNull();
        ErasureResult field = await archive.EraseAsync(ArchiveFolder.Erase([part, kept], "request/pin") with { Records = [part] }, default);
        (field.Erased, field.Nothing).ShouldBe((1, 0));

        (await archive.GetAsync(whole, default))!.State.ShouldBe(SealState.Erased);
        ArchiveRecord left = (await archive.GetAsync(part, default))!;
        left.State.ShouldBe(SealState.Partial);
        left.Parts.ShouldBeEmpty();
        left.Values.ShouldNotContain(static v => v.Path == "request/pin");
        left.UserId.ShouldBe("KG21201199000009");
        (await archive.GetAsync(kept, default))!.State.ShouldBe(SealState.Complete);
        (await Found(new IndexTerm(IndexKind.Pin, "111"))).ShouldBeEmpty();
        (await Found(new IndexTerm(IndexKind.Pin, "222"))).ShouldBeEmpty();
        (await Found(new IndexTerm(IndexKind.MessageId, "m-2"))).ShouldBe([part]);
        (await Found(new IndexTerm(IndexKind.Pin, "333"))).ShouldBe([kept]);
        (await archive.AppendAsync(ArchiveFolder.Request() with { Claims = [new Claim("c", ["1"], null, false)] }, default)).Existing.ShouldBeNull();
        VerifyReport report = await archive.VerifyAsync(new VerifyOptions(), default);
        report.Failures.ShouldBeEmpty();
        (report.SealedErased, report.SealedPartial).ShouldBe((1, 1));
        (await archive.ProveAsync(whole, default))!.Holds().ShouldBeTrue();

        async Task<List<RecordId>> Found(IndexTerm term) => [.. (await archive.SearchAsync(new SearchQuery { Terms = [term] }, default)).Entries.Select(static e => e.Record)];
    }

    [Fact]
    public async Task Seal_EpochThatEnded_WrapsTheSurvivorsAnewAndDestroysTheOldKey()
    {
        ManualTime time = new(DateTimeOffset.FromUnixTimeSeconds(1_790_000_000));
        await using IArchive archive = await folder.OpenAsync(time: time);
        RecordId first = (await archive.AppendAsync(ArchiveFolder.Request(messageId: "m-1"), default)).Record!.Value;
        time.Now += TimeSpan.FromDays(31);
        RecordId second = (await archive.AppendAsync(ArchiveFolder.Request(messageId: "m-2"), default)).Record!.Value;
        time.Now += TimeSpan.FromMinutes(11);
        SealingResult result = await archive.SealEpochAsync(1, default);
        result.Fault.ShouldBeNull();
        result.Survivors.ShouldBe(1);
        Directory.EnumerateFiles(folder.Keys, "seal-*").Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe(["seal-000001.g2.key", "seal-000002.key"]);
        (await archive.GetAsync(first, default))!.State.ShouldBe(SealState.Complete);
        (await archive.GetAsync(second, default))!.State.ShouldBe(SealState.Complete);
        (await archive.VerifyAsync(new VerifyOptions(), default)).Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task Erase_PathOfAValue_TakesWhatLiesBelowItAndNoNamesake()
    {
        await using IArchive archive = await folder.OpenAsync();
        RecordId record = (await archive.AppendAsync(ArchiveFolder.Request() with
        {
            Values = [SealedValue.Text("request/a/b", "1"), SealedValue.Text("request/a", "2"), SealedValue.Text("request/ab", "3")],
        }, default)).Record!.Value;
        (await archive.EraseAsync(ArchiveFolder.Erase([record], "request/a"), default)).Erased.ShouldBe(1);
        (await archive.GetAsync(record, default))!.Values.Where(static v => v.Path[0] != '$').Select(static v => v.Path).ShouldBe(["request/ab"]);
    }

    [Fact]
    public async Task Erase_UnknownRecordsAndBadEntries_AreSaid()
    {
        await using IArchive archive = await folder.OpenAsync();
        RecordId nobody = new(LogId.New(), 3);
        ErasureResult result = await archive.EraseAsync(ArchiveFolder.Erase([nobody, new RecordId(archive.Log, 99)]), default);
        result.Unknown.ShouldBe([nobody, new RecordId(archive.Log, 99)]);
        result.Entries.ShouldBeEmpty();
        ErasureRequest bad = ArchiveFolder.Erase([nobody]) with { Entry = new EntryDraft { Kind = EntryKind.Request } };
        (await archive.EraseAsync(bad, default)).Fault!.Name.ShouldBe("draft_invalid");
    }

    [Fact]
    public async Task Erase_ManyRecords_AreNamedInSeveralEntries()
    {
        await using IArchive archive = await folder.OpenAsync();
        List<RecordId> records = [];
        for (int i = 0; i < 4; i++)
        {
            AppendResult[] part = await Task.WhenAll(Enumerable.Range(0, 100).Select(n => archive.AppendAsync(
                new EntryDraft { Kind = EntryKind.Refusal, Code = "x", Values = [SealedValue.Text("p", "v")] }, default).AsTask()));
            records.AddRange(part.Select(static r => r.Record!.Value));
        }

        ErasureResult result = await archive.EraseAsync(ArchiveFolder.Erase(records) with { Entry = new EntryDraft { Kind = EntryKind.RetentionRun, Code = "purged" } }, default);
        (result.Erased, result.Entries.Count).ShouldBe((400, 3));
        (await archive.VerifyAsync(new VerifyOptions(), default)).Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task Verify_RestOfARecordDeletedAfterAFieldWasErased_IsNamed()
    {
        RecordId record;
        RecordId whole;
        await using (IArchive archive = await folder.OpenAsync())
        {
            record = (await archive.AppendAsync(ArchiveFolder.Request("222", "m-2"), default)).Record!.Value;
            whole = (await archive.AppendAsync(ArchiveFolder.Request("333", "m-3"), default)).Record!.Value;
            ErasureResult field = await archive.EraseAsync(ArchiveFolder.Erase([record], "request/pin"), default);
            (await archive.GetAsync(field.Entries[0], default))!.Entry.Subject.ShouldBe($"record {record} 3-4"); // behind $userId, $issue, $messageId: the value and the message
            await archive.EraseAsync(ArchiveFolder.Erase([whole]), default);
            (await archive.VerifyAsync(new VerifyOptions(), default)).Failures.ShouldBeEmpty();
        }

        foreach (string table in new[] { "sealed", "term" })
        {
            folder.Execute($"DELETE FROM {table} WHERE seq & 65535 = {record.Index}").ShouldBeGreaterThan(0);
        }

        VerifyFailure failure = (await folder.VerifyOfflineAsync()).Failures.ShouldHaveSingleItem();
        (failure.Record, failure.Code).ShouldBe((record, "seal_missing"));
        failure.Detail.ShouldContain("name some of its leaves only");
    }

    [Fact]
    public async Task Erase_MoreValuesOfOneRecordThanAnEntryCanName_NamesThemInSeveral()
    {
        await using IArchive archive = await folder.OpenAsync();
        SealedValue[] values = [.. Enumerable.Range(0, 4000).SelectMany(static i => new[] { SealedValue.Text("pins/" + i, "1" + i), SealedValue.Text("names/" + i, "n") })];
        EntryDraft draft = ArchiveFolder.Request() with { Values = values, Persons = [] };
        RecordId record = (await archive.AppendAsync(draft, default)).Record!.Value;
        RecordId other = (await archive.AppendAsync(ArchiveFolder.Request(messageId: "m-2") with { Values = [SealedValue.Text("pins/0", "1")] }, default)).Record!.Value;
        ErasureResult result = await archive.EraseAsync(ArchiveFolder.Erase([record, other], "pins"), default);
        result.Fault.ShouldBeNull();
        (result.Erased, result.Nothing).ShouldBe((2, 0));
        result.Entries.Count.ShouldBe(3);
        ArchiveRecord left = (await archive.GetAsync(record, default))!;
        left.Values.Count(static v => v.Path.StartsWith("names/", StringComparison.Ordinal)).ShouldBe(4000);
        left.Values.ShouldNotContain(static v => v.Path.StartsWith("pins/", StringComparison.Ordinal));
        VerifyReport report = await archive.VerifyAsync(new VerifyOptions(), default);
        report.Failures.ShouldBeEmpty();
        report.SealedPartial.ShouldBe(2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Erase_CommitBroken_IsDoneByTheNextOneOrTheNextStart(bool restart)
    {
        FaultPlan plan = new() { Persist = false };
        List<RecordId> records;
        await using (IArchive archive = (await LogArchive.OpenAsync(
            folder.Options(), folder.Signer, TimeProvider.System, null, () => new FaultyStore(folder.Store(), plan), null, needsFolder: false, default)).Archive!)
        {
            records = [];
            for (int i = 0; i < 3; i++)
            {
                records.Add((await archive.AppendAsync(ArchiveFolder.Request(messageId: "m-" + i), default)).Record!.Value);
            }

            await archive.CheckpointAsync(default);
            plan.BreakCommit = plan.Commits;
            (await archive.EraseAsync(ArchiveFolder.Erase([records[0]]), default)).Fault!.Name.ShouldBe("archive_unwritable");
            if (!restart)
            {
                (await archive.EraseAsync(ArchiveFolder.Erase([records[1]]), default)).Fault.ShouldBeNull();
                (await archive.GetAsync(records[0], default))!.State.ShouldBe(SealState.Erased);
            }
        }

        await using IArchive again = await folder.OpenAsync();
        (await again.GetAsync(records[0], default))!.State.ShouldBe(SealState.Erased);
        (await again.VerifyAsync(new VerifyOptions(), default)).Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task Erase_KilledAtAnyMoment_LeavesEachRecordWholeOrGoneWithItsEntryAndGoesOn()
    {
        const int Records = 96;
        const int Together = 6;
        int kills = int.Parse(Environment.GetEnvironmentVariable("TUNDUK_ARCHIVE_KILLS") ?? "2", System.Globalization.CultureInfo.InvariantCulture);
        List<RecordId> records = [];
        ManualTime time = new(TimeProvider.System.GetUtcNow() - TimeSpan.FromDays(62)); // of a month that is over
        await using (IArchive archive = await folder.OpenAsync(time: time))
        {
            for (int i = 0; i < Records; i++)
            {
                byte[] large = System.Security.Cryptography.RandomNumberGenerator.GetBytes(64 << 10);
                records.Add((await archive.AppendAsync(ArchiveFolder.Request("2" + i, "m" + i) with { Parts = [new PayloadPart("message", "text/xml", large)] }, default)).Record!.Value);
            }
        }

        // Pieces of whole records and pieces of one field take turns; what one process did not come to the next one begins with.
        List<RecordId[]> pieces = [.. records.Chunk(Together)];
        HashSet<RecordId> fields = [.. pieces.Where(static (_, n) => n % 2 == 1).SelectMany(static piece => piece)];
        HashSet<string> told = [];
        long before = folder.BytesOnDisk();
        for (int kill = 0; kill < kills; kill++)
        {
            string[] left = [.. pieces.Select(static piece => (piece[0], Line: string.Join(',', piece))).Where(piece => !told.Contains(piece.Line)).Select(piece => piece.Line + (fields.Contains(piece.Item1) ? " request/pin" : ""))];
            await File.WriteAllLinesAsync(Path.Combine(folder.Root, "erase"), left);
            using System.Diagnostics.Process child = ChildProcess.Start("erase", folder.Root, connection: folder.Postgres?.ConnectionString);
            int lines = System.Security.Cryptography.RandomNumberGenerator.GetInt32(1, 10);
            while (await child.StandardOutput.ReadLineAsync() is { } line)
            {
                line.ShouldNotStartWith("fault");
                _ = line.StartsWith("erased ", StringComparison.Ordinal) && told.Add(line[7..]);
                if (lines-- == 0)
                {
                    child.Kill(); // SIGKILL; what it still prints was durable too
                }
            }

            await child.WaitForExitAsync();
            ArchiveOpening opening = await folder.OpenWhenFreeAsync();
            opening.Fault.ShouldBeNull();
            await using IArchive archive = opening.Archive!;
            await CheckAsync(archive);
        }

        await using IArchive last = (await folder.OpenWhenFreeAsync()).Archive!;
        foreach (RecordId[] piece in pieces)
        {
            ErasureResult result = await last.EraseAsync(ArchiveFolder.Erase(piece) with { MoreFollow = true }, default);
            result.Fault.ShouldBeNull();
            (result.Erased + result.Nothing).ShouldBe(piece.Length);
        }

        (await last.CleanAsync(default)).ShouldBe(folder.Postgres is null); // a server's own log is not ours to clean
        folder.BytesOnDisk().ShouldBeLessThan(before - (Records * (64 << 10) / 2));
        told.UnionWith(pieces.Select(static piece => string.Join(',', piece)));
        fields.Clear();
        await CheckAsync(last);

        async Task CheckAsync(IArchive archive)
        {
            VerifyReport report = await archive.VerifyAsync(new VerifyOptions(), default); // every seal that is gone is named by an entry, and no other
            report.Failures.ShouldBeEmpty();
            foreach (RecordId[] piece in pieces)
            {
                SealState gone = fields.Contains(piece[0]) ? SealState.Partial : SealState.Erased;
                SealState[] states = await Task.WhenAll(piece.Select(async record => (await archive.GetAsync(record, default))!.State));
                states.Distinct().ShouldHaveSingleItem().ShouldBeOneOf(told.Contains(string.Join(',', piece)) ? [gone] : [gone, SealState.Complete]);
            }
        }
    }

    [Fact]
    public async Task Erase_ManyLargePayloads_GivesTheRoomBack()
    {
        const int Records = 40;
        ManualTime time = new(DateTimeOffset.FromUnixTimeSeconds(1_790_000_000));
        byte[] large = new byte[1 << 20];
        System.Security.Cryptography.RandomNumberGenerator.Fill(large);
        await using IArchive archive = await folder.OpenAsync(time: time);
        List<RecordId> records = [];
        for (int i = 0; i < Records; i++)
        {
            AppendResult result = await archive.AppendAsync(ArchiveFolder.Request(messageId: "m" + i) with { Parts = [new PayloadPart("message", "text/xml", large)] }, default);
            records.Add(result.Record!.Value);
        }

        time.Now += TimeSpan.FromDays(40); // into another month
        (await archive.AppendAsync(ArchiveFolder.Request(), default)).IsDurable.ShouldBeTrue();
        long before = folder.BytesOnDisk();
        before.ShouldBeGreaterThan(Records << 20);
        ErasureResult first = await archive.EraseAsync(ArchiveFolder.Erase([.. records.Take(Records / 2)]) with { MoreFollow = true }, default);
        (first.Erased, first.FilesClean).ShouldBe((Records / 2, false));
        (await archive.EraseAsync(ArchiveFolder.Erase([.. records.Skip(Records / 2)]) with { MoreFollow = true }, default)).Erased.ShouldBe(Records / 2);
        (await archive.CleanAsync(default)).ShouldBe(folder.Postgres is null); // a server's own log is not ours to clean
        folder.BytesOnDisk().ShouldBeLessThan(before / 4);
        (await archive.VerifyAsync(new VerifyOptions(), default)).Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task Pace_NobodyElseAppends_GoesOnAtOnceAndWaitsForOthers()
    {
        await using IArchive archive = await folder.OpenAsync();
        ErasurePace pace = new(archive, new NoTimers());
        pace.Begin();
        await archive.AppendAsync(ArchiveFolder.Request(), default);
        pace.EndAsync(1, default).IsCompleted.ShouldBeTrue();
        pace.Begin();
        await archive.AppendAsync(ArchiveFolder.Request(), default);
        using CancellationTokenSource stop = new();
        Task waits = pace.EndAsync(0, stop.Token);
        waits.IsCompleted.ShouldBeFalse();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waits);
    }

    [Fact]
    public async Task Erase_AppendsWaitBeforeIt_CountsTheirTimeAsTheirsAndNotAsItsOwn()
    {
        SteppedTime time = new();
        TaskCompletionSource reached = new();
        using ManualResetEventSlim go = new();
        bool armed = false;
        FaultPlan plan = new()
        {
            Committing = batch =>
            {
                if (Volatile.Read(ref armed))
                {
                    reached.TrySetResult();
                    go.Wait();
                    time.Advance(TimeSpan.FromMilliseconds(batch.Erasures.Count > 0 ? 1000 : 10));
                }
            },
        };
        await using IArchive archive = (await LogArchive.OpenAsync(
            folder.Options(), folder.Signer, time, null, () => new FaultyStore(folder.Store(), plan), null, needsFolder: false, default)).Archive!;
        RecordId record = (await archive.AppendAsync(ArchiveFolder.Request(messageId: "first"), default)).Record!.Value;
        (TimeSpan busy, TimeSpan waited) = (archive.Status.Busy, archive.Status.ErasuresWaited);
        Volatile.Write(ref armed, true);
        Task<AppendResult> before = archive.AppendAsync(ArchiveFolder.Request(messageId: "before"), default).AsTask();
        await reached.Task;

        // Both arrive while the writer is busy: it takes them together, and commits them one after the other.
        Task<AppendResult> beside = archive.AppendAsync(ArchiveFolder.Request(messageId: "beside"), default).AsTask();
        Task<ErasureResult> erasure = archive.EraseAsync(ArchiveFolder.Erase([record]) with { MoreFollow = true }, default).AsTask();
        go.Set();
        ((await before).IsDurable, (await beside).IsDurable, (await erasure).Erased).ShouldBe((true, true, 1));
        (archive.Status.Busy - busy).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(20));
        (archive.Status.ErasuresWaited - waited).ShouldBeInRange(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(999));
    }

    [Theory]
    [InlineData(100, 60, 1, 600)]
    [InlineData(100, 0, 0.5, 750)]
    [InlineData(100, 120, 1, 0)] // two clocks
    [InlineData(60_000, 0, 1, 10_000)]
    public void Pace_Work_PausesFifteenTimesItsOwnAtFullLoad(int elapsed, int waited, double load, int pause) =>
        ErasurePace.Pause(ErasurePace.Work(TimeSpan.FromMilliseconds(elapsed), TimeSpan.FromMilliseconds(waited)), load).TotalMilliseconds.ShouldBe(pause, 0.001);

    // Whatever waits, waits until it is stopped.
    private sealed class NoTimers : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Never();

        private sealed class Never : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => default;
        }
    }
}
