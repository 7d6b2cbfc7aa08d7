using System.Text.Json.Nodes;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Sandbox.SecurityServers;
using Tunduk.Adapter.Tests.Functional;

namespace Tunduk.Adapter.Tests.DropIn;

/// <summary>Both adapters and one SOAP service without a contract, under terms of the test's own.</summary>
/// <param name="terms">What both copies of the agreement say of the service, below its name, as YAML.</param>
public abstract class LookupWorld(string terms) : IAsyncLifetime
{
    internal TestWorld World { get; private set; } = null!;

    internal UpstreamDouble Upstream { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Upstream = await UpstreamDouble.StartAsync();
        World = await TestWorld.StartAsync(new TestWorldOptions
        {
            Provider = options => ((JsonObject)options["Provides"]!)["lookup"] = DropInWorld.LookupBefore(Upstream),
            ProviderAgreement = WithLookup,
            ConsumerAgreement = WithLookup,
        });
        World.SecurityServers.Provider.Add(new ServiceRegistration { Id = DropInWorld.Lookup, Url = new Uri(World.Provider.SecurityServerAddress!, "soap"), Allowed = [SandboxNames.Consumer] });
    }

    public async Task DisposeAsync()
    {
        await World.DisposeAsync();
        await Upstream.DisposeAsync();
    }

    /// <summary>Posts to the drop-in face as the owner's system.</summary>
    internal Task<HttpReply> PostAsync(byte[] message, string contentType)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, World.Consumer.IsAddress) { Content = new ByteArrayContent(message) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + World.Folders.ApiKey);
        return World.SendAsync(request);
    }

    private string WithLookup(string text) => text.Replace(
        "archive: { content: filtered }",
        $"  - service: lookup/v1\n    environment: production\n{string.Join('\n', terms.Split('\n').Select(line => "    " + line))}\narchive: {{ content: filtered }}",
        StringComparison.Ordinal);
}
