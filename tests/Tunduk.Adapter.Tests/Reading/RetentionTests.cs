using Tunduk.Adapter.Reading;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Archive;
using Tunduk.Archive.Tests.Postgres;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Tests.Reading;

// Over 300 lines: holds, purges and erasures cross each other.

/// <summary>Retention, hold and erasure: forgotten by rule, provable afterwards, and never what is held.</summary>
public abstract class RetentionTests(PostgresServer? server)
{
    private const string Purpose = AuditWorld.Purpose;
    private static readonly TimeSpan TwoDays = TimeSpan.FromDays(2);

    [Fact]
    public async Task Erase_OneField_KeepsTheProofOfEverythingElse()
    {
        await using var audit = await AuditWorld.StartAsync(server);
        var record = await audit.ExchangeAsync();
        await audit.RefusedAsync("query_invalid", "erase", new { purpose = Purpose, record = record.ToString() });
        await audit.RefusedAsync("query_invalid", "erase", new { purpose = Purpose, ground = "law" });
        var (status, erased) = await audit.PostAsync("erase", new { purpose = Purpose, record = record.ToString(), fields = new[] { "request/pin" }, ground = "request of the person" });
        status.ShouldBe(200, erased.ToString());
        erased.GetProperty("erased").GetInt64().ShouldBe(1);

        var report = audit.Verify(await audit.ExportAsync(new { purpose = Purpose, records = new[] { record.ToString() } }), await audit.TrustAsync());
        report.Findings.ShouldBeEmpty();
        (report.Records, report.SignaturesVerified, report.SignaturesAttested).ShouldBe((2, 0, 1)); // the record and the entry that proves its erasure
        report.Values.ShouldBeGreaterThan(3);
        (await audit.Archive.SearchAsync(new SearchQuery { Terms = [new IndexTerm(IndexKind.Pin, TestPersons.Somebody.Pin)], Kinds = [EntryKind.Request] }, default)).Entries.ShouldBeEmpty();
        (await audit.Archive.VerifyAsync(new VerifyOptions(), default)).Failures.ShouldBeEmpty();
    }

    [Fact]
    [Provokes("hold_in_force", Faces.Rest)]
    [Provokes("hold_unknown", Faces.Rest)]
    public async Task Erase_PersonUnderHold_IsRefusedUntilItIsReleased()
    {
        await using var audit = await AuditWorld.StartAsync(server);
        var record = await audit.ExchangeAsync();
        var person = new { kind = "pin", value = TestPersons.Somebody.Pin };
        await audit.RefusedAsync("query_invalid", "hold", new { purpose = Purpose });
        var (_, placed) = await audit.PostAsync("hold", new { purpose = Purpose, @case = TestPersons.Issue });
        var hold = placed.GetProperty("id").GetString();
        (await audit.RefusedAsync("hold_in_force", "erase", new { purpose = Purpose, person, ground = "law" })).GetProperty("path").GetString().ShouldBe(hold);
        await audit.RefusedAsync("hold_unknown", "hold", new { purpose = Purpose, release = record.ToString() });
        (await audit.PostAsync("hold", new { purpose = Purpose, release = hold })).Status.ShouldBe(200);
        var (status, erased) = await audit.PostAsync("erase", new { purpose = Purpose, person, ground = "law" });
        status.ShouldBe(200, erased.ToString());
        erased.GetProperty("erased").GetInt64().ShouldBe(2); // both halves of the exchange
        (await audit.Archive.GetAsync(record, default))!.State.ShouldBe(SealState.Erased);
        (await audit.Archive.VerifyAsync(new VerifyOptions(), default)).Failures.ShouldBeEmpty();
    }

    [Fact]
    [Provokes("retention_unconfirmed", Faces.Rest)]
    public async Task Purge_ConfirmedTerm_DryRunThenGapThatIsProvable()
    {
        await using var audit = await AuditWorld.StartAsync(server);
        var record = await audit.ExchangeAsync();
        var list = await File.ReadAllTextAsync(audit.ListFile);
        audit.Sign(audit.ListFile, list, byOwner: false);
        await audit.RefusedAsync("retention_unconfirmed", "purge", new { purpose = Purpose, execute = true });
        audit.Sign(audit.ListFile, list.Replace("confirmedBy: \"A. Invented, director\"\n", "", StringComparison.Ordinal));
        await audit.RefusedAsync("retention_unconfirmed", "purge", new { purpose = Purpose, execute = true });
        audit.Sign(audit.ListFile, list.Replace("P3Y", "P1D", StringComparison.Ordinal));

        var (today, auditor) = audit.DeskAt(TimeSpan.Zero);
        (await Run(today, execute: true)).Erased.ShouldBe(0); // no term is over
        var (later, _) = audit.DeskAt(TwoDays);
        var dry = await Run(later, execute: false);
        (dry.Executed, dry.Erased, dry.Due["everything"]).ShouldBe((false, 0, 2));
        (await audit.Archive.GetAsync(record, default))!.State.ShouldBe(SealState.Complete);

        var done = await Run(later, execute: true);
        (done.Erased, done.Held, done.ConfirmedBy, done.Basis).ShouldBe((2, 0, "A. Invented, director", "Order No. 1 of the sandbox"));
        (await audit.Archive.GetAsync(record, default))!.State.ShouldBe(SealState.Erased);
        RecordId.TryParse(done.Entries[0], out var gap).ShouldBeTrue();
        var entry = (await audit.Archive.GetAsync(gap, default))!;
        (entry.Entry.Kind, entry.Entry.Count, entry.Entry.ArchivingListVersion).ShouldBe((EntryKind.RetentionRun, 2, "2026-1"));
        (await audit.Archive.GetAsync(record, default))!.Entry.ArchivingListVersion.ShouldBe("2026-1");
        entry.Entry.Subject!.ShouldContain(record.ToString());
        entry.Values.ShouldContain(value => value.Path == "$rule" && value.AsText() == "everything");
        (await Run(later, execute: true)).Erased.ShouldBe(0); // run again, it finds nothing
        (await audit.Archive.VerifyAsync(new VerifyOptions(), default)).Failures.ShouldBeEmpty();

        async Task<Retention.PurgeReport> Run(ArchiveDesk desk, bool execute)
        {
            (await desk.Retention.PurgeAsync(auditor, new ArchivePurgeRequest { Purpose = Purpose, Execute = execute }, default)).TryGet(out var report, out var error).ShouldBeTrue(error?.ToString());
            return report!;
        }
    }

    [Fact]
    public async Task Purge_HoldPlacedMeanwhileOrInterrupted_KeepsWhatIsHeldAndGoesOn()
    {
        await using var audit = await AuditWorld.StartAsync(server);
        for (var i = 0; i < 3; i++)
        {
            await audit.ExchangeAsync();
        }

        audit.Sign(audit.ListFile, (await File.ReadAllTextAsync(audit.ListFile)).Replace("P3Y", "P1D", StringComparison.Ordinal));
        var (desk, auditor) = audit.DeskAt(TwoDays);
        using (var stop = new CancellationTokenSource())
        {
            await stop.CancelAsync();
            (await desk.Retention.PurgeAsync(auditor, new ArchivePurgeRequest { Purpose = Purpose, Execute = true }, stop.Token)).TryGet(out _, out var stopped).ShouldBeFalse();
            stopped!.Code.ShouldBe("cancelled");
            var erase = new ArchiveEraseRequest { Purpose = Purpose, Ground = "law", UserId = TestPersons.UserId };
            (await desk.Retention.EraseAsync(auditor, erase, stop.Token)).TryGet(out _, out stopped).ShouldBeFalse();
            stopped!.Code.ShouldBe("cancelled");
        }

        // That neither came to its end is in the log beside the looks themselves.
        (await audit.Archive.SearchAsync(new SearchQuery { Kinds = [EntryKind.ArchiveAccess], PageSize = 4 }, default)).Entries.Select(entry => entry.Entry.Code)
            .ShouldBe(["cancelled", "erase", "cancelled", "purge"]);

        (await audit.Archive.VerifyAsync(new VerifyOptions(), default)).SealedErased.ShouldBe(0);
        var held = (await audit.Archive.SearchAsync(new SearchQuery { Kinds = [EntryKind.Request] }, default)).Entries[1];
        var messageId = (await audit.Archive.GetAsync(held.Record, default))!.MessageId;

        // Both begin at once: whichever is first, what the hold names is either erased before it was placed or stays.
        var purge = desk.Retention.PurgeAsync(auditor, new ArchivePurgeRequest { Purpose = Purpose, Execute = true }, default);
        var hold = desk.Retention.HoldAsync(auditor, new ArchiveHoldRequest { Purpose = Purpose, MessageId = messageId });
        (await purge).TryGet(out var report, out _).ShouldBeTrue();
        (await hold).TryGet(out _, out _).ShouldBeTrue();
        var state = (await audit.Archive.GetAsync(held.Record, default))!.State;
        (report!.Held, state).ShouldBeOneOf((0L, SealState.Erased), (2L, SealState.Complete));
        var after = await audit.ExchangeAsync();
        (await desk.Retention.HoldAsync(auditor, new ArchiveHoldRequest { Purpose = Purpose, UserId = TestPersons.UserId })).TryGet(out _, out _).ShouldBeTrue();
        (await desk.Retention.PurgeAsync(auditor, new ArchivePurgeRequest { Purpose = Purpose, Execute = true }, default)).TryGet(out var second, out _).ShouldBeTrue();
        (second!.Erased, second.Held).ShouldSatisfyAllConditions(pair => pair.Erased.ShouldBe(0), pair => pair.Held.ShouldBeGreaterThanOrEqualTo(2));
        (await audit.Archive.GetAsync(after, default))!.State.ShouldBe(SealState.Complete);
    }

    [Fact]
    public async Task Purge_HoldPlacedAtAnotherDesk_WaitsForThePieceUnderWayAndHoldsTheRest()
    {
        await using var audit = await AuditWorld.StartAsync(server);
        var record = await audit.ExchangeAsync();
        audit.Sign(audit.ListFile, (await File.ReadAllTextAsync(audit.ListFile)).Replace("P3Y", "P1D", StringComparison.Ordinal));
        var (desk, auditor) = audit.DeskAt(TwoDays);
        var (other, _) = audit.DeskAt(TwoDays);
        var piece = await audit.Archive.EnterRetentionAsync(default); // as if a piece of a purge were under way

        var hold = other.Retention.HoldAsync(auditor, new ArchiveHoldRequest { Purpose = Purpose, Case = TestPersons.Issue });
        var look = await Wait.ForAsync(async () => (await audit.Archive.SearchAsync(new SearchQuery { Kinds = [EntryKind.ArchiveAccess], PageSize = 1 }, default)).Entries.FirstOrDefault(entry => entry.Entry.Code == "hold"));
        look.ShouldNotBeNull();
        (await audit.Archive.SearchAsync(new SearchQuery { Kinds = [EntryKind.Hold] }, default)).Entries.ShouldBeEmpty();
        await piece.DisposeAsync();

        (await hold).TryGet(out var placed, out _).ShouldBeTrue();
        placed!.Id.ShouldNotBeEmpty();
        (await desk.Retention.PurgeAsync(auditor, new ArchivePurgeRequest { Purpose = Purpose, Execute = true }, default)).TryGet(out var report, out _).ShouldBeTrue();
        (report!.Erased, report.Held).ShouldBe((0L, 2L));
        (await audit.Archive.GetAsync(record, default))!.State.ShouldBe(SealState.Complete);
    }

    [Fact]
    public async Task Purge_AgreementAsksForATerm_TheLongerCountsAndAConfirmedOneSuffices()
    {
        await using var audit = await AuditWorld.StartAsync(server);
        await audit.ExchangeAsync();
        var agreement = Directory.EnumerateFiles(Path.Combine(audit.World.ConsumerFolder, "agreements"), "*.yaml").Single();
        var text = (await File.ReadAllTextAsync(agreement)).Replace("archive: { content: filtered }", "archive: { content: filtered, retain: P3Y, confirmedBy: \"A. Invented\", basis: \"SLA No. 14\" }", StringComparison.Ordinal);
        text.ShouldContain("retain: P3Y");
        text.ShouldContain("version: 1\n");
        await File.WriteAllTextAsync(agreement, Version(2, text));
        var list = await File.ReadAllTextAsync(audit.ListFile);
        audit.Sign(audit.ListFile, list.Replace("P3Y", "P1D", StringComparison.Ordinal));
        (await DryAsync()).Due.ShouldBeEmpty(); // the agreement asks for three years

        await File.WriteAllTextAsync(agreement, Version(3, text.Replace("retain: P3Y", "retain: P1D", StringComparison.Ordinal)));
        (await DryAsync()).Due["everything"].ShouldBe(2);

        // A list that names another service only: by the agreement alone, where somebody confirmed the term.
        audit.Sign(audit.ListFile, list.Replace("service: any", "service: sandbox/GOV/70009001/registry/other/v1", StringComparison.Ordinal));
        var alone = await DryAsync();
        alone.Due.Keys.ShouldHaveSingleItem().ShouldStartWith("agreement ");
        alone.WithoutRule.ShouldBe(0);
        await File.WriteAllTextAsync(agreement, Version(4, text.Replace("retain: P3Y", "retain: P1D", StringComparison.Ordinal).Replace(", confirmedBy: \"A. Invented\"", "", StringComparison.Ordinal)));
        var unconfirmed = await DryAsync();
        unconfirmed.Due.ShouldBeEmpty();
        unconfirmed.WithoutRule.ShouldBe(2);

        static string Version(int version, string agreement) => agreement.Replace("version: 1\n", $"version: {version}\n", StringComparison.Ordinal);

        async Task<Retention.PurgeReport> DryAsync()
        {
            var (later, caller) = audit.DeskAt(TwoDays);
            (await later.Retention.PurgeAsync(caller, new ArchivePurgeRequest { Purpose = Purpose }, default)).TryGet(out var report, out var fault).ShouldBeTrue(fault?.ToString());
            return report!;
        }
    }

    [Fact]
    public async Task Purge_InterruptedBetweenPieces_DidWholePiecesAndFindsTheRest()
    {
        const int Records = 230;
        await using var audit = await AuditWorld.StartAsync(server);
        for (var i = 0; i < Records; i++)
        {
            (await audit.Archive.AppendAsync(new EntryDraft
            {
                Kind = EntryKind.Refusal,
                Code = "refused",
                Stage = "Filter",
                OwnSubsystem = "sandbox/COM/60009001/loans",
                UserId = "KG1",
            }, default)).IsDurable.ShouldBeTrue();
        }

        audit.Sign(audit.ListFile, (await File.ReadAllTextAsync(audit.ListFile)).Replace("P3Y", "P1D", StringComparison.Ordinal));
        var (desk, auditor) = audit.DeskAt(TwoDays);
        using var stop = new CancellationTokenSource();
        var purge = desk.Retention.PurgeAsync(auditor, new ArchivePurgeRequest { Purpose = Purpose, Execute = true }, stop.Token);
        while (!purge.IsCompleted && (await RunsAsync()).Count == 0)
        {
            await Task.Yield();
        }

        await stop.CancelAsync();

        // A caller that hung up hears nothing, unless the purge was quicker; the log says it.
        if (!(await purge).TryGet(out _, out var interrupted))
        {
            interrupted.Code.ShouldBe("cancelled");
            (await audit.Archive.SearchAsync(new SearchQuery { Code = "cancelled" }, default)).Entries.Count.ShouldBe(1);
        }

        var before = (await RunsAsync()).Sum(entry => entry.Entry.Count ?? 0);
        before.ShouldBeOneOf(150, Records);
        (await desk.Retention.PurgeAsync(auditor, new ArchivePurgeRequest { Purpose = Purpose, Execute = true }, default)).TryGet(out var rest, out _).ShouldBeTrue();
        rest!.Erased.ShouldBe(Records - before);
        (await audit.Archive.VerifyAsync(new VerifyOptions(), default)).Failures.ShouldBeEmpty();

        async Task<IReadOnlyList<ArchiveEntry>> RunsAsync() => (await audit.Archive.SearchAsync(new SearchQuery { Kinds = [EntryKind.RetentionRun] }, default)).Entries;
    }

    [Theory]
    [InlineData("none", false)]
    [InlineData("as-received", true)]
    public async Task Exchange_ListNamesContent_IsKeptAsTheListSays(string content, bool kept)
    {
        await using var audit = await AuditWorld.StartAsync(server);
        audit.Sign(audit.ListFile, (await File.ReadAllTextAsync(audit.ListFile)).Replace("retain: P3Y", $"content: {content}, retain: P3Y", StringComparison.Ordinal).Replace("2026-1", "2026-2", StringComparison.Ordinal));
        audit.World.Clock.Pass(TimeSpan.FromSeconds(10)); // the list is looked for again
        var record = (await audit.Archive.GetAsync(await audit.ExchangeAsync(), default))!;
        record.Entry.ArchivingListVersion.ShouldBe("2026-2");
        var end = (await audit.Archive.GetEndAsync(record.Record, default))!;
        foreach (var half in new[] { record, end })
        {
            half.Parts.Any(part => part.Name == "message").ShouldBe(kept);
            half.Values.Any(value => value.Presence == ValuePresence.Present && value.Path.StartsWith("re", StringComparison.Ordinal)).ShouldBe(kept);
        }

        // Nothing of the content is kept, and the person is found all the same.
        (await audit.Archive.SearchAsync(new SearchQuery { Terms = [new IndexTerm(IndexKind.Pin, TestPersons.Somebody.Pin)], Kinds = [EntryKind.Request] }, default)).Entries.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Erase_Person_NothingLeftHoldsTheValueNeitherLooksNorReleasedHolds()
    {
        await using var audit = await AuditWorld.StartAsync(server);
        await audit.ExchangeAsync();
        var person = new { kind = "pin", value = TestPersons.Somebody.Pin };
        (await audit.PostAsync("search", new { purpose = Purpose, person })).Status.ShouldBe(200);
        (await audit.PostAsync("search", new { purpose = Purpose, userId = TestPersons.UserId })).Status.ShouldBe(200);
        var (_, placed) = await audit.PostAsync("hold", new { purpose = Purpose, person });
        await audit.RefusedAsync("hold_in_force", "erase", new { purpose = Purpose, person, ground = "law" });
        (await audit.PostAsync("hold", new { purpose = Purpose, release = placed.GetProperty("id").GetString() })).Status.ShouldBe(200);
        (await audit.PostAsync("search", new { purpose = Purpose, person, kind = "archive-access" })).Answer.GetProperty("entries").GetArrayLength().ShouldBeGreaterThan(2); // who looked for that person
        await audit.ExportAsync(new { purpose = Purpose, person });

        var (status, erased) = await audit.PostAsync("erase", new { purpose = Purpose, person, ground = "law" });
        status.ShouldBe(200, erased.ToString());
        erased.GetProperty("erased").GetInt64().ShouldBe(2);
        erased.GetProperty("looks").GetInt64().ShouldBeGreaterThan(4);
        for (long i = 0; i < audit.Archive.Status.Size; i++)
        {
            var record = (await audit.Archive.GetAsync(new RecordId(audit.Archive.Log, i), default))!;
            record.Values.ShouldAllBe(value => !value.AsText().Contains(TestPersons.Somebody.Pin, StringComparison.Ordinal), $"{record.Entry.Kind} {record.Entry.Code}");
            if (record.Entry is { Kind: EntryKind.ArchiveAccess, Code: "search" })
            {
                record.Values.ShouldContain(value => value.Path == "$reader" && value.AsText() == "auditor"); // who looked stays
            }
        }

        (await audit.Archive.VerifyAsync(new VerifyOptions(), default)).Failures.ShouldBeEmpty();
        audit.Verify(await audit.ExportAsync(new { purpose = Purpose, all = true }), await audit.TrustAsync()).Findings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("own: [sandbox/COM/60009001/other]")]
    [InlineData("system: false")]
    [InlineData("entries: { from: 2020-01-01, until: 2020-12-31 }")]
    public async Task Erase_PersonUnderAGrantThatReachesNoLooks_LeavesThoseOfOthersAndTellsNothingOfThem(string limit)
    {
        await using var audit = await AuditWorld.StartAsync(server);
        await audit.ExchangeAsync();
        var person = new { kind = "pin", value = TestPersons.Somebody.Pin };
        (await audit.PostAsync("search", new { purpose = Purpose, person })).Status.ShouldBe(200);
        const string Key = "other-key-of-a-test";
        audit.Sign(Path.Combine(Path.GetDirectoryName(audit.GrantFile)!, "other.yaml"), AuditWorld.GrantText("G-2", "other", limit));
        (await audit.PostAsync("search", new { purpose = Purpose, person }, Key)).Status.ShouldBe(200);

        var (status, erased) = await audit.PostAsync("erase", new { purpose = Purpose, person, ground = "law" }, Key);
        status.ShouldBe(200, erased.ToString());
        erased.GetProperty("looks").GetInt64().ShouldBe(1, "its own, which is the erasure's");
        var (_, found) = await audit.PostAsync("search", new { purpose = Purpose, person, kind = "archive-access", outcome = "search" });
        found.GetProperty("entries").GetArrayLength().ShouldBe(3, "both looks before it, and this one");
    }

    [Fact]
    public async Task Erase_TrailOfLooksAndHolds_IsRefused()
    {
        await using var audit = await AuditWorld.StartAsync(server);
        var record = await audit.ExchangeAsync();
        var (_, placed) = await audit.PostAsync("hold", new { purpose = Purpose, @case = "C-1" });
        var hold = placed.GetProperty("id").GetString();
        foreach (var entry in (await audit.Archive.SearchAsync(new SearchQuery { Kinds = [EntryKind.Hold, EntryKind.ArchiveAccess, EntryKind.ConfigurationChange] }, default)).Entries)
        {
            await audit.RefusedAsync("query_invalid", "erase", new { purpose = Purpose, record = entry.Record.ToString(), ground = "tidy" });
        }

        // A hold that somebody destroyed behind the adapter's back holds everything, and can be released.
        RecordId.TryParse(hold, out var id).ShouldBeTrue();
        await audit.Archive.EraseAsync(new ErasureRequest { Records = [id], Entry = new EntryDraft { Kind = EntryKind.Erasure, Code = "erase" } }, default);
        await audit.RefusedAsync("hold_in_force", "erase", new { purpose = Purpose, record = record.ToString(), ground = "law" });
        (await audit.PostAsync("holds", new { purpose = Purpose })).Answer[0].GetProperty("id").GetString().ShouldBe(hold);
        (await audit.PostAsync("hold", new { purpose = Purpose, release = hold })).Status.ShouldBe(200);
        (await audit.PostAsync("erase", new { purpose = Purpose, record = record.ToString(), ground = "law" })).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Hold_GrantOverOtherServices_NeitherEndsItNorSeesItsCase()
    {
        await using var audit = await AuditWorld.StartAsync(server);
        await audit.ExchangeAsync();
        const string Key = "other-key-of-a-test";
        var (_, placed) = await audit.PostAsync("hold", new { purpose = Purpose, @case = "C-1" });
        var hold = placed.GetProperty("id").GetString();
        audit.Sign(Path.Combine(Path.GetDirectoryName(audit.GrantFile)!, "other.yaml"), AuditWorld.GrantText("G-2", "other", "services: [sandbox/GOV/70009001/registry/getVehicles/v1]"));
        (await audit.RefusedAsync("grant_exceeded", "hold", new { purpose = Purpose, release = hold }, Key)).GetProperty("path").GetString().ShouldBe("$.release");
        var seen = (await audit.PostAsync("holds", new { purpose = Purpose }, Key)).Answer[0];
        (seen.GetProperty("id").GetString(), seen.TryGetProperty("case", out _)).ShouldBe((hold, false));
        (await audit.PostAsync("holds", new { purpose = Purpose })).Answer[0].GetProperty("case").GetString().ShouldBe("C-1");

        // Whoever placed a hold may end it, and how many a page has is nothing to hold by.
        var (_, own) = await audit.PostAsync("hold", new { purpose = Purpose, @case = "C-2" }, Key);
        (await audit.PostAsync("hold", new { purpose = Purpose, release = own.GetProperty("id").GetString() }, Key)).Status.ShouldBe(200);
        (await audit.PostAsync("hold", new { purpose = Purpose, release = hold })).Status.ShouldBe(200);
        await audit.RefusedAsync("query_invalid", "hold", new { purpose = Purpose, limit = 5 });
    }

    [Fact]
    public async Task Erase_Twice_TheLastErasureProvesItAndBothGoAlong()
    {
        await using var audit = await AuditWorld.StartAsync(server);
        var record = await audit.ExchangeAsync();
        var (_, first) = await audit.PostAsync("erase", new { purpose = Purpose, record = record.ToString(), fields = new[] { "request/pin" }, ground = "law" });
        var (_, second) = await audit.PostAsync("erase", new { purpose = Purpose, record = record.ToString(), ground = "law" });
        RecordId.TryParse(first.GetProperty("entries")[0].GetString(), out var field).ShouldBeTrue();
        (await audit.Archive.GetAsync(field, default))!.Values.ShouldContain(value => value.Path == "$fields" && value.AsText() == "request/pin");
        var look = (await audit.Archive.SearchAsync(new SearchQuery { Kinds = [EntryKind.ArchiveAccess], Code = "erase" }, default)).Entries[1];
        (await audit.Archive.GetAsync(look.Record, default))!.Values.ShouldContain(value => value.Path == "$query/fields" && value.AsText() == "request/pin");

        var bundle = await audit.ExportAsync(new { purpose = Purpose, records = new[] { record.ToString() } });
        var report = audit.Verify(bundle, await audit.TrustAsync());
        report.Findings.ShouldBeEmpty();
        report.Records.ShouldBe(3);
        using var zip = new System.IO.Compression.ZipArchive(new MemoryStream(bundle));
        using var lines = new StreamReader(zip.GetEntry("records.jsonl")!.Open());
        (await lines.ReadToEndAsync()).ShouldContain($"\"erasedBy\":\"{second.GetProperty("entries")[0].GetString()}\"");
    }
}
