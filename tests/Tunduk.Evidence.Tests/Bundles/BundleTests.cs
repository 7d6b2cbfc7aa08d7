using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Tunduk.Evidence.Bundles;
using Tunduk.Evidence.Log;
using Tunduk.Evidence.Signing;
using Tunduk.Evidence.Tests.Revocation;
using Tunduk.Evidence.Tests.Soap;
using Tunduk.Evidence.Timestamps;

namespace Tunduk.Evidence.Tests.Bundles;

// Over 300 lines: one way to make a bundle, and everything it has to prove.

/// <summary>What a bundle proves, to whom, and for how long.</summary>
public sealed class BundleTests
{
    private readonly TestLog log = new();

    [Fact]
    public async Task Verify_WithTrustFile_EverythingHolds()
    {
        BundleReport report = TestLog.Verify(await log.BundleAsync(), TestLog.Check(log.Trust()));
        report.Findings.ShouldBeEmpty();
        report.Ok.ShouldBeTrue();
        (report.Records, report.Values, report.SignaturesVerified, report.SignaturesAttested).ShouldBe((5, 16, 4, 0));
        report.ToText().ShouldStartWith("VERIFIES");
        report.Statements.ShouldContain(line => line.Contains("Invented Loans", StringComparison.Ordinal) && line.Contains("claimed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Dispose_DiskIsFull_LeavesNoFileBehind()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("tunduk-full-");
        try
        {
            using FullDisk output = new();
            BundleWriter writer = new(output, folder.FullName, new Dictionary<LogId, SignedCheckpoint> { [log.Id] = await log.CheckpointAsync() }, TestLog.Time);
            folder.EnumerateFiles().Count().ShouldBe(2);
            output.IsFull = true;
            Should.Throw<IOException>(writer.Dispose);
            folder.EnumerateFiles().ShouldBeEmpty();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Verify_WithoutTrustFile_IsConsistentAndNotOk()
    {
        BundleReport report = TestLog.Verify(await log.BundleAsync(), TestLog.Check(null));
        report.Findings.ShouldBeEmpty();
        report.Ok.ShouldBeFalse();
        report.ToText().ShouldStartWith("CONSISTENT, SIGNER NOT ESTABLISHED");
    }

    [Fact]
    public async Task Verify_TrustFileOfAnotherOwnerOrLogOrAlgorithm_SaysWhich()
    {
        byte[] bundle = await log.BundleAsync();
        Codes(bundle, log.Trust(change: trust => trust["logs"]![0]!["certificates"] = new JsonArray(Convert.ToBase64String(SoapMessages.Provider.Certificate.RawData)))).ShouldContain("checkpoint_signer");
        Codes(bundle, log.Trust(change: trust => trust["logs"]![0]!["origin"] = "another/log")).ShouldContain("log_not_trusted");
        Codes(bundle, log.Trust(change: static trust => trust["algorithms"] = new JsonArray("rsa-pss-sha512"))).ShouldContain("checkpoint_algorithm");
        Codes(bundle, log.Trust(change: static trust => trust["requireTimestamp"] = true)).ShouldContain("timestamp_missing");
        Codes(bundle, log.Trust(withMessages: false)).ShouldBe(["message_signer"]);
    }

    [Theory]
    [InlineData("erased", "record {0}", null)]
    [InlineData("partial", "record {0} 0-1", null)]
    [InlineData("partial", "record {0}", null)]
    [InlineData("erased", "record {0} 0-1", "erasure_missing")]
    [InlineData("partial", "record {1}", "erasure_missing")]
    [InlineData("erased", "nothing", "erasure_missing")]
    [InlineData("none", "record {0}", "record_malformed")]
    [InlineData("gone", "record {0}", "record_malformed")]
    public async Task Verify_RecordSaidToBeErased_NeedsTheEntryThatErasedIt(string state, string line, string? code)
    {
        string subject = string.Format(System.Globalization.CultureInfo.InvariantCulture, line, new RecordId(log.Id, 1), new RecordId(log.Id, 2));
        log.Add(log.Exchange() with { Kind = EntryKind.Erasure, Signature = SignatureStatus.Absent, CertificateSha256 = default, Subject = subject });
        log.Mark(1, state, by: 5);
        BundleReport report = TestLog.Verify(await log.BundleAsync(), TestLog.Check(log.Trust()));
        report.Findings.Select(static finding => (finding.Code, finding.Record)).ShouldBe(code is null ? [] : [(code, new RecordId(log.Id, 1).ToString())]);
    }

    [Fact]
    public async Task Verify_CertificateInsideTheBundle_IsNeverAnAnchor()
    {
        TestLog forged = new(SoapMessages.Provider);
        forged.MoreCertificates.Add(SoapMessages.Consumer.Certificate);
        BundleReport report = TestLog.Verify(await forged.BundleAsync(), TestLog.Check(forged.Trust(change: trust =>
            trust["logs"]![0]!["certificates"] = new JsonArray(Convert.ToBase64String(SoapMessages.Consumer.Certificate.RawData)))));
        report.SignerEstablished.ShouldBeFalse();
        report.Findings.Select(static finding => finding.Code).ShouldContain("checkpoint_signer");
    }

    [Fact]
    public async Task Verify_ProvesAll_AGapIsFound()
    {
        byte[] bundle = await log.BundleAsync("all");
        BundleReport report = TestLog.Verify(bundle, TestLog.Check(log.Trust()));
        report.Findings.ShouldBeEmpty();
        report.Statements.ShouldContain("The bundle proves that these are all entries of each log between the first and the last.");

        byte[] middle = await log.ForgeAsync(bundle, BundleFormat.Records, static text => string.Concat(text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(static (_, i) => i != 0).Select(static line => line + "\n")));
        Codes(middle, log.Trust()).ShouldBe(["record_gap", "record_count"]);
    }

    [Fact]
    public async Task Verify_AgainstAnEarlierCheckpoint_SameHistoryOrFork()
    {
        SignedCheckpoint earlier = await log.CheckpointAsync(3);
        byte[] bundle = await log.BundleAsync("included", 0, null, earlier);
        TestLog.Verify(bundle, TestLog.Check(log.Trust(), earlier)).Ok.ShouldBeTrue();
        SignedCheckpoint other = await log.CheckpointAsync(3, LogHash.Random());
        Codes(bundle, log.Trust(), other).ShouldBe(["fork"]);
        Codes(bundle, log.Trust(), await log.CheckpointAsync(5, LogHash.Random())).ShouldBe(["fork"]);
        Codes(bundle, log.Trust(), await log.CheckpointAsync(2)).ShouldBe(["against_not_comparable"]);
        Codes(bundle, log.Trust(), await new TestLog().CheckpointAsync()).ShouldBe(["against_other_log"]);
    }

    [Fact]
    public async Task Verify_AllCertificatesTenYearsExpired_StillVerifies()
    {
        using TestAuthority authority = new();
        RSA key = TestAuthority.KeyOf("leaf");
        authority.Write("tsa", authority.Issue(7, key, "CN=tsa", "1.3.6.1.5.5.7.3.8"), key);
        SignedCheckpoint note = await log.CheckpointAsync();
        log.Evidence.Add(new BundledEvidence(BundledEvidence.Timestamp, Stamp(authority, note), null));
        byte[] bundle = await log.BundleAsync(checkpoint: note);
        BundleTrust trust = log.Trust(change: document =>
        {
            document["authorities"] = new JsonArray(new JsonObject { ["certificate"] = Convert.ToBase64String(authority.Certificate.RawData), ["for"] = new JsonArray("timestamp") });
            document["requireTimestamp"] = true;
        });

        BundleReport report = TestLog.Verify(bundle, TestLog.Check(trust) with { Now = TimeProvider.System.GetUtcNow().AddYears(12) });
        report.Findings.ShouldBeEmpty();
        report.Ok.ShouldBeTrue();
        report.Statements.ShouldContain(static line => line.Contains("not later than", StringComparison.Ordinal));

        // Without the time-stamp nobody can say that the expired key was not used afterwards.
        log.Evidence.Clear();
        TestLog.Verify(await log.BundleAsync(checkpoint: note), TestLog.Check(log.Trust()) with { Now = TestLog.Time.AddYears(12) })
            .Findings.Select(static finding => finding.Code).ShouldContain("checkpoint_time_unproven");
    }

    [Fact]
    public async Task Verify_SignerUnderAnAuthority_RevocationOfThatTimeDecidesForEver()
    {
        using TestAuthority authority = new();
        RSA key = TestAuthority.KeyOf("leaf");
        X509Certificate2 certificate = authority.Issue(5, key, "CN=loans");
        authority.Write("tsa", authority.Issue(7, key, "CN=tsa", "1.3.6.1.5.5.7.3.8"), key);
        TestLog issued = new(new IssuedSigner(key, certificate));
        SignedCheckpoint note = await issued.CheckpointAsync();
        BundledEvidence stamp = new(BundledEvidence.Timestamp, Stamp(authority, note), null);
        DateTimeOffset later = TimeProvider.System.GetUtcNow().AddYears(12);
        (await CodesAsync(null, pinned: false)).ShouldBe(["revocation_missing"]);
        (await CodesAsync(null, pinned: true)).ShouldBe(["revocation_missing"]);
        foreach (bool pinned in new[] { false, true })
        {
            (await CodesAsync(List((certificate, null)), pinned)).ShouldBeEmpty();
            (await CodesAsync(List((certificate, TestAuthority.Now.AddDays(-1))), pinned)).ShouldBe(["signer_revoked"]);
        }

        async Task<List<string>> CodesAsync(byte[]? list, bool pinned)
        {
            issued.Evidence.Clear();
            issued.Evidence.Add(stamp);
            if (list is not null)
            {
                issued.Evidence.Add(new BundledEvidence(BundledEvidence.RevocationList, list, null));
            }

            BundleTrust trust = issued.Trust(change: document =>
            {
                document["authorities"] = new JsonArray(new JsonObject { ["certificate"] = Convert.ToBase64String(authority.Certificate.RawData), ["for"] = new JsonArray("timestamp", "signer") });
                document["requireTimestamp"] = true;
                document["requireRevocation"] = true;
                if (!pinned)
                {
                    document["logs"]![0]!["certificates"] = new JsonArray();
                    document["logs"]![0]!["subject"] = "CN=loans";
                }
            });
            return [.. TestLog.Verify(await issued.BundleAsync(checkpoint: note), TestLog.Check(trust) with { Now = later }).Findings
                .Select(static finding => finding.Code).Where(static code => code != "manifest_signature")]; // made at the log's invented time, before the authority's certificates
        }

        byte[] List((X509Certificate2, DateTimeOffset?) entry)
        {
            authority.List(entry);
            TestAuthority.Run("ca", "-gencrl", "-config", authority.At("ca.cnf"), "-out", authority.At("crl.pem"));
            TestAuthority.Run("crl", "-in", authority.At("crl.pem"), "-outform", "DER", "-out", authority.At("crl.der"));
            return File.ReadAllBytes(authority.At("crl.der"));
        }
    }

    [Fact]
    public async Task Verify_WholeLog_EveryEntryAndCheckpoint()
    {
        SignedCheckpoint[] notes = [await log.CheckpointAsync(2), await log.CheckpointAsync()];
        LogVerifier good = new(TestLog.Check(log.Trust()));
        good.Check(log.Id, log.Origin, log.Leaves(), notes, [], default);
        good.Report().Findings.ShouldBeEmpty();
        good.Report().Ok.ShouldBeTrue();

        LogVerifier missing = new(TestLog.Check(log.Trust()));
        missing.Check(log.Id, log.Origin, log.Leaves().Where(static leaf => leaf.Item1 != 3), notes, [], default);
        missing.Report().Findings.Select(static finding => finding.Code).ShouldBe(["entry_missing", "checkpoint_beyond"]);

        LogVerifier rewritten = new(TestLog.Check(log.Trust()));
        rewritten.Check(log.Id, log.Origin, log.Leaves().Reverse().Select(static (leaf, i) => ((long)i, leaf.Item2)), notes, [], default);
        rewritten.Report().Findings.Select(static finding => finding.Code).ShouldContain("checkpoint_root");
    }

    // An archive has a checkpoint for every ten seconds of its life.
    [Fact]
    public async Task Verify_WholeLogOfManyCheckpoints_TakesOneAtATime()
    {
        List<SignedCheckpoint> notes = [];
        for (int size = 1; size <= 60; size++)
        {
            log.Add(log.Exchange(), ("request/pin", "21201199000001"));
            notes.Add(await log.CheckpointAsync());
        }

        int leaves = 0;
        int ahead = 0;
        LogVerifier verifier = new(TestLog.Check(log.Trust(), notes[10], notes[59]));
        verifier.Check(log.Id, log.Origin, log.Leaves().Select(leaf => (leaf, leaves++).leaf), Taken(), [], default);
        verifier.Report().Findings.ShouldBeEmpty();
        ahead.ShouldBeLessThan(4 + (int)notes[0].Size);

        LogVerifier disordered = new(TestLog.Check(log.Trust()));
        disordered.Check(log.Id, log.Origin, log.Leaves(), notes.AsEnumerable().Reverse(), [], default);
        disordered.Report().Findings.Select(static finding => finding.Code).Distinct().ShouldBe(["checkpoint_malformed"]);

        IEnumerable<SignedCheckpoint> Taken()
        {
            for (int i = 0; i < notes.Count; i++)
            {
                ahead = Math.Max(ahead, (int)notes[i].Size - leaves);
                yield return notes[i];
            }
        }
    }

    [Fact]
    public async Task Report_HostileText_IsEncoded()
    {
        log.Add(log.Exchange(), ("request/name", "<script>alert(1)</script>"), ("x", "y"), ("$mediaType/message", "text/xml"));
        string page = Encoding.UTF8.GetString(TestLog.Unpack(await log.BundleAsync())[BundleFormat.Report]);
        page.ShouldNotContain("<script");
        page.ShouldContain("&lt;script&gt;");
    }

    private static List<string> Codes(byte[] bundle, BundleTrust trust, params SignedCheckpoint[] against) =>
        [.. TestLog.Verify(bundle, TestLog.Check(trust, against)).Findings.Select(static finding => finding.Code)];

    private static byte[] Stamp(TestAuthority authority, SignedCheckpoint note)
    {
        File.WriteAllText(authority.At("serial"), "01\n");
        File.WriteAllText(authority.At("tsa.cnf"), $"""
            [tsa]
            default_tsa=t
            [t]
            serial={authority.At("serial")}
            signer_cert={authority.At("tsa.pem")}
            signer_key={authority.At("tsa.key")}
            signer_digest=sha256
            default_policy=1.2.3.4.1
            digests=sha256
            """);
        TimestampRequest request = TimestampRequest.Create(note.Hash.ToArray(), new byte[] { 0x11, 2, 3, 4, 5, 6, 7, 8 });
        File.WriteAllBytes(authority.At("query.der"), request.Encoded.ToArray());
        ForeignTool.Run(TestAuthority.Openssl, "ts", "-reply", "-config", authority.At("tsa.cnf"), "-queryfile", authority.At("query.der"), "-out", authority.At("reply.der"));
        TimestampVerification made = TimestampVerifier.VerifyResponse(
            File.ReadAllBytes(authority.At("reply.der")), request, new TimestampTrust { Anchors = [authority.Certificate] }, TimeProvider.System.GetUtcNow().AddMinutes(-1), TimeProvider.System.GetUtcNow());
        made.CodeName.ShouldBeEmpty();
        return made.Token.ToArray();
    }

    private sealed class FullDisk : MemoryStream
    {
        public bool IsFull { get; set; }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (IsFull)
            {
                throw new IOException("No space left on device");
            }

            base.Write(buffer);
        }
    }

    private sealed class IssuedSigner(RSA key, X509Certificate2 certificate) : IMessageSigner
    {
        public SignatureAlgorithm Algorithm => SignatureAlgorithm.RsaSha256;

        public X509Certificate2 Certificate => certificate;

        public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => new(key.SignData(data.Span, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }
}
