namespace Tunduk.Evidence.Http;

/// <summary>Types of bare items in structured fields (RFC 8941 §3.3, RFC 9651 §3.3).</summary>
public enum StructuredType
{
    /// <summary>Up to fifteen digits.</summary>
    Integer,

    /// <summary>Up to twelve digits before and three after the point.</summary>
    Decimal,

    /// <summary>Printable ASCII in quotes.</summary>
    String,

    /// <summary>A short word.</summary>
    Token,

    /// <summary>A byte sequence, base64 between colons.</summary>
    Bytes,

    /// <summary><c>?0</c> or <c>?1</c>.</summary>
    Boolean,

    /// <summary>Seconds since 1970 (RFC 9651).</summary>
    Date,

    /// <summary>Unicode text, percent-encoded (RFC 9651).</summary>
    DisplayString,
}
