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
    private static readonly string[] Names = ["python", "php", "javascript"];
    private readonly Fixture fixture;

    public ForeignClientTests(Fixture fixture) => this.fixture = fixture;

    public static TheoryData<string> Clients => [.. Names];

    [Theory]
    [MemberData(nameof(Clients))]
    public void GetPerson_ThroughTheSecurityServer_UnderstandsThePerson(string client)
    {
        var response = fixture.Through[client].GetProperty("response");
        response.GetProperty("surname").GetString().ShouldBe(fixture.Person.Surname);
        response.GetProperty("address").GetProperty("locality").GetString().ShouldBe(fixture.Person.Address.Locality);
        response.TryGetProperty("maritalStatus", out var unlisted).ShouldBe(unlisted.ValueKind == JsonValueKind.Null, "zeep shows what is absent as null");
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task GetPerson_WithOnlyTheAddressChanged_UnderstandsTheSame(string client)
    {
        var adapter = await AskAsync(client, fixture.World.Consumer["is"], fixture.Person.Pin);

        adapter.GetRawText().ShouldBe(fixture.Through[client].GetRawText());
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public void GetPerson_AsTheSecurityServerBeforeTheProvidersFace_UnderstandsTheSame(string client) =>
        fixture.Direct[client].GetRawText().ShouldBe(fixture.Through[client].GetRawText());

    [Theory]
    [InlineData("/listClients")]
    [InlineData("/r1/sandbox/GOV/70009001/registry/listMethods")]
    [InlineData("/r1/sandbox/GOV/70009001/registry/allowedMethods")]
    public async Task Curl_WithOnlyTheAddressChanged_GetsTheSame(string path)
    {
        var through = await CurlAsync(fixture.World.SecurityServers["consumer"], path);
        var adapter = await CurlAsync(fixture.World.Consumer["is"], path);

        through.ShouldStartWith("200 application/json");
        adapter.ShouldBe(through);
    }

    // Status and content type, then the body.
    private static async Task<string> CurlAsync(Uri address, string path)
    {
        var (code, text) = await Tool.RunAsync(
            "curl", "-sS", new Uri(address, path).ToString(), "-H", "Accept: application/json", "-H", "X-Road-Client: " + SandboxNames.Consumer, "-H", "X-Road-UserId: KG20000000000001",
            "-H", "X-Road-Issue: loan-scoring application 2026-00017", "-w", "\n%{http_code} %{content_type}");
        code.ShouldBe(0, text);
        var at = text.LastIndexOf('\n');
        return text[(at + 1)..].Replace("; ", ";", StringComparison.Ordinal) + "\n" + text[..at];
    }

    private static async Task<JsonElement> AskAsync(string client, Uri address, string pin, Uri? wsdl = null)
    {
        var (code, text) = await RunAsync(client, address, pin, wsdl);
        code.ShouldBe(0, text);
        var answer = JsonDocument.Parse(text).RootElement.GetProperty("answer");
        return client == "python" ? answer.GetProperty("body") : answer;
    }

    private static Task<(int Code, string Output)> RunAsync(string client, Uri address, string pin, Uri? wsdl) => client switch
    {
        "python" when wsdl is not null => Tool.RunAsync("/usr/bin/python3", Path.Combine(Judges, "zeep_get_person.py"), address.ToString(), pin, wsdl.ToString()),
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

        /// <summary>
        /// What each client understood through the security server. Asked first: once a client has signed (the adapter signs for
        /// it), the provider's adapter takes nothing unsigned from it any more.
        /// </summary>
        internal Dictionary<string, JsonElement> Through { get; } = [];

        /// <summary>
        /// What each understood in the security server's place, before the provider's face; zeep by the WSDL that face serves.
        /// </summary>
        internal Dictionary<string, JsonElement> Direct { get; } = [];

        public async Task InitializeAsync()
        {
            await StartAsync();
            foreach (var client in Names)
            {
                Direct[client] = await AskAsync(client, new Uri(World.Provider["securityServer"], "soap"), Person.Pin, new Uri(World.Provider["securityServer"], "wsdl/getPerson"));
                Through[client] = await AskAsync(client, World.SecurityServers["consumer"], Person.Pin);
            }
        }

        public async Task DisposeAsync()
        {
            await World.DisposeAsync();
            folder.Dispose();
        }

        private async Task StartAsync() => World = await ProcessWorld.StartAsync(new ProcessWorldOptions
        {
            Data = folder.Path,
            ProviderAgreement = text => text.Replace("inbound: required", "inbound: if-present", StringComparison.Ordinal),
            Consumer = EndToEnd.AdmitOldClient,
        });
    }
}
