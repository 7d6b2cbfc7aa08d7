using Tunduk.Adapter.Filtering;

namespace Tunduk.Adapter.Agreements;

/// <summary>What passes of a fault of the service besides its code.</summary>
/// <param name="ShowText">The fault string passes as it is; otherwise its length only. Default false.</param>
/// <param name="Detail">Paths of the detail element that pass.</param>
internal sealed record FaultRules(bool ShowText, IReadOnlyList<FieldPath> Detail)
{
    public static readonly FaultRules Nothing = new(ShowText: false, []);
}
