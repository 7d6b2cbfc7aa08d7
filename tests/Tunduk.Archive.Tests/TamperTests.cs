using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Tests;

/// <summary>Changes made to a copy behind the archive's back, each found and named.</summary>
public sealed class TamperTests : IDisposable
{
    private readonly ArchiveFolder folder = new();

    public void Dispose() => folder.Dispose();

    private async Task FillAsync(int pairs)
    {
        await using IArchive archive = await folder.OpenAsync();
        List<Task> all = [];
        for (int i = 0; i < pairs; i++)
        {
            string id = "m-" + i;
            all.Add(Task.Run(async () =>
            {
                AppendResult request = await archive.AppendAsync(ArchiveFolder.Request(messageId: id) with { Claims = [new Claim("message-id", [id], null, true)] }, default);
                await archive.AppendAsync(ArchiveFolder.Response(request.Record!.Value), default);
            }));
        }

        await Task.WhenAll(all);
        await archive.AppendAsync(ArchiveFolder.Request(messageId: "open"), default);
    }

    private static void Execute(string data, string sql)
    {
        using SqliteConnection connection = new($"Data Source={Path.Combine(data, "archive.db")};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery().ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("UPDATE entry SET leaf = cast(substr(leaf, 1, 30) || x'FF' || substr(leaf, 32) AS BLOB) WHERE seq & 0xFFFF = 5", "leaf_changed", 5)]
    [InlineData("UPDATE entry SET shape = (SELECT shape FROM entry WHERE seq & 0xFFFF = 0) WHERE seq & 0xFFFF = 5", "row_changed", 5)]
    [InlineData("UPDATE entry SET time = time + 1 WHERE seq & 0xFFFF = 5", "row_changed", 5)]
    [InlineData("UPDATE entry SET link = NULL WHERE seq & 0xFFFF = 8 OR link IS NOT NULL", "row_changed", null)]
    [InlineData("UPDATE name SET text = text || 'x' WHERE text LIKE '%getPerson%'", "row_changed", null)]
    [InlineData("DELETE FROM entry WHERE seq & 0xFFFF = 5", "entry_missing", 5)]
    [InlineData("DELETE FROM entry WHERE seq = (SELECT max(seq) FROM entry)", "head_beyond", null)]
    [InlineData("DELETE FROM sealed WHERE seq & 0xFFFF = 5", "seal_missing", 5)]
    [InlineData("UPDATE sealed SET data = (SELECT data FROM sealed WHERE seq & 0xFFFF = 6) WHERE seq & 0xFFFF = 5", "seal_damaged", 5)]
    [InlineData("UPDATE sealed SET wrapped = zeroblob(60) WHERE seq & 0xFFFF = 5", "seal_damaged", 5)]
    [InlineData("DELETE FROM chunk WHERE seq & 0xFFFF = 5", "seal_damaged", 5)]
    [InlineData("UPDATE chunk SET last = 0 WHERE seq & 0xFFFF = 5", "seal_damaged", 5)]
    [InlineData("INSERT INTO chunk(seq, part, no, last, data) VALUES(77777777, 1, 0, 1, zeroblob(40))", "rows_without_entry", null)]
    [InlineData("DELETE FROM term", "index_row_missing", null)]
    [InlineData("UPDATE term SET shape = shape + 1000 WHERE seq & 0xFFFF = 5", "index_row_missing", 5)]
    [InlineData("UPDATE term SET seq = seq + 0x10000000 WHERE seq & 0xFFFF = 5", "index_row_missing", 5)]
    [InlineData("UPDATE term SET mac = cast(mac AS TEXT) WHERE seq & 0xFFFF = 5", "index_row_missing", 5)]
    [InlineData("UPDATE term SET shape = shape + 0.5 WHERE seq & 0xFFFF = 5", "index_row_missing", 5)]
    [InlineData("INSERT INTO term(mac, shape, seq) VALUES('21201199000001', 1, 1)", "rows_without_entry", null)]
    [InlineData("INSERT INTO term(mac, shape, seq) SELECT randomblob(16), shape, seq FROM term WHERE seq & 0xFFFF = 5", "rows_without_entry", null)]
    [InlineData("UPDATE checkpoint SET note = replace(note, char(10) || size || char(10), char(10) || (size + 1) || char(10)), size = size + 1", "checkpoint_beyond", null)]
    [InlineData("UPDATE checkpoint SET time = time + 1", "checkpoint_malformed", null)]
    [InlineData("UPDATE tile SET root = zeroblob(32)", "tile_changed", 0)]
    [InlineData("UPDATE tile SET hashes = zeroblob(8192)", "leaf_not_in_tree", 5)]
    [InlineData("DELETE FROM tile", "tile_missing", 0)]
    [InlineData("INSERT INTO tile(log, level, no, root, hashes) SELECT log, 0, 1, root, hashes FROM tile", "tile_without_entries", null)]
    [InlineData("INSERT INTO tile(log, level, no, root, hashes) SELECT log, 0, -1, root, hashes FROM tile", "tile_without_entries", null)]
    [InlineData("INSERT INTO tile(log, level, no, root, hashes) SELECT log, 1, 0, root, hashes FROM tile", "tile_without_entries", null)]
    [InlineData("INSERT INTO tile(log, level, no, root, hashes) SELECT log, 63, 0, root, hashes FROM tile", "tile_changed", null)]
    [InlineData("DELETE FROM open_request", "request_without_end", null)]
    [InlineData("INSERT INTO open_request(seq, reserve) SELECT min(link), 4096 FROM entry WHERE kind = 2", "request_open_and_ended", null)]
    [InlineData("INSERT INTO open_request(seq, reserve) SELECT max(seq), 4096 FROM entry WHERE kind = 2", "open_no_request", null)]
    [InlineData("INSERT INTO open_request(seq, reserve) VALUES(77777777, 4096)", "rows_without_entry", null)]
    [InlineData("DELETE FROM checkpoint WHERE id = 1", "checkpoint_missing", null)]
    [InlineData("DELETE FROM checkpoint WHERE id = (SELECT max(id) FROM checkpoint)", "checkpoint_missing", null)]
    [InlineData("UPDATE log SET origin = 'other/' || lower(hex(id))", "checkpoint_malformed", null)]
    public async Task Verify_TamperedCopy_NamesWhatFails(string sql, string code, int? index)
    {
        await FillAsync(140);
        (await folder.VerifyOfflineAsync()).Failures.ShouldBeEmpty();
        string copy = folder.CopyData("copy");
        Execute(copy, sql);
        VerifyReport report = await folder.VerifyOfflineAsync(copy);
        report.Ok.ShouldBeFalse();
        VerifyFailure? failure = report.Failures.FirstOrDefault(f => f.Code == code && (index is null || f.Record?.Index == index));
        failure.ShouldNotBeNull(string.Join('\n', report.Failures.Take(5)));
    }

    [Fact]
    public async Task Verify_MoreCheckpointsThanAreReadAtOnce_HoldsEachAgainstEntriesAndAnchors()
    {
        const int Checkpoints = 600;
        List<string> notes = [];
        await using (IArchive archive = await folder.OpenAsync())
        {
            for (int i = 0; i < Checkpoints; i++)
            {
                await archive.AppendAsync(new EntryDraft { Kind = EntryKind.Refusal, Code = "x" }, default);
                notes.Add((await archive.CheckpointAsync(default)).Note);
            }
        }

        string backwards = Path.Combine(folder.Root, "backwards.txt");
        File.WriteAllText(backwards, string.Concat(Enumerable.Reverse(notes).Select(static note => note + "\n")));
        VerifyReport report = await folder.VerifyOfflineAsync(options: new VerifyOptions { AgainstFiles = [backwards] });
        report.Failures.ShouldBeEmpty();
        report.Checkpoints.ShouldBeGreaterThanOrEqualTo(Checkpoints);
        report.RewriteStatement.ShouldContain("backwards.txt");
        report.RewriteStatement.ShouldContain("checkpoints.txt");

        // One in the middle is gone from the database: the gap, and the anchor that has it.
        folder.Execute("DELETE FROM checkpoint WHERE id = 555").ShouldBe(1);
        report = await folder.VerifyOfflineAsync();
        report.Failures.Select(static failure => failure.Code).ShouldBe(["checkpoint_missing", "checkpoint_missing"]);
        report.Failures.ShouldContain(static failure => failure.Detail.Contains("checkpoints.txt", StringComparison.Ordinal));
        report.Failures.ShouldContain(static failure => failure.Detail.StartsWith("1 stored checkpoints before", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.0)]
    public async Task Open_LastPageTorn_IsNamedAtTheStartOrByVerify(double left)
    {
        await FillAsync(30);
        byte[] bytes = File.ReadAllBytes(folder.Database);
        int page = 8192;
        int last = bytes.Length - page;
        while (bytes.AsSpan(last, page).IndexOfAnyExcept((byte)0) < 0)
        {
            last -= page; // the last one that holds anything
        }

        bytes.AsSpan(last + (int)(page * left), page - (int)(page * left)).Clear();
        File.WriteAllBytes(folder.Database, bytes);
        (VerifyReport? report, ArchiveFault? fault) = await SqliteArchive.VerifyOfflineAsync(
            new OfflineArchive { Folder = folder.Data, HeadFolder = folder.Head, KeyFolder = folder.Keys, MasterKeyFile = folder.MasterKey }, new VerifyOptions(), default);
        (fault?.Name == "archive_unreadable" || report?.Ok == false).ShouldBeTrue();
        ArchiveOpening opening = await folder.TryOpenAsync();
        if (opening.Archive is { } archive)
        {
            (await archive.VerifyAsync(new VerifyOptions(), default)).Ok.ShouldBeFalse();
            await archive.DisposeAsync();
        }
        else
        {
            opening.Fault!.Name.ShouldBeOneOf("archive_unreadable", "archive_rolled_back");
        }
    }

    // More fail than are listed, on several threads: each is named all the same, and how far it has come is told.
    [Fact]
    public async Task Verify_MoreFailuresThanAreListed_NamesEveryEntryAndTellsItsProgress()
    {
        await using (IArchive archive = await folder.OpenAsync())
        {
            await Task.WhenAll(Enumerable.Range(0, 9000).Select(_ => archive.AppendAsync(new EntryDraft { Kind = EntryKind.ConfigurationChange }, default).AsTask()));
        }

        folder.Execute("UPDATE entry SET hash = zeroblob(32) WHERE seq % 3 = 0");
        System.Collections.Concurrent.ConcurrentBag<VerifyFailure> further = [];
        Told told = new();
        VerifyReport report = await folder.VerifyOfflineAsync(options: new VerifyOptions { MaxListed = 10, Unlisted = further.Add, Progress = told, Parallelism = 4 });
        report.Failures.Count.ShouldBe(10);
        long[] named = [.. report.Failures.Concat(further).Where(static f => f.Code == "leaf_changed").Select(static f => f.Record!.Value.Index).Order()];
        named.Length.ShouldBe((int)report.FailureCount);
        named.Distinct().Count().ShouldBe(named.Length);
        named.Length.ShouldBeInRange(3000, 3001);
        told.Steps.Count.ShouldBeGreaterThan(1);
        told.Steps.Max().ShouldBe((report.Entries, report.Entries));
    }

    private sealed class Told : IProgress<(long Done, long Total)>
    {
        public System.Collections.Concurrent.ConcurrentBag<(long Done, long Total)> Steps { get; } = [];

        public void Report((long Done, long Total) value) => Steps.Add(value);
    }

    [Fact]
    public async Task Verify_RewrittenByTheOwnerWithHash_IsFoundByTheCheckpoint()
    {
        await FillAsync(5);
        string copy = folder.CopyData("copy");
        using (SqliteConnection connection = new($"Data Source={Path.Combine(copy, "archive.db")};Pooling=False"))
        {
            connection.Open();
            using SqliteCommand read = connection.CreateCommand();
            read.CommandText = "SELECT leaf FROM entry WHERE seq & 0xFFFF = 3";
            EntryDecoder.TryDecode((byte[])read.ExecuteScalar()!, out LogEntry? entry, out _).ShouldBeTrue();
            EntryEncoder.TryEncode(entry! with { MessageSize = 1 }, out byte[] leaf, out _).ShouldBeTrue();
            using SqliteCommand write = connection.CreateCommand();
            write.CommandText = "UPDATE entry SET leaf = $leaf, hash = $hash WHERE seq & 0xFFFF = 3";
            write.Parameters.AddWithValue("$leaf", leaf);
            write.Parameters.AddWithValue("$hash", MerkleHash.Leaf(leaf).ToArray());
            write.ExecuteNonQuery();
        }

        (await folder.VerifyOfflineAsync(copy)).Failures.Select(static f => f.Code).ShouldContain("checkpoint_root");
    }

    [Fact]
    public async Task Verify_OneChangedByteAnywhere_IsFoundIfItHoldsData()
    {
        await FillAsync(12);
        byte[] original = File.ReadAllBytes(folder.Database);
        string copy = folder.CopyData("copy");
        string path = Path.Combine(copy, "archive.db");
        byte[] dump = Dump(path)!;
        int found = 0;
        for (int i = 0; i < 60; i++)
        {
            byte[] bytes = [.. original];
            int at = RandomNumberGenerator.GetInt32(bytes.Length);
            while (bytes[at] == 0)
            {
                at = (at + 1) % bytes.Length; // most of a small database is empty pages
            }

            bytes[at] ^= (byte)(1 << RandomNumberGenerator.GetInt32(8));
            File.WriteAllBytes(path, bytes);
            (VerifyReport? report, ArchiveFault? fault) = await SqliteArchive.VerifyOfflineAsync(
                new OfflineArchive { Folder = copy, HeadFolder = folder.Head, KeyFolder = folder.Keys, MasterKeyFile = folder.MasterKey }, new VerifyOptions(), default);
            if (fault is not null || !report!.Ok)
            {
                found++;
                continue;
            }

            // Not found: then every row of every table reads as before. The byte is free space or a copy of something (LIMIT).
            Dump(path).ShouldBe(dump, $"byte {at}");
        }

        found.ShouldBeGreaterThan(20);
    }

    // Every row of every table; null when SQLite cannot read it.
    private static byte[]? Dump(string path)
    {
        StringBuilder all = new();
        using SqliteConnection connection = new($"Data Source={path};Mode=ReadOnly;Pooling=False");
        connection.Open();
        foreach (string table in new[] { "log", "name", "entry", "sealed", "chunk", "term", "open_request", "tile", "checkpoint" })
        {
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = $"SELECT * FROM {table} ORDER BY 1, 2";
            using SqliteDataReader reader = command.ExecuteReader();
            while (reader.Read())
            {
                for (int i = 0; i < reader.FieldCount; i++)
                {
                    all.Append(reader.GetValue(i) is byte[] bytes ? Convert.ToHexString(bytes) : reader.GetValue(i)).Append('|');
                }
            }
        }

        return SHA256.HashData(Encoding.UTF8.GetBytes(all.ToString()));
    }
}
