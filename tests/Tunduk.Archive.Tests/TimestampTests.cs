using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Archive.Publishing;
using Tunduk.Evidence.Log;
using Tunduk.Evidence.Timestamps;

namespace Tunduk.Archive.Tests;

/// <summary>Checkpoints stamped by an authority that is OpenSSL's own, and the stamps judged by it.</summary>
public sealed class TimestampTests : IDisposable
{
    private readonly ArchiveFolder folder = new();

    public void Dispose() => folder.Dispose();

    // Asks `openssl ts` for a token, and reads the clock it is told.
    private sealed class OpensslAuthority(string root, TimeSpan off) : ICheckpointTimestamper
    {
        public string Name => "test authority";

        public bool Broken { get; set; }

        public int Asked { get; private set; }

        public ValueTask<CheckpointTimestamp> StampAsync(ReadOnlyMemory<byte> sha256, CancellationToken cancellationToken)
        {
            Asked++;
            if (Broken)
            {
                throw new IOException("no answer");
            }

            TimestampRequest request = TimestampRequest.Create(sha256, RandomNumberGenerator.GetBytes(8));
            File.WriteAllBytes(Path.Combine(root, "query"), request.Encoded.ToArray());
            DateTimeOffset asked = TimeProvider.System.GetUtcNow();
            Openssl(root, "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query", "-inkey", "tsa.key", "-signer", "tsa.crt", "-out", "reply");
            TimestampVerification result = TimestampVerifier.VerifyResponse(File.ReadAllBytes(Path.Combine(root, "reply")), request, Trust(root), asked, TimeProvider.System.GetUtcNow());
            result.CodeName.ShouldBe("");
            return ValueTask.FromResult(new CheckpointTimestamp(result.Token, result.Time + off, [new PayloadPart("chain", "application/pkix-cert", File.ReadAllBytes(Path.Combine(root, "tsa.crt")))]));
        }
    }

    private static TimestampTrust Trust(string root) => new() { Anchors = [X509Certificate2.CreateFromPem(File.ReadAllText(Path.Combine(root, "tsa.crt")))] };

    private static string Openssl(string root, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("openssl", arguments) { WorkingDirectory = root, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        string text = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, text);
        return text;
    }

    private OpensslAuthority Authority(TimeSpan off = default)
    {
        string root = Directory.CreateDirectory(Path.Combine(folder.Root, "tsa")).FullName;
        File.WriteAllText(Path.Combine(root, "tsa.cnf"), """
            [tsa]
            default_tsa = test
            [test]
            serial = serial
            default_policy = 1.2.3.4.1
            digests = sha256
            signer_digest = sha256
            accuracy = secs:1
            ess_cert_id_alg = sha256
            """);
        Openssl(root, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "tsa.key", "-out", "tsa.crt", "-days", "30", "-subj", "/CN=Test authority", "-sha256",
            "-addext", "extendedKeyUsage=critical,timeStamping", "-addext", "basicConstraints=critical,CA:false", "-addext", "keyUsage=critical,digitalSignature");
        return new OpensslAuthority(root, off);
    }

    private async Task<IArchive> OpenAsync(OpensslAuthority authority)
    {
        ArchiveOptions o = folder.Options();
        return await folder.OpenAsync(new ArchiveOptions
        {
            Folder = o.Folder,
            HeadFolder = o.HeadFolder,
            KeyFolder = o.KeyFolder,
            MasterKeyFile = o.MasterKeyFile,
            CreateMasterKey = true,
            OriginPrefix = o.OriginPrefix,
            Timestamper = authority,
            MinFreeForExchanges = 0,
            MinFreeForRefusals = 0,
            MinFreeForAccess = 0,
        });
    }

    internal static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    internal static async Task UntilAsync(Func<Task<bool>> condition)
    {
        long started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromMinutes(2), "what was waited for did not come");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }

    [Fact]
    public async Task Checkpoint_Stamped_IsAnEntryThatOpensslConfirms()
    {
        OpensslAuthority authority = Authority();
        string root = Path.Combine(folder.Root, "tsa");
        await using (IArchive archive = await OpenAsync(authority))
        {
            await UntilAsync(() => archive.Status.Size >= 2);
            ArchiveEntry found = (await archive.SearchAsync(new SearchQuery { Kinds = [EntryKind.CheckpointEvidence] }, default)).Entries.Single();
            ArchiveRecord entry = (await archive.GetAsync(found.Record, default))!;
            entry.Parts.Select(static p => p.Name).ShouldBe(["token", "chain"]);
            SignedCheckpoint note = CheckpointEvidence.NoteOf(entry.Entry)!;
            File.WriteAllBytes(Path.Combine(root, "token"), entry.Parts[0].Content.ToArray());
            File.WriteAllText(Path.Combine(root, "note"), note.Note);
            Openssl(root, "ts", "-verify", "-data", "note", "-in", "token", "-token_in", "-CAfile", "tsa.crt", "-partial_chain").ShouldContain("Verification: OK");
            await archive.AppendAsync(ArchiveFolder.Request(), default);
            await archive.CheckpointAsync(default);
            authority.Asked.ShouldBe(1); // the hour is not over, and evidence alone asks for no more evidence
        }

        VerifyReport report = await folder.VerifyOfflineAsync(options: new VerifyOptions { TimestampTrust = Trust(root) });
        report.Failures.ShouldBeEmpty();
        report.Timestamps.ShouldBe(1);
        report.RewriteStatement.ShouldContain("not later than");
        report.RewriteStatement.ShouldContain("time-stamp of test authority");
        report.RewriteStatement.ShouldContain("were made not earlier than");
        (await folder.VerifyOfflineAsync()).RewriteStatement.ShouldContain("1 time-stamps were not checked");

        // Another authority's root does not accept it.
        string other = Path.Combine(folder.Root, "tsa");
        File.Delete(Path.Combine(other, "tsa.crt"));
        Authority();
        report = await folder.VerifyOfflineAsync(options: new VerifyOptions { TimestampTrust = Trust(other) });
        report.Failures.ShouldBeEmpty();
        report.Timestamps.ShouldBe(0);
        report.RewriteStatement.ShouldNotContain("not later than");
        report.RewriteStatement.ShouldContain("1 time-stamps were not checked");
    }

    [Fact]
    public async Task Checkpoint_AuthoritySilent_IsAWarningAndAppendsGoOn()
    {
        OpensslAuthority authority = Authority();
        authority.Broken = true;
        await using IArchive archive = await OpenAsync(authority);
        await UntilAsync(() => authority.Asked > 0 && archive.Status.Warnings.Count > 0);
        archive.Status.Warnings.ShouldContain(static w => w.Detail.Contains("test authority", StringComparison.Ordinal));
        (await archive.AppendAsync(ArchiveFolder.Request(), default)).IsDurable.ShouldBeTrue();
    }

    [Theory]
    [InlineData(30, false)]
    [InlineData(-300, true)]
    public async Task Checkpoint_ClockOffTheAuthoritys_IsAnAlarmAndThenARefusal(int seconds, bool refused)
    {
        await using IArchive archive = await OpenAsync(Authority(TimeSpan.FromSeconds(seconds)));
        await UntilAsync(() => archive.Status.Warnings.Any(static w => w.Code == ArchiveFaultCode.ArchiveClock));
        AppendResult result = await archive.AppendAsync(ArchiveFolder.Request(), default);
        (result.Fault?.Name ?? "durable").ShouldBe(refused ? "archive_clock" : "durable");
    }
}
