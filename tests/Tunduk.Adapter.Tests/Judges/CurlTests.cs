using System.Text.Json.Nodes;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Tests.Conventions;
using Tunduk.Adapter.Tests.DropIn;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.Tests.Sandbox;

namespace Tunduk.Adapter.Tests.Judges;

/// <summary>A REST client written as a script (curl) asks the security server and then the adapter, with nothing but the address changed.</summary>
public sealed class CurlTests
{
    private static readonly string Script = Path.Combine(Repository.Root, "tests", "judges", "curl_rest.sh");

    [Fact]
    public async Task Rest_WithOnlyTheAddressChanged_GetsTheSame()
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        await using var world = await TestWorld.StartAsync(new TestWorldOptions
        {
            Provider = options => ((JsonObject)options["Provides"]!)["persons"] = new JsonObject
            {
                ["Service"] = DropInWorld.Persons,
                ["Upstream"] = new Uri(upstream.Address, "api").ToString(),
                ["Protocol"] = "Rest",
            },
            Consumer = EndToEnd.AdmitOldClient,
            ProviderAgreement = text => WithPersons(text).Replace("inbound: required", "inbound: if-present", StringComparison.Ordinal),
            ConsumerAgreement = WithPersons,
        });
        world.SecurityServers.Provider.Service(DropInWorld.Persons).Url = new Uri(world.Provider.SecurityServerAddress!, "rest/persons");

        var (code, through) = await Tool.RunAsync("bash", Script, world.SecurityServers.Consumer.Address.ToString(), TestPersons.Somebody.Pin);
        code.ShouldBe(0, through);

        // In the security server's place, before the provider's face: what it would send, and the same body back.
        var (direct, body) = await Tool.RunAsync(
            "curl", "-sS", new Uri(world.Provider.SecurityServerAddress!, $"rest/persons/by-pin/{TestPersons.Somebody.Pin}?fields=surname").ToString(), "-H", "X-Road-Client: " + SandboxNames.Consumer,
            "-H", "X-Road-Id: " + Guid.NewGuid(), "-H", "X-Road-UserId: KG20000000000001", "-H", "X-Road-Issue: loan-scoring application 2026-00017", "-H", "Accept: application/json");
        direct.ShouldBe(0, body);
        through.ShouldEndWith(body.TrimEnd() + "\n");
        var (again, adapter) = await Tool.RunAsync("bash", Script, world.Consumer.IsAddress!.ToString(), TestPersons.Somebody.Pin);
        again.ShouldBe(0, adapter);

        through.ShouldStartWith("200\n");
        through.ShouldContain("\"surname\"");
        adapter.ShouldBe(through);
    }

    private static string WithPersons(string text) => text.Replace("archive: { content: filtered }", """
          - service: persons
            environment: production
            request: { allow: [path/1, path/2, query/fields] }
            response: { allow: [surname, echo] }
            attachments: none
            persons: [ { path: request/path/2, kind: pin } ]
        archive: { content: filtered }
        """, StringComparison.Ordinal);
}
