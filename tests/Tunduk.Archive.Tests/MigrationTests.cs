using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Tests;

/// <summary>Archives of the first format are brought forward when they are opened for writing.</summary>
public abstract class MigrationTests : IAsyncLifetime
{
    private readonly ArchiveFolder folder;
    private readonly string back;

    private protected MigrationTests(ArchiveFolder folder, string back)
    {
        this.folder = folder;
        this.back = back;
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        folder.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Open_FirstFormat_IsMigratedAndSearchedAndVerified()
    {
        RecordId request;
        RecordId erased;
        await using (IArchive archive = await folder.OpenAsync())
        {
            request = (await archive.AppendAsync(ArchiveFolder.Request(), default)).Record!.Value;
            await archive.AppendAsync(ArchiveFolder.Response(request), default);
            erased = (await archive.AppendAsync(ArchiveFolder.Request("21201199000002", "m-2"), default)).Record!.Value;
            await Task.WhenAll(Enumerable.Range(0, LogTree.TileWidth).Select(n => archive.AppendAsync(ArchiveFolder.Request("21201199000003", "t-" + n) with { Agreement = "SLA-2026-015", Code = "tile" }, default).AsTask()));
        }

        folder.Execute(back);
        await using IArchive migrated = await folder.OpenAsync();
        (await migrated.ProveAsync(request, default))!.Holds().ShouldBeTrue(); // over the tile that the first format stored
        (await Find(new SearchQuery { Terms = [new IndexTerm(IndexKind.Pin, "21201199000001")], Agreement = "SLA-2026-014" })).ShouldBe([request]);
        (await Find(new SearchQuery { Code = "ok", Signature = SignatureStatus.OwnEmbedded })).ShouldBe([erased, request]);
        RecordId added = (await migrated.AppendAsync(ArchiveFolder.Request(messageId: "m-3"), default)).Record!.Value;
        (await Find(new SearchQuery { Terms = [new IndexTerm(IndexKind.Pin, "21201199000001")], Agreement = "SLA-2026-014" })).ShouldBe([added, request]);
        (await migrated.EraseAsync(ArchiveFolder.Erase([erased]), default)).Erased.ShouldBe(1);
        (await Find(new SearchQuery { Terms = [new IndexTerm(IndexKind.Pin, "21201199000002")] })).ShouldBeEmpty();
        (await migrated.VerifyAsync(new VerifyOptions(), default)).Failures.ShouldBeEmpty();

        async Task<RecordId[]> Find(SearchQuery query) => [.. (await migrated.SearchAsync(query, default)).Entries.Select(static e => e.Record)];
    }

    [Fact]
    public async Task Verify_FirstFormatOffline_IsRefusedByName()
    {
        await (await folder.OpenAsync()).DisposeAsync();
        folder.Execute(back);
        OfflineArchive offline = new() { Folder = folder.Data, HeadFolder = folder.Head };
        (VerifyReport? report, ArchiveFault? fault) = folder.Postgres is null
            ? await SqliteArchive.VerifyOfflineAsync(offline, new VerifyOptions(), default)
            : await PostgresArchive.VerifyOfflineAsync(offline, folder.Postgres, new VerifyOptions(), default);
        report.ShouldBeNull();
        fault!.Name.ShouldBe("archive_unreadable");
        fault.Detail.ShouldContain("start the adapter"); // reading migrates nothing
    }
}
