using Microsoft.Data.Sqlite;
using Tunduk.Archive.Erasures;
using Tunduk.Archive.Sqlite;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Tests;

// Over 300 lines: what hands do to one archive's files, a case each.

/// <summary>Careless or hostile hands at the files of an embedded archive, while it is open and while it is not.</summary>
public sealed class SqliteHandsTests : IDisposable
{
    private readonly ArchiveFolder folder = new();

    public void Dispose() => folder.Dispose();

    // SQLite goes on writing into the files it has open: what it says is durable would be gone with the process.
    [Theory]
    [InlineData("-wal")]
    [InlineData("-shm")]
    [InlineData("-wal", "-shm")]
    public async Task Append_LogRemovedBelowIt_GoesOnInFilesThatAreThereAndLosesNothing(params string[] files)
    {
        List<RecordId> acknowledged = [];
        await using (IArchive archive = await folder.OpenAsync())
        {
            await AppendAsync(archive, acknowledged, 3);
            Array.ForEach(files, file => File.Delete(folder.Database + file));
            await AppendAsync(archive, acknowledged, 3);
            // As a SIGKILL at this moment leaves it.
            string killed = Copy("killed");
            await RequireAllAsync(killed, acknowledged);
        }

        await RequireAllAsync(folder.Data, acknowledged);
    }

    [Fact]
    public async Task Append_DatabaseMovedAway_IsRefusedUntilItIsBackAndLosesNothing()
    {
        List<RecordId> acknowledged = [];
        await using (IArchive archive = await folder.OpenAsync())
        {
            await AppendAsync(archive, acknowledged, 3);
            string away = folder.Database + ".away";
            File.Move(folder.Database, away);

            ArchiveFault fault = (await archive.AppendAsync(ArchiveFolder.Request(), default)).Fault!;
            (fault.Name, fault.Detail.Contains("not there any more", StringComparison.Ordinal)).ShouldBe(("archive_unwritable", true));
            new FileInfo(folder.Database + "-wal").Length.ShouldBe(0, "the database that was moved is whole without its log");

            File.Move(away, folder.Database);
            await AppendAsync(archive, acknowledged, 3);
        }

        await RequireAllAsync(folder.Data, acknowledged);
    }

    [Fact]
    public async Task Append_OlderCopyPutInItsPlace_IsRolledBackAtOnce()
    {
        await (await folder.OpenAsync()).DisposeAsync();
        string older = folder.CopyData("older");
        await using IArchive archive = await folder.OpenAsync();
        await AppendAsync(archive, [], 3);
        File.Move(Path.Combine(older, "archive.db"), folder.Database, overwrite: true);

        (await archive.AppendAsync(ArchiveFolder.Request(), default)).Fault!.Name.ShouldBe("archive_rolled_back");
    }

    // Pages that are moved out of a log that was cut destroy the database, which SQLite does when the last connection closes.
    [Theory]
    [InlineData("-wal", 0.0)]
    [InlineData("-wal", 0.5)]
    [InlineData("", 0.5)]
    public async Task Append_FileCutBelowIt_IsNotAcknowledgedAndNothingMoreIsDestroyed(string file, double left)
    {
        List<RecordId> earlier = [];
        await using (IArchive archive = await folder.OpenAsync())
        {
            await AppendAsync(archive, earlier, 40);
        }

        byte[] before;
        await using (IArchive archive = await folder.OpenAsync())
        {
            await AppendAsync(archive, [], 3);
            string path = folder.Database + file;
            using (FileStream cut = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            {
                cut.SetLength((long)(cut.Length * left));
            }

            before = folder.Files().First(f => f.Name == folder.Database).Bytes;

            ArchiveFault fault = (await archive.AppendAsync(ArchiveFolder.Request(), default)).Fault!;
            new[] { "archive_rolled_back", "archive_unreadable" }.ShouldContain(fault.Name);
            (await archive.AppendAsync(ArchiveFolder.Request(), default)).IsDurable.ShouldBeFalse();
        }

        folder.Files().First(f => f.Name == folder.Database).Bytes.ShouldBe(before);
    }

    // With other shared memory another program empties the log; what this process has in its memory then says of pages that they lie where nothing is.
    [Fact]
    public async Task Append_LogEmptiedByAnotherProgram_GoesOnAndLosesNothing()
    {
        List<RecordId> acknowledged = [];
        await using (IArchive archive = await folder.OpenAsync())
        {
            await AppendAsync(archive, acknowledged, 5);
            File.Delete(folder.Database + "-shm");
            File.WriteAllBytes(folder.Database + "-shm", []);
            string taken = Copy("taken");
            using (SqliteConnection other = new($"Data Source={Path.Combine(taken, "archive.db")};Pooling=False"))
            {
                other.Open();
                using SqliteCommand move = other.CreateCommand();
                move.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
                move.ExecuteScalar();
            }

            // What the other program leaves: every page in the database, an empty log.
            File.WriteAllBytes(folder.Database, File.ReadAllBytes(Path.Combine(taken, "archive.db")));
            File.WriteAllBytes(folder.Database + "-wal", []);
            await AppendAsync(archive, acknowledged, 5);
        }

        await RequireAllAsync(folder.Data, acknowledged);
    }

    [Fact]
    public async Task Open_FileUnderAnotherName_IsRefusedBeforeAnythingIsWritten()
    {
        await (await folder.OpenAsync()).DisposeAsync();
        string other = Path.Combine(folder.Root, "other.db");
        File.Move(folder.Database, other);
        File.CreateSymbolicLink(folder.Database, other);
        ArchiveFault fault = (await folder.TryOpenAsync()).Fault!;
        (fault.Name, fault.Detail.Contains("is a symbolic link", StringComparison.Ordinal)).ShouldBe(("archive_settings", true));

        File.Delete(other); // dangling: nothing is made where it points
        (await folder.TryOpenAsync()).Fault!.Name.ShouldBe("archive_settings");
        File.Exists(other).ShouldBeFalse();
    }

    [Fact]
    public async Task Status_SomebodyReadsForLong_SaysThatTheLogGrowsUntilItEnds()
    {
        SqliteSettings settings = new(2, AsidePages: 5, LogPages: 10);
        await using IArchive archive = (await LogArchive.OpenAsync(folder.Options(), folder.Signer, TimeProvider.System, null,
            () => new SqliteStore(folder.Data, 16 << 20, settings), null, needsFolder: true, default)).Archive!;
        await AppendAsync(archive, [], 1);
        using (SqliteConnection reader = new($"Data Source={folder.Database};Mode=ReadOnly;Pooling=False"))
        {
            reader.Open();
            using SqliteCommand read = reader.CreateCommand();
            read.CommandText = "BEGIN; SELECT count(*) FROM entry;";
            read.ExecuteScalar();
            while (new FileInfo(folder.Database + "-wal").Length <= settings.MaxLogBytes)
            {
                await AppendAsync(archive, [], 5);
            }

            ArchiveFault warning = archive.Status.Warnings.Single(static w => w.Name == "archive_full");
            warning.Detail.ShouldContain("another program reads the archive");
        }

        RecordId erased = (await archive.AppendAsync(ArchiveFolder.Request(), default)).Record!.Value;
        await archive.EraseAsync(ArchiveFolder.Erase([erased]), default); // an erasure empties the log
        archive.Status.Warnings.ShouldBeEmpty();
    }

    // The way out that the message names must be one.
    [Theory]
    [InlineData("cut")]
    [InlineData("empty")]
    [InlineData("folder")]
    public async Task Succeed_HeadDamaged_SetsItAsideAndBegins(string damage)
    {
        await using (IArchive archive = await folder.OpenAsync())
        {
            await AppendAsync(archive, [], 3);
        }

        string head = Path.Combine(folder.Head, "head");
        byte[] bytes = File.ReadAllBytes(head);
        File.Delete(head);
        if (damage == "folder")
        {
            Directory.CreateDirectory(head);
        }
        else
        {
            File.WriteAllBytes(head, damage == "cut" ? bytes[..^10] : []);
        }

        ArchiveFault fault = (await folder.TryOpenAsync()).Fault!;
        (fault.Name, fault.Detail.Contains("damaged", StringComparison.Ordinal)).ShouldBe(("archive_rolled_back", true));
        ArchiveOpening opening = await folder.SucceedAsync("head damaged");
        opening.Fault.ShouldBeNull();
        await opening.Archive!.DisposeAsync();
        await (await folder.OpenAsync()).DisposeAsync();
        Path.Exists(head + ".damaged").ShouldBeTrue();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Succeed_JournalShorterThanTheDatabaseHasSeen_BeginsAndErasesAgainFromThen(bool headToo)
    {
        List<RecordId> records = [];
        string journal = Path.Combine(folder.Head, ErasureJournal.FileName);
        string head = Path.Combine(folder.Head, "head");
        byte[][] older;
        await using (IArchive archive = await folder.OpenAsync())
        {
            await AppendAsync(archive, records, 4);
            await archive.EraseAsync(ArchiveFolder.Erase([records[0]]), default);
        }

        older = [File.ReadAllBytes(journal), File.ReadAllBytes(head)];
        await using (IArchive archive = await folder.OpenAsync())
        {
            await archive.EraseAsync(ArchiveFolder.Erase([records[1], records[2]]), default);
        }

        File.WriteAllBytes(journal, older[0]);
        if (headToo)
        {
            File.WriteAllBytes(head, older[1]); // the head store's whole folder from a backup
        }

        (await folder.TryOpenAsync()).Fault!.Name.ShouldBe("archive_rolled_back");
        ArchiveOpening opening = await folder.SucceedAsync("journal lost");
        opening.Fault.ShouldBeNull();
        await using (IArchive archive = opening.Archive!)
        {
            SearchPage begun = await archive.SearchAsync(new SearchQuery { Code = EntryCodes.LogBegun }, default);
            (await archive.GetAsync(begun.Entries[0].Record, default))!.Entry.Subject!.ShouldContain("erasures lost 2\n");
            (await archive.EraseAsync(ArchiveFolder.Erase([records[3]]), default)).Fault.ShouldBeNull();
        }

        await using IArchive again = await folder.OpenAsync();
        (await again.GetAsync(records[3], default))!.State.ShouldBe(SealState.Erased);
        (await again.VerifyAsync(new VerifyOptions(), default)).Failures.ShouldBeEmpty();
    }

    // A line in a file without its beginning would be read by nobody, and the erased come back with the next restored copy.
    [Theory]
    [InlineData("removed")]
    [InlineData("emptied")]
    [InlineData("another")]
    [InlineData("longer")]
    public async Task Erase_JournalTouchedBelowIt_ErasesNothingUntilItIsBack(string how)
    {
        List<RecordId> records = [];
        string journal = Path.Combine(folder.Head, ErasureJournal.FileName);
        await using IArchive archive = await folder.OpenAsync();
        await AppendAsync(archive, records, 3);
        (await archive.EraseAsync(ArchiveFolder.Erase([records[0]]), default)).Fault.ShouldBeNull();
        byte[] whole = File.ReadAllBytes(journal);
        File.WriteAllBytes(journal, how switch
        {
            "emptied" => [],
            "another" => [.. whole[..20], .. "00000000"u8, .. whole[28..]],
            _ => [.. whole, .. "one more line\n"u8],
        });
        if (how == "removed")
        {
            File.Delete(journal);
        }

        ArchiveFault fault = (await archive.EraseAsync(ArchiveFolder.Erase([records[1]]), default)).Fault!;
        fault.Detail.ShouldContain("nothing was erased");
        (await archive.GetAsync(records[1], default))!.State.ShouldBe(SealState.Complete);

        File.WriteAllBytes(journal, whole);
        (await archive.EraseAsync(ArchiveFolder.Erase([records[1]]), default)).Fault.ShouldBeNull();
        File.ReadAllLines(journal).Length.ShouldBe(3);
    }

    [Fact]
    public async Task Open_JournalDamagedInTheMiddle_IsRefusedAndLeftAsItIs()
    {
        List<RecordId> records = [];
        await using (IArchive archive = await folder.OpenAsync())
        {
            await AppendAsync(archive, records, 3);
            await archive.EraseAsync(ArchiveFolder.Erase(records), default);
        }

        string journal = Path.Combine(folder.Head, ErasureJournal.FileName);
        byte[] bytes = File.ReadAllBytes(journal);
        bytes[bytes.Length / 2] = 0;
        File.WriteAllBytes(journal, bytes);

        (await folder.TryOpenAsync()).Fault!.Name.ShouldBe("archive_rolled_back");
        File.ReadAllBytes(journal).ShouldBe(bytes);
    }

    // What is sealed with a key that is in memory only, nobody can open after this process.
    [Theory]
    [InlineData("seal-000001.key")]
    [InlineData("index-000001.key")]
    public async Task Append_KeyFileRemovedBelowIt_IsRefusedUntilItIsBack(string name)
    {
        await using IArchive archive = await folder.OpenAsync();
        await AppendAsync(archive, [], 1);
        string file = Path.Combine(folder.Keys, name);
        File.Move(file, file + ".away");
        AppendResult result;
        do
        {
            result = await archive.AppendAsync(ArchiveFolder.Request(), default);
        }
        while (result.IsDurable);
        (result.Fault!.Name, result.Fault.Detail.Contains(name, StringComparison.Ordinal)).ShouldBe(("archive_keys", true));
        File.Exists(file).ShouldBeFalse("no other key is made in its place");

        File.Move(file + ".away", file);
        (await archive.AppendAsync(ArchiveFolder.Request(), default)).IsDurable.ShouldBeTrue();
    }

    // Health says so before anybody has asked in vain, and also once it is over: who is not sent anything because of it would never find out.
    [Fact]
    public async Task Status_KeyFolderTakenAway_RefusesUntilItIsBack()
    {
        ManualTime time = new(DateTimeOffset.FromUnixTimeSeconds(1_790_000_000));
        await using IArchive archive = await folder.OpenAsync(time: time);
        await AppendAsync(archive, [], 1);
        Directory.Move(folder.Keys, folder.Keys + "-away");
        time.Now += TimeSpan.FromSeconds(1);
        ArchiveFault refusing = archive.Status.Refusing.ShouldNotBeNull();
        (refusing.Name, refusing.Remedy.Contains("Put the key folder back", StringComparison.Ordinal)).ShouldBe(("archive_keys", true), refusing.Remedy);
        (KeyFolder.Check(folder.Keys, folder.MasterKey, out int count), count).ShouldBe((null, 0), "nothing is there to be opened");

        Directory.Move(folder.Keys + "-away", folder.Keys);
        archive.Status.Refusing.ShouldBeNull();
        (KeyFolder.Check(folder.Keys, folder.MasterKey, out count), count).ShouldBe((null, 2));
        KeyFolder.Check(folder.Keys, folder.MasterKey + "-none", out _)!.Name.ShouldBe("archive_keys");
    }

    [Fact]
    public async Task Checkpoint_HeadFolderTakenAway_IsNotCalledChangedAndGoesOnWhenItIsBack()
    {
        await using IArchive archive = await folder.OpenAsync();
        await AppendAsync(archive, [], 1);
        await archive.CheckpointAsync(default);
        Directory.Move(folder.Head, folder.Head + "-away");
        await AppendAsync(archive, [], 1);
        await TimestampTests.UntilAsync(() => archive.Status.Warnings.Count > 0);
        archive.Status.Warnings.ShouldAllBe(static warning => warning.Name == "archive_unwritable");
        Directory.Move(folder.Head + "-away", folder.Head);
        await TimestampTests.UntilAsync(() => archive.Status.Warnings.Count == 0);
    }

    [Fact]
    public async Task Open_IndexKeyMissing_IsRefusedAndNotMadeAnew()
    {
        await using (IArchive archive = await folder.OpenAsync())
        {
            await AppendAsync(archive, [], 1);
        }

        string file = Path.Combine(folder.Keys, "index-000001.key");
        File.Delete(file);
        ArchiveFault fault = (await folder.TryOpenAsync()).Fault!;
        (fault.Name, fault.Detail.Contains("index key of epoch 1", StringComparison.Ordinal)).ShouldBe(("archive_keys", true));
        File.Exists(file).ShouldBeFalse();
    }

    [Fact]
    public async Task Erase_KeyFolderGone_IsAFaultByName()
    {
        await using IArchive archive = await folder.OpenAsync();
        RecordId record = (await archive.AppendAsync(ArchiveFolder.Request(), default)).Record!.Value;
        Directory.Move(folder.Keys, folder.Keys + "-away");
        File.WriteAllText(folder.Keys, "no folder");

        AppendResult result;
        do
        {
            result = await archive.AppendAsync(ArchiveFolder.Request(), default);
        }
        while (result.IsDurable);
        result.Fault!.Name.ShouldBe("archive_keys");
        (await archive.EraseAsync(ArchiveFolder.Erase([record]), default)).Fault!.Name.ShouldBe("archive_keys");
    }

    // A row of no log switched the counting of rows off.
    [Fact]
    public async Task Verify_EntryOfNoLog_IsNamedAndHidesNothing()
    {
        await FillAsync();
        folder.Execute("INSERT INTO entry SELECT seq + 9895604649984, time, kind, shape, link, leaf, hash FROM entry LIMIT 1");
        (await folder.VerifyOfflineAsync()).Failures.ShouldContain(static f => f.Code == "rows_without_log");
    }

    [Theory]
    [InlineData("DROP TABLE claim", "the table claim is missing")]
    [InlineData("DROP INDEX entry_shape", "the index entry_shape is missing")]
    [InlineData("CREATE TRIGGER t BEFORE INSERT ON entry BEGIN SELECT RAISE(IGNORE); END", "the trigger t is none of the archive's")]
    [InlineData("CREATE TABLE notes(x)", "the table notes is none of the archive's")]
    public async Task Verify_SchemaChangedByHand_NamesWhatDiffers(string sql, string named)
    {
        await FillAsync();
        folder.Execute(sql);
        (await folder.VerifyOfflineAsync()).Failures.ShouldContain(f => f.Code == "file_damaged" && f.Detail == named);
    }

    // While it is open.
    private string Copy(string name)
    {
        string copy = Path.Combine(folder.Root, name);
        Directory.CreateDirectory(copy);
        foreach (string file in new[] { "archive.db", "archive.db-wal" })
        {
            using FileStream from = new(Path.Combine(folder.Data, file), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using FileStream to = File.Create(Path.Combine(copy, file));
            from.CopyTo(to);
        }

        return copy;
    }

    private async Task FillAsync()
    {
        await using IArchive archive = await folder.OpenAsync();
        await AppendAsync(archive, [], 3);
    }

    private static async Task AppendAsync(IArchive archive, List<RecordId> acknowledged, int count)
    {
        for (int i = 0; i < count; i++)
        {
            AppendResult result = await archive.AppendAsync(ArchiveFolder.Request(), default);
            result.Fault.ShouldBeNull();
            acknowledged.Add(result.Record!.Value);
        }
    }

    private async Task RequireAllAsync(string data, List<RecordId> acknowledged)
    {
        VerifyReport report = await folder.VerifyOfflineAsync(data);
        report.Failures.ShouldBeEmpty();
        using SqliteStore store = new(data);
        acknowledged.ShouldAllBe(record => store.Use(reader => reader.Leaf(record)) != null);
    }
}
