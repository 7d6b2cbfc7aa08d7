using System.Security.Cryptography;
using Tunduk.Archive.Keys;
using Tunduk.Archive.Sealing;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

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
    public void Mac_ByManyThreadsAtOnce_IsHmacOfTheBytes()
    {
        byte[] secret = RandomNumberGenerator.GetBytes(FileKeyStore.KeySize);
        using EpochKey key = new(1, 1, DateTimeOffset.UnixEpoch, [.. secret]);
        Parallel.For(0, 2000, i =>
        {
            byte[] data = BitConverter.GetBytes(i);
            key.Mac(data).ShouldBe(HMACSHA256.HashData(secret, data)[..16]);
        });
    }

    [Fact]
    public void TryUnwrap_ByManyThreadsAmongWrongOnes_OpensTheRightOnes()
    {
        using EpochKey key = new(1, 1, DateTimeOffset.UnixEpoch, RandomNumberGenerator.GetBytes(FileKeyStore.KeySize));
        Parallel.For(0, 2000, i =>
        {
            byte[] record = RandomNumberGenerator.GetBytes(FileKeyStore.KeySize);
            byte[] wrapped = key.Wrap(record, "a"u8);
            byte[] opened = new byte[FileKeyStore.KeySize];
            key.TryUnwrap(wrapped, "b"u8, opened).ShouldBeFalse();
            key.TryUnwrap(wrapped, "a"u8, opened).ShouldBeTrue();
            opened.ShouldBe(record);
        });
    }

    // A key that was wiped is all zeros: nothing may be wrapped or hashed with it.
    [Fact]
    public void Wrap_KeyIsGone_Throws()
    {
        EpochKey key = new(1, 1, DateTimeOffset.UnixEpoch, RandomNumberGenerator.GetBytes(FileKeyStore.KeySize));
        byte[] record = RandomNumberGenerator.GetBytes(FileKeyStore.KeySize);
        byte[] wrapped = key.Wrap(record, "a"u8);
        key.Mac("a"u8);
        key.Dispose();
        Should.Throw<ObjectDisposedException>(() => key.Wrap(record, "a"u8));
        Should.Throw<ObjectDisposedException>(() => key.TryUnwrap(wrapped, "a"u8, record));
        Should.Throw<ObjectDisposedException>(() => key.Mac("a"u8));
    }

    // More parts than nonces are drawn at once, and each has its own key: no two pieces share a nonce.
    [Fact]
    public void Prepare_ManyParts_EveryPieceHasItsOwnNonceAndOpens()
    {
        using FileKeyStore keys = FileKeyStore.Open(folder.Keys, folder.MasterKey, create: true);
        LogId log = LogId.New();
        byte[] large = RandomNumberGenerator.GetBytes(Sealer.ChunkBytes + 1);
        EntryDraft draft = ArchiveFolder.Request() with
        {
            Parts = [.. Enumerable.Range(0, 20).Select(i => new PayloadPart("p" + i, "text/plain", i == 3 ? large : new[] { (byte)i })), new PayloadPart("none", "text/plain", Array.Empty<byte>())],
        };
        PreparedDraft prepared = new Sealer(log, keys, folder.Options(), TimeProvider.System).Prepare(draft, out string? error)!;
        error.ShouldBeNull();
        PreparedSeal seal = prepared.Seal!;
        List<string> nonces = [.. seal.Chunks.Select(static c => c.Data).Prepend(seal.Values).Prepend(seal.WrappedKey).Select(static d => Convert.ToHexString(d.Span[..Sealer.NonceSize]))];
        nonces.Count.ShouldBe(2 + 22);
        nonces.Distinct().Count().ShouldBe(nonces.Count);
        Unsealed opened = new Unsealer(keys).Open(prepared.Template with { Log = log }, new StoredSeal(seal.Epoch, seal.WrappedKey, seal.Values.ToArray(), seal.Chunks), keepParts: true);
        opened.State.ShouldBe(SealState.Complete, opened.Error);
        opened.Parts.Single(static p => p.Name == "p3").Content.ToArray().ShouldBe(large);
        opened.Parts.Count.ShouldBe(21);
    }

    // Two records in one room would be one record's bytes under two names.
    [Fact]
    public void Release_Twice_RoomIsGivenToOneRecordOnly()
    {
        SealedRoom room = new(5000);
        room.Take(5000);
        room.Release();
        room.Release();
        Memory<byte> first = new SealedRoom(5000).Take(5000);
        Memory<byte> second = new SealedRoom(5000).Take(5000);
        first.Span.Overlaps(second.Span).ShouldBeFalse();
    }

    [Fact]
    public void Release_PreparedSeal_ShowsNothingOfTheRoomAnyMore()
    {
        using FileKeyStore keys = FileKeyStore.Open(folder.Keys, folder.MasterKey, create: true);
        PreparedSeal seal = new Sealer(LogId.New(), keys, folder.Options(), TimeProvider.System).Prepare(ArchiveFolder.Request(), out _)!.Seal!;
        seal.Values.Length.ShouldBePositive();
        seal.Release();
        Should.Throw<ObjectDisposedException>(() => seal.Values);
        Should.Throw<ObjectDisposedException>(() => seal.Chunks);
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
