namespace Tunduk.Xml;

/// <summary>One namespace name of the document: its bytes in the source, or decoded when references occur in it.</summary>
internal struct XmlNamespaceEntry
{
    public int Start;
    public int Length;
    public byte[]? Decoded;
    public string? Text;

    public readonly ReadOnlySpan<byte> Of(ReadOnlySpan<byte> source) => Decoded ?? source.Slice(Start, Length);
}
