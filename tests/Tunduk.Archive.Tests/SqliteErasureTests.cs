using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tunduk.Archive.Erasures;
using Tunduk.Archive.Keys;
using Tunduk.Archive.Sealing;
using Tunduk.Archive.Sqlite;
using Tunduk.Archive.Stores;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Tests;

/// <summary>Erasing and sealing on SQLite: what is left in the files, in a backup, after a crash.</summary>
public sealed class SqliteErasureTests : IDisposable
{
    private const string Pin = "21201199000001";
    private readonly ArchiveFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static EntryDraft Large(string pin, int n) => ArchiveFolder.Request(pin, "m-" + n) with
    {
        Parts = [new PayloadPart("message", "text/xml", RandomNumberGenerator.GetBytes(3000 + (n * 517 % 20_000)))],
        Facts = [SealedValue.Binary("$digest/message", SHA256.HashData(Encoding.UTF8.GetBytes(pin)))],
    };

    private static async Task<List<RecordId>> FillAsync(IArchive archive, int count, Func<int, string> pin)
    {
        AppendResult[] results = await Task.WhenAll(Enumerable.Range(0, count).Select(n => archive.AppendAsync(Large(pin(n), n), default).AsTask()));
        results.ShouldAllBe(static r => r.IsDurable);
        return [.. results.OrderBy(static r => r.Record!.Value.Index).Select(static r => r.Record!.Value)];
    }

    // Every 16 bytes of a record's wrapped key and ciphertext.
    private IEnumerable<UInt128> Windows(RecordId record)
    {
        using SqliteStore store = new(folder.Data);
        StoredSeal seal = store.Use(reader => reader.Seal(record))!;
        foreach (ReadOnlyMemory<byte> bytes in seal.Chunks.Select(static c => c.Data).Prepend(seal.Data).Prepend(seal.Wrapped))
        {
            for (int i = 0; i + 16 <= bytes.Length; i++)
            {
                yield return BinaryPrimitives.ReadUInt128BigEndian(bytes.Span[i..]);
            }
        }
    }

    private List<string> Found(HashSet<UInt128> wanted)
    {
        List<string> found = [];
        foreach ((string name, byte[] bytes) in folder.Files())
        {
            for (int i = 0; i + 16 <= bytes.Length; i++)
            {
                if (wanted.Contains(BinaryPrimitives.ReadUInt128BigEndian(bytes.AsSpan(i))))
                {
                    found.Add(string.Create(CultureInfo.InvariantCulture, $"{name} at {i}"));
                }
            }
        }

        return found;
    }

    [Fact]
    public async Task Erase_Records_LeaveNeitherWrappedKeyNorCiphertextInAnyFile()
    {
        await using IArchive archive = await folder.OpenAsync();
        List<RecordId> records = await FillAsync(archive, 120, static n => Pin);

        // Two runs, so that the second erases what the first one's changes may have moved or copied.
        List<RecordId> first = [.. records.Where(static (_, i) => i % 3 == 1)];
        List<RecordId> second = [.. records.Where(static (_, i) => i % 5 == 2 && i % 3 != 1)];
        HashSet<UInt128> firstWindows = [.. first.SelectMany(Windows)];
        HashSet<UInt128> secondWindows = [.. second.SelectMany(Windows)];
        Found([.. firstWindows]).ShouldNotBeEmpty(); // the search itself works
        ErasureResult result = await archive.EraseAsync(ArchiveFolder.Erase(first), default);
        result.Fault.ShouldBeNull();
        (result.Erased, result.FilesClean).ShouldBe((first.Count, true));
        result.Epochs.ShouldBe([1]);
        (await archive.EraseAsync(ArchiveFolder.Erase(second), default)).FilesClean.ShouldBeTrue();
        await archive.CheckpointAsync(default);
        Found(firstWindows).ShouldBeEmpty();
        Found(secondWindows).ShouldBeEmpty();

        VerifyReport report = await archive.VerifyAsync(new VerifyOptions(), default);
        report.Failures.ShouldBeEmpty();
        report.SealedErased.ShouldBe(first.Count + second.Count);
        (await archive.GetAsync(first[0], default))!.State.ShouldBe(SealState.Erased);
        (await archive.SearchAsync(new SearchQuery { Terms = [new IndexTerm(IndexKind.Pin, Pin)], PageSize = 1000 }, default)).Entries.Count.ShouldBe(records.Count - first.Count - second.Count);
        ArchiveRecord entry = (await archive.GetAsync(result.Entries[0], default))!;
        entry.Entry.Subject!.Split('\n').ShouldBe(first.Select(static r => "record " + r));
        entry.Values.Single().AsText().ShouldBe("court order 7");
        (await archive.ProveAsync(first[0], default))!.Holds().ShouldBeTrue();
    }

    [Fact]
    public async Task Erase_Field_TakesTheMessageItsDigestsAndTheSearchRowsAndLeavesTheRest()
    {
        await using IArchive archive = await folder.OpenAsync();
        List<RecordId> records = await FillAsync(archive, 30, static n => Pin);
        HashSet<UInt128> gone = [.. Windows(records[7])];
        ErasureResult result = await archive.EraseAsync(ArchiveFolder.Erase([records[7]], "request/pin"), default);
        result.Fault.ShouldBeNull();
        Found(gone).ShouldBeEmpty();

        ArchiveRecord record = (await archive.GetAsync(records[7], default))!;
        record.State.ShouldBe(SealState.Partial);
        record.UserId.ShouldBe("KG21201199000009");
        record.Parts.ShouldBeEmpty();
        record.Values.Select(static v => v.Path).ShouldBe(["$userId", "$issue", "$messageId", "$mediaType/message"], ignoreOrder: true);
        SearchPage byPin = await archive.SearchAsync(new SearchQuery { Terms = [new IndexTerm(IndexKind.Pin, Pin)], PageSize = 100 }, default);
        byPin.Entries.Count.ShouldBe(29);
        SearchPage byUser = await archive.SearchAsync(new SearchQuery { Terms = [new IndexTerm(IndexKind.UserId, "KG21201199000009")], PageSize = 100 }, default);
        byUser.Entries.Count.ShouldBe(30);
        (await archive.EraseAsync(ArchiveFolder.Erase([records[7]], "request/pin"), default)).Nothing.ShouldBe(1);
        (await archive.EraseAsync(ArchiveFolder.Erase([records[7]], "$userId"), default)).Erased.ShouldBe(1);
        (await archive.SearchAsync(new SearchQuery { Terms = [new IndexTerm(IndexKind.UserId, "KG21201199000009")], PageSize = 100 }, default)).Entries.Count.ShouldBe(29);
        VerifyReport report = await archive.VerifyAsync(new VerifyOptions(), default);
        report.Failures.ShouldBeEmpty();
        report.SealedPartial.ShouldBe(1);
    }

    [Fact]
    public async Task Erase_DictionaryOfAllPinsOfABirthDate_FindsNothingAnywhere()
    {
        // Ten invented persons of one birth date among others; five digits tell them apart.
        static string Person(int n) => $"2" + "12011990" + n.ToString("D5", CultureInfo.InvariantCulture);
        await using (IArchive archive = await folder.OpenAsync())
        {
            List<RecordId> records = await FillAsync(archive, 200, static n => n < 10 ? Person(n * 9973 % 100_000) : "1" + n.ToString("D13", CultureInfo.InvariantCulture));
            HashSet<UInt128> before = Dictionary(Person);
            MatchesOf(before).ShouldNotBeEmpty(); // with the index key in hand the rows are found: the search itself works
            (await archive.EraseAsync(ArchiveFolder.Erase([.. records.Take(10)]), default)).Erased.ShouldBe(10);
            (await archive.SealEpochAsync(1, default)).Fault.ShouldBeNull();
        }

        MatchesOf(Dictionary(Person)).ShouldBeEmpty();
    }

    // Digests and keyed hashes of every PIN, as an attacker with the index keys could compute them.
    private HashSet<UInt128> Dictionary(Func<int, string> person)
    {
        using FileKeyStore keys = FileKeyStore.Open(folder.Keys, folder.MasterKey, create: false);
        HashSet<UInt128> hashes = [];
        for (int n = 0; n < 100_000; n++)
        {
            byte[] pin = Encoding.UTF8.GetBytes(person(n));
            hashes.Add(BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(pin)));
            foreach (EpochKey key in keys.IndexKeys())
            {
                hashes.Add(BinaryPrimitives.ReadUInt128BigEndian(Sealer.Mac(key, new IndexTerm(IndexKind.Pin, person(n)))));
            }
        }

        return hashes;
    }

    // In the files as they lie there, and in everything that can be read out of the archive.
    private List<string> MatchesOf(HashSet<UInt128> hashes)
    {
        List<string> found = Found(hashes);
        using SqliteStore store = new(folder.Data);
        using FileKeyStore keys = FileKeyStore.Open(folder.Keys, folder.MasterKey, create: false);
        foreach (LogRow log in store.Use(static r => r.Logs()))
        {
            for (long i = 0; i < store.Use(r => r.Size(log)); i++)
            {
                ArchiveRecord record = store.Use(r => RecordReader.Read(r, new Unsealer(keys), new RecordId(log.Id, i)))!;
                foreach (ReadOnlyMemory<byte> bytes in record.Values.Select(static v => v.Value).Concat(record.Parts.Select(static p => p.Content)).Append(record.Leaf))
                {
                    for (int at = 0; at + 16 <= bytes.Length; at++)
                    {
                        if (hashes.Contains(BinaryPrimitives.ReadUInt128BigEndian(bytes.Span[at..])))
                        {
                            found.Add(record.Record.ToString());
                        }
                    }
                }
            }
        }

        return found;
    }

    [Fact]
    public async Task Seal_BackupFromBefore_CannotBeOpenedWithTodaysKeys()
    {
        List<RecordId> records;
        await using (IArchive archive = await folder.OpenAsync())
        {
            records = await FillAsync(archive, 40, static n => Pin);
        }

        string backup = folder.CopyData("backup");
        await using (IArchive archive = await folder.OpenAsync())
        {
            (await archive.EraseAsync(ArchiveFolder.Erase([.. records.Take(5)]), default)).Epochs.ShouldBe([1]);

            // Before the seal the backup still opens: the report of the erasure says so by naming the epoch.
            (await folder.VerifyOfflineAsync(backup)).SealedComplete.ShouldBe(40);
            byte[] oldKey = File.ReadAllBytes(Path.Combine(folder.Keys, "seal-000001.key"));
            SealingResult sealing = await archive.SealEpochAsync(1, default);
            sealing.Fault.ShouldBeNull();
            sealing.Survivors.ShouldBeGreaterThanOrEqualTo(36); // 35 requests and the erasure entry's own values
            sealing.DestroyedAt.ShouldNotBeNull();
            Directory.EnumerateFiles(folder.Keys, "seal-*").Select(Path.GetFileName).ShouldBe(["seal-000001.g2.key"]);
            Directory.EnumerateFiles(folder.Root, "*", SearchOption.AllDirectories).Where(static f => f.EndsWith(".key", StringComparison.Ordinal))
                .ShouldAllBe(f => !File.ReadAllBytes(f).SequenceEqual(oldKey));

            (await archive.AppendAsync(ArchiveFolder.Request(messageId: "after"), default)).IsDurable.ShouldBeTrue();
            (await archive.GetAsync(records[20], default))!.State.ShouldBe(SealState.Complete);
            (await archive.VerifyAsync(new VerifyOptions(), default)).Failures.ShouldBeEmpty();
            (await archive.SealEpochAsync(1, default)).Fault.ShouldBeNull(); // and again
            (await archive.SealEpochAsync(9, default)).Fault!.Name.ShouldBe("archive_keys");
        }

        VerifyReport old = await folder.VerifyOfflineAsync(backup);
        old.SealedComplete.ShouldBe(0);
        old.Failures.Count(static f => f.Code == "seal_key_missing").ShouldBe(40);
        (await folder.VerifyOfflineAsync()).Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task Seal_UnderLoad_LosesNoRecord()
    {
        await using IArchive archive = await folder.OpenAsync();
        Task<List<RecordId>> load = Task.Run(() => FillAsync(archive, 400, static n => Pin));
        for (int i = 0; i < 3; i++)
        {
            if (Directory.Exists(folder.Keys) && Directory.EnumerateFiles(folder.Keys, "seal-*").Any())
            {
                (await archive.SealEpochAsync(1, default)).Fault.ShouldBeNull();
            }
        }

        await load;
        (await archive.SealEpochAsync(1, default)).Fault.ShouldBeNull();
        VerifyReport report = await archive.VerifyAsync(new VerifyOptions(), default);
        report.Failures.ShouldBeEmpty();
        report.SealedComplete.ShouldBe(400);
    }

    [Fact]
    public async Task Open_JournalCutOffOrShortened_TakesTheWholeLinesOrRefuses()
    {
        await using (IArchive archive = await folder.OpenAsync())
        {
            List<RecordId> records = await FillAsync(archive, 2, static n => Pin);
            await archive.EraseAsync(ArchiveFolder.Erase(records), default);
        }

        string path = Path.Combine(folder.Head, ErasureJournal.FileName);
        byte[] whole = File.ReadAllBytes(path);
        File.WriteAllBytes(path, [.. whole, .. "0001020304"u8]);
        await (await folder.OpenAsync()).DisposeAsync();
        File.ReadAllBytes(path).ShouldBe(whole);
        File.WriteAllText(path, File.ReadAllLines(path)[0] + "\n");
        ArchiveFault fault = (await folder.TryOpenAsync()).Fault!;
        fault.Name.ShouldBe("archive_rolled_back");
        fault.Detail.ShouldContain("erasure journal");
    }
}
