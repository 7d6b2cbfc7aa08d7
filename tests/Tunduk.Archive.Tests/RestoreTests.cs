using Tunduk.Archive.Erasures;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Tests;

/// <summary>An old database put back: noticed by name, continued only by an entry that says so, and nothing erased comes back with it.</summary>
public abstract class RestoreTests : IAsyncLifetime
{
    private const string Pin = "21201199000001";
    private readonly ArchiveFolder folder;

    private protected RestoreTests(ArchiveFolder folder) => this.folder = folder;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        folder.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Open_CopiedBackDatabase_IsRolledBackAndSucceedBeginsANewLog()
    {
        await FillAsync(3);
        string old = folder.Backup();
        await FillAsync(3);
        folder.Restore(old);

        ArchiveOpening opening = await folder.TryOpenAsync();
        opening.Fault!.Name.ShouldBe("archive_rolled_back");
        opening.Fault.Detail.ShouldContain("holds 4 entries");
        (await folder.VerifyOfflineAsync()).Failures.Select(static f => f.Code).ShouldContain("head_beyond");

        ArchiveOpening succession = await folder.SucceedAsync("disk lost");
        succession.Fault.ShouldBeNull();
        await using (IArchive archive = succession.Archive!)
        {
            ArchiveRecord begin = (await archive.GetAsync(new RecordId(archive.Log, 0), default))!;
            begin.Entry.Subject.ShouldNotBeNull();
            begin.Entry.Subject.ShouldContain("lost 4-6");
            begin.Entry.Subject.ShouldContain("reason disk lost");
            begin.Entry.Subject.ShouldContain("— sandbox/COM/60009001/loans/"); // the old log's signed checkpoint
            (await archive.AppendAsync(ArchiveFolder.Request(), default)).IsDurable.ShouldBeTrue();
        }

        await using IArchive again = await folder.OpenAsync();
        SearchPage page = await again.SearchAsync(new SearchQuery(), default);
        page.Entries.Select(static e => e.Record.Log).Distinct().Count().ShouldBe(2); // a search spans the logs
    }

    [Fact]
    public async Task Open_HeadMissing_IsRolledBack()
    {
        await FillAsync(1);
        File.Delete(Path.Combine(folder.Head, "head"));
        (await folder.TryOpenAsync()).Fault!.Name.ShouldBe("archive_rolled_back");
    }

    [Fact]
    public async Task Open_DatabaseMissing_IsRolledBack()
    {
        await FillAsync(1);
        folder.Restore(null);
        (await folder.TryOpenAsync()).Fault!.Name.ShouldBe("archive_rolled_back");
    }

    [Fact]
    public async Task Open_RestoredCopy_ErasesAgainBeforeItServesAnything()
    {
        List<RecordId> records = [];
        await using (IArchive archive = await folder.OpenAsync())
        {
            for (int i = 0; i < 10; i++)
            {
                records.Add((await archive.AppendAsync(ArchiveFolder.Request(Pin, "m" + i), default)).Record!.Value);
            }
        }

        string backup = folder.Backup();
        await using (IArchive archive = await folder.OpenAsync())
        {
            await archive.EraseAsync(ArchiveFolder.Erase([.. records.Take(3)]), default);
            await archive.EraseAsync(ArchiveFolder.Erase([records[4]], "request/pin"), default);
        }

        File.ReadAllLines(Path.Combine(folder.Head, ErasureJournal.FileName)).Length.ShouldBe(5);
        folder.Restore(backup);
        (await folder.TryOpenAsync()).Fault!.Name.ShouldBe("archive_rolled_back");
        ArchiveOpening succession = await folder.SucceedAsync("restored");
        succession.Fault.ShouldBeNull();
        await using (IArchive restored = succession.Archive!)
        {
            foreach (RecordId record in records.Take(3))
            {
                (await restored.GetAsync(record, default))!.State.ShouldBe(SealState.Erased);
            }

            ArchiveRecord partial = (await restored.GetAsync(records[4], default))!;
            partial.State.ShouldBe(SealState.Partial);
            partial.Values.ShouldNotContain(static v => v.Path == "request/pin");
            (await restored.GetAsync(records[5], default))!.State.ShouldBe(SealState.Complete);
            (await restored.SearchAsync(new SearchQuery { Code = "erasure_replayed" }, default)).Entries.Count.ShouldBe(1);
            (await restored.SearchAsync(new SearchQuery { Terms = [new IndexTerm(IndexKind.Pin, Pin)] }, default)).Entries.Count.ShouldBe(6);
            VerifyReport report = await restored.VerifyAsync(new VerifyOptions(), default);
            report.Failures.ShouldBeEmpty();
            report.Notices.Single().ShouldContain("are lost");
        }

        await using IArchive again = await folder.OpenAsync();
        (await again.SearchAsync(new SearchQuery { Code = "erasure_replayed" }, default)).Entries.Count.ShouldBe(1); // once is enough
    }

    private async Task FillAsync(int entries)
    {
        await using IArchive archive = await folder.OpenAsync();
        for (int i = 0; i < entries; i++)
        {
            await archive.AppendAsync(new EntryDraft { Kind = EntryKind.ConfigurationChange, Code = "test" }, default);
        }
    }
}
