namespace Tunduk.Archive;

/// <summary>Bytes of a message, stored encrypted in chunks of at most 1 MiB.</summary>
/// <param name="Name">Names the part within its entry, e.g. <c>message</c>, <c>as-received</c>, <c>signature</c>; up to 256 UTF-8 bytes, unique in the draft.</param>
/// <param name="MediaType">Media type with parameters.</param>
/// <param name="Content">The bytes. They are read before <c>AppendAsync</c> returns and not kept.</param>
public readonly record struct PayloadPart(string Name, string MediaType, ReadOnlyMemory<byte> Content)
{
    public override string ToString() => $"{Name} ({MediaType}, {Content.Length} bytes)";
}
