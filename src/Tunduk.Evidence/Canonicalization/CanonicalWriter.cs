using System.Buffers;
using System.Text;
using Tunduk.Xml;

namespace Tunduk.Evidence.Canonicalization;

/// <summary>Writes values as canonical XML escapes them (xml-c14n §2.3), straight from the source where nothing changes.</summary>
internal ref struct CanonicalWriter(IBufferWriter<byte> output)
{
    private const int Chunk = 512;
    private static readonly SearchValues<byte> TextSpecials = SearchValues.Create("&<>\r"u8);
    private static readonly SearchValues<byte> AttributeSpecials = SearchValues.Create("&<\"\t\n\r"u8);
    private readonly IBufferWriter<byte> output = output;
    private Span<byte> free;
    private int used;

    public void Byte(byte b)
    {
        if (used == free.Length)
        {
            Refill(1);
        }

        free[used++] = b;
    }

    public void Bytes(scoped ReadOnlySpan<byte> bytes)
    {
        if (free.Length - used < bytes.Length)
        {
            Refill(bytes.Length);
        }

        bytes.CopyTo(free[used..]);
        used += bytes.Length;
    }

    public void Flush()
    {
        output.Advance(used);
        free = default;
        used = 0;
    }

    /// <summary>Character data as written in the source.</summary>
    public void Text(scoped ReadOnlySpan<byte> raw, bool isCdata)
    {
        while (true)
        {
            int next = raw.IndexOfAny(TextSpecials);
            if (next < 0)
            {
                Bytes(raw);
                return;
            }

            Bytes(raw[..next]);
            raw = raw[next..];
            int consumed = 1;
            switch (raw[0])
            {
                case (byte)'&' when !isCdata:
                    consumed = XmlText.ReadReference(raw, out Rune rune);
                    TextRune(rune);
                    break;
                case (byte)'\r':
                    consumed = LineEnd(raw);
                    Byte((byte)'\n');
                    break;
                default:
                    TextRune(new Rune(raw[0]));
                    break;
            }

            raw = raw[consumed..];
        }
    }

    /// <summary>An attribute value as written in the source.</summary>
    public void Attribute(scoped ReadOnlySpan<byte> raw)
    {
        while (true)
        {
            int next = raw.IndexOfAny(AttributeSpecials);
            if (next < 0)
            {
                Bytes(raw);
                return;
            }

            Bytes(raw[..next]);
            raw = raw[next..];
            int consumed = 1;
            switch (raw[0])
            {
                case (byte)'&':
                    consumed = XmlText.ReadReference(raw, out Rune rune);
                    AttributeRune(rune);
                    break;
                case (byte)'"':
                    AttributeRune(new Rune('"'));
                    break;
                default:
                    // Written white space is normalised to a space (XML 1.0 §3.3.3); only references keep it.
                    consumed = LineEnd(raw);
                    Byte((byte)' ');
                    break;
            }

            raw = raw[consumed..];
        }
    }

    /// <summary>A value that is already decoded.</summary>
    public void DecodedAttribute(scoped ReadOnlySpan<byte> value)
    {
        while (true)
        {
            int next = value.IndexOfAny(AttributeSpecials);
            if (next < 0)
            {
                Bytes(value);
                return;
            }

            Bytes(value[..next]);
            AttributeRune(new Rune(value[next]));
            value = value[(next + 1)..];
        }
    }

    /// <summary>Character data that is already decoded.</summary>
    public void DecodedText(scoped ReadOnlySpan<byte> value)
    {
        while (true)
        {
            int next = value.IndexOfAny(TextSpecials);
            if (next < 0)
            {
                Bytes(value);
                return;
            }

            Bytes(value[..next]);
            TextRune(new Rune(value[next]));
            value = value[(next + 1)..];
        }
    }

    /// <summary>Data of a processing instruction: only line ends change.</summary>
    public void InstructionData(scoped ReadOnlySpan<byte> raw)
    {
        for (int next = raw.IndexOf((byte)'\r'); next >= 0; next = raw.IndexOf((byte)'\r'))
        {
            Bytes(raw[..next]);
            Byte((byte)'\n');
            raw = raw[next..];
            raw = raw[LineEnd(raw)..];
        }

        Bytes(raw);
    }

    private static int LineEnd(ReadOnlySpan<byte> raw) => raw.Length > 1 && raw[0] == '\r' && raw[1] == '\n' ? 2 : 1;

    private void TextRune(Rune rune)
    {
        switch (rune.Value)
        {
            case '&':
                Bytes("&amp;"u8);
                break;
            case '<':
                Bytes("&lt;"u8);
                break;
            case '>':
                Bytes("&gt;"u8);
                break;
            case '\r':
                Bytes("&#xD;"u8);
                break;
            default:
                Plain(rune);
                break;
        }
    }

    private void AttributeRune(Rune rune)
    {
        switch (rune.Value)
        {
            case '&':
                Bytes("&amp;"u8);
                break;
            case '<':
                Bytes("&lt;"u8);
                break;
            case '"':
                Bytes("&quot;"u8);
                break;
            case '\t':
                Bytes("&#x9;"u8);
                break;
            case '\n':
                Bytes("&#xA;"u8);
                break;
            case '\r':
                Bytes("&#xD;"u8);
                break;
            default:
                Plain(rune);
                break;
        }
    }

    private void Plain(Rune rune)
    {
        Span<byte> utf8 = stackalloc byte[4];
        Bytes(utf8[..rune.EncodeToUtf8(utf8)]);
    }

    private void Refill(int needed)
    {
        output.Advance(used);
        free = output.GetSpan(Math.Max(needed, Chunk));
        used = 0;
    }
}
