using System.Text.Json.Nodes;

namespace Tunduk.Adapter.Tests.Processes;

/// <summary>What a world of processes has besides the sandbox's own settings.</summary>
internal sealed record ProcessWorldOptions
{
    /// <summary>Folder for keys, archives and journals. It must exist.</summary>
    public required string Data { get; init; }

    /// <summary>Stands between the provider's adapter and the register: takes the register's address, gives its own.</summary>
    public Func<Uri, Task<Uri>>? BeforeRegister { get; init; }

    /// <summary>Stands between the provider's security server and its adapter: takes the adapter's SOAP address, gives its own.</summary>
    public Func<Uri, Task<Uri>>? BeforeProvider { get; init; }

    /// <summary>Changes the agreement's text of the provider's side before the first start.</summary>
    public Func<string, string>? ProviderAgreement { get; init; }

    /// <summary>Changes <c>adapter.json</c> of the consumer's adapter.</summary>
    public Action<JsonObject>? Consumer { get; init; }

    /// <summary>Changes <c>adapter.json</c> of the provider's adapter.</summary>
    public Action<JsonObject>? Provider { get; init; }

    /// <summary>Files and sockets that the consumer's adapter may have open; null: as many as the tests may.</summary>
    public int? ConsumerOpenFiles { get; init; }

    /// <summary>Environment of both adapters, for settings of the runtime.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }
}
