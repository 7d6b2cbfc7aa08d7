using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Tests;

public abstract class ArchiveTests : IAsyncLifetime
{
    private readonly ArchiveFolder folder;

    private protected ArchiveTests(ArchiveFolder folder) => this.folder = folder;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        folder.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Append_RequestAndResponse_AreFoundOpenedAndVerified()
    {
        await using IArchive archive = await folder.OpenAsync();
        AppendResult request = await archive.AppendAsync(ArchiveFolder.Request(), default);
        request.Outcome.ShouldBe(AppendOutcome.Appended);
        archive.Status.OpenRequests.ShouldBe(1);
        AppendResult response = await archive.AppendAsync(ArchiveFolder.Response(request.Record!.Value), default);
        response.Outcome.ShouldBe(AppendOutcome.Appended);
        archive.Status.OpenRequests.ShouldBe(0);

        SearchPage page = await archive.SearchAsync(new SearchQuery { Terms = [new IndexTerm(IndexKind.Pin, " 21201199000001 ")] }, default);
        page.Entries.Select(static e => e.Record).ShouldBe([response.Record!.Value, request.Record.Value]);
        page.Entries[1].End.ShouldBe(response.Record);

        ArchiveRecord record = (await archive.GetAsync(request.Record.Value, default))!;
        record.State.ShouldBe(SealState.Complete);
        record.UserId.ShouldBe("KG21201199000009");
        record.Basis.ShouldBe("loan-scoring 17/2026");
        record.Values.Single(static v => v.Path == "request/pin").AsText().ShouldBe("21201199000001");
        record.Parts.Single().Content.ToArray().ShouldBe("<soap/>"u8.ToArray());
        record.Parts.Single().MediaType.ShouldBe("text/xml; charset=utf-8");

        InclusionProof proof = (await archive.ProveAsync(request.Record.Value, default))!;
        proof.Holds().ShouldBeTrue();
        VerifyReport report = await archive.VerifyAsync(new VerifyOptions(), default);
        report.Failures.ShouldBeEmpty();
        report.Entries.ShouldBe(3);
        report.SealedComplete.ShouldBe(2);
    }

    [Fact]
    public async Task Open_Again_ContinuesTheLog()
    {
        LogId log;
        await using (IArchive first = await folder.OpenAsync())
        {
            log = first.Log;
            for (int i = 0; i < 700; i++)
            {
                await first.AppendAsync(new EntryDraft { Kind = EntryKind.ConfigurationChange, Code = "test" }, default);
            }
        }

        await using IArchive second = await folder.OpenAsync();
        second.Log.ShouldBe(log);
        second.Status.Size.ShouldBe(701);
        (await second.AppendAsync(ArchiveFolder.Request(), default)).Record.ShouldBe(new RecordId(log, 701));
        VerifyReport report = await second.VerifyAsync(new VerifyOptions { TrustedKeys = [folder.Signer.PublicKey] }, default);
        report.Failures.ShouldBeEmpty();
        report.SignerEstablished.ShouldBeTrue();
        report.Checkpoints.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Open_RequestWithoutEnd_GetsOutcomeUnknown()
    {
        RecordId request;
        await using (IArchive first = await folder.OpenAsync())
        {
            request = (await first.AppendAsync(ArchiveFolder.Request(), default)).Record!.Value;
        }

        ArchiveOpening opening = await folder.TryOpenAsync();
        opening.Recovered.ShouldBe(1);
        await using IArchive second = opening.Archive!;
        ArchiveRecord end = (await second.GetEndAsync(request, default))!;
        end.Entry.Kind.ShouldBe(EntryKind.OutcomeUnknown);
        AppendResult late = await second.AppendAsync(ArchiveFolder.Response(request), default);
        late.Outcome.ShouldBe(AppendOutcome.AlreadyEnded);
        late.Record.ShouldBe(end.Record);
    }
}
