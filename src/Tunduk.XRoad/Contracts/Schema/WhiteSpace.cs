namespace Tunduk.XRoad.Contracts.Schema;

/// <summary>The whiteSpace facet (XSD 1.0 part 2, §4.3.6).</summary>
public enum WhiteSpace
{
    Preserve,
    Replace,
    Collapse,
}
