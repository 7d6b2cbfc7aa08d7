using Tunduk.Adapter.Filtering;

namespace Tunduk.Adapter.Agreements;

/// <summary>What passes of a fault of the service besides its code.</summary>
/// <param name="ShowText">The fault string passes as it is; otherwise its length only. Default false.</param>
/// <param name="Detail">Paths below the detail element that pass (below <c>detail</c> of the error in REST).</param>
internal sealed record FaultRules(bool ShowText, IReadOnlyList<FieldPath> Detail)
{
    public static readonly FaultRules Nothing = new(ShowText: false, []);

    private readonly Lazy<FieldList> soap = new(() => FieldList.ForRequest(new FieldRules { Allow = Detail }, null, MessageShape.Flat));

    /// <summary>The list for the content of a SOAP fault's detail.</summary>
    public FieldList SoapDetail => soap.Value;
}
