namespace Tunduk.Evidence.Http;

/// <summary>Reasons for which a structured field is refused. Every one fails the whole field (RFC 8941 §4.2).</summary>
public enum StructuredFaultCode
{
    /// <summary>It parses.</summary>
    None,

    /// <summary>The field ends inside a value.</summary>
    UnexpectedEnd,

    /// <summary>A character the grammar does not have at this place.</summary>
    UnexpectedCharacter,

    /// <summary>More digits than the grammar allows, or a point without digits.</summary>
    Number,

    /// <summary>A byte sequence that is no padded base64, white space and stray bits included.</summary>
    Base64,

    /// <summary>A display string that is no percent-encoded UTF-8 in lower case.</summary>
    DisplayString,

    /// <summary>A comma after the last member.</summary>
    TrailingComma,

    /// <summary>Something after the value.</summary>
    TrailingCharacters,

    /// <summary>More members, items or parameters than <see cref="StructuredField.MaximumMembers"/>.</summary>
    TooMany,
}
