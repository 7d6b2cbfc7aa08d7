using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Tests;

public sealed class RollbackTests : IDisposable
{
    private readonly ArchiveFolder folder = new();

    public void Dispose() => folder.Dispose();

    private async Task FillAsync(int entries)
    {
        await using IArchive archive = await folder.OpenAsync();
        for (int i = 0; i < entries; i++)
        {
            await archive.AppendAsync(new EntryDraft { Kind = EntryKind.ConfigurationChange, Code = "test" }, default);
        }
    }

    [Fact]
    public async Task Open_HeadChangedByHand_IsRolledBack()
    {
        await FillAsync(1);
        string path = Path.Combine(folder.Head, "head");
        File.WriteAllText(path, File.ReadAllText(path).Replace("size 2", "size 1", StringComparison.Ordinal));
        (await folder.TryOpenAsync()).Fault!.Name.ShouldBe("archive_rolled_back");
    }

    [Fact]
    public async Task Open_ForkOfTheSameLength_IsRolledBack()
    {
        await FillAsync(2);
        string fork = folder.CopyData("fork");
        byte[] head = File.ReadAllBytes(Path.Combine(folder.Head, "head"));
        await FillAsync(2);
        byte[] newest = File.ReadAllBytes(Path.Combine(folder.Head, "head"));
        string note = File.ReadAllText(folder.Anchor);

        // The owner goes back, writes other entries and shows that copy.
        Directory.Delete(folder.Data, recursive: true);
        Directory.Move(fork, folder.Data);
        File.WriteAllBytes(Path.Combine(folder.Head, "head"), head);
        await FillAsync(3);
        File.WriteAllBytes(Path.Combine(folder.Head, "head"), newest);
        (await folder.TryOpenAsync()).Fault!.Name.ShouldBe("archive_rolled_back");

        VerifyReport report = await folder.VerifyOfflineAsync();
        report.Failures.Select(static f => f.Code).ShouldContain("fork");
        note.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Verify_AgainstACheckpointOfAFork_NamesIt()
    {
        await FillAsync(2);
        string fork = folder.CopyData("fork");
        byte[] head = File.ReadAllBytes(Path.Combine(folder.Head, "head"));
        await FillAsync(2);
        string shown = Path.Combine(folder.Root, "shown.txt"); // what a counterparty was shown of the first copy
        string[] notes = File.ReadAllText(folder.Anchor).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        File.WriteAllText(shown, notes[^2] + "\n\n" + notes[^1].TrimEnd('\n') + "\n");
        Directory.Delete(folder.Data, recursive: true);
        Directory.Move(fork, folder.Data);
        File.WriteAllBytes(Path.Combine(folder.Head, "head"), head);
        File.Delete(folder.Anchor);
        await FillAsync(3);

        // The second copy is in itself in order; only what the other side kept tells.
        (await folder.VerifyOfflineAsync()).Failures.ShouldBeEmpty();
        VerifyReport report = await folder.VerifyOfflineAsync(options: new VerifyOptions { AgainstFiles = [shown] });
        report.Failures.Single(static f => f.Code == "fork").Detail.ShouldContain("shown.txt");
        report.RewriteStatement.ShouldNotContain("shown.txt"); // what does not hold vouches for nothing
    }

    [Fact]
    public async Task Verify_AnchorFile_SaysUpToWhereARewriteIsExcluded()
    {
        await FillAsync(4);
        (await folder.VerifyOfflineAsync()).RewriteStatement.ShouldContain("excluded up to entry 4 (checkpoints.txt,");
        File.Delete(folder.Anchor);
        (await folder.VerifyOfflineAsync()).RewriteStatement.ShouldContain("not excluded for any entry");
    }

    [Fact]
    public async Task Verify_AgainstAHashACounterpartyHas_SaysUpToWhereOrNamesTheFork()
    {
        SignedCheckpoint known;
        await using (IArchive archive = await folder.OpenAsync(folder.Options() with { AnchorFiles = [] }))
        {
            await archive.AppendAsync(ArchiveFolder.Request(), default);
            known = await archive.CheckpointAsync(default);
            await archive.AppendAsync(ArchiveFolder.Request(), default);
        }

        string file = Path.Combine(folder.Root, "seen.txt");
        File.WriteAllText(file, $"# what came from them on Tuesday\ntunduk-checkpoint-sha256 {Convert.ToHexStringLower(known.Hash.ToArray())}\n");
        VerifyReport report = await folder.VerifyOfflineAsync(options: new VerifyOptions { AgainstFiles = [file] });
        report.Failures.ShouldBeEmpty();
        report.RewriteStatement.ShouldStartWith($"A rewrite by the owner is excluded up to entry {known.Size - 1} (seen.txt, ");

        File.WriteAllText(file, $"tunduk-checkpoint-sha256 {new string('a', 64)}\n");
        (await folder.VerifyOfflineAsync(options: new VerifyOptions { AgainstFiles = [file] })).Failures.Single().Code.ShouldBe("checkpoint_unknown");
        File.WriteAllText(file, "tunduk-checkpoint-sha256 zz\n");
        (await folder.VerifyOfflineAsync(options: new VerifyOptions { AgainstFiles = [file] })).Failures.Single().Code.ShouldBe("checkpoint_malformed");
    }

    [Fact]
    public async Task Verify_RewrittenOrUnsignedOrUnreadable_NoSentenceRestsOnIt()
    {
        await FillAsync(4);
        string anchor = File.ReadAllText(folder.Anchor);
        string[] notes = anchor.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);

        // The anchor's newest note is of another root: our own key did not sign it.
        string[] lines = notes[^2].Split('\n');
        File.WriteAllText(folder.Anchor, anchor.Replace(lines[2], Convert.ToBase64String(new byte[32]), StringComparison.Ordinal));
        VerifyReport report = await folder.VerifyOfflineAsync();
        report.Failures.Select(static f => f.Code).ShouldContain("checkpoint_signature");
        report.RewriteStatement.ShouldNotContain($"entry {int.Parse(lines[1]) - 1} ");

        // Rubbish is no anchor, and not no anchor either; with empty lines in it, it looks like several.
        File.WriteAllBytes(folder.Anchor, Rubbish(40_000));
        report = await folder.VerifyOfflineAsync();
        report.Failures.Single().Code.ShouldBe("checkpoint_malformed");
        File.WriteAllBytes(folder.Anchor, [.. Enumerable.Range(0, 6).SelectMany(static _ => (byte[])[.. Rubbish(7_000), (byte)'\n', (byte)'\n'])]);
        report = await folder.VerifyOfflineAsync();
        report.Failures.Select(static failure => failure.Code).Distinct().Single().ShouldBe("checkpoint_malformed");
        File.WriteAllBytes(folder.Anchor, Rubbish(3000));
        (await folder.VerifyOfflineAsync()).RewriteStatement.ShouldContain("holds no whole checkpoint");

        // An entry that was rewritten: a rewrite is excluded no further than the last checkpoint before it.
        File.WriteAllText(folder.Anchor, anchor);
        folder.Execute("UPDATE entry SET leaf = substr(leaf, 1, 39) || x'02' || substr(leaf, 41) WHERE seq & 0xFFFF = 1");
        report = await folder.VerifyOfflineAsync();
        report.Ok.ShouldBeFalse();
        report.RewriteStatement.ShouldContain("is excluded up to entry 0 (");

        // No byte of it ends a line.
        static byte[] Rubbish(int length) => [.. Enumerable.Range(0, length).Select(static i => (byte)(0x80 | (i * 37)))];
    }

    [Fact]
    public async Task Open_ErasureJournalLostOrShortened_IsRolledBackAndSuccessionSaysSo()
    {
        await using (IArchive archive = await folder.OpenAsync())
        {
            RecordId[] records = [.. (await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => archive.AppendAsync(ArchiveFolder.Request(), default).AsTask()))).Select(static r => r.Record!.Value)];
            (await archive.EraseAsync(ArchiveFolder.Erase(records), default)).Erased.ShouldBe(3);
        }

        string file = Path.Combine(folder.Head, "erasures");
        string[] journal = File.ReadAllLines(file);
        foreach (Action damage in new Action[] { () => File.Delete(file), () => File.WriteAllLines(file, journal[..2]), () => File.WriteAllLines(file, ["tunduk-erasures/1 " + LogId.New(), .. journal[1..]]) })
        {
            damage();
            ArchiveFault fault = (await folder.TryOpenAsync()).Fault!;
            fault.Name.ShouldBe("archive_rolled_back");
            fault.Detail.ShouldContain("erasure journal");
        }

        File.Delete(file);
        ArchiveOpening next = await SqliteArchive.SucceedAsync(folder.Options(), folder.Signer, TimeProvider.System, "disk lost", default);
        next.Fault.ShouldBeNull();
        await using (IArchive archive = next.Archive!)
        {
            (await archive.GetAsync(new RecordId(archive.Log, 0), default))!.Entry.Subject!.ShouldContain("\nerasures lost 3\n");
        }

        await (await folder.OpenAsync()).DisposeAsync();
    }
}
