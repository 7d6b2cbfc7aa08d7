using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tunduk.Adapter.Sandbox;

namespace Tunduk.Adapter.Tests.Functional;

/// <summary>
/// One world for all tests that only ask it: a consumer with several aliases and callers, a provider with a counterparty for
/// each state an agreement can be in. Tests of the collection run one after another.
/// </summary>
public sealed partial class EndToEnd : IAsyncLifetime
{
    public const string Collection = "end to end";
    public const string Desk = "sandbox/COM/60009001/desk";

    // Counterparties of the provider: all the same credit office but for their agreement.
    internal const string ExpiredClient = "sandbox/COM/60009002/loans";
    internal const string FutureClient = "sandbox/COM/60009003/loans";
    internal const string RecordingClient = "sandbox/COM/60009004/loans";
    internal const string StrictClient = "sandbox/COM/60009005/loans";
    internal const string NoAgreementClient = "sandbox/COM/60009006/loans";
    internal const string ExpiredCertificateClient = "sandbox/COM/60009007/loans";
    internal const string UniqueIdClient = "sandbox/COM/60009009/loans";
    internal const string WrongUsageClient = "sandbox/COM/60009008/loans";

    /// <summary>Largest body the consumer takes here; small, so that a larger one is cheap to send.</summary>
    public const int MaxBody = 64 * 1024;

    internal static readonly X509Certificate2 ExpiredCertificate = TestKeys.SelfSigned(X509KeyUsageFlags.DigitalSignature, new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2021, 1, 1, 0, 0, 0, TimeSpan.Zero));
    internal static readonly X509Certificate2 WrongUsageCertificate = TestKeys.SelfSigned(X509KeyUsageFlags.KeyEncipherment, new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2040, 1, 1, 0, 0, 0, TimeSpan.Zero));

    internal TestWorld World { get; private set; } = null!;

    public async Task InitializeAsync() => World = await TestWorld.StartAsync(new TestWorldOptions
    {
        Consumer = ChangeConsumer,
        MoreOfConsumer = new Dictionary<string, Func<string, string>>
        {
            ["expired.yaml"] = text => Expired(With(text, "70009001/registry", "70009002/registry", "SLA-C2")),
            ["future.yaml"] = text => Future(With(text, "70009001/registry", "70009003/registry", "SLA-C3")),
        },
        MoreOfProvider = new Dictionary<string, Func<string, string>>
        {
            ["expired.yaml"] = text => Expired(With(text, SandboxNames.Consumer, ExpiredClient, "SLA-P2")),
            ["future.yaml"] = text => Future(With(text, SandboxNames.Consumer, FutureClient, "SLA-P3")),
            ["recording.yaml"] = text => With(text, SandboxNames.Consumer, RecordingClient, "SLA-P4")
                .Replace("inbound: required", "inbound: if-present", StringComparison.Ordinal)
                .Replace("caller: { userId: required, issue: required }", "caller: { userId: record, issue: record }", StringComparison.Ordinal),
            ["strict.yaml"] = text => With(text, SandboxNames.Consumer, StrictClient, "SLA-P5").Replace("unlisted: remove", "unlisted: refuse", StringComparison.Ordinal),
            ["unique.yaml"] = text => With(text, SandboxNames.Consumer, UniqueIdClient, "SLA-P9").Replace("inbound: required", "inbound: if-present, uniqueId: required", StringComparison.Ordinal),
            ["expired-certificate.yaml"] = text => Pinned(With(text, SandboxNames.Consumer, ExpiredCertificateClient, "SLA-P7"), ExpiredCertificate),
            ["wrong-usage.yaml"] = text => Pinned(With(text, SandboxNames.Consumer, WrongUsageClient, "SLA-P8"), WrongUsageCertificate),
        },
    });

    public async Task DisposeAsync() => await World.DisposeAsync();

    internal static string With(string text, string party, string other, string name) => text
        .Replace("counterparty: " + party, "counterparty: " + other, StringComparison.Ordinal)
        .Replace("counterparty: sandbox/GOV/" + party, "counterparty: sandbox/GOV/" + other, StringComparison.Ordinal)
        .Replace("agreement: SLA-2026-014", "agreement: " + name, StringComparison.Ordinal);

    internal static string Expired(string text) => Valid().Replace(text, "\nvalid: { from: 2020-01-01, until: 2021-01-01 }");

    internal static string Future(string text) => Valid().Replace(text, "\nvalid: { from: 2090-01-01, until: 2091-01-01 }");

    /// <summary>A client that can offer nothing, known by its address on the drop-in face.</summary>
    internal static void AdmitOldClient(JsonObject options)
    {
        var caller = Caller("old-client", "unused", ["is"], [SandboxNames.Consumer]);
        caller.Remove("ApiKeySha256");
        ((JsonArray)options["Callers"]!).Add(caller);
        options["Listen"]!["Is"]!["TrustedPlainHttp"] = new JsonArray(new JsonObject { ["Cidr"] = "127.0.0.1/32", ["Caller"] = "old-client" });
    }

    internal static JsonObject Caller(string name, string key, string[] roles, string[] subsystems, Action<JsonObject>? more = null)
    {
        var caller = new JsonObject
        {
            ["Name"] = name,
            ["ApiKeySha256"] = TestWorld.Digest(key),
            ["Roles"] = new JsonArray([.. roles.Select(role => (JsonNode)role)]),
            ["Subsystems"] = new JsonArray([.. subsystems.Select(subsystem => (JsonNode)subsystem)]),
        };
        more?.Invoke(caller);
        return caller;
    }

    private static string Pinned(string text, X509Certificate2 certificate) =>
        text.Replace(TestKeys.Sha256(TestKeys.Consumer.Certificate), TestKeys.Sha256(certificate), StringComparison.Ordinal);

    private static void ChangeConsumer(JsonObject options)
    {
        ((JsonArray)options["Own"]!).Add(new JsonObject { ["Subsystem"] = Desk, ["SigningKey"] = "is" });
        options["Limits"] = new JsonObject { ["MaxBody"] = MaxBody };
        var services = (JsonObject)options["Services"]!;
        var contract = (string)services["getPerson"]!["Contract"]!;
        foreach (var (alias, member) in new[] { ("expired", "70009002"), ("future", "70009003"), ("stranger", "70009005") })
        {
            services[alias] = new JsonObject { ["Service"] = $"sandbox/GOV/{member}/registry/getPerson/v1", ["Contract"] = contract };
        }

        foreach (var service in services.Select(entry => (JsonObject)entry.Value!))
        {
            service["Client"] = SandboxNames.Consumer;
        }

        var callers = (JsonArray)options["Callers"]!;
        callers.Add(Caller("old", "expired-key", ["is"], [SandboxNames.Consumer], caller => caller["Expires"] = "2020-01-01T00:00:00Z"));
        callers.Add(Caller("desk", "desk-key", ["is"], [Desk]));
        callers.Add(Caller("narrow", "narrow-key", ["is"], [SandboxNames.Consumer], caller => caller["Services"] = new JsonArray("getVehicles")));
        callers.Add(Caller("people", "people-key", ["is"], [SandboxNames.Consumer], caller => caller["AuthorisedPersons"] = new JsonArray(
            new JsonObject { ["UserId"] = TestPersons.UserId },
            new JsonObject { ["UserId"] = "KG20000000000002", ["Until"] = "2020-01-01" },
            new JsonObject { ["UserId"] = "KG20000000000004", ["From"] = "2999-01-01" })));
    }

    [GeneratedRegex("\nvalid: [^\n]*")]
    private static partial Regex Valid();
}

/// <summary>Names the shared world's collection for xunit.</summary>
[CollectionDefinition(EndToEnd.Collection)]
public sealed class EndToEndGroup : ICollectionFixture<EndToEnd>;
