namespace Tunduk.Xml;

/// <summary>A range of bytes of the parsed document.</summary>
/// <param name="Start">First byte.</param>
/// <param name="End">The byte after the last.</param>
public readonly record struct XmlRange(int Start, int End)
{
    /// <summary>Bytes in the range.</summary>
    public int Length => End - Start;

    /// <summary>The bytes themselves.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> source) => source[Start..End];

    /// <summary>The bytes themselves.</summary>
    public ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> source) => source[Start..End];
}
