using Tunduk.Adapter.Resilience;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Contracts.Outcomes;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Contracts;

/// <summary>A service our information system may ask for, resolved.</summary>
/// <param name="Alias">Last part of its address; empty where an existing client names the service itself.</param>
/// <param name="Service">X-Road identifier; null for a metaservice of the security server itself.</param>
/// <param name="Client">Own subsystem that asks.</param>
/// <param name="Operation">The operation in its contract; null where nobody gave one, and for a REST service: an alias without it is one.</param>
/// <param name="Limits">Timeouts and bulkhead.</param>
internal sealed record ConsumedService(string Alias, ServiceId? Service, ClientId Client, Operation? Operation, ServiceLimits Limits)
{
    /// <summary>Repeated requests are answered by the first answer, of callers that say so too.</summary>
    public bool AnswersRepeats { get; init; }

    /// <summary>What its answers say, by the rules beside its contract.</summary>
    public OutcomeRules Outcomes { get; init; } = OutcomeRules.None;

    /// <summary>The OpenAPI description of a REST service, if one was given.</summary>
    public Contract? Rest { get; init; }

    /// <summary>Its operations that can be asked as JSON; none of a SOAP service, or of one without a description.</summary>
    public IReadOnlyList<Operation> RestOperations => [.. Rest?.Operations.Where(operation => operation.Rest is { OnlyAsHttp: null }) ?? []];

    /// <summary>All operations that can be asked as JSON.</summary>
    public IReadOnlyList<Operation> Operations => Operation is not null ? [Operation] : RestOperations;

    /// <summary>The address of one of them.</summary>
    public string AddressOf(Operation operation) => Operation is not null ? $"/v1/services/{Alias}" : $"/v1/services/{Alias}/{operation.AddressName}";
}
