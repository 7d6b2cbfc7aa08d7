using Tunduk.Adapter.Agreements;
using Tunduk.XRoad.Contracts;

namespace Tunduk.Adapter.Sandbox;

/// <summary>One service of the user's contract in the sandbox: an operation of a WSDL, or a whole OpenAPI description.</summary>
/// <param name="Alias">Last part of its address at the consumer's adapter.</param>
/// <param name="Id">X-Road identifier in instance <c>sandbox</c>.</param>
/// <param name="Operations">Its operations; one where it is SOAP.</param>
internal sealed record SandboxContractService(string Alias, string Id, IReadOnlyList<Operation> Operations)
{
    /// <summary>Code and version, as agreements name it.</summary>
    public string Name => Id[(Sandbox.SandboxNames.Provider.Length + 1)..];

    /// <summary>The description it is, where it is REST.</summary>
    public Contract? Rest { get; init; }

    /// <summary><c>test</c> where the name looks like a test service's: agreements insist on saying so.</summary>
    public string Environment => TestName.Matches(Name.Split('/')[0]) ? "test" : "production";

    /// <summary>The addresses at the consumer's adapter, with what each is of; an operation that is no JSON has none.</summary>
    public IEnumerable<(string Address, Operation Operation)> Addresses => Rest is null
        ? [($"v1/services/{Alias}", Operations[0])]
        : Operations.Where(operation => operation.Rest!.OnlyAsHttp is null).Select(operation => ($"v1/services/{Alias}/{operation.AddressName}", operation));
}
