using System.Text;

namespace Tunduk.Xml;

/// <summary>Values of character data and attributes: references replaced, line ends and white space normalised (XML 1.0 §2.11, §3.3.3).</summary>
internal static class XmlText
{
    /// <summary>
    /// Writes the value of <paramref name="raw"/> into <paramref name="target"/> and returns its length, which never
    /// exceeds the raw length. The raw bytes were checked by the parser.
    /// </summary>
    public static int Decode(ReadOnlySpan<byte> raw, bool isAttribute, Span<byte> target)
    {
        int written = 0;
        for (int i = 0; i < raw.Length; i++)
        {
            byte b = raw[i];
            switch (b)
            {
                case (byte)'&':
                    int length = ReadReference(raw[i..], out Rune rune);
                    written += rune.EncodeToUtf8(target[written..]);
                    i += length - 1;
                    break;
                case (byte)'\r':
                    if (i + 1 < raw.Length && raw[i + 1] == '\n')
                    {
                        i++;
                    }

                    target[written++] = isAttribute ? (byte)' ' : (byte)'\n';
                    break;
                case (byte)'\n' or (byte)'\t' when isAttribute:
                    target[written++] = (byte)' ';
                    break;
                default:
                    target[written++] = b;
                    break;
            }
        }

        return written;
    }

    /// <summary>CDATA and processing instructions know no references: only line ends are normalised.</summary>
    public static int DecodeLineEnds(ReadOnlySpan<byte> raw, Span<byte> target)
    {
        int written = 0;
        for (int i = 0; i < raw.Length; i++)
        {
            byte b = raw[i];
            if (b == '\r')
            {
                if (i + 1 < raw.Length && raw[i + 1] == '\n')
                {
                    continue;
                }

                b = (byte)'\n';
            }

            target[written++] = b;
        }

        return written;
    }

    /// <summary>Reads the reference at the start of <paramref name="source"/>; returns its length, or minus the fault code.</summary>
    public static int ReadReference(ReadOnlySpan<byte> source, out Rune rune)
    {
        rune = default;
        int end = source[..Math.Min(source.Length, 64)].IndexOf((byte)';');
        if (end >= 3 && source[1] == '#')
        {
            return ReadCharacter(source[2..end], out rune) switch
            {
                XmlFaultCode.None => end + 1,
                XmlFaultCode fault => -(int)fault,
            };
        }

        if (end > 1)
        {
            ReadOnlySpan<byte> name = source[1..end];
            char c = name switch
            {
                [(byte)'l', (byte)'t'] => '<',
                [(byte)'g', (byte)'t'] => '>',
                [(byte)'a', (byte)'m', (byte)'p'] => '&',
                [(byte)'a', (byte)'p', (byte)'o', (byte)'s'] => '\'',
                [(byte)'q', (byte)'u', (byte)'o', (byte)'t'] => '"',
                _ => '\0',
            };
            if (c != '\0')
            {
                rune = new Rune(c);
                return end + 1;
            }
        }

        int nameLength = XmlChars.NcNameLength(source[1..]);
        bool isNamed = nameLength > 0 && 1 + nameLength < source.Length && source[1 + nameLength] == ';';
        return -(int)(isNamed ? XmlFaultCode.UndefinedEntity : XmlFaultCode.MalformedReference);
    }

    private static XmlFaultCode ReadCharacter(ReadOnlySpan<byte> digits, out Rune rune)
    {
        rune = default;
        bool isHex = digits[0] == 'x';
        if (isHex)
        {
            digits = digits[1..];
        }

        if (digits.IsEmpty)
        {
            return XmlFaultCode.MalformedReference;
        }

        int value = 0;
        foreach (byte digit in digits)
        {
            int d = digit switch
            {
                >= (byte)'0' and <= (byte)'9' => digit - '0',
                >= (byte)'a' and <= (byte)'f' when isHex => digit - 'a' + 10,
                >= (byte)'A' and <= (byte)'F' when isHex => digit - 'A' + 10,
                _ => -1,
            };
            if (d < 0)
            {
                return XmlFaultCode.MalformedReference;
            }

            value = Math.Min(0x110000, (value * (isHex ? 16 : 10)) + d);
        }

        if (!XmlChars.IsChar(value))
        {
            return XmlFaultCode.ForbiddenCharacter;
        }

        rune = new Rune(value);
        return XmlFaultCode.None;
    }
}
