using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Telemetry;
using Tunduk.Archive;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Tests.Exchange;

/// <summary>ARCHIVE "When the second append fails": an archive that is gone for a moment loses neither an end nor a count.</summary>
public sealed class ArchiveGoneTests
{
    [Fact]
    public async Task AppendEnd_ArchiveComesBackBeforeTheDeadline_IsWrittenOnceFromTheSameDraft()
    {
        var (archive, control) = ArchiveGone.Make();
        control.Failing = 1;
        using var metrics = new AdapterMetrics("test");
        using var run = new ExchangeRun(ExchangeDirection.Consumer, metrics, TimeProvider.System) { Request = new RecordId(LogId.New(), 7) };
        var journal = Journal(archive, TimeSpan.FromMinutes(2));

        var record = await journal.RefusalAsync(run, new ExchangeError(ExchangeStage.Forward, ExchangeCodes.SecurityServerUnreachable));

        record.ShouldNotBeNull();
        control.Drafts.Count.ShouldBe(2);
        control.Drafts[1].ShouldBeSameAs(control.Drafts[0], "an append whose answer was lost is known by its draft, and not written twice");
    }

    [Fact]
    public async Task AppendEnd_ArchiveStaysAway_GivesUpAtTheDeadline()
    {
        var (archive, control) = ArchiveGone.Make();
        control.Failing = int.MaxValue;
        using var metrics = new AdapterMetrics("test");
        using var run = new ExchangeRun(ExchangeDirection.Consumer, metrics, TimeProvider.System) { Request = new RecordId(LogId.New(), 7) };

        var record = await Journal(archive, TimeSpan.Zero).RefusalAsync(run, new ExchangeError(ExchangeStage.Forward, ExchangeCodes.SecurityServerUnreachable));

        record.ShouldBeNull();
        control.Drafts.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Flush_ArchiveGone_CountsAreKeptAndWrittenWhenItIsBack()
    {
        var (archive, control) = ArchiveGone.Make();
        await using var refusals = new UnauthenticatedRefusals(archive, TimeProvider.System, NullLogger<UnauthenticatedRefusals>.Instance);
        var error = new ExchangeError(ExchangeStage.Authenticate, ExchangeCodes.CallerUnknown);
        refusals.Count("is", IPAddress.Loopback, error);
        refusals.Count("is", IPAddress.Loopback, error);
        refusals.Count("grpc", IPAddress.Loopback, error);
        control.Failing = 2;

        await refusals.FlushAsync();
        refusals.Count("is", IPAddress.Loopback, error);
        await refusals.FlushAsync();
        await refusals.FlushAsync();

        control.Drafts.Skip(2).Select(draft => $"{draft.Subject} {draft.Count}").ShouldBe(["is 3", "grpc 1"], ignoreOrder: true);
    }

    private static ExchangeJournal Journal(IArchive archive, TimeSpan retry) =>
        new(archive, TimeProvider.System, retry, EntryFlags.None, 64, static () => null, NullLogger<ExchangeJournal>.Instance);
}
