namespace Tunduk.XRoad.Contracts.Schema;

/// <summary>Variety of a simple type (XSD 1.0 part 2, §2.5.1).</summary>
public enum SimpleVariety
{
    Atomic,
    List,
    Union,
}
