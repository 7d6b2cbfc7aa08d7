namespace Tunduk.Archive.Tests;

public sealed class KeyTests : IDisposable
{
    private readonly ArchiveFolder folder = new();

    public void Dispose() => folder.Dispose();

    private async Task BeginAsync()
    {
        await using IArchive archive = await folder.OpenAsync();
        (await archive.AppendAsync(ArchiveFolder.Request(), default)).IsDurable.ShouldBeTrue();
    }

    private async Task<string> RefusalAsync()
    {
        ArchiveOpening opening = await folder.TryOpenAsync();
        opening.Archive.ShouldBeNull();
        opening.Fault!.Name.ShouldBe("archive_keys");
        return opening.Fault.Detail;
    }

    [Fact]
    public async Task Open_WrongMasterKey_IsRefused()
    {
        await BeginAsync();
        File.WriteAllText(folder.MasterKey, new string('0', 64));
        (await RefusalAsync()).ShouldContain("not wrapped by this master key");
    }

    [Fact]
    public async Task Open_MasterKeyMissing_IsNotMadeAnew()
    {
        await BeginAsync();
        File.Delete(folder.MasterKey);
        (await RefusalAsync()).ShouldContain("does not exist");
    }

    [Fact]
    public async Task Open_EpochKeysMissing_IsRefused()
    {
        await BeginAsync();
        foreach (string file in Directory.EnumerateFiles(folder.Keys))
        {
            File.Delete(file);
        }

        (await RefusalAsync()).ShouldContain("the key folder knows 0");
    }

    [Fact]
    public async Task Open_KeyFileReadableByOthers_IsRefused()
    {
        await BeginAsync();
        foreach (string file in Directory.EnumerateFiles(folder.Keys).Append(folder.MasterKey))
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead);
            (await RefusalAsync()).ShouldContain("0600");
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        await using IArchive archive = await folder.OpenAsync();
        archive.Status.Refusing.ShouldBeNull();
    }

    [Fact]
    public async Task Open_MasterKeyFromTheEnvironment_IsTakenFromThere()
    {
        // Named after this test's own folder: tests run side by side in one process.
        string name = "TUNDUK_TEST_" + Path.GetFileName(folder.Root).Replace('-', '_');
        ArchiveOptions options = folder.Options(masterKey: "env:" + name);
        (await folder.TryOpenAsync(options)).Fault!.Detail.ShouldContain(name);
        Environment.SetEnvironmentVariable(name, "not a key");
        (await folder.TryOpenAsync(options)).Fault!.Detail.ShouldContain("64 hexadecimal digits");
        Environment.SetEnvironmentVariable(name, new string('7', 64));
        await using (IArchive archive = await folder.OpenAsync(options))
        {
            (await archive.AppendAsync(ArchiveFolder.Request(), default)).IsDurable.ShouldBeTrue();
        }

        File.Exists(folder.MasterKey).ShouldBeFalse();
        File.WriteAllText(folder.MasterKey, new string('7', 64));
        File.SetUnixFileMode(folder.MasterKey, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await using IArchive same = await folder.OpenAsync(); // the same key from a file opens what the other wrapped
        same.Status.Size.ShouldBeGreaterThan(1);
        Environment.SetEnvironmentVariable(name, null);
    }

    [Fact]
    public async Task Open_AnyFileOfTheArchive_IsReadableByItsOwnerOnly()
    {
        await using IArchive archive = await folder.OpenAsync();
        await archive.AppendAsync(ArchiveFolder.Request(), default);
        await archive.CheckpointAsync(default);
        List<string> files = [.. Directory.EnumerateFiles(folder.Root, "*", SearchOption.AllDirectories)];
        files.Select(Path.GetFileName).ShouldContain("archive.db-wal");
        files.Select(Path.GetFileName).ShouldContain("archive.db-shm");
        files.ShouldAllBe(static f => File.GetUnixFileMode(f) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Fact]
    public async Task Append_EpochOver_BeginsANewKeyAndOldRecordsStillOpen()
    {
        ManualTime time = new(DateTimeOffset.FromUnixTimeSeconds(1_790_000_000));
        ArchiveOpening opening = await SqliteArchive.OpenAsync(folder.Options(), folder.Signer, time, default);
        await using IArchive archive = opening.Archive!;
        AppendResult first = await archive.AppendAsync(ArchiveFolder.Request(messageId: "first"), default);
        time.Now += TimeSpan.FromDays(400);
        AppendResult second = await archive.AppendAsync(ArchiveFolder.Request(messageId: "second"), default);
        Directory.EnumerateFiles(folder.Keys).Select(Path.GetFileName).Order(StringComparer.Ordinal)
            .ShouldBe(["index-000001.key", "index-000002.key", "seal-000001.key", "seal-000002.key"]);
        (await archive.GetAsync(first.Record!.Value, default))!.State.ShouldBe(SealState.Complete);
        (await archive.GetAsync(second.Record!.Value, default))!.State.ShouldBe(SealState.Complete);
        SearchPage page = await archive.SearchAsync(new SearchQuery { Terms = [new IndexTerm(IndexKind.Pin, "21201199000001")] }, default);
        page.Entries.Count.ShouldBe(2); // both index epochs are searched
    }
}
