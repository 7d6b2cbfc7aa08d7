namespace Tunduk.XRoad.Contracts.Schema;

/// <summary>Why a value is not of its type: the rule's code and what it expects. Never the value.</summary>
internal readonly record struct FacetViolation(string Code, string Expected)
{
    public static readonly FacetViolation None = default;

    public bool IsNone => Code is null;
}
