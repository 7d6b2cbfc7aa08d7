using Tunduk.Adapter.Configuration;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Contracts.Outcomes;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Contracts;

/// <summary>A service our information system answers, resolved.</summary>
/// <param name="Name">Its name in <c>Provides</c>: the last part of its address for REST, WSDL and OpenAPI.</param>
/// <param name="Service">X-Road identifier.</param>
/// <param name="Operation">The operation in its contract; never null for JSON and gRPC, null elsewhere where nobody gave a contract.</param>
/// <param name="Upstream">Where the information system is asked.</param>
/// <param name="Protocol">What it speaks.</param>
/// <param name="Timeout">Longest wait for the information system.</param>
/// <param name="EchoesRequest">The contract repeats the element <c>request</c> in the answer.</param>
/// <param name="IsTest">The information system is a test system.</param>
internal sealed record ProvidedService(string Name, ServiceId Service, Operation? Operation, Uri Upstream, UpstreamProtocol Protocol, TimeSpan Timeout, bool EchoesRequest, bool IsTest)
{
    /// <summary>What its answers say, by the rules beside its contract.</summary>
    public OutcomeRules Outcomes { get; init; } = OutcomeRules.None;

    /// <summary>Form of the body that protocol grpc sends.</summary>
    public UpstreamBodyForm Body { get; init; }

    /// <summary>The OpenAPI description of a REST service, if one was given.</summary>
    public Contract? Rest { get; init; }
}
