namespace Tunduk.Archive.Tests;

/// <summary>What only an embedded archive has: its file's format and its folders.</summary>
public sealed class SqliteFileTests : IDisposable
{
    private readonly ArchiveFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Open_BadSettings_ReportsAllOfThem()
    {
        ArchiveOptions options = new() { Folder = folder.Data, HeadFolder = Path.Combine(folder.Data, "head"), KeyFolder = folder.Keys, MasterKeyFile = "", OriginPrefix = "a b", MaxBatch = 0 };
        ArchiveFault fault = (await SqliteArchive.OpenAsync(options, folder.Signer, TimeProvider.System, default)).Fault!;
        fault.Name.ShouldBe("archive_settings");
        fault.Detail.ShouldContain("HeadFolder");
        fault.Detail.ShouldContain("MasterKeyFile");
        fault.Detail.ShouldContain("OriginPrefix");
        fault.Detail.ShouldContain("MaxBatch");
    }

    // What cannot be set on an open file is read back: content that was erased would stay in pages that are never given back.
    [Fact]
    public async Task Open_FileWithAnotherSetting_IsRefusedByNameForWritingAndReading()
    {
        await (await folder.OpenAsync()).DisposeAsync();
        folder.Execute("PRAGMA journal_mode=DELETE; PRAGMA auto_vacuum=NONE; VACUUM; PRAGMA journal_mode=WAL;");
        ArchiveFault fault = (await folder.TryOpenAsync()).Fault!;
        (fault.Name, fault.Detail).ShouldBe(("archive_settings", "PRAGMA auto_vacuum reads back as 0, not 2."));
        OfflineArchive offline = new() { Folder = folder.Data, HeadFolder = folder.Head };
        (await SqliteArchive.VerifyOfflineAsync(offline, new VerifyOptions(), default)).Fault!.Name.ShouldBe("archive_settings");
    }

    [Fact]
    public async Task Open_NewerFormatOrForeignFile_IsRefused()
    {
        await (await folder.OpenAsync()).DisposeAsync();
        folder.Execute("PRAGMA user_version=99");
        (await folder.TryOpenAsync()).Fault!.Detail.ShouldContain("version 99");
        File.WriteAllText(folder.Database, "no database at all, but long enough to be looked at as one ................................................");
        (await folder.TryOpenAsync()).Fault!.Name.ShouldBe("archive_unreadable");
    }

    // Each made the append of an entry succeed that was not, or not so, in the file: acknowledged, sent, and gone.
    [Theory]
    [InlineData("CREATE TRIGGER t BEFORE INSERT ON entry BEGIN SELECT RAISE(IGNORE); END")]
    [InlineData("CREATE TRIGGER t AFTER INSERT ON entry BEGIN DELETE FROM entry WHERE seq = NEW.seq; END")]
    [InlineData("CREATE TRIGGER t AFTER INSERT ON sealed BEGIN UPDATE sealed SET data = x'00' WHERE seq = NEW.seq; END")]
    public async Task Append_TriggerOfTheOwner_DoesNotRun(string trigger)
    {
        await using IArchive archive = await folder.OpenAsync();
        folder.Execute(trigger);

        (await archive.AppendAsync(ArchiveFolder.Request(), default)).IsDurable.ShouldBeTrue();

        // The records hold; verify names the trigger alone.
        (await archive.VerifyAsync(new VerifyOptions(), default)).Failures.ShouldHaveSingleItem().Detail.ShouldBe("the trigger t is none of the archive's");
    }

    [Fact]
    public async Task Append_FolderTakenAwayAndPutBack_IsRefusedByNameAndGoesOnByItself()
    {
        await using IArchive archive = await folder.OpenAsync();
        (await archive.AppendAsync(ArchiveFolder.Request(), default)).IsDurable.ShouldBeTrue();
        string away = folder.Data + "-away";
        Directory.Move(folder.Data, away);

        // The open file still takes entries, as a moved file does, until the volume is looked at again.
        AppendResult result;
        long taken = 1;
        while ((result = await archive.AppendAsync(ArchiveFolder.Request(), default)).IsDurable)
        {
            taken++;
        }

        result.Fault!.Name.ShouldBe("archive_unwritable");
        ArchiveFault gone = (await archive.AppendAsync(ArchiveFolder.Request(), default)).Fault!;
        gone.Detail.ShouldContain("not there any more");
        gone.Remedy.ShouldContain("Put the archive's folder back");
        Directory.Exists(folder.Data).ShouldBeFalse("nothing is made in its place");
        archive.Status.Warnings.ShouldNotContain(static warning => warning.Code == ArchiveFaultCode.ArchiveFull, "what is not there is not full");

        Directory.Move(away, folder.Data);
        (await archive.AppendAsync(ArchiveFolder.Request(), default)).IsDurable.ShouldBeTrue();
        VerifyReport report = await archive.VerifyAsync(new VerifyOptions(), default);
        report.Failures.ShouldBeEmpty();
        report.Entries.ShouldBeGreaterThanOrEqualTo(taken + 1);
    }

    [Fact]
    public async Task Open_ViewInATablesPlace_IsRefused()
    {
        await (await folder.OpenAsync()).DisposeAsync();
        folder.Execute("ALTER TABLE entry RENAME TO entry_before; CREATE VIEW entry AS SELECT * FROM entry_before");

        (await folder.TryOpenAsync()).Fault.ShouldNotBeNull();
    }
}
