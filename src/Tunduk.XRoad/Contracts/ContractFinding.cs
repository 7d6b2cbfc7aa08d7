using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Contracts;

/// <summary>Something an import has to say: how bad, which construct, what about it, and where it stands.</summary>
/// <param name="Severity">What it means.</param>
/// <param name="Construct">The XSD, WSDL or OpenAPI construct, for example <c>xs:redefine</c>.</param>
/// <param name="Message">What is wrong and what was done.</param>
/// <param name="Location">File and line.</param>
public sealed record ContractFinding(FindingSeverity Severity, string Construct, string Message, SchemaLocation Location)
{
    public override string ToString() => $"{Location}: {Severity}: {Construct}: {Message}";
}
