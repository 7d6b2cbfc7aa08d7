namespace Tunduk.XRoad.Contracts.Schema;

/// <summary>How a simple value is written in JSON (proto/MAPPING.md). What is accepted is wider: a number may be a string and the other way round.</summary>
public enum JsonForm
{
    String,

    /// <summary>A JSON number: integers of up to 32 bits, float and double.</summary>
    Number,

    Boolean,

    /// <summary>An array of the item's form (<c>xs:list</c>).</summary>
    Array,
}
