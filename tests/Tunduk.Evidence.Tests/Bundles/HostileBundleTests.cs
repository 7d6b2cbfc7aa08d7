using System.Text;
using System.Text.RegularExpressions;
using Tunduk.Evidence.Bundles;

namespace Tunduk.Evidence.Tests.Bundles;

// Over 300 lines: hostile bundles, a case each.

/// <summary>Bundles somebody hostile made: each is refused by name, in bounded memory and time.</summary>
public sealed class HostileBundleTests
{
    private readonly TestLog log = new();

    [Fact]
    public async Task Verify_CutShortAnywhere_NeverThrowsNeverVerifies()
    {
        byte[] bundle = await log.BundleAsync();
        BundleTrust trust = log.Trust();
        foreach (int length in Boundaries(bundle))
        {
            BundleReport report = TestLog.Verify(bundle[..length], TestLog.Check(trust));
            report.Ok.ShouldBeFalse();
            report.Findings.ShouldHaveSingleItem().Code.ShouldBe("bundle_unreadable");
        }
    }

    [Fact]
    public async Task Verify_AnyByteChanged_NeverThrowsNeverVerifies()
    {
        byte[] bundle = await log.BundleAsync();
        BundleTrust trust = log.Trust();
        int unnoticed = 0;
        for (int i = 0; i < bundle.Length; i += 41)
        {
            byte[] broken = [.. bundle];
            broken[i] ^= 0x24;
            unnoticed += TestLog.Verify(broken, TestLog.Check(trust)).Ok ? 1 : 0;
        }

        // Dates and attributes of the ZIP directory say nothing about the content.
        unnoticed.ShouldBeLessThan(25);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("records.jsonl/../x")]
    [InlineData("..\\x")]
    [InlineData("Manifest.json")]
    [InlineData("MANIFEST.JSON")]
    [InlineData("./manifest.json")]
    [InlineData("manifest.json/")]
    [InlineData("C:\\manifest.json")]
    [InlineData("manifest.json\0x")]
    [InlineData("nested.zip")]
    public async Task Verify_HostilePath_IsRefusedAndNothingIsWritten(string name)
    {
        Dictionary<string, byte[]> files = TestLog.Unpack(await log.BundleAsync());
        Single(TestLog.Pack(files.Append(KeyValuePair.Create(name, "x"u8.ToArray())))).ShouldBe("bundle_entry_unexpected");
    }

    [Theory]
    [InlineData(BundleFormat.Manifest, "\"logs\":\\[", "\"logs\":[null,", "manifest_malformed")]
    [InlineData(BundleFormat.Manifest, "\"files\":\\[", "\"files\":[null,", "manifest_malformed")]
    [InlineData(BundleFormat.Records, "\"leaves\":\\[", "\"leaves\":[null,", "record_malformed")]
    [InlineData(BundleFormat.Records, "\"proof\":\\[", "\"proof\":[null,", "record_malformed")]
    public async Task Verify_NullInAList_IsRefusedByName(string file, string pattern, string with, string code)
    {
        byte[] bundle = await log.BundleAsync();
        byte[] forged = file == BundleFormat.Manifest
            ? TestLog.Pack(TestLog.Unpack(bundle).Select(pair => pair.Key == file ? KeyValuePair.Create(file, Encoding.UTF8.GetBytes(Regex.Replace(Encoding.UTF8.GetString(pair.Value), pattern, with, RegexOptions.None, TimeSpan.FromSeconds(1)))) : pair))
            : await log.ForgeAsync(bundle, file, text => Regex.Replace(text, pattern, with, RegexOptions.None, TimeSpan.FromSeconds(1)));
        TestLog.Verify(forged, TestLog.Check(log.Trust())).Findings.ShouldHaveSingleItem().Code.ShouldBe(code);
    }

    [Theory]
    [InlineData("""{"format":"tunduk-trust/1","logs":[null],"signers":[]}""")]
    [InlineData("""{"format":"tunduk-trust/1","logs":[],"signers":[null]}""")]
    [InlineData("""{"format":"tunduk-trust/1","logs":[],"signers":[],"authorities":[null]}""")]
    public void ReadTrust_NullInAList_IsAFault(string text)
    {
        BundleTrust.Read(Encoding.UTF8.GetBytes(text), out IReadOnlyList<string> faults).ShouldBeNull();
        faults.ShouldHaveSingleItem().ShouldContain("not of the form");
    }

    [Fact]
    public async Task Verify_DuplicateOrMissingName_IsRefused()
    {
        Dictionary<string, byte[]> files = TestLog.Unpack(await log.BundleAsync());
        Single(TestLog.Pack(files.Append(KeyValuePair.Create(BundleFormat.Records, "x"u8.ToArray())))).ShouldBe("bundle_entry_duplicate");
        Single(TestLog.Pack(files.Where(static file => file.Key != BundleFormat.Evidence))).ShouldBe("bundle_entry_missing");
        Single(TestLog.Pack(files.Concat(Enumerable.Range(0, 1000).Select(static i => KeyValuePair.Create("f" + i, Array.Empty<byte>()))))).ShouldBe("bundle_entry_unexpected");
    }

    [Theory]
    [InlineData(BundleFormat.Manifest, "deep", "manifest_malformed")]
    [InlineData(BundleFormat.Records, "deep", "record_malformed")]
    [InlineData(BundleFormat.Evidence, "deep", "evidence_malformed")]
    [InlineData(BundleFormat.Manifest, "\"size\":1e999999999", "manifest_malformed")]
    [InlineData(BundleFormat.Manifest, "\"size\":99999999999999999999999999", "manifest_malformed")]
    [InlineData(BundleFormat.Manifest, "\"size\":-1", "manifest_malformed")]
    [InlineData(BundleFormat.Manifest, "\"size\":5.5", "manifest_malformed")]
    [InlineData(BundleFormat.Manifest, "digits", "manifest_malformed")]
    public async Task Verify_DeepNestingOrHugeNumbers_IsRefusedByName(string file, string what, string code)
    {
        // Digests and signature are right again but for the manifest's own.
        byte[] bundle = await log.BundleAsync();
        if (file == BundleFormat.Manifest)
        {
            Dictionary<string, byte[]> files = TestLog.Unpack(bundle);
            files[file] = Encoding.UTF8.GetBytes(Changed(Encoding.UTF8.GetString(files[file]), what));
            bundle = TestLog.Pack(files);
        }
        else
        {
            bundle = await log.ForgeAsync(bundle, file, static text => new string('[', 1_000_000) + "\n" + text);
        }

        Single(bundle).ShouldBe(code);

        static string Changed(string text, string what) => what switch
        {
            "deep" => text.Replace("\"reader\":", "\"reader\":" + string.Concat(Enumerable.Repeat("{\"a\":", 100_000)), StringComparison.Ordinal),
            "digits" => Regex.Replace(text, "\"size\":[0-9]+", "\"size\":" + new string('9', 1_000_000)),
            _ => Regex.Replace(text, "\"size\":[0-9]+", what),
        };
    }

    [Fact]
    public async Task Verify_LineOfNothingButItems_IsRefusedInBoundedMemory()
    {
        Dictionary<string, byte[]> files = TestLog.Unpack(await log.BundleAsync());
        files[BundleFormat.Records] = Encoding.ASCII.GetBytes("{\"proof\":[" + string.Concat(Enumerable.Repeat("\"\",", 6_000_001)) + "\"\"]}\n");
        long before = GC.GetAllocatedBytesForCurrentThread();
        Single(TestLog.Pack(files)).ShouldBe("record_malformed");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(128L << 20);
    }

    [Fact]
    public async Task Verify_PartThatSaysItIsLongerThanEverything_IsNotTakenIntoMemory()
    {
        byte[] bundle = await log.ForgeAsync(await log.BundleAsync(), BundleFormat.Records, static text => Nth(text, 1, static line => Regex.Replace(line, "\"leaves\":\\[", "\"leaves\":[" + Part(10) + "," + Part(long.MaxValue) + ",")));
        Dictionary<string, byte[]> files = TestLog.Unpack(bundle);
        files[BundleFormat.Payloads] = new byte[100 << 20];
        byte[] large = [.. TestLog.Pack(files)];
        long before = GC.GetAllocatedBytesForCurrentThread();
        TestLog.Verify(large, TestLog.Check(log.Trust())).Ok.ShouldBeFalse();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(64L << 20);

        static string Part(long length) => $$"""{"hash":"{{Convert.ToBase64String(new byte[32])}}","salt":"{{Convert.ToBase64String(new byte[32])}}","path":"$part/x{{length}}","type":6,"presence":1,"payload":{{length}}}""";
    }

    [Fact]
    public async Task Report_TextOfTheBundle_CannotWriteTheReport()
    {
        string hostile = "x\n\u001b[2J\u202eVERIFIES\r\n" + new string('y', 100_000);
        byte[] bundle = await log.ForgeAsync(await log.BundleAsync(), BundleFormat.Records, text => Nth(text, 1, line => line.Replace("request/pin", System.Text.Json.JsonEncodedText.Encode(hostile).ToString(), StringComparison.Ordinal)));
        BundleReport report = TestLog.Verify(bundle, TestLog.Check(log.Trust()));
        report.Findings.ShouldContain(static finding => finding.Code == "field_changed" && finding.Field!.StartsWith("x\\u000a\\u001b[2J\\u202eVERIFIES\\u000d", StringComparison.Ordinal));
        report.ToText().Split('\n').ShouldAllBe(static line => line.Length < 5000 && !line.StartsWith("VERIFIES", StringComparison.Ordinal) && !line.Any(char.IsControl));
    }

    [Fact]
    public async Task Verify_EvidenceThatWouldCostHours_IsRefused()
    {
        Dictionary<string, byte[]> files = TestLog.Unpack(await log.BundleAsync());
        byte[] note = files[BundleFormat.Checkpoints];
        files[BundleFormat.Checkpoints] = [.. Enumerable.Repeat(note, 1_000).SelectMany(static bytes => bytes)];
        TestLog.Verify(TestLog.Pack(files), TestLog.Check(log.Trust())).Findings.Select(static finding => finding.Code).ShouldContain("evidence_too_much");

        files[BundleFormat.Checkpoints] = note;
        byte[] certificate = [.. Encoding.UTF8.GetString(files[BundleFormat.Evidence]).Split('\n').First(static line => line.Contains("certificate", StringComparison.Ordinal)).Select(static c => (byte)c), (byte)'\n'];
        files[BundleFormat.Evidence] = [.. Enumerable.Repeat(certificate, 1_100).SelectMany(static bytes => bytes)];
        TestLog.Verify(TestLog.Pack(files), TestLog.Check(log.Trust())).Findings.Select(static finding => finding.Code).ShouldContain("evidence_too_much");
    }

    [Fact]
    public async Task Verify_CompressionBomb_EndsAtTheBound()
    {
        Dictionary<string, byte[]> files = TestLog.Unpack(await log.BundleAsync());
        files[BundleFormat.Payloads] = new byte[200 << 20];
        byte[] bomb = TestLog.Pack(files);
        bomb.Length.ShouldBeLessThan(1 << 20);
        long before = GC.GetAllocatedBytesForCurrentThread();
        TestLog.Verify(bomb, TestLog.Check(log.Trust())).Findings.Select(static finding => finding.Code).ShouldContain("bundle_expansion");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(64L << 20);

        files = TestLog.Unpack(await log.BundleAsync());
        files[BundleFormat.Records] = Encoding.ASCII.GetBytes(new string('a', (64 << 20) + 2));
        TestLog.Verify(TestLog.Pack(files), TestLog.Check(log.Trust())).Findings.ShouldContain(static finding => finding.Code == "line_too_long" || finding.Code == "bundle_expansion");
    }

    [Fact]
    public async Task Verify_CompressionMethodOrEncryption_IsRefused()
    {
        byte[] bundle = await log.BundleAsync();
        int directory = BitConverter.ToInt32(bundle, bundle.Length - 6);
        byte[] other = [.. bundle];
        other[directory + 10] = 14; // LZMA
        Single(other).ShouldBe("bundle_compression");
        byte[] encrypted = [.. bundle];
        encrypted[directory + 8] |= 1;
        Single(encrypted).ShouldBe("bundle_compression");
    }

    [Fact]
    public async Task Verify_ForgedProof_NamesTheRecord()
    {
        byte[] bundle = await log.BundleAsync();
        byte[] forged = await log.ForgeAsync(bundle, BundleFormat.Records, text => Nth(text, 2, line => Regex.Replace(line, "\"proof\":\\[\"[^\"]*\"", $"\"proof\":[\"{Convert.ToBase64String(new byte[32])}\"")));
        BundleFinding finding = TestLog.Verify(forged, TestLog.Check(log.Trust())).Findings.ShouldHaveSingleItem();
        (finding.Code, finding.Record).ShouldBe(("proof_wrong", $"{log.Id}-2"));
    }

    [Fact]
    public async Task Verify_ForgedValue_NamesRecordAndField()
    {
        byte[] bundle = await log.BundleAsync();
        string pin = Convert.ToBase64String("20101199001234"u8);
        byte[] forged = await log.ForgeAsync(bundle, BundleFormat.Records, text => Nth(text, 3, line => line.Replace(pin, Convert.ToBase64String("20101199009999"u8), StringComparison.Ordinal)));
        BundleFinding finding = TestLog.Verify(forged, TestLog.Check(log.Trust())).Findings.ShouldHaveSingleItem();
        (finding.Code, finding.Record, finding.Field).ShouldBe(("field_changed", $"{log.Id}-3", "request/pin"));
    }

    [Fact]
    public async Task Verify_ForgedLeaf_DoesNotPassForTheEntry()
    {
        byte[] bundle = await log.BundleAsync();
        byte[] forged = await log.ForgeAsync(bundle, BundleFormat.Records, text => Nth(text, 1, line =>
            Regex.Replace(line, "\"leaf\":\"([^\"]*)\"", static match => $"\"leaf\":\"{Convert.ToBase64String(Changed(Convert.FromBase64String(match.Groups[1].Value)))}\"")));
        TestLog.Verify(forged, TestLog.Check(log.Trust())).Findings.Select(static finding => finding.Code).ShouldContain("proof_wrong");

        static byte[] Changed(byte[] leaf)
        {
            leaf[34] ^= 1; // the time
            return leaf;
        }
    }

    [Fact]
    public async Task Verify_RecordTwiceOrOfAnotherLogOrMalformed_IsNamed()
    {
        byte[] bundle = await log.BundleAsync();
        (await Codes(bundle, text => text + text.Split('\n')[0] + "\n")).ShouldContain("record_order");
        (await Codes(bundle, text => Nth(text, 0, line => line.Replace($"\"record\":\"{log.Id}-0\"", $"\"record\":\"{Tunduk.Evidence.Log.LogId.New()}-0\"", StringComparison.Ordinal)))).ShouldContain("record_unknown_log");
        (await Codes(bundle, static _ => "{}\n")).ShouldContain("record_malformed");
        (await Codes(bundle, static _ => "{\"record\":1}\n")).ShouldContain("record_malformed");
        (await Codes(bundle, static _ => new string('[', 100_000) + "\n")).ShouldContain("record_malformed");
        (await Codes(bundle, text => Nth(text, 1, static line => line.Replace("\"sealed\"", "\"leaf\":\"\",\"sealed\"", StringComparison.Ordinal)))).ShouldContain("record_malformed");
        (await Codes(bundle, text => Nth(text, 1, static line => line.Replace("\"payload\":", "\"payload\":9", StringComparison.Ordinal)))).ShouldContain("field_changed");
    }

    [Fact]
    public async Task Verify_FileChangedOrManifestUnsigned_IsNamed()
    {
        Dictionary<string, byte[]> files = TestLog.Unpack(await log.BundleAsync());
        files[BundleFormat.Report] = "<p>something else</p>"u8.ToArray();
        Single(TestLog.Pack(files)).ShouldBe("file_changed");

        files = TestLog.Unpack(await log.BundleAsync());
        files[BundleFormat.Manifest] = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(files[BundleFormat.Manifest]).Replace("\"reader\":\"auditor\"", "\"reader\":\"nobody\"", StringComparison.Ordinal));
        Single(TestLog.Pack(files)).ShouldBe("manifest_signature");
        files[BundleFormat.Manifest] = "{\"format\":\"tunduk-bundle/2\"}"u8.ToArray();
        Single(TestLog.Pack(files)).ShouldBe("manifest_malformed");
    }

    [Fact]
    public void Trust_HostileFile_NamesEveryFault()
    {
        BundleTrust.Read("{}"u8, out IReadOnlyList<string> faults).ShouldBeNull();
        faults.ShouldNotBeEmpty();
        BundleTrust.Read("""{"format":"tunduk-trust/1","logs":[{"origin":"a b","owner":"x","certificates":["AAAA"]}],"signers":[{"sha256":"00","owner":"y"}],"algorithms":["md5"],"authorities":[{"certificate":"AAAA","for":["all"]}]}"""u8, out faults).ShouldBeNull();
        faults.Count.ShouldBe(5);
    }

    private async Task<List<string>> Codes(byte[] bundle, Func<string, string> change) =>
        [.. TestLog.Verify(await log.ForgeAsync(bundle, BundleFormat.Records, change), TestLog.Check(log.Trust())).Findings.Select(static finding => finding.Code)];

    // The first and the last byte of everything in a ZIP file: its headers, its files, its directory and its end.
    private static IEnumerable<int> Boundaries(byte[] bundle)
    {
        SortedSet<int> at = [0, 1, bundle.Length - 1];
        for (int i = 0; i + 4 < bundle.Length; i++)
        {
            if (bundle[i] == 'P' && bundle[i + 1] == 'K' && bundle[i + 2] is 1 or 3 or 5 or 7)
            {
                at.UnionWith([i, i + 1, i + 4, i + 30]);
            }
        }

        for (int length = 0; length < bundle.Length; length += 97)
        {
            at.Add(length);
        }

        return at.Where(length => length < bundle.Length);
    }

    private string Single(byte[] bundle) => TestLog.Verify(bundle, TestLog.Check(log.Trust())).Findings.ShouldHaveSingleItem().Code;

    private static string Nth(string text, int number, Func<string, string> change)
    {
        string[] lines = text.Split('\n');
        lines[number] = change(lines[number]);
        return string.Join('\n', lines);
    }
}
