using System.Net;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Signing;

namespace Tunduk.Adapter.Tests.Functional;

/// <summary>How a test world differs from the sandbox.</summary>
internal sealed record TestWorldOptions
{
    /// <summary>Changes the provider's <c>adapter.json</c>.</summary>
    public Action<JsonObject>? Provider { get; init; }

    /// <summary>Changes the consumer's <c>adapter.json</c>.</summary>
    public Action<JsonObject>? Consumer { get; init; }

    /// <summary>Puts more files into the provider's folder before it starts.</summary>
    public Action<JsonObject, string>? ProviderFiles { get; init; }

    /// <summary>Puts more files into the consumer's folder before it starts.</summary>
    public Action<JsonObject, string>? ConsumerFiles { get; init; }

    /// <summary>Changes the text of the provider's agreement.</summary>
    public Func<string, string> ProviderAgreement { get; init; } = text => text;

    /// <summary>Changes the text of the consumer's agreement.</summary>
    public Func<string, string> ConsumerAgreement { get; init; } = text => text;

    /// <summary>More agreements of the provider, by file name, each made from the sandbox's own text.</summary>
    public IReadOnlyDictionary<string, Func<string, string>> MoreOfProvider { get; init; } = new Dictionary<string, Func<string, string>>();

    /// <summary>More agreements of the consumer.</summary>
    public IReadOnlyDictionary<string, Func<string, string>> MoreOfConsumer { get; init; } = new Dictionary<string, Func<string, string>>();

    /// <summary>Asked instead of the simulated security servers.</summary>
    public Uri? SecurityServer { get; init; }

    /// <summary>A contract to serve beside the sandbox's own, answered with invented data.</summary>
    public SandboxContract? Contract { get; init; }

    /// <summary>The sandbox's REST service is there as well.</summary>
    public bool WithPersons { get; init; }

    /// <summary>What both adapters share of what they signed, as in the sandbox; null: each its own, as on two machines.</summary>
    public SignedCopies? Copies { get; init; }

    /// <summary>Who knows the security servers' names; null: the system.</summary>
    public Func<string, CancellationToken, Task<IPAddress[]>>? Names { get; init; }

    public bool WithConsumer { get; init; } = true;

    public bool WithProvider { get; init; } = true;
}
