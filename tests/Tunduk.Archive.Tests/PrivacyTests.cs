using System.Security.Cryptography;
using System.Text;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Tests;

public sealed class PrivacyTests : IDisposable
{
    private readonly ArchiveFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Append_SamePinInThousandRecords_GivesThousandUnlinkableRoots()
    {
        const string Pin = "21201199000001";
        LogHash[] roots;
        await using (IArchive archive = await folder.OpenAsync())
        {
            AppendResult[] results = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => archive.AppendAsync(
                new EntryDraft { Kind = EntryKind.Refusal, Code = "test", Values = [SealedValue.Text("request/pin", Pin)], Persons = [new IndexTerm(IndexKind.Pin, Pin)] }, default).AsTask()));
            results.ShouldAllBe(static r => r.IsDurable);
            List<ArchiveEntry> entries = [];
            PageToken? after = null;
            do
            {
                SearchPage page = await archive.SearchAsync(new SearchQuery { Terms = [new IndexTerm(IndexKind.Pin, Pin)], PageSize = 300, After = after }, default);
                entries.AddRange(page.Entries);
                after = page.Next;
            }
            while (after is not null);
            entries.Count.ShouldBe(1000);
            roots = [.. entries.Select(static e => e.Entry.Commitment!.Value)];
        }

        roots.Distinct().Count().ShouldBe(1000);
        byte[] database = File.ReadAllBytes(folder.Database);
        database.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Pin)).ShouldBe(-1);

        // Every PIN of one birth date, hashed without a salt, is nowhere.
        for (int n = 0; n < 1000; n++)
        {
            byte[] digest = SHA256.HashData(Encoding.UTF8.GetBytes($"2120119900{n:D4}"));
            database.AsSpan().IndexOf(digest.AsSpan(0, 16)).ShouldBe(-1);
        }
    }

    [Fact]
    public async Task Append_SealedContent_IsNowhereInTheFiles()
    {
        await using (IArchive archive = await folder.OpenAsync())
        {
            RecordId request = (await archive.AppendAsync(ArchiveFolder.Request(), default)).Record!.Value;
            await archive.AppendAsync(ArchiveFolder.Response(request), default);
        }

        foreach (string file in Directory.EnumerateFiles(folder.Root, "*", SearchOption.AllDirectories))
        {
            byte[] bytes = File.ReadAllBytes(file);
            foreach (string secret in new[] { "KG21201199000009", "loan-scoring 17/2026", "21201199000001", "request/pin", "Testova", "<soap/>" })
            {
                bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)).ShouldBe(-1, $"{secret} in {file}");
            }
        }
    }

    [Fact]
    public void ToString_OfWhatHoldsValues_ShowsNone()
    {
        SealedValue.Text("request/pin", "212").ToString().ShouldNotContain("212");
        new IndexTerm(IndexKind.Pin, "212").ToString().ShouldNotContain("212");
        new Claim("message-id", ["212"], null, true).ToString().ShouldNotContain("212");
        new PayloadPart("message", "text/xml", "212"u8.ToArray()).ToString().ShouldNotContain("212");
    }
}
