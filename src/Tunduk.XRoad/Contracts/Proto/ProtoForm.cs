namespace Tunduk.XRoad.Contracts.Proto;

/// <summary>Which JSON form (proto/MAPPING.md) a message stands for.</summary>
public enum ProtoForm
{
    /// <summary>A JSON object; each field is a member.</summary>
    Object,

    /// <summary>An item of <c>$content</c>: one member, or a string.</summary>
    Item,

    /// <summary>A value that may be <c>null</c>.</summary>
    Nillable,

    /// <summary>An object whose <c>$type</c> chooses among derived types.</summary>
    Variants,

    /// <summary>A list of values where the field itself cannot be one.</summary>
    List,

    /// <summary>The whole document, where it is no plain object.</summary>
    Value,

    /// <summary>A name and a value, of <c>xs:anyAttribute</c>.</summary>
    Attribute,

    /// <summary>A name and a value in JSON, of members an OpenAPI object may have beside those it names.</summary>
    Other,
}
