namespace Tunduk.XRoad.Mapping;

/// <summary>The codes of mapping faults (proto/MAPPING.md lists them with an example each).</summary>
public static class MappingCodes
{
    /// <summary>The value has not the lexical form of its type, or the JSON kind is not the one of the mapping.</summary>
    public const string Type = "type";

    /// <summary>The value is not one of the enumerated ones.</summary>
    public const string Enumeration = "enumeration";

    public const string Pattern = "pattern";

    public const string Length = "length";

    public const string Range = "range";

    public const string Digits = "digits";

    /// <summary>The value differs from the contract's fixed value.</summary>
    public const string Fixed = "fixed";

    /// <summary>A required member, element or attribute is absent.</summary>
    public const string Required = "required";

    /// <summary>A member, element or attribute the contract does not know.</summary>
    public const string Unknown = "unknown";

    /// <summary>A member or attribute given twice.</summary>
    public const string Duplicate = "duplicate";

    /// <summary>Members or elements that the contract does not allow together, too often or in this order.</summary>
    public const string Content = "content";

    /// <summary>Null where the element is not nillable.</summary>
    public const string NotNillable = "not-nillable";

    /// <summary>A type that does not exist or may not stand here.</summary>
    public const string UnknownType = "unknown-type";

    public const string MalformedJson = "malformed-json";

    public const string MalformedXml = "malformed-xml";

    /// <summary>Bytes that are no message of protocol buffers.</summary>
    public const string MalformedProtobuf = "malformed-protobuf";

    /// <summary>A character that XML 1.0 cannot carry, a lone surrogate, or bytes that are not UTF-8.</summary>
    public const string Character = "character";

    public const string TooDeep = "too-deep";

    public const string TooLarge = "too-large";

    /// <summary>Another root element than the operation's.</summary>
    public const string Root = "root";
}
