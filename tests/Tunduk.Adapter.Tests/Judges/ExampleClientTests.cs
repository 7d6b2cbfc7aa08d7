using System.Text.Json;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Sandbox.SecurityServers;
using Tunduk.Adapter.Tests.Conventions;
using Tunduk.Adapter.Tests.DropIn;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.Tests.Sandbox;

namespace Tunduk.Adapter.Tests.Judges;

/// <summary>
/// The example clients under <c>tests/clients</c>: one program each in Python, PHP and JavaScript asks a SOAP service, a REST service and every
/// metaservice of a security server, and then of the adapter with nothing but the address changed, and is answered the same.
/// </summary>
public sealed class ExampleClientTests(ExampleClientTests.Fixture fixture) : IClassFixture<ExampleClientTests.Fixture>
{
    private static readonly string Clients = Path.Combine(Repository.Root, "tests", "clients");
    private static readonly (string Program, string File)[] All = [("/usr/bin/python3", "client.py"), ("php", "client.php"), ("node", "client.mjs")];

    private static readonly string[] Questions =
    [
        "soap", "soap listMethods", "soap allowedMethods", "soap getWsdl", "rest get", "rest post", "rest listMethods", "rest allowedMethods", "rest getOpenAPI", "listClients", "listClients json",
    ];

    public static TheoryData<string> Files => [.. All.Select(client => client.File)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Client_BeforeTheSecurityServer_IsAnsweredEverything(string file)
    {
        var answers = JsonDocument.Parse(fixture.Through[file]).RootElement;

        answers.EnumerateObject().Select(answer => answer.Name).ShouldBe(Questions, ignoreOrder: true);
        foreach (var answer in answers.EnumerateObject())
        {
            answer.Value.GetProperty("status").GetInt32().ShouldBe(200, $"{answer.Name}: {answer.Value}");
            (answer.Value.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.String).ShouldBeFalse(answer.Value.ToString());
            answer.Value.ToString().ShouldNotContain("faultcode");
        }

        answers.GetProperty("soap").GetProperty("answer").EnumerateArray().Select(leaf => leaf[1].GetString()).ShouldContain(TestPersons.Somebody.Surname);
        answers.GetProperty("soap getWsdl").GetProperty("attachment").GetString()!.Length.ShouldBe(64);
        answers.GetProperty("rest post").GetProperty("answer").GetString()!.ShouldContain("\"echo\":\"POST\"");
        answers.GetProperty("rest getOpenAPI").GetProperty("answer").GetString()!.ShouldContain("http://example.org/xroad-endpoint");
        answers.GetProperty("listClients").GetProperty("answer").GetString()!.ShouldContain("clientList");
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Client_WithOnlyTheAddressChanged_IsAnsweredTheSame(string file)
    {
        var adapter = JsonNode.Parse(await Fixture.RunAsync(file, fixture.World.Consumer.IsAddress!))!.AsObject();
        var through = JsonNode.Parse(fixture.Through[file])!.AsObject();

        foreach (var question in Questions)
        {
            adapter[question]!.ToJsonString().ShouldBe(through[question]!.ToJsonString(), question);
        }
    }

    public sealed class Fixture : IAsyncLifetime
    {
        private const string Description = """
            openapi: 3.0.3
            info: { title: described, version: "1" }
            servers: [ { url: "http://127.0.0.1:1/internal" } ]
            paths: { /a: { get: { operationId: a, responses: { '200': { description: ok } } } } }
            """;

        private readonly TemporaryFolder folder = new();

        internal TestWorld World { get; private set; } = null!;

        /// <summary>What each was answered by the security server. Asked first: once the adapter has signed for a client, the provider's takes nothing unsigned from it.</summary>
        internal Dictionary<string, string> Through { get; } = [];

        private UpstreamDouble Upstream { get; set; } = null!;

        public async Task InitializeAsync()
        {
            Upstream = await UpstreamDouble.StartAsync();
            World = await TestWorld.StartAsync(new TestWorldOptions
            {
                Provider = options => ((JsonObject)options["Provides"]!)["persons"] = new JsonObject { ["Service"] = DropInWorld.Persons, ["Upstream"] = new Uri(Upstream.Address, "api").ToString(), ["Protocol"] = "Rest" },
                Consumer = EndToEnd.AdmitOldClient,
                ProviderAgreement = text => WithPersons(text).Replace("inbound: required", "inbound: if-present", StringComparison.Ordinal),
                ConsumerAgreement = WithPersons,
            });
            var description = Path.Combine(folder.Path, "described.yaml");
            await File.WriteAllTextAsync(description, Description);
            var server = World.SecurityServers.Provider;
            server.Service(DropInWorld.Persons).Url = new Uri(World.Provider.SecurityServerAddress!, "rest/persons");
            server.Add(new ServiceRegistration { Id = SandboxNames.Provider + "/described", Kind = ServiceKind.OpenApi3, Url = new Uri("http://127.0.0.1:1/"), Allowed = [SandboxNames.Consumer], Description = description });
            foreach (var (_, file) in All)
            {
                Through[file] = await RunAsync(file, World.SecurityServers.Consumer.Address);
            }
        }

        public async Task DisposeAsync()
        {
            await World.DisposeAsync();
            await Upstream.DisposeAsync();
            folder.Dispose();
        }

        internal static async Task<string> RunAsync(string file, Uri address)
        {
            var program = All.Single(client => client.File == file).Program;
            var (code, text) = await Tool.RunAsync(program, Path.Combine(Clients, file), address.ToString(), TestPersons.Somebody.Pin);
            code.ShouldBe(0, text);
            return text;
        }

        private static string WithPersons(string text) => text.Replace("archive: { content: filtered }", """
              - service: persons
                environment: production
                request: { allow: [path/1, path/2, query/fields, pin] }
                response: { allow: [surname, echo] }
            archive: { content: filtered }
            """, StringComparison.Ordinal);
    }
}
