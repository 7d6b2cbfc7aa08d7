using Tunduk.Adapter.Filtering;

namespace Tunduk.Adapter.Agreements;

/// <summary>The field names of one operation by its contract.</summary>
/// <param name="Request">Fields of the request, parents before children.</param>
/// <param name="RequestShape">Whether they are wrapped in <c>request</c>.</param>
/// <param name="Response">Fields of the response, parents before children.</param>
/// <param name="ResponseShape">Whether they are wrapped in <c>response</c>.</param>
/// <param name="Namespaces">Namespaces of the two messages' elements.</param>
/// <param name="TypeSubstitution">The schema has types that stand in for others, so that <c>xsi:type</c> is meant.</param>
/// <param name="MapsXml">The contract is a WSDL: JSON is the mapped form of its messages.</param>
internal sealed record ContractFields(
    IReadOnlyList<ContractField> Request,
    MessageShape RequestShape,
    IReadOnlyList<ContractField> Response,
    MessageShape ResponseShape,
    IReadOnlyCollection<string> Namespaces,
    bool TypeSubstitution,
    bool MapsXml)
{
    /// <summary>Named types of the two messages' elements, as <c>{namespace}name</c>.</summary>
    public IReadOnlySet<string> Types { get; init; } = new HashSet<string>();

    /// <summary>Code and version as the contract has them; null where it was not read from one, and for REST, whose descriptions name operations only.</summary>
    public string? ServiceName { get; init; }

    /// <summary>Method and path of a REST operation; null for SOAP.</summary>
    public RestEndpoint? Endpoint { get; init; }
}
