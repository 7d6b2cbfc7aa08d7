namespace Tunduk.XRoad.Contracts.Schema;

/// <summary>What stands between the tags of an element of a complex type.</summary>
public enum ContentKind
{
    /// <summary>Nothing.</summary>
    Empty,

    /// <summary>A value; in JSON the member <c>$</c> when the type has attributes.</summary>
    Simple,

    /// <summary>Child elements only.</summary>
    Elements,

    /// <summary>Text and child elements; in JSON the list <c>$content</c>.</summary>
    Mixed,

    /// <summary>Anything (<c>xs:anyType</c>); in JSON the element itself as an XML string.</summary>
    Any,

    /// <summary>Any JSON value (OpenAPI).</summary>
    Json,
}
