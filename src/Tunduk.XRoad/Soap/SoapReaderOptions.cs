using Tunduk.Xml;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.XRoad.Soap;

/// <summary>How a SOAP message is read.</summary>
public sealed record SoapReaderOptions
{
    public static readonly SoapReaderOptions Default = new();

    /// <summary>The charset parameter of the Content-Type, which counts before any XML declaration; null: UTF-8, and for what is not, its byte order mark or XML declaration.</summary>
    public string? Charset { get; init; }

    /// <summary>Characters accepted in identifiers. Default strict.</summary>
    public IdentifierRules Identifiers { get; init; } = IdentifierRules.Strict;

    /// <summary>Bounds of the parse.</summary>
    public XmlLimits Limits { get; init; } = XmlLimits.Default;

    /// <summary>
    /// X-Road's headers must be there. Default true; false reads the SOAP of an information system that knows nothing of X-Road:
    /// <see cref="SoapMessage.Headers"/> is then null and no header block is looked into.
    /// </summary>
    public bool XRoadHeaders { get; init; } = true;

    /// <summary>Most children of Header. Default 128.</summary>
    public int MaxHeaderBlocks { get; init; } = 128;
}
