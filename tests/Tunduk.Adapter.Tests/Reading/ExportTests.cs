using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tunduk.Adapter.Listeners;
using Tunduk.Adapter.Reading;
using Tunduk.Adapter.Sandbox.Pki;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.Tests.Sandbox;
using Tunduk.Archive;
using Tunduk.Archive.Tests.Postgres;
using Tunduk.Evidence.Bundles;
using Tunduk.Evidence.Log;
using ValueType = Tunduk.Evidence.Log.ValueType;

namespace Tunduk.Adapter.Tests.Reading;

/// <summary>From an exchange to a bundle that a stranger checks with the trust file.</summary>
public abstract class ExportTests(PostgresServer? server)
{
    private const string Purpose = AuditWorld.Purpose;

    [Fact]
    public async Task Export_Search_VerifiesAgainstTheTrustFile()
    {
        await using var audit = await AuditWorld.StartAsync(server);
        await audit.ExchangeAsync();
        var bundle = await audit.ExportAsync(new { purpose = Purpose, person = new { kind = "pin", value = TestPersons.Somebody.Pin } });
        var report = audit.Verify(bundle, await audit.TrustAsync());
        report.Findings.ShouldBeEmpty();
        report.Ok.ShouldBeTrue();
        report.Records.ShouldBeGreaterThan(0);
        report.SignaturesVerified.ShouldBeGreaterThan(0);
        report.Manifest!.Reader.ShouldBe("auditor");
        audit.Verify(bundle, null).Ok.ShouldBeFalse();
    }

    [Fact]
    public async Task Export_Depths_HoldNoMoreThanTheGrant()
    {
        await using var audit = await AuditWorld.StartAsync(server);
        await audit.ExchangeAsync();
        var trust = await audit.TrustAsync();
        foreach (var depth in new[] { "metadata", "names", "masked" })
        {
            var bundle = await audit.ExportAsync(new { purpose = Purpose, depth });
            var report = audit.Verify(bundle, trust);
            report.Findings.ShouldBeEmpty(depth);
            (report.Values, report.SignaturesVerified).ShouldBe((0, 0), depth);
            report.SignaturesAttested.ShouldBe(2, depth);
            using var zip = new System.IO.Compression.ZipArchive(new MemoryStream(bundle));
            foreach (var entry in zip.Entries)
            {
                using var reader = new StreamReader(entry.Open(), Encoding.Latin1);
                TestPersons.ShouldHoldNoValue(await reader.ReadToEndAsync(), $"{entry.FullName} at depth {depth}");
            }
        }
    }

    [Fact]
    public async Task Export_All_ProvesCompletenessAndContinuesAnEarlierBundle()
    {
        await using var audit = await AuditWorld.StartAsync(server);
        await audit.ExchangeAsync();
        var trust = await audit.TrustAsync();
        var first = await audit.ExportAsync(new { purpose = Purpose, all = true });
        audit.Verify(first, trust).Findings.ShouldBeEmpty();
        var given = GivenHistory.Read(new MemoryStream(first), "first", out _, CancellationToken.None)!;
        var known = given.Notes;
        given.Seen.ShouldNotBeEmpty("the answer brought a checkpoint of the counterparty's log");
        await audit.ExchangeAsync();
        var second = await audit.ExportAsync(new { purpose = Purpose, all = true, against = new[] { known[0].Size } });
        var report = BundleVerifier.Verify(new MemoryStream(second), new BundleCheckOptions { Now = audit.World.Clock.GetUtcNow(), Trust = trust, Against = known, Seen = given.Seen }, default);
        report.Findings.ShouldBeEmpty();
        report.Records.ShouldBe(report.Manifest!.Logs[0].Size);

        audit.Grant("services: [sandbox/GOV/70009001/registry/getPerson/v1]");
        await audit.RefusedAsync("grant_exceeded", "export", new { purpose = Purpose, all = true });
        await audit.RefusedAsync("query_invalid", "export", new { purpose = Purpose, records = new[] { "17" } });
    }

    [Fact]
    public async Task Export_SaysInTwoWaysWhatGoesIn_IsRefused()
    {
        await using var audit = await AuditWorld.StartAsync(server);
        var record = (await audit.ExchangeAsync()).ToString();
        await audit.RefusedAsync("query_invalid", "export", new { purpose = Purpose, records = new[] { record }, all = true });
        await audit.RefusedAsync("query_invalid", "export", new { purpose = Purpose, records = new[] { record }, own = "sandbox/COM/60009001/other" });
        await audit.RefusedAsync("query_invalid", "export", new { purpose = Purpose, all = true, outcome = "ok" });
    }

    [Fact]
    public async Task Export_Interrupted_IsAnEntryAndLeavesNoFile()
    {
        await using var audit = await AuditWorld.StartAsync(server);
        await audit.ExchangeAsync();
        var (desk, auditor) = audit.DeskAt(TimeSpan.Zero);
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        (await desk.Exporter.ExportAsync(auditor, new ArchiveExportRequest { Purpose = Purpose }, stop.Token)).TryGet(out _, out var error).ShouldBeFalse();
        error!.Code.ShouldBe("cancelled");
        var newest = (await audit.Archive.SearchAsync(new SearchQuery { Kinds = [EntryKind.ArchiveAccess], PageSize = 2 }, default)).Entries;
        newest.Select(entry => entry.Entry.Code).ShouldBe(["cancelled", "export"]); // the look was archived before, and that it did not end
        Directory.EnumerateFiles(audit.World.ConsumerFolder, ".export-*", SearchOption.AllDirectories).ShouldBeEmpty();

        // The same where the bundle was made and whoever asked goes away before it has all of it.
        var request = new ArchiveExportRequest { Purpose = Purpose };
        (await desk.Exporter.ExportAsync(auditor, request, default)).TryGet(out var bundle, out error).ShouldBeTrue(error?.ToString());
        using (bundle)
        {
            await new BundleResult(bundle!, send => desk.Exporter.SendAsync(auditor, request, send)).ExecuteAsync(new DefaultHttpContext { RequestAborted = stop.Token });
        }

        newest = (await audit.Archive.SearchAsync(new SearchQuery { Kinds = [EntryKind.ArchiveAccess], PageSize = 2 }, default)).Entries;
        newest.Select(entry => entry.Entry.Code).ShouldBe(["cancelled", "export"]);
    }

    [Fact]
    public async Task Export_AllCertificatesTenYearsExpired_StillVerifiesByItsTimeStamp()
    {
        using var folder = new TemporaryFolder();
        using var authority = DevelopmentAuthority.OpenOrCreate(folder["ca"], TimeProvider.System);
        await using var stamps = await AuthorityServer.StartAsync(authority, 0, TimeProvider.System, CancellationToken.None);
        await using var audit = await AuditWorld.StartAsync(server, json => json["Trust"] = new JsonObject
        {
            ["Timestamps"] = new JsonObject
            {
                ["Authorities"] = new JsonArray(new JsonObject { ["Address"] = stamps.TsaAddress.AbsoluteUri, ["Anchors"] = new JsonArray(authority.Root.CertificatePath), ["AllowLocalAddresses"] = true, ["Timeout"] = "00:01:00" }),
            },
        });
        await audit.ExchangeAsync();
        var bundle = await audit.ExportAsync(new { purpose = Purpose });
        var trust = await audit.TrustAsync();
        var now = audit.Verify(bundle, trust);
        now.Findings.ShouldBeEmpty();
        now.Statements.ShouldContain(static line => line.Contains("not later than", StringComparison.Ordinal));

        var later = BundleVerifier.Verify(new MemoryStream(bundle), new BundleCheckOptions { Now = TimeProvider.System.GetUtcNow().AddYears(30), Trust = trust }, default);
        later.Findings.ShouldBeEmpty();
        later.Ok.ShouldBeTrue();
        later.SignaturesVerified.ShouldBeGreaterThan(0);

        await OpensslTakesAsync(bundle, authority.Root.CertificatePath, folder);

        // An authority that does not answer stops no export; the bundle says what its time is worth.
        stamps.Tsa.Fault = TimeStampFault.Rejection;
        await audit.ExchangeAsync();
        var claimed = await audit.ExportAsync(new { purpose = Purpose });
        audit.Verify(claimed, trust).Statements.ShouldContain(static line => line.Contains("claimed at", StringComparison.Ordinal));
        BundleVerifier.Verify(new MemoryStream(claimed), new BundleCheckOptions { Now = TimeProvider.System.GetUtcNow().AddYears(30), Trust = trust }, default)
            .Findings.Select(static finding => finding.Code).ShouldContain("checkpoint_time_unproven");
    }

    /// <summary>The token that the bundle carries is over the checkpoint that the bundle carries, says a stranger's tool.</summary>
    private static async Task OpensslTakesAsync(byte[] bundle, string root, TemporaryFolder folder)
    {
        using var zip = new System.IO.Compression.ZipArchive(new MemoryStream(bundle));
        using var lines = new StreamReader(zip.GetEntry("evidence.jsonl")!.Open());
        var evidence = (await lines.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        var tokens = evidence.Where(line => line["kind"]!.GetValue<string>() == BundledEvidence.Timestamp).ToList();
        var notes = GivenHistory.Read(new MemoryStream(bundle), "bundle", out _, CancellationToken.None)!.Notes.Select(note => Encoding.UTF8.GetBytes(note.Note)).ToList();
        var taken = 0;
        foreach (var (token, note) in tokens.SelectMany(token => notes.Select(note => (token, note))))
        {
            await File.WriteAllBytesAsync(folder["token.der"], Convert.FromBase64String(token["content"]!.GetValue<string>()));
            await File.WriteAllBytesAsync(folder["checkpoint"], note);
            var (code, output) = await Tool.RunAsync("openssl", "ts", "-verify", "-token_in", "-in", folder["token.der"], "-data", folder["checkpoint"], "-CAfile", root);
            taken += code == 0 && output.Contains("Verification: OK", StringComparison.Ordinal) ? 1 : 0;
        }

        taken.ShouldBeGreaterThan(0, $"{tokens.Count} tokens, {notes.Count} checkpoints");
        evidence.Count(line => line["kind"]!.GetValue<string>() == BundledEvidence.Certificate).ShouldBeGreaterThan(2, "signer, time-stamping authority and its root");
    }

    [Fact]
    public async Task Export_NamedRecordsBeyondTheGrant_AreNamedAndNothingFollowsThem()
    {
        await using var audit = await AuditWorld.StartAsync(server);
        var record = await audit.ExchangeAsync();
        var other = await audit.ExchangeAsync();
        (await audit.PostAsync("erase", new { purpose = Purpose, record = other.ToString(), ground = "law" })).Status.ShouldBe(200);
        audit.Grant("system: false");
        var look = (await audit.Archive.SearchAsync(new SearchQuery { Kinds = [EntryKind.ArchiveAccess], PageSize = 1 }, default)).Entries[0].Record;
        var absent = new RecordId(audit.Archive.Log, 1_000_000);
        var refusal = await audit.RefusedAsync("record_unknown", "export", new { purpose = Purpose, records = new[] { record.ToString(), look.ToString(), absent.ToString() } });
        refusal.GetProperty("found").GetString().ShouldBe($"2 that are none: {look}, {absent}");
        var report = audit.Verify(await audit.ExportAsync(new { purpose = Purpose, records = new[] { record.ToString() } }), await audit.TrustAsync());
        (report.Records, report.FindingCount).ShouldBe((1, 0));
    }

    [Fact]
    public async Task Export_AfterErase_HoldsNothingADictionaryOfAllPinsOfTheBirthDateMatches()
    {
        await using var audit = await AuditWorld.StartAsync(server);
        for (var i = 0; i < 3; i++)
        {
            await audit.ExchangeAsync();
        }

        // Every PIN of one birth date: five digits tell the persons apart.
        var stem = TestPersons.Somebody.Pin[..9];
        var pins = Enumerable.Range(0, 100_000).Select(n => stem + n.ToString("D5", System.Globalization.CultureInfo.InvariantCulture)).ToList();
        pins.ShouldContain(TestPersons.Somebody.Pin);
        Matches(await audit.ExportAsync(new { purpose = Purpose }), pins).ShouldNotBeEmpty(); // before, the search itself works

        var (status, erased) = await audit.PostAsync("erase", new { purpose = Purpose, person = new { kind = "pin", value = TestPersons.Somebody.Pin }, ground = "law" });
        status.ShouldBe(200, erased.ToString());
        erased.GetProperty("erased").GetInt64().ShouldBe(6);
        var bundle = await audit.ExportAsync(new { purpose = Purpose, all = true });
        Matches(bundle, pins).ShouldBeEmpty();
        audit.Verify(bundle, await audit.TrustAsync()).Findings.ShouldBeEmpty();
    }

    // What an attacker can compute of each PIN: itself, its digests, and its leaf under every salt and path the bundle shows.
    private static List<string> Matches(byte[] bundle, List<string> pins)
    {
        var hashes = new HashSet<string>(StringComparer.Ordinal);
        var text = new StringBuilder();
        List<(byte[] Salt, string Path)> shown = [];
        using var zip = new System.IO.Compression.ZipArchive(new MemoryStream(bundle));
        foreach (var entry in zip.Entries)
        {
            using var content = new MemoryStream();
            using (var stream = entry.Open())
            {
                stream.CopyTo(content);
            }

            text.Append(Encoding.Latin1.GetString(content.ToArray()));
            if (entry.Name == "records.jsonl")
            {
                foreach (var line in Encoding.UTF8.GetString(content.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                {
                    var record = System.Text.Json.JsonDocument.Parse(line).RootElement;
                    hashes.UnionWith(record.GetProperty("proof").EnumerateArray().Select(hash => Convert.ToHexString(hash.GetBytesFromBase64())));
                    foreach (var leaf in record.TryGetProperty("leaves", out var leaves) ? [.. leaves.EnumerateArray()] : Array.Empty<System.Text.Json.JsonElement>())
                    {
                        if (leaf.ValueKind == System.Text.Json.JsonValueKind.String)
                        {
                            hashes.Add(Convert.ToHexString(leaf.GetBytesFromBase64()));
                            continue;
                        }

                        hashes.Add(Convert.ToHexString(leaf.GetProperty("hash").GetBytesFromBase64()));
                        shown.Add((leaf.GetProperty("salt").GetBytesFromBase64(), leaf.GetProperty("path").GetString()!));
                        text.Append(leaf.TryGetProperty("value", out var value) ? Encoding.Latin1.GetString(value.GetBytesFromBase64()) + " " : "");
                    }

                    text.Append(Encoding.Latin1.GetString(record.GetProperty("leaf").GetBytesFromBase64()));
                }
            }
        }

        var everything = text.ToString();
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (System.Text.RegularExpressions.Match digits in System.Text.RegularExpressions.Regex.Matches(everything, "[0-9]{14}", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(10)))
        {
            found.Add(digits.Value);
        }

        found.IntersectWith(pins);
        var paths = shown.Select(leaf => Encoding.UTF8.GetBytes(leaf.Path)).ToList();
        Parallel.ForEach(pins, pin =>
        {
            var value = Encoding.UTF8.GetBytes(pin);
            var isThere = hashes.Contains(Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(value)))
                || everything.Contains(Convert.ToBase64String(System.Security.Cryptography.SHA512.HashData(value)), StringComparison.Ordinal)
                || everything.Contains(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(value)), StringComparison.Ordinal);
            for (var i = 0; !isThere && i < shown.Count; i++)
            {
                isThere = hashes.Contains(Convert.ToHexString(Commitment.Leaf(shown[i].Salt, paths[i], ValueType.Text, ValuePresence.Present, value).ToArray()));
            }

            if (isThere)
            {
                lock (found)
                {
                    found.Add(pin);
                }
            }
        });
        return [.. found];
    }
}
