using System.Diagnostics;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Tests;

// Over 300 lines: the rules of an append, a case each.

/// <summary>Claims, ends, time, bounds, search, checkpoints.</summary>
public abstract class RuleTests : IAsyncLifetime
{
    private readonly ArchiveFolder folder;

    private protected RuleTests(ArchiveFolder folder) => this.folder = folder;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        folder.Dispose();
        return Task.CompletedTask;
    }

    private static EntryDraft Claiming(string id, bool exclusive = true, DateTimeOffset? until = null) =>
        ArchiveFolder.Request(messageId: id) with { Claims = [new Claim("message-id", ["sandbox/COM/60009001/loans", id], until, exclusive)] };

    [Fact]
    public async Task Append_ClaimTwice_SecondIsToldTheState()
    {
        await using IArchive archive = await folder.OpenAsync();
        AppendResult[] both = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => archive.AppendAsync(Claiming("same"), default).AsTask()));
        AppendResult won = both.Single(static r => r.IsDurable);
        both.Where(static r => !r.IsDurable).ShouldAllBe(r => r.Outcome == AppendOutcome.Claimed && r.Existing!.Record == won.Record && r.Existing.End == null);

        AppendResult end = await archive.AppendAsync(ArchiveFolder.Response(won.Record!.Value), default);
        ClaimState state = (await archive.AppendAsync(Claiming("same"), default)).Existing!;
        (state.End, state.EndKind).ShouldBe((end.Record, EntryKind.Response));
        (await archive.AppendAsync(Claiming("other"), default)).IsDurable.ShouldBeTrue();
    }

    [Fact]
    public async Task Append_ClaimNotExclusive_IsAppendedAndSaysSo()
    {
        await using IArchive archive = await folder.OpenAsync();
        AppendResult first = await archive.AppendAsync(Claiming("1", exclusive: false), default);
        first.Existing.ShouldBeNull();
        AppendResult second = await archive.AppendAsync(Claiming("1", exclusive: false), default);
        second.IsDurable.ShouldBeTrue();
        second.Existing!.Record.ShouldBe(first.Record!.Value);
    }

    [Fact]
    public async Task Append_ClaimOfARequestWithoutKnownEnd_StaysWithIt()
    {
        await using IArchive archive = await folder.OpenAsync();
        RecordId first = (await archive.AppendAsync(Claiming("1", exclusive: false), default)).Record!.Value;
        await RefusedRepeatAsync();
        await archive.AppendAsync(new EntryDraft { Kind = EntryKind.OutcomeUnknown, Link = first }, default);
        await RefusedRepeatAsync();
        await RefusedRepeatAsync();

        // However often a repeat was refused, the next one still hears of the request that may have been executed.
        async Task RefusedRepeatAsync()
        {
            AppendResult repeat = await archive.AppendAsync(Claiming("1", exclusive: false), default);
            repeat.Existing!.Record.ShouldBe(first);
            (await archive.AppendAsync(new EntryDraft { Kind = EntryKind.Refusal, Link = repeat.Record }, default)).IsDurable.ShouldBeTrue();
        }
    }

    [Fact]
    public async Task Append_ClaimLapsed_IsFreeAgainAndNotBefore()
    {
        ManualTime time = new(DateTimeOffset.FromUnixTimeSeconds(1_790_000_000));
        await using IArchive archive = await folder.OpenAsync(time: time);
        (await archive.AppendAsync(Claiming("r", until: time.Now.AddSeconds(60)), default)).IsDurable.ShouldBeTrue();
        time.Now += TimeSpan.FromSeconds(60);
        (await archive.AppendAsync(Claiming("r"), default)).Outcome.ShouldBe(AppendOutcome.Claimed);
        time.Now += TimeSpan.FromSeconds(1);
        (await archive.AppendAsync(Claiming("r"), default)).IsDurable.ShouldBeTrue();
    }

    [Fact]
    public async Task Append_EndWithoutRequest_IsRefused()
    {
        await using IArchive archive = await folder.OpenAsync();
        (await archive.AppendAsync(ArchiveFolder.Response(new RecordId(archive.Log, 99)), default)).Fault!.Name.ShouldBe("link_unknown");
        (await archive.AppendAsync(ArchiveFolder.Response(new RecordId(LogId.New(), 0)), default)).Fault!.Name.ShouldBe("link_unknown");
        (await archive.AppendAsync(ArchiveFolder.Response(new RecordId(archive.Log, 0)), default)).Fault!.Name.ShouldBe("link_unknown");
    }

    [Fact]
    public async Task Append_ClockStepsBack_TimesNeverDecreaseAndALongStepIsRefused()
    {
        ManualTime time = new(DateTimeOffset.FromUnixTimeSeconds(1_790_000_000));
        await using IArchive archive = await folder.OpenAsync(time: time);
        AppendResult request = await archive.AppendAsync(ArchiveFolder.Request(), default);
        time.Now -= TimeSpan.FromSeconds(59);
        (await archive.AppendAsync(ArchiveFolder.Request(), default)).Time.ShouldBe(request.Time);
        time.Now -= TimeSpan.FromSeconds(10);
        (await archive.AppendAsync(ArchiveFolder.Request(), default)).Fault!.Name.ShouldBe("archive_clock");
        archive.Status.Refusing!.Name.ShouldBe("archive_clock", "who asks for health is told what whoever appends is told");
        AppendResult end = await archive.AppendAsync(ArchiveFolder.Response(request.Record!.Value), default);
        end.Time.ShouldBe(request.Time); // an end is always written
        time.Now += TimeSpan.FromSeconds(69);
        archive.Status.Refusing.ShouldBeNull();
    }

    public static TheoryData<EntryDraft> Invalid() =>
    [
        ArchiveFolder.Request() with { Values = [SealedValue.Text("$userId", "x")] },
        ArchiveFolder.Request() with { Values = [SealedValue.Text("", "x")] },
        ArchiveFolder.Request() with { Values = [SealedValue.Text(new string('p', 1025), "x")] },
        ArchiveFolder.Request() with { Values = [new SealedValue("p", Tunduk.Evidence.Log.ValueType.Text, new byte[1], ValuePresence.Removed)] },
        ArchiveFolder.Request() with { Parts = [new PayloadPart("a", "b", default), new PayloadPart("a", "b", default)] },
        ArchiveFolder.Request() with { Code = "not a token" },
        ArchiveFolder.Request() with { Counterparty = new string('c', 1025) },
        new EntryDraft { Kind = EntryKind.Refusal, Persons = [new IndexTerm(IndexKind.Pin, "1")] },
    ];

    [Theory]
    [MemberData(nameof(Invalid), DisableDiscoveryEnumeration = true)]
    public async Task Append_DraftOutOfBounds_IsRefused(EntryDraft draft)
    {
        await using IArchive archive = await folder.OpenAsync();
        (await archive.AppendAsync(draft, default)).Fault!.Name.ShouldBe("draft_invalid");
        archive.Status.Size.ShouldBe(1);
    }

    [Fact]
    public async Task Append_LargePayload_IsChunkedAndComesBack()
    {
        byte[] large = new byte[(2 << 20) + 17];
        System.Security.Cryptography.RandomNumberGenerator.Fill(large);
        await using IArchive archive = await folder.OpenAsync();
        AppendResult result = await archive.AppendAsync(ArchiveFolder.Request() with
        {
            Parts = [new PayloadPart("message", "text/xml", large), new PayloadPart("empty", "text/plain", default), new PayloadPart("even", "a/b", large.AsMemory(0, 1 << 20))],
        }, default);
        ArchiveRecord record = (await archive.GetAsync(result.Record!.Value, default))!;
        record.State.ShouldBe(SealState.Complete);
        record.Parts.Select(static p => p.Name).ShouldBe(["message", "empty", "even"]);
        record.Parts[0].Content.Span.SequenceEqual(large).ShouldBeTrue();
        record.Parts[1].Content.Length.ShouldBe(0);
        (await archive.VerifyAsync(new VerifyOptions(), default)).Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task Append_ReserveForAnswersTaken_RequestIsRefusedUntilOneEnds()
    {
        await using IArchive archive = await folder.OpenAsync(folder.Options(reserve: 10_000));
        AppendResult first = await archive.AppendAsync(ArchiveFolder.Request(), default);
        (await archive.AppendAsync(ArchiveFolder.Request(), default)).IsDurable.ShouldBeTrue();
        (await archive.AppendAsync(ArchiveFolder.Request(), default)).Fault!.Name.ShouldBe("archive_full");
        (await archive.AppendAsync(ArchiveFolder.Response(first.Record!.Value), default)).IsDurable.ShouldBeTrue();
        (await archive.AppendAsync(ArchiveFolder.Request(), default)).IsDurable.ShouldBeTrue();
    }

    // Each kind of entry has room of its own: a flood of refusals stops no exchange, and a look can still be written when no exchange can.
    [Theory]
    [InlineData(true, false, false, "archive_full durable durable")]
    [InlineData(true, true, false, "archive_full archive_full durable")]
    [InlineData(true, true, true, "archive_full archive_full archive_full")]
    public async Task Append_RoomRunsShort_RefusalsStopFirstThenExchangesThenLooks(bool refusals, bool exchanges, bool looks, string outcome)
    {
        const long More = 1L << 60;
        await using IArchive archive = await folder.OpenAsync(folder.Options() with { MinFreeForRefusals = refusals ? More : 0, MinFreeForExchanges = exchanges ? More : 0, MinFreeForAccess = looks ? More : 0 });
        List<string> said = [];
        foreach (EntryDraft draft in new[] { ArchiveFolder.Request() with { Kind = EntryKind.Refusal, Code = "agreement_missing" }, ArchiveFolder.Request(), ArchiveFolder.Request() with { Kind = EntryKind.ArchiveAccess, Code = "search" } })
        {
            AppendResult result = await archive.AppendAsync(draft, default);
            said.Add(result.Fault?.Name ?? "durable");
        }

        string.Join(' ', said).ShouldBe(outcome);
        archive.Status.Warnings.ShouldContain(static w => w.Name == "archive_full");
        (archive.Status.Refusing?.Name ?? "none").ShouldBe(exchanges ? "archive_full" : "none");
    }

    [Fact]
    public async Task Append_AfterDispose_IsClosed()
    {
        IArchive archive = await folder.OpenAsync();
        await archive.DisposeAsync();
        (await archive.AppendAsync(new EntryDraft { Kind = EntryKind.ConfigurationChange }, default)).Fault!.Name.ShouldBe("archive_closed");
    }

    [Fact]
    public async Task Search_EveryCriterion_FindsExactlyWhatMatches()
    {
        ManualTime time = new(DateTimeOffset.FromUnixTimeSeconds(1_790_000_000));
        await using IArchive archive = await folder.OpenAsync(time: time);
        List<RecordId> ids = [];
        for (int i = 0; i < 10; i++)
        {
            time.Now = DateTimeOffset.FromUnixTimeSeconds(1_790_000_100 + (i * 10));
            ids.Add((await archive.AppendAsync(ArchiveFolder.Request(pin: "2" + (i % 2), messageId: "m" + i) with
            {
                UserId = "u" + (i % 3),
                Basis = "b" + (i % 5),
                Counterparty = "sandbox/GOV/" + (i % 2),
                Service = "s" + i,
                Code = i == 4 ? "odd" : "ok",
                Role = i == 5 ? ExchangeRole.Provider : ExchangeRole.Consumer,
            }, default)).Record!.Value);
        }

        async Task<int[]> Find(SearchQuery query) => [.. (await archive.SearchAsync(query, default)).Entries.Select(e => ids.IndexOf(e.Record)).Where(static n => n >= 0)];
        (await Find(new SearchQuery { Terms = [new IndexTerm(IndexKind.Pin, "21")] })).ShouldBe([9, 7, 5, 3, 1]);
        (await Find(new SearchQuery { Terms = [new IndexTerm(IndexKind.Tin, "21")] })).ShouldBeEmpty();
        (await Find(new SearchQuery { Terms = [new IndexTerm(IndexKind.Pin, "21"), new IndexTerm(IndexKind.UserId, "u0")] })).ShouldBe([9, 3]);
        (await Find(new SearchQuery { Terms = [new IndexTerm(IndexKind.Basis, "b2")], Counterparty = "sandbox/GOV/0" })).ShouldBe([2]);
        (await Find(new SearchQuery { Terms = [new IndexTerm(IndexKind.MessageId, "m6")] })).ShouldBe([6]);
        (await Find(new SearchQuery { Terms = [new IndexTerm(IndexKind.MessageId, "M6")] })).ShouldBeEmpty();
        (await Find(new SearchQuery { Service = "s7" })).ShouldBe([7]);
        (await Find(new SearchQuery { Service = "nobody" })).ShouldBeEmpty();
        (await Find(new SearchQuery { Code = "odd" })).ShouldBe([4]);
        (await Find(new SearchQuery { Role = ExchangeRole.Provider })).ShouldBe([5]);
        (await Find(new SearchQuery { From = DateTimeOffset.FromUnixTimeSeconds(1_790_000_130), Until = DateTimeOffset.FromUnixTimeSeconds(1_790_000_160) })).ShouldBe([5, 4, 3]);
        (await Find(new SearchQuery { Until = DateTimeOffset.FromUnixTimeSeconds(1_790_000_000) })).ShouldBeEmpty();
        (await Find(new SearchQuery { Kinds = [EntryKind.Response] })).ShouldBeEmpty();
        (await Find(new SearchQuery { Kinds = [EntryKind.Request], PageSize = 3 })).ShouldBe([9, 8, 7]);

        SearchPage first = await archive.SearchAsync(new SearchQuery { Kinds = [EntryKind.Request], PageSize = 4 }, default);
        await archive.AppendAsync(ArchiveFolder.Request(), default); // arrives between two pages
        SearchPage second = await archive.SearchAsync(new SearchQuery { Kinds = [EntryKind.Request], PageSize = 4, After = first.Next }, default);
        second.Entries.Select(e => ids.IndexOf(e.Record)).ShouldBe([5, 4, 3, 2]);
        PageToken.TryParse(second.Next.ToString(), out PageToken token).ShouldBeTrue();
        (await archive.SearchAsync(new SearchQuery { Kinds = [EntryKind.Request], PageSize = 4, After = token }, default)).Next.ShouldBeNull();
    }

    [Fact]
    public async Task Checkpoint_RsaKey_IsConfirmedByOpenssl()
    {
        using ArchiveFolder own = new() { Signer = KeySigner.Rsa() };
        await using IArchive archive = await own.OpenAsync();
        SignedCheckpoint checkpoint = await archive.CheckpointAsync(default);
        File.WriteAllBytes(Path.Combine(own.Root, "key.der"), own.Signer.PublicKey.ToArray());
        File.WriteAllBytes(Path.Combine(own.Root, "signature"), checkpoint.Signature.ToArray());
        string text = checkpoint.Note[..(checkpoint.Note.IndexOf("\n\n", StringComparison.Ordinal) + 1)];
        File.WriteAllText(Path.Combine(own.Root, "signed"), $"tunduk-checkpoint/1\nrsa-pkcs1-sha256\n{checkpoint.Time.ToUnixTimeSeconds()}\n{text}");
        using Process openssl = Process.Start(new ProcessStartInfo("openssl", ["dgst", "-sha256", "-verify", "key.der", "-keyform", "DER", "-signature", "signature", "signed"])
        {
            WorkingDirectory = own.Root,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        (await openssl.StandardOutput.ReadToEndAsync()).ShouldContain("Verified OK");
    }

    [Fact]
    public async Task Dispose_EntriesSinceTheLastCheckpoint_SignsOneAndAnchorsIt()
    {
        await using (IArchive archive = await folder.OpenAsync())
        {
            await archive.AppendAsync(ArchiveFolder.Request(), default);
        }

        string[] lines = File.ReadAllLines(folder.Anchor);
        lines.Last(static l => long.TryParse(l, out _)).ShouldBe("2");
        VerifyReport report = await folder.VerifyOfflineAsync(options: new VerifyOptions { TrustedKeys = [KeySigner.P256().PublicKey] });
        report.Failures.Select(static f => f.Code).Distinct().ShouldBe(["checkpoint_signature"]); // another key is not the owner's
    }

    // The clock alone brings them: nothing asks, and an entry waits no longer than the interval.
    [Fact]
    public async Task Checkpoint_EntryWaitsOrNothingHappens_ComesByTheClock()
    {
        SteppedTime time = new();
        await using IArchive archive = await folder.OpenAsync(time: time);
        SignedCheckpoint first = await archive.CheckpointAsync(default);
        (await archive.AppendAsync(ArchiveFolder.Request(), default)).IsDurable.ShouldBeTrue();
        TimeSpan waited = await StepAsync(TimeSpan.FromSeconds(1), () => archive.LatestCheckpoint!.Size > first.Size);
        waited.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(10));

        SignedCheckpoint second = archive.LatestCheckpoint!;
        TimeSpan idle = await StepAsync(TimeSpan.FromMinutes(5), () => archive.LatestCheckpoint!.Note != second.Note);
        idle.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMinutes(55));
        (archive.LatestCheckpoint!.Size, archive.LatestCheckpoint.Root).ShouldBe((second.Size, second.Root));

        // As many steps as it takes: how far the publisher has come between two of them is the machine's.
        async Task<TimeSpan> StepAsync(TimeSpan step, Func<bool> condition)
        {
            TimeSpan gone = TimeSpan.Zero;
            await TimestampTests.UntilAsync(() =>
            {
                if (condition())
                {
                    return true;
                }

                time.Advance(step);
                gone += step;
                return false;
            });
            return gone;
        }
    }

    [Fact]
    public async Task Checkpoint_AfterManyEntries_ComesByItself()
    {
        ArchiveOptions options = folder.Options();
        await using IArchive archive = await folder.OpenAsync(Faster(options));
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => archive.AppendAsync(new EntryDraft { Kind = EntryKind.ConfigurationChange }, default).AsTask()));
        await TimestampTests.UntilAsync(() => archive.Status.CheckpointSize >= 51);
        archive.Status.CheckpointSize.ShouldBe(51);
        archive.Status.HeadSize.ShouldBe(51);

        static ArchiveOptions Faster(ArchiveOptions o) => new()
        {
            Folder = o.Folder,
            HeadFolder = o.HeadFolder,
            KeyFolder = o.KeyFolder,
            MasterKeyFile = o.MasterKeyFile,
            CreateMasterKey = true,
            OriginPrefix = o.OriginPrefix,
            CheckpointEntries = 10,
            HeadInterval = TimeSpan.FromMilliseconds(100),
            MinFreeForExchanges = 0,
        };
    }

    [Fact]
    public async Task Open_SignerChanged_IsAnEntryAndBothKeysVerify()
    {
        await using (IArchive archive = await folder.OpenAsync())
        {
            await archive.AppendAsync(ArchiveFolder.Request(), default);
        }

        using KeySigner next = KeySigner.Rsa();
        await using IArchive second = (await folder.TryOpenAsync(signer: next)).Archive!;
        (await second.SearchAsync(new SearchQuery { Kinds = [EntryKind.KeyChange] }, default)).Entries.Count.ShouldBe(1);
        await second.CheckpointAsync(default);
        VerifyReport report = await second.VerifyAsync(new VerifyOptions(), default);
        report.Failures.ShouldBeEmpty();
        report.Notices.Single().ShouldContain("the key before did not sign that change"); // it was not at hand any more

        // Nobody vouches for the key before: given the new one alone, what it signed is not established.
        (await second.VerifyAsync(new VerifyOptions { TrustedKeys = [next.PublicKey] }, default)).Failures.Select(static f => f.Code).Distinct().ShouldBe(["checkpoint_signature"]);
        (await second.VerifyAsync(new VerifyOptions { TrustedKeys = [next.PublicKey, folder.Signer.PublicKey] }, default)).Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task Open_SignerChangedBeforeTheFirstCheckpoint_IsAnEntryToo()
    {
        // The power failed between the first entry and the first checkpoint, and the next start has another key.
        await using (IArchive archive = await folder.OpenAsync(folder.Options() with { CheckpointKeys = new SilentKeys(folder.Signer) }))
        {
            (await archive.AppendAsync(ArchiveFolder.Request(), default)).IsDurable.ShouldBeTrue();
            archive.LatestCheckpoint.ShouldBeNull();
        }

        using KeySigner next = KeySigner.P384();
        await using IArchive second = (await folder.TryOpenAsync(signer: next)).Archive!;
        await second.CheckpointAsync(default);
        (await second.VerifyAsync(new VerifyOptions(), default)).Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task Checkpoint_KeyRotated_OldKeySignsTheChangeAndNewOneAcceptsIt()
    {
        using KeySigner next = KeySigner.Rsa();
        TurningKeys keys = new(folder.Signer);
        await using IArchive archive = await folder.OpenAsync(folder.Options() with { CheckpointKeys = keys });
        await archive.AppendAsync(ArchiveFolder.Request(), default);
        await archive.CheckpointAsync(default);
        keys.Turn(next);
        SignedCheckpoint after = await archive.CheckpointAsync(default); // nothing was appended since, and the new key signs all the same
        CheckpointNote.Verify(after, next.PublicKey.Span).ShouldBeTrue();
        (await archive.CheckpointAsync(default)).ShouldBe(after);

        ArchiveEntry entry = (await archive.SearchAsync(new SearchQuery { Kinds = [EntryKind.KeyChange] }, default)).Entries.Single();
        KeyChange change = KeyChange.Of(entry.Entry)!;
        change.Verify(after.Origin, LogKey.Of(folder.Signer)).ShouldBe(KeyChangeVerdict.Signed);
        change.Verify(after.Origin, LogKey.Of(next)).ShouldBe(KeyChangeVerdict.Wrong);
        change.Verify(after.Origin + "x", LogKey.Of(folder.Signer)).ShouldBe(KeyChangeVerdict.Wrong);

        // Each of the two keys leads to the other: the one who has the old certificate accepts the new key, and the other way round.
        foreach (ReadOnlyMemory<byte> trusted in new[] { folder.Signer.PublicKey, next.PublicKey })
        {
            VerifyReport report = await archive.VerifyAsync(new VerifyOptions { TrustedKeys = [trusted] }, default);
            report.Failures.ShouldBeEmpty();
            report.Notices.ShouldBeEmpty();
        }

        using KeySigner stranger = KeySigner.P256();
        (await archive.VerifyAsync(new VerifyOptions { TrustedKeys = [stranger.PublicKey] }, default)).Failures.ShouldAllBe(static f => f.Code == "checkpoint_signature");
    }

    [Fact]
    public async Task Checkpoint_OldKeyDoesNotAnswer_NothingIsSignedWithTheNewOneYet()
    {
        using KeySigner next = KeySigner.Rsa();
        TurningKeys keys = new(folder.Signer);
        await using IArchive archive = await folder.OpenAsync(folder.Options() with { CheckpointKeys = keys });
        await archive.CheckpointAsync(default);
        keys.Turn(next);
        keys.OldIsBroken = true;
        await archive.AppendAsync(ArchiveFolder.Request(), default);
        await Should.ThrowAsync<TimeoutException>(archive.CheckpointAsync(default).AsTask());
        (await archive.SearchAsync(new SearchQuery { Kinds = [EntryKind.KeyChange] }, default)).Entries.ShouldBeEmpty();
        keys.OldIsBroken = false;
        CheckpointNote.Verify(await archive.CheckpointAsync(default), next.PublicKey.Span).ShouldBeTrue();
        (await archive.VerifyAsync(new VerifyOptions(), default)).Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task Checkpoint_KeyFailsInAWayOfItsOwn_IsAWarningAndTheyGoOnByThemselves()
    {
        OddKeys keys = new(folder.Signer);
        await using IArchive archive = await folder.OpenAsync(folder.Options() with { CheckpointKeys = keys, CheckpointInterval = TimeSpan.FromSeconds(1), HeadInterval = TimeSpan.FromMilliseconds(100) });
        keys.IsBroken = true;
        await archive.AppendAsync(ArchiveFolder.Request(), default);
        await TimestampTests.UntilAsync(() => archive.Status.Warnings.Any(static warning => warning.Code == ArchiveFaultCode.ArchiveKeys));
        await archive.AppendAsync(ArchiveFolder.Request(), default);
        keys.IsBroken = false;
        await TimestampTests.UntilAsync(() => archive.LatestCheckpoint?.Size == archive.Status.Size && archive.Status.Warnings.Count == 0);
    }

    [Fact]
    public async Task Open_ForgedOpenRequest_GetsNoFalseEnd()
    {
        RecordId request;
        await using (IArchive archive = await folder.OpenAsync())
        {
            request = (await archive.AppendAsync(ArchiveFolder.Request(), default)).Record!.Value;
            await archive.AppendAsync(ArchiveFolder.Response(request), default);
        }

        folder.Execute("INSERT INTO open_request(seq, reserve) SELECT link, 4096 FROM entry WHERE kind = 2 UNION ALL SELECT max(seq), 4096 FROM entry");
        ArchiveOpening opening = await folder.TryOpenAsync();
        opening.Recovered.ShouldBe(0);
        await using IArchive again = opening.Archive!;
        (await again.SearchAsync(new SearchQuery { Kinds = [EntryKind.OutcomeUnknown] }, default)).Entries.ShouldBeEmpty();
        (await again.VerifyAsync(new VerifyOptions(), default)).Failures.Select(static f => f.Code).ShouldBe(["request_open_and_ended", "open_no_request"], ignoreOrder: true);
    }
}
