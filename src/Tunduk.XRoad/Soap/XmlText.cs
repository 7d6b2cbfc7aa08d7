using System.Buffers;
using System.Text;

namespace Tunduk.XRoad.Soap;

/// <summary>Writes text and attribute values as UTF-8 XML, escaped so that a second serialiser gives the same text back.</summary>
internal static class XmlText
{
    private static readonly SearchValues<char> s_special = SearchValues.Create(
        "&<>\"\r\n\t\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u000B\u000C\u000E\u000F\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001A\u001B\u001C\u001D\u001E\u001F\uFFFE\uFFFF");

    /// <summary>Position of the first character that is a control or has no place in XML 1.0 (lone surrogates, U+FFFE, U+FFFF), or -1.</summary>
    public static int IndexOfControl(ReadOnlySpan<char> value)
    {
        for (int i = 0; i < value.Length; i++)
        {
            char c = value[i];
            if (char.IsControl(c) || c >= '\uFFFE')
            {
                return i;
            }

            if (char.IsSurrogate(c))
            {
                if (!char.IsHighSurrogate(c) || i + 1 == value.Length || !char.IsLowSurrogate(value[i + 1]))
                {
                    return i;
                }

                i++;
            }
        }

        return -1;
    }

    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            int at = text.IndexOfAny(s_special);
            ReadOnlySpan<char> plain = at < 0 ? text : text[..at];
            if (!plain.IsEmpty)
            {
                // A lone surrogate becomes U+FFFD; what must be exact was validated before.
                Encoding.UTF8.GetBytes(plain, output);
            }

            if (at < 0)
            {
                return;
            }

            output.Write(text[at] switch
            {
                '&' => "&amp;"u8,
                '<' => "&lt;"u8,
                '>' => "&gt;"u8,
                '"' => "&quot;"u8,
                '\r' => "&#xD;"u8,
                '\n' => "&#xA;"u8,
                '\t' => "&#x9;"u8,
                // No XML 1.0 document can hold it.
                _ => "\uFFFD"u8,
            });
            text = text[(at + 1)..];
        }
    }

    public static void Element(IBufferWriter<byte> output, ReadOnlySpan<byte> name, string value)
    {
        Open(output, name);
        Write(output, value);
        Close(output, name);
    }

    public static void Open(IBufferWriter<byte> output, ReadOnlySpan<byte> name)
    {
        output.Write("<"u8);
        output.Write(name);
        output.Write(">"u8);
    }

    public static void Close(IBufferWriter<byte> output, ReadOnlySpan<byte> name)
    {
        output.Write("</"u8);
        output.Write(name);
        output.Write(">"u8);
    }
}
