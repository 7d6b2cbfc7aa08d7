using System.Text.Json;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Sandbox.Pki;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.Trust;
using RevocationReason = Tunduk.Adapter.Sandbox.Pki.RevocationReason;

namespace Tunduk.Adapter.Tests.Trust;

/// <summary>An owner whose own authority is asked about the owner's own certificates.</summary>
public sealed class OwnRevocationTests : IAsyncLifetime
{
    private AuthorityServer authority = null!;
    private TestWorld world = null!;
    private SandboxCertificate old = null!;
    private SandboxCertificate next = null!;

    public async Task InitializeAsync()
    {
        authority = await AuthorityServer.StartAsync(TestKeys.TheAuthority, 0, TimeProvider.System, CancellationToken.None);
        old = TestKeys.TheAuthority.SigningCertificate("is-own-old-" + Guid.NewGuid().ToString("N")[..8], "60009001", "Credit office (invented)", "old");
        next = TestKeys.TheAuthority.SigningCertificate("is-own-next-" + Guid.NewGuid().ToString("N")[..8], "60009001", "Credit office (invented)", "next");
    }

    public async Task DisposeAsync()
    {
        await world.DisposeAsync();
        await authority.DisposeAsync();
    }

    [Fact]
    public async Task Ready_OwnCertificateRevoked_NamedAndNothingIsSignedWithIt()
    {
        await StartAsync(withNext: false);
        (await world.AskAsync()).Status.ShouldBe(200);
        await Wait.ForAsync(async () => (await MetricsAsync()).Contains("tunduk_certificate_revoked{kind=\"signing\",name=\"Keys:is\"", StringComparison.Ordinal) ? "asked" : null);
        var metrics = await MetricsAsync();
        foreach (var metric in new[] { "days_left", "revocation_age_seconds", "unused_seconds" })
        {
            metrics.ShouldContain($"tunduk_certificate_{metric}{{kind=\"signing\",name=\"Keys:is\",serial=\"{old.Certificate.SerialNumber}\"}} ");
        }

        TestKeys.TheAuthority.Revoke(old.Certificate, RevocationReason.KeyCompromise);
        await LaterAsync();

        await Wait.ForAsync(async () => (await ReadyAsync()).Contains($"signing certificate Keys:is (serial {old.Certificate.SerialNumber}) is revoked: {SandboxNames.Consumer} can sign nothing", StringComparison.Ordinal) ? "named" : null);
        await Wait.ForAsync(async () => (await world.AskAsync()).Status != 200 ? "refused" : null);
        var refusal = await world.RefusedAsync("signing_key_unavailable", "sign");
        refusal.Path.ShouldBe("Keys:is");
        refusal.Found.ShouldNotBeNull().ShouldContain(old.Certificate.SerialNumber);
    }

    [Fact]
    public async Task Ask_OneOfTwoOwnKeysRevoked_TheOtherSigns()
    {
        await StartAsync(withNext: true);
        TestKeys.TheAuthority.Revoke(next.Certificate, RevocationReason.Superseded);
        await LaterAsync();
        await Wait.ForAsync(async () => (await ReadyAsync()).Contains("Keys:next (serial", StringComparison.Ordinal) ? "named" : null);

        (await world.AskAsync()).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Ready_NobodyAnswersAboutAnOwnCertificate_IsSaidAndTheKeySignsOn()
    {
        authority.Ocsp.Fault = OcspFault.TryLater;
        await StartAsync(withNext: false);

        await Wait.ForAsync(async () => (await ReadyAsync()).Contains("ocsp_try_later", StringComparison.Ordinal) ? "said" : null);
        (await world.AskAsync()).Status.ShouldBe(200);
    }

    [Fact]
    public async Task KeysShow_Asking_ShowsStateAndAgeAndFailsForARevokedOne()
    {
        await StartAsync(withNext: true);
        TestKeys.TheAuthority.Revoke(next.Certificate, RevocationReason.Superseded);

        var (code, output) = await Tunduk.Adapter.Tests.Sandbox.Tool.RunAsync("dotnet", Processes.AdapterProcess.Program, "keys", "show", "--ask", "--json", "--config", world.Folders.ConsumerConfiguration);

        code.ShouldBe(1, output);
        var certificates = JsonDocument.Parse(output).RootElement.GetProperty("certificates").EnumerateArray().ToDictionary(one => one.GetProperty("name").GetString()!, StringComparer.Ordinal);
        certificates["Keys:is"].GetProperty("revocation").GetString().ShouldBe("good");
        certificates["Keys:is"].GetProperty("revocationAgeSeconds").GetInt64().ShouldBeInRange(-60, 3600);
        certificates["Keys:next"].GetProperty("revocation").GetString().ShouldBe("revoked");
        certificates["Keys:next"].GetProperty("warning").GetString().ShouldNotBeNull().ShouldContain("is revoked");
    }

    [Fact]
    public async Task KeysShow_AdapterRuns_ShowsWhatItKnowsOfCounterpartiesAndLastUses()
    {
        await StartAsync(withNext: false);
        (await world.AskAsync()).Status.ShouldBe(200);
        var row = JsonDocument.Parse(await ReadyAsync()).RootElement.GetProperty("certificates").EnumerateArray().Single(one => one.GetProperty("kind").GetString() == "counterparty");
        row.GetProperty("sha256").GetString().ShouldBe(TestKeys.Sha256(TestKeys.Provider.Certificate));
        row.GetProperty("daysLeft").GetInt32().ShouldBeGreaterThan(0);
        row.GetProperty("lastUse").GetDateTimeOffset().ShouldBeGreaterThan(DateTimeOffset.UnixEpoch);
        row.GetProperty("breaks").GetString().ShouldNotBeNull().ShouldContain("are refused");
        var options = (JsonObject)JsonNode.Parse(await File.ReadAllTextAsync(world.Folders.ConsumerConfiguration))!;
        options["Listen"]!["Admin"]!["Address"] = world.Consumer.AdminAddress!.ToString();
        var file = Path.Combine(world.ConsumerFolder, "running.json");
        await File.WriteAllTextAsync(file, options.ToJsonString());

        var (_, output) = await Tunduk.Adapter.Tests.Sandbox.Tool.RunAsync("dotnet", Processes.AdapterProcess.Program, "keys", "show", "--config", file);

        output.Split('\n').ShouldContain(line => line.StartsWith("counterparty ", StringComparison.Ordinal) && line.Contains(TestKeys.Sha256(TestKeys.Provider.Certificate), StringComparison.Ordinal) && line.Contains("last use", StringComparison.Ordinal), output);
        output.Split('\n').ShouldContain(line => line.StartsWith("signing Keys:is: ", StringComparison.Ordinal) && line.Contains("last use", StringComparison.Ordinal), output);
    }

    private async Task StartAsync(bool withNext)
    {
        world = await TestWorld.StartAsync(new TestWorldOptions
        {
            Consumer = options =>
            {
                options["Keys"]!["is"] = new JsonObject { ["Certificate"] = old.CertificatePath, ["Key"] = old.KeyPath };
                if (withNext)
                {
                    options["Keys"]!["next"] = new JsonObject { ["Certificate"] = next.CertificatePath, ["Key"] = next.KeyPath, ["From"] = "2026-01-01T00:00:00Z" };
                    options["Own"]![0]!["NextSigningKeys"] = new JsonArray("next");
                }

                options["Trust"] = new JsonObject
                {
                    // The counterparty's certificate is of the same authority.
                    ["Revocation"] = TestRevocation.Of(authority, ("KeepFor", "00:00:30"), ("WhenUnanswered", "accept-and-flag")),
                };
            },
            ProviderAgreement = text => text.Replace("certificates: [ ", $"certificates: [ {{ sha256: \"{TestKeys.Sha256(old.Certificate)}\", from: 2020-01-01, until: 2090-01-01 }}, {{ sha256: \"{TestKeys.Sha256(next.Certificate)}\", from: 2020-01-01, until: 2090-01-01 }}, ", StringComparison.Ordinal),
        });
    }

    /// <summary>Past the end of the answers, and the next look.</summary>
    private async Task LaterAsync()
    {
        await Wait.ForAsync(async () => (await ReadyAsync()).Length > 0 ? "up" : null);
        world.Clock.Jump(TimeSpan.FromSeconds(40));
        world.Clock.Expire(OwnRevocation.Interval);
    }

    private async Task<string> ReadyAsync()
    {
        world.Clock.Expire(OwnRevocation.Interval);
        return (await world.SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(world.Consumer.AdminAddress!, "health/ready")))).Text;
    }

    private async Task<string> MetricsAsync() => (await world.SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(world.Consumer.AdminAddress!, "metrics")))).Text;
}
