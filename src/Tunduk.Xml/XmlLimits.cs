namespace Tunduk.Xml;

/// <summary>Bounds of one parse; the first one passed refuses the document with its own <see cref="XmlFaultCode"/>.</summary>
/// <remarks>The defaults fit an X-Road envelope with a 10 MiB body. Every bound is inclusive.</remarks>
public sealed record XmlLimits
{
    /// <summary>The defaults.</summary>
    public static XmlLimits Default { get; } = new();

    /// <summary>Bytes of the document, byte order mark included. Default 32 MiB, at most 1 GiB.</summary>
    public int MaxBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>Nesting of elements; the root is 1. Default 128.</summary>
    public int MaxDepth { get; init; } = 128;

    /// <summary>Attributes of one element, namespace declarations included. Default 64.</summary>
    public int MaxAttributes { get; init; } = 64;

    /// <summary>Bytes of one qualified name. Default 1,024, at most 65,535.</summary>
    public int MaxNameBytes { get; init; } = 1024;

    /// <summary>Elements, character data, comments and processing instructions together. Default 2,000,000.</summary>
    public int MaxNodes { get; init; } = 2_000_000;

    /// <summary>Different namespace names in the document, and declarations in scope at one element. Default 256.</summary>
    public int MaxNamespaces { get; init; } = 256;
}
