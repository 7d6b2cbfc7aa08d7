using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Tunduk.Archive.Tests;

/// <summary><c>tunduk-verify</c> as a process, on a copy of an archive: it has the file and a trust file, and nothing of ours.</summary>
public sealed class VerifierProcessTests : IDisposable
{
    private readonly ArchiveFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Verify_CopyOfAnArchive_HoldsUntilAnEntryIsChangedOrGone()
    {
        string origin;
        await using (IArchive archive = await folder.OpenAsync())
        {
            for (int i = 0; i < 300; i++)
            {
                await archive.AppendAsync(ArchiveFolder.Request(messageId: "m-" + i), default);
            }

            origin = (await archive.CheckpointAsync(default)).Origin;
        }

        string trust = Path.Combine(folder.Root, "trust.json");
        File.WriteAllText(trust, JsonSerializer.Serialize(new
        {
            format = "tunduk-trust/1",
            logs = new[] { new { origin, owner = "Invented Loans", certificates = new[] { Convert.ToBase64String(Certificate()) } } },
        }));
        string copy = folder.CopyData("copy");
        (int code, string said) = await RunAsync(copy, "--trust", trust, "--against", folder.Anchor);
        code.ShouldBe(0, said);
        said.ShouldContain("Invented Loans");
        (await RunAsync(copy)).Code.ShouldBe(1, "nobody vouches for the signer");

        Execute(copy, "UPDATE entry SET leaf = cast(substr(leaf, 1, 30) || x'FF' || substr(leaf, 32) AS BLOB) WHERE seq & 0xFFFF = 5");
        (code, said) = await RunAsync(copy, "--trust", trust);
        (code, said.Contains("checkpoint_root", StringComparison.Ordinal)).ShouldBe((1, true), said);
        Execute(copy, "DELETE FROM entry WHERE seq & 0xFFFF = 7");
        (code, said) = await RunAsync(copy, "--trust", trust);
        (code, said.Contains("entry_missing", StringComparison.Ordinal)).ShouldBe((1, true), said);
        (await RunAsync(Path.Combine(folder.Root, "nothing"))).Code.ShouldBe(2);
    }

    // The trust file wants a certificate: one of another key, over the key that signs checkpoints.
    private byte[] Certificate()
    {
        using ECDsa issuer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return new CertificateRequest(new X500DistinguishedName("CN=loans"), PublicKey.CreateFromSubjectPublicKeyInfo(folder.Signer.PublicKey.Span, out _), HashAlgorithmName.SHA256)
            .Create(new X500DistinguishedName("CN=invented"), X509SignatureGenerator.CreateForECDsa(issuer), now.AddDays(-1), now.AddYears(1), [1]).RawData;
    }

    [Fact]
    public void Verify_ResultThatNobodyTakes_IsOneLineAndNoTrace()
    {
        string empty = Path.GetTempFileName();
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec dotnet exec \"$0\" \"$1\" > /dev/full", Path.Combine(AppContext.BaseDirectory, "tunduk-verify.dll"), empty]) { UseShellExecute = false, RedirectStandardError = true })!;
            string errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            process.ExitCode.ShouldBe(1);
            errors.ShouldContain("No space left");
            errors.ShouldNotContain("   at ");
        }
        finally
        {
            File.Delete(empty);
        }
    }

    private static void Execute(string data, string sql)
    {
        using SqliteConnection connection = new($"Data Source={Path.Combine(data, "archive.db")};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery().ShouldBeGreaterThan(0);
    }

    private static async Task<(int Code, string Said)> RunAsync(params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "tunduk-verify.dll"), .. arguments]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await errors);
    }
}
