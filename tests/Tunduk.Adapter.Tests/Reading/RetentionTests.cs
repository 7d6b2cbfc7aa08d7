using Tunduk.Adapter.Reading;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Archive;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Tests.Reading;

/// <summary>Retention, hold and erasure: forgotten by rule, provable afterwards, and never what is held.</summary>
public sealed class RetentionTests
{
    private const string Purpose = AuditWorld.Purpose;
    private static readonly TimeSpan TwoDays = TimeSpan.FromDays(2);

    [Fact]
    public async Task Erase_OneField_KeepsTheProofOfEverythingElse()
    {
        await using var audit = await AuditWorld.StartAsync();
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
    public async Task Erase_PersonUnderHold_IsRefusedUntilItIsReleased()
    {
        await using var audit = await AuditWorld.StartAsync();
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
    public async Task Purge_ConfirmedTerm_DryRunThenGapThatIsProvable()
    {
        await using var audit = await AuditWorld.StartAsync();
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
        await using var audit = await AuditWorld.StartAsync();
        for (var i = 0; i < 3; i++)
        {
            await audit.ExchangeAsync();
        }

        audit.Sign(audit.ListFile, (await File.ReadAllTextAsync(audit.ListFile)).Replace("P3Y", "P1D", StringComparison.Ordinal));
        var (desk, auditor) = audit.DeskAt(TwoDays);
        using (var stop = new CancellationTokenSource())
        {
            await stop.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(() => desk.Retention.PurgeAsync(auditor, new ArchivePurgeRequest { Purpose = Purpose, Execute = true }, stop.Token));
        }

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
}
