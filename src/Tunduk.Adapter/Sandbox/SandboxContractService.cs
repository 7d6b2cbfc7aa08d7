using Tunduk.Adapter.Agreements;
using Tunduk.XRoad.Contracts;

namespace Tunduk.Adapter.Sandbox;

/// <summary>One operation of the user's contract in the sandbox.</summary>
/// <param name="Alias">Last part of its address at the consumer's adapter.</param>
/// <param name="Id">X-Road identifier in instance <c>sandbox</c>.</param>
/// <param name="Operation">The operation.</param>
internal sealed record SandboxContractService(string Alias, string Id, Operation Operation)
{
    /// <summary><c>test</c> where the name looks like a test service's: agreements insist on saying so.</summary>
    public string Environment => TestName.Matches(Operation.ServiceCode) ? "test" : "production";
}
