using System.Text.Json;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Sandbox.Register;
using Tunduk.Adapter.Tests.Conventions;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.Tests.Processes;
using Tunduk.Adapter.Tests.Sandbox;

namespace Tunduk.Adapter.Tests.Judges;

/// <summary>
/// Clients as members write them, in Python (zeep), PHP (SoapClient) and JavaScript (npm soap): each asks the simulated
/// security server and then the adapter, with nothing but the address changed, and understands the same.
/// </summary>
public sealed class ForeignClientTests : IClassFixture<ForeignClientTests.Fixture>
{
    private static readonly string Judges = Path.Combine(Repository.Root, "tests", "judges");
    private readonly Fixture fixture;

    public ForeignClientTests(Fixture fixture) => this.fixture = fixture;

    public static TheoryData<string> Clients => ["python", "php", "javascript"];

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task GetPerson_ThroughTheSecurityServer_UnderstandsThePerson(string client)
    {
        var answer = await AskAsync(client, fixture.World.SecurityServers["consumer"], fixture.Person.Pin);

        var response = answer.GetProperty("response");
        response.GetProperty("surname").GetString().ShouldBe(fixture.Person.Surname);
        response.GetProperty("address").GetProperty("locality").GetString().ShouldBe(fixture.Person.Address.Locality);
        response.TryGetProperty("maritalStatus", out var unlisted).ShouldBe(unlisted.ValueKind == JsonValueKind.Null, "zeep shows what is absent as null");
    }

    private static async Task<JsonElement> AskAsync(string client, Uri address, string pin)
    {
        var (code, text) = await RunAsync(client, address, pin);
        code.ShouldBe(0, text);
        var answer = JsonDocument.Parse(text).RootElement.GetProperty("answer");
        return client == "python" ? answer.GetProperty("body") : answer;
    }

    private static Task<(int Code, string Output)> RunAsync(string client, Uri address, string pin) => client switch
    {
        "python" => Tool.RunAsync("/usr/bin/python3", Path.Combine(Judges, "zeep_get_person.py"), address.ToString(), pin),
        "php" => Tool.RunAsync("php", Path.Combine(Judges, "php_get_person.php"), address.ToString(), pin),
        _ => Tool.RunAsync(
            "node",
            Path.Combine(Judges, "soap", "get_person.cjs"),
            address.ToString(),
            pin,
            Path.Combine(Repository.Root, "src/Tunduk.Adapter/Sandbox/Contracts/sandbox_GOV_70009001_registry_getPerson_v1.wsdl"),
            Path.Combine(Repository.Root, "tests/.tools/soap/node_modules")),
    };

    /// <summary>One world for all clients: the agreement's variant for counterparties without signatures, and a caller known by its address.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private readonly TemporaryFolder folder = new();

        internal ProcessWorld World { get; private set; } = null!;

        internal InventedPerson Person { get; } = InventedPopulation.Invent(DemonstrationRegister.Population).First(one => one.MaritalStatus is not null && one.Documents.Count > 1);

        public async Task InitializeAsync() => World = await ProcessWorld.StartAsync(new ProcessWorldOptions
        {
            Data = folder.Path,
            ProviderAgreement = text => text.Replace("inbound: required", "inbound: if-present", StringComparison.Ordinal),
            Consumer = options =>
            {
                var caller = EndToEnd.Caller("old-client", "unused", ["is"], [SandboxNames.Consumer]);
                caller.Remove("ApiKeySha256");
                ((JsonArray)options["Callers"]!).Add(caller);
                options["Listen"]!["Is"]!["TrustedPlainHttp"] = new JsonArray(new JsonObject { ["Cidr"] = "127.0.0.1/32", ["Caller"] = "old-client" });
            },
        });

        public async Task DisposeAsync()
        {
            await World.DisposeAsync();
            folder.Dispose();
        }
    }
}
