using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tunduk.Evidence.Bundles;
using Tunduk.Evidence.Http;
using Tunduk.Evidence.Log;
using Tunduk.Evidence.Tests.Http;
using Tunduk.Evidence.Tests.Soap;

namespace Tunduk.Evidence.Tests.Bundles;

/// <summary>
/// tests/judges/bundle_verifier.py was written from proto/BUNDLE-FORMAT.md and proto/ENTRY-FORMAT.md alone: where it and ours differ, a page does
/// not say enough.
/// </summary>
public sealed class BundleJudgeTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tunduk-judge-");
    private readonly TestLog log = new();

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Judge_Bundle_CountsWhatWeCount()
    {
        byte[] bundle = await log.BundleAsync();
        BundleReport ours = TestLog.Verify(bundle, TestLog.Check(log.Trust()));
        JsonElement theirs = Judge(bundle);
        theirs.GetProperty("findings").GetArrayLength().ShouldBe(0, theirs.ToString());
        Counts(theirs).ShouldBe([ours.Records, ours.Values, ours.Withheld, ours.SignaturesVerified, ours.SignaturesAttested, ours.SignaturesAbsent, ours.SignaturesFailed]);
        ours.SignaturesVerified.ShouldBe(4);
    }

    [Fact]
    public async Task Judge_RestRequest_CountsWhatWeCount()
    {
        RestRequest asked = RestMessages.Sign(RestMessages.Request());
        foreach ((byte[] message, long verified, long failed) in new[] { (ArchivedRestMessageTests.Text(asked), 5L, 0L), (ArchivedRestMessageTests.Text(RestMessages.With(asked, "X-Road-Id", "another")), 4L, 1L) })
        {
            TestLog rest = new() { Message = message };
            rest.Add(rest.Exchange() with { Service = "sandbox/GOV/70009001/registry/persons" }, ("request/pin", "20101199001234"), ("$mediaType/message", "application/http"));
            byte[] bundle = await rest.BundleAsync();
            BundleReport ours = TestLog.Verify(bundle, TestLog.Check(rest.Trust()));
            (ours.SignaturesVerified, ours.SignaturesFailed).ShouldBe((verified, failed));
            Counts(Judge(bundle, rest)).ShouldBe([ours.Records, ours.Values, ours.Withheld, ours.SignaturesVerified, ours.SignaturesAttested, ours.SignaturesAbsent, ours.SignaturesFailed]);
        }
    }

    [Fact]
    public async Task Judge_AllOfALogWithErasuresAndAnOlderCheckpoint_FindsNothing()
    {
        SignedCheckpoint older = await log.CheckpointAsync(3);
        log.Add(log.Exchange() with { Kind = EntryKind.Erasure, Signature = SignatureStatus.Absent, CertificateSha256 = default, Subject = $"record {new RecordId(log.Id, 1)}\nrecord {new RecordId(log.Id, 2)} 0,2" });
        log.Mark(1, "erased", by: 5);
        log.Mark(2, "partial", by: 5);
        byte[] bundle = await log.ForgeAsync(await log.BundleAsync("all", 0, null, older), BundleFormat.Manifest, static text => text);
        BundleReport ours = TestLog.Verify(bundle, TestLog.Check(log.Trust()));
        JsonElement theirs = Judge(bundle);
        theirs.GetProperty("findings").EnumerateArray().Select(Code).ShouldBe(ours.Findings.Select(static finding => finding.Code), ignoreOrder: true);
        Counts(theirs)[0].ShouldBe(6);
    }

    [Theory]
    [InlineData("records.jsonl", "\"sealed\":\"complete\"", "\"sealed\":\"erased\"", "erasure_missing")]
    [InlineData("records.jsonl", "\"sealed\":\"none\"", "\"sealed\":\"complete\"", "record_malformed")]
    [InlineData("records.jsonl", "\"path\":\"request/pin\"", "\"path\":\"request/tin\"", "field_changed")]
    [InlineData("records.jsonl", "\"presence\":1", "\"presence\":2", "field_changed")]
    [InlineData("manifest.json", "\"records\":5", "\"records\":4", "record_count")]
    [InlineData("manifest.json", "\"proves\":\"included\"", "\"proves\":\"included\" ", null)]
    public async Task Judge_ForgedBundle_NamesWhatWeName(string file, string from, string to, string? code)
    {
        byte[] bundle = await log.ForgeAsync(await log.BundleAsync(), file, text => text.Replace(from, to, StringComparison.Ordinal));
        Same(bundle, code);
    }

    [Fact]
    public async Task Judge_ForgedProofOrLeafOrCheckpoint_NamesWhatWeName()
    {
        byte[] bundle = await log.BundleAsync();
        Same(await log.ForgeAsync(bundle, BundleFormat.Records, static text => Line(text, 2, static record =>
        {
            byte[] leaf = Convert.FromBase64String((string)record["leaf"]!);
            leaf[34] ^= 1; // the time
            record["leaf"] = Convert.ToBase64String(leaf);
        })), "proof_wrong");
        Same(await log.ForgeAsync(bundle, BundleFormat.Records, static text => Line(text, 1, static record => record["proof"]!.AsArray().RemoveAt(0))), "proof_wrong");
        Same(await log.ForgeAsync(bundle, BundleFormat.Records, static text => Line(text, 3, static record =>
        {
            byte[] leaf = Convert.FromBase64String((string)record["leaf"]!);
            record["leaf"] = Convert.ToBase64String([.. leaf, 0xFF, 0, 0]);
        })), "leaf_malformed");
        Dictionary<string, byte[]> files = TestLog.Unpack(bundle);
        files[BundleFormat.Report] = [1];
        Same(TestLog.Pack(files), "file_changed");
        files = TestLog.Unpack(await new TestLog().BundleAsync());
        files[BundleFormat.ManifestSignature] = TestLog.Unpack(bundle)[BundleFormat.ManifestSignature];
        Judge(TestLog.Pack(files)).GetProperty("findings").EnumerateArray().Select(Code).ShouldContain("manifest_signature");
    }

    private static string Line(string text, int at, Action<JsonObject> change)
    {
        string[] lines = text.Split('\n');
        JsonObject record = JsonNode.Parse(lines[at])!.AsObject();
        change(record);
        lines[at] = record.ToJsonString();
        return string.Join('\n', lines);
    }

    private void Same(byte[] bundle, string? code)
    {
        string[] ours = [.. TestLog.Verify(bundle, TestLog.Check(log.Trust())).Findings.Select(static finding => finding.Code)];
        JsonElement theirs = Judge(bundle);
        theirs.GetProperty("findings").EnumerateArray().Select(Code).ShouldBe(ours, ignoreOrder: true, theirs.ToString());
        if (code is not null)
        {
            ours.ShouldContain(code);
        }
    }

    private JsonElement Judge(byte[] bundle, TestLog? other = null)
    {
        TestLog of = other ?? log;
        string file = Path.Combine(folder.FullName, "bundle.zip");
        string trust = Path.Combine(folder.FullName, "trust.json");
        File.WriteAllBytes(file, bundle);
        File.WriteAllText(trust, new JsonObject
        {
            ["format"] = "tunduk-trust/1",
            ["logs"] = new JsonArray(new JsonObject { ["origin"] = of.Origin, ["owner"] = "Invented Loans", ["certificates"] = new JsonArray(Convert.ToBase64String(of.Signer.Certificate.RawData)) }),
        }.ToJsonString());
        (int code, string output) = ForeignTool.Run("/usr/bin/python3", Path.Combine(Repository.Root, "tests", "judges", "bundle_verifier.py"), file, trust);
        code.ShouldBeLessThan(2, output);
        try
        {
            return JsonDocument.Parse(output).RootElement;
        }
        catch (JsonException fault)
        {
            throw new Xunit.Sdk.XunitException(output, fault);
        }
    }

    private static long[] Counts(JsonElement judged) =>
        [.. new[] { "records", "values", "withheld", "verified", "attested", "absent", "failed" }.Select(name => judged.GetProperty(name).GetInt64())];

    private static string Code(JsonElement finding) => finding.GetProperty("code").GetString()!;
}
