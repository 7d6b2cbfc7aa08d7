using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Tests.Sandbox;

namespace Tunduk.Adapter.Tests.Processes;

/// <summary>The archive's commands as a user runs them: against the running adapter, and on its archive when it is stopped.</summary>
public sealed class ArchiveCommandTests
{
    private const string Case = "loan-scoring application 2026-00017";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Archive_AllCommands_GoThroughTheSameGate(bool running)
    {
        using var folder = new TemporaryFolder();
        var (certificate, key) = Approver(folder);
        await using var world = await ProcessWorld.StartAsync(new ProcessWorldOptions
        {
            Data = folder.Path,
            Consumer = json =>
            {
                json["Listen"]!["Admin"]!["Address"] = $"http://127.0.0.1:{FreePort.Choose()}";
                Grant(json, Path.Combine(folder.Path, "consumer", "grants", "auditor.yaml"));
                ((JsonArray)json["Callers"]!).Add(new JsonObject
                {
                    ["Name"] = "second",
                    ["CertificateSha256"] = X509CertificateLoader.LoadCertificateFromFile(certificate).GetCertHashString(HashAlgorithmName.SHA256),
                    ["Roles"] = new JsonArray("approver"),
                });
            },
        });
        using var system = new InformationSystem(world);
        var shown = await system.AskAsync("m-1", system.Persons[0]);
        shown.IsOk.ShouldBeTrue(shown.Body);
        _ = world.Folders.AuditorKey;
        if (!running)
        {
            await world.Consumer.StopAsync();
        }

        var person = "pin:" + system.Persons[0].Pin;
        var keyFile = Path.Combine(folder.Path, "auditor-key.txt");

        // Wrong use, and somebody nobody knows.
        (await AdapterProcess.RunAsync("archive", "search", "--config", world.Folders.ConsumerConfiguration, "--key-file", keyFile)).Code.ShouldBe(2);
        (await RunAsync("search", "--outcome", "okay")).Code.ShouldBe(2);
        var stranger = folder["stranger.txt"];
        await File.WriteAllTextAsync(stranger, "a-key-of-nobody\n");
        (await AdapterProcess.RunAsync("archive", "search", "--config", world.Folders.ConsumerConfiguration, "--key-file", stranger, "--purpose", "p")).Code.ShouldBe(1);
        var wrong = await AdapterProcess.RunAsync("archive", "search", "--config", world.Folders.ConsumerConfiguration, "--key-file", certificate, "--purpose", "p");
        (wrong.Code, wrong.Output.Contains("holds no API key", StringComparison.Ordinal)).ShouldBe((2, true), wrong.Output);

        var (code, output) = await RunAsync("search", "--person", person);
        code.ShouldBe(0, output);
        output.ShouldContain(shown.Record!);
        output.ShouldNotContain(system.Persons[0].Pin);
        (code, output) = await RunAsync("show", shown.Record!);
        code.ShouldBe(0, output);
        output.ShouldContain(system.Persons[0].Pin);

        // A hold wins over an erasure that two persons want.
        var hold = Json(await RunAsync("hold", "--basis", Case, "--json")).GetProperty("id").GetString()!;
        Json(await RunAsync("hold", "--list"))[0].GetProperty("id").GetString().ShouldBe(hold);
        string[] erase = ["erase", "--person", person, "--ground", "request of the person"];
        (await ApprovedAsync("ask1.json", erase)).Output.ShouldContain("hold_in_force");
        (await RunAsync("hold", "--release", hold)).Code.ShouldBe(0);

        // What is taken along before can be checked afterwards.
        var bundle = folder["before.bundle"];
        (code, output) = await RunAsync("export", "--person", person, "--out", bundle);
        code.ShouldBe(0, output);
        var trust = folder["trust.json"];
        (await RunAsync("trust", "--out", trust)).Code.ShouldBe(0);
        (code, output) = await AdapterProcess.RunAsync("verify", bundle, "--trust", trust);
        code.ShouldBe(0, output);

        (await RunAsync(erase)).Output.ShouldContain("approval_missing");
        var (erased, ask) = await ApprovedAsync("ask2.json", erase);
        erased.ShouldBe(0, ask);
        (code, output) = await RunAsync([.. erase, "--approval", folder["ask2.json"] + ".approval"]);
        (code, output.Contains("approval_used", StringComparison.Ordinal)).ShouldBe((1, true), output);
        (await RunAsync("search", "--person", person)).Output.ShouldContain("0 entries");

        var purge = Json(await RunAsync("purge"));
        (purge.GetProperty("executed").GetBoolean(), purge.GetProperty("erased").GetInt64()).ShouldBe((false, 0));
        Json(await RunAsync("purge", "--execute")).GetProperty("executed").GetBoolean().ShouldBeTrue();

        // Every look was an entry, the refused ones too.
        var looks = await RunAsync("search", "--kind", "archive-access", "--limit", "100");
        foreach (var act in new[] { "search", "show", "export", "erase", "purge", "hold_in_force", "approval_missing", "approval_used", "query_invalid" })
        {
            looks.Output.ShouldContain(act);
        }

        if (running)
        {
            await world.Consumer.StopAsync();
        }

        // So was the stranger, at the listener with its next minute, on the stopped archive at once.
        (await RunAsync("search", "--kind", "refusal", "--outcome", "caller_unknown")).Output.ShouldContain("refusal");
        (code, output) = await AdapterProcess.RunAsync("verify", world.Folders.ConsumerConfiguration);
        code.ShouldBe(0, output);

        Task<(int Code, string Output)> RunAsync(params string[] command) =>
            AdapterProcess.RunAsync(["archive", .. command, "--config", world.Folders.ConsumerConfiguration, "--key-file", keyFile, "--purpose", "complaint 17"]);

        async Task<(int Code, string Output)> ApprovedAsync(string file, string[] command)
        {
            var request = folder[file];
            (await RunAsync([.. command, "--approval-request", request])).Code.ShouldBe(1);
            var (approved, said) = await AdapterProcess.RunAsync("archive", "approve", request, "--certificate", certificate, "--key", key);
            approved.ShouldBe(0, said);
            return await RunAsync([.. command, "--approval", request + ".approval"]);
        }
    }

    private static JsonElement Json((int Code, string Output) run)
    {
        run.Code.ShouldBe(0, run.Output);
        return JsonDocument.Parse(run.Output).RootElement;
    }

    private static (string Certificate, string Key) Approver(TemporaryFolder folder)
    {
        using var key = RSA.Create(2048);
        using var made = new CertificateRequest("CN=second person", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(10));
        File.WriteAllText(folder["second.pem"], made.ExportCertificatePem());
        File.WriteAllText(folder["second.key"], key.ExportPkcs8PrivateKeyPem());
        File.SetUnixFileMode(folder["second.key"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return (folder["second.pem"], folder["second.key"]);
    }

    // Erasing needs a second person; in the sandbox a pin is the owner's word.
    private static void Grant(JsonObject json, string file)
    {
        File.WriteAllText(file, File.ReadAllText(file).Replace("secondPerson: none", "secondPerson: [erase]", StringComparison.Ordinal));
        ((JsonArray)json["Documents"]!["PinnedOwnerDocuments"]!).Add(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))));
    }
}
