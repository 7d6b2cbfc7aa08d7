using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tunduk.Evidence.Bundles;
using Tunduk.Evidence.Http;
using Tunduk.Evidence.Log;
using Tunduk.Evidence.Signing;
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
    public async Task Judge_RestResponse_CountsWhatWeCount()
    {
        RestRequest asked = RestMessages.Sign(RestMessages.Request());
        RestResponse answer = RestMessages.Sign(RestMessages.Response, RestMessages.Bind(asked, new byte[256]), RestMessages.Consumer);
        RestResponse moved = answer with { Headers = [.. answer.Headers.Select(static header => header.Name == "tunduk-answers" ? header with { Value = header.Value.Replace("loans", "cards", StringComparison.Ordinal) } : header)] };
        RestResponse silent = answer with { Headers = [.. answer.Headers.Where(static header => header.Name != "tunduk-answers")] };
        foreach ((RestResponse message, long verified, long attested, long failed) in new[] { (answer, 5L, 0L, 0L), (moved, 4L, 0L, 1L), (answer with { Status = 404 }, 4L, 0L, 1L), (silent, 4L, 1L, 0L) })
        {
            await SameCountsAsync(EntryKind.Response, SignatureStatus.Verified, ArchivedRestMessageTests.Text(message), "application/http", [], verified, attested, failed);
        }
    }

    [Fact]
    public async Task Judge_DetachedSignatures_CountsWhatWeCount()
    {
        byte[] soap = "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"><soapenv:Body/></soapenv:Envelope>"u8.ToArray();
        byte[] signature = await ArchivedRestMessageTests.SignAsync(soap, DetachedContext.SoapRequest);
        const string Cms = "$part/signature-detached";
        await SameCountsAsync(EntryKind.Request, SignatureStatus.OwnDetached, soap, "text/xml; charset=utf-8", [(Cms, signature)], 5, 0, 0);
        await SameCountsAsync(EntryKind.Request, SignatureStatus.OwnDetached, [.. soap, (byte)' '], "text/xml; charset=utf-8", [(Cms, signature)], 4, 0, 1);
        await SameCountsAsync(EntryKind.Response, SignatureStatus.OwnDetached, soap, "text/xml; charset=utf-8", [(Cms, signature)], 4, 0, 1); // made for a request
        await SameCountsAsync(EntryKind.Request, SignatureStatus.OwnDetached, soap, "text/xml; charset=utf-8", [], 4, 1, 0);

        RestRequest request = RestMessages.Request();
        HttpSignature.TryPrepareRequest(request, RestMessages.Input(RestMessages.Consumer), out PreparedHttpSignature? prepared, out _).ShouldBeTrue();
        byte[] text = prepared!.SignatureBase.ToArray();
        (string, byte[])[] parts = [(Cms, await ArchivedRestMessageTests.SignAsync(text, DetachedContext.RestRequest)), ("$part/signature-base", text)];
        await SameCountsAsync(EntryKind.Request, SignatureStatus.OwnDetached, ArchivedRestMessageTests.Text(request), "application/http", parts, 5, 0, 0);
        await SameCountsAsync(EntryKind.Request, SignatureStatus.OwnDetached, ArchivedRestMessageTests.Text(RestMessages.With(request, "X-Road-UserId", "KG20101199009999")), "application/http", parts, 4, 0, 1);
        await SameCountsAsync(EntryKind.Request, SignatureStatus.OwnDetached, ArchivedRestMessageTests.Text(request, "{}"u8.ToArray()), "application/http", parts, 4, 0, 1);
        await SameCountsAsync(EntryKind.Request, SignatureStatus.OwnDetached, ArchivedRestMessageTests.Text(request, []), "application/http", parts, 4, 1, 0);
        await SameCountsAsync(EntryKind.Request, SignatureStatus.OwnDetached, ArchivedRestMessageTests.Text(request), "application/http", parts[..1], 4, 1, 0);
    }

    // The four exchanges that every log has, and this one.
    private async Task SameCountsAsync(EntryKind kind, SignatureStatus signature, byte[] message, string mediaType, IReadOnlyList<(string, byte[])> parts, long verified, long attested, long failed)
    {
        TestLog other = new() { Message = message, MoreParts = parts };
        other.Add(other.Exchange() with { Kind = kind, Signature = signature, Service = mediaType == "application/http" ? "sandbox/GOV/70009001/registry/persons" : other.Exchange().Service }, ("request/pin", "20101199001234"), ("$mediaType/message", mediaType));
        byte[] bundle = await other.BundleAsync();
        BundleReport ours = TestLog.Verify(bundle, TestLog.Check(other.Trust()));
        (ours.SignaturesVerified, ours.SignaturesAttested, ours.SignaturesFailed).ShouldBe((verified, attested, failed), string.Join(' ', ours.Findings));
        Counts(Judge(bundle, other)).ShouldBe([ours.Records, ours.Values, ours.Withheld, ours.SignaturesVerified, ours.SignaturesAttested, ours.SignaturesAbsent, ours.SignaturesFailed]);
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
