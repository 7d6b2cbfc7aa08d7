using System.Net;
using System.Text;

namespace Tunduk.Adapter.Filtering;

/// <summary>One attribute or namespace declaration of a start tag, by its bytes; the tag is known to be well-formed.</summary>
/// <param name="Start">Where the white space before it begins.</param>
/// <param name="End">Behind its closing quote.</param>
/// <param name="IsDeclaration">It declares a namespace.</param>
/// <param name="ValueStart">Behind its opening quote.</param>
internal readonly record struct XmlStartTagAttribute(int Start, int End, bool IsDeclaration, int ValueStart)
{
    /// <summary>Reads the attribute at <paramref name="at"/>; false at the end of the tag.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, ref int at, out XmlStartTagAttribute attribute)
    {
        int start = at;
        int name = SkipSpace(source, at);
        if (source[name] is (byte)'>' or (byte)'/')
        {
            attribute = default;
            return false;
        }

        int equals = name + source[name..].IndexOf((byte)'=');
        int quote = SkipSpace(source, equals + 1);
        int end = quote + 1 + source[(quote + 1)..].IndexOf(source[quote]);
        ReadOnlySpan<byte> text = source[name..equals].TrimEnd(" \t\r\n"u8);
        attribute = new XmlStartTagAttribute(start, end + 1, text.SequenceEqual("xmlns"u8) || text.StartsWith("xmlns:"u8), quote + 1);
        at = end + 1;
        return true;
    }

    /// <summary>The value with references resolved.</summary>
    public string Value(ReadOnlySpan<byte> source)
    {
        string raw = Encoding.UTF8.GetString(source[ValueStart..(End - 1)]);
        return raw.Contains('&', StringComparison.Ordinal) ? WebUtility.HtmlDecode(raw) : raw;
    }

    private static int SkipSpace(ReadOnlySpan<byte> source, int at)
    {
        while (source[at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            at++;
        }

        return at;
    }
}
