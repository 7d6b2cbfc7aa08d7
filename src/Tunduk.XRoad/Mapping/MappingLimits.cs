namespace Tunduk.XRoad.Mapping;

/// <summary>Limits and leniencies of one conversion.</summary>
public sealed record MappingLimits
{
    public static MappingLimits Default { get; } = new();

    /// <summary>Nesting of elements or JSON values. Default 64, range 1–1,000.</summary>
    public int MaxDepth { get; init; } = 64;

    /// <summary>Bytes of one JSON value that is read from a stream (a photograph, say). Default 64 MiB.</summary>
    public int MaxValueBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Faults that are listed; the conversion goes on after a fault so that all are seen at once. Default 20.</summary>
    public int MaxFaults { get; init; } = 20;

    /// <summary>
    /// Bytes of XML within which members are put into schema order. JSON of at most this size may have its members in
    /// any order; in a larger one a member may come late only by this distance. Default 4 MiB.
    /// </summary>
    public int ReorderWindow { get; init; } = 4 * 1024 * 1024;

    /// <summary>
    /// Whether an element is also recognised without its namespace, or with the message's namespace where the contract
    /// has none: many old clients in the field send the wrong form. Only where the contract leaves one reading: no other
    /// element of the type has that local name, and no wildcard lets the element in as it stands. Default true; a result
    /// tells whether it happened.
    /// </summary>
    public bool AcceptWrongForm { get; init; } = true;

    /// <summary>
    /// Whether <c>xop:Include</c> stands for a value of <c>xs:base64Binary</c> (XOP 1.0 §2.1), alone in its element; its JSON is empty text, and
    /// its length is held against no facet: the content is no part of the XML. Anywhere else it is an element like any other. Default false.
    /// </summary>
    public bool AcceptParts { get; init; }
}
