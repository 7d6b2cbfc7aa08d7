using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Evidence.Tests.Soap;

namespace Tunduk.Adapter.Tests.Attacks;

/// <summary>A provider and a consumer adapter with real listeners, both of whose agreements pin the corpus's signer.</summary>
public sealed partial class AttackWorld : IAsyncLifetime
{
    internal SecurityServerDouble Server { get; private set; } = null!;

    internal TestWorld World { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await SecurityServerDouble.StartAsync();
        World = await TestWorld.StartAsync(new TestWorldOptions
        {
            SecurityServer = Server.Address,
            ProviderAgreement = Pinned,
            ConsumerAgreement = Pinned,
        });
    }

    public async Task DisposeAsync()
    {
        await World.DisposeAsync();
        await Server.DisposeAsync();
    }

    internal static string Pinned(string text)
    {
        var pins = AdapterAttacks.PinnedToo.Append(SoapMessages.Consumer).Select(signer => $"{{ sha256: \"{Convert.ToHexStringLower(signer.Sha256)}\", from: 2020-01-01, until: 2090-01-01 }}");
        return Certificates().Replace(text, $"certificates: [ {string.Join(", ", pins)} ]");
    }

    [GeneratedRegex("certificates: [^\n]*")]
    private static partial Regex Certificates();
}
