namespace Tunduk.Xml;

/// <summary>Line and column of a byte offset, counted only when somebody asks.</summary>
internal static class XmlPosition
{
    public static (int Line, int Column) Of(ReadOnlySpan<byte> source, int offset)
    {
        offset = Math.Min(offset, source.Length);
        int line = 1;
        int lineStart = source.StartsWith(XmlChars.ByteOrderMark) ? XmlChars.ByteOrderMark.Length : 0;
        for (int i = 0; i < offset; i++)
        {
            // CR LF is one line end (XML 1.0 §2.11); the LF closes it.
            if (source[i] == '\n' || (source[i] == '\r' && (i + 1 >= source.Length || source[i + 1] != '\n')))
            {
                line++;
                lineStart = i + 1;
            }
        }

        int column = 1;
        for (int i = lineStart; i < offset; i++)
        {
            if ((source[i] & 0xC0) != 0x80)
            {
                column++;
            }
        }

        return (line, column);
    }
}
