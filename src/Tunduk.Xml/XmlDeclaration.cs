using System.Text;

namespace Tunduk.Xml;

/// <summary>The XML declaration (XML 1.0 §2.8): version, then encoding, then standalone.</summary>
internal static class XmlDeclaration
{
    /// <summary>Checks what stands between <c>&lt;?xml</c> and <c>?&gt;</c>.</summary>
    public static XmlFaultCode Check(ReadOnlySpan<byte> text)
    {
        if (!TryRead(ref text, "version"u8, out ReadOnlySpan<byte> version))
        {
            return XmlFaultCode.MalformedDeclaration;
        }

        if (!version.SequenceEqual("1.0"u8))
        {
            return XmlFaultCode.UnsupportedVersion;
        }

        if (TryRead(ref text, "encoding"u8, out ReadOnlySpan<byte> encoding) && !IsUtf8(encoding))
        {
            return XmlFaultCode.UnsupportedEncoding;
        }

        if (TryRead(ref text, "standalone"u8, out ReadOnlySpan<byte> standalone)
            && !standalone.SequenceEqual("yes"u8) && !standalone.SequenceEqual("no"u8))
        {
            return XmlFaultCode.MalformedDeclaration;
        }

        return TrimStart(text).IsEmpty ? XmlFaultCode.None : XmlFaultCode.MalformedDeclaration;
    }

    // UTF8 is no name of IANA's, but clients write it and the parser of security servers (Xerces in the JDK) takes it for what it means.
    private static bool IsUtf8(ReadOnlySpan<byte> encoding) =>
        Ascii.EqualsIgnoreCase(encoding, "UTF-8"u8) || Ascii.EqualsIgnoreCase(encoding, "UTF8"u8);

    private static bool TryRead(ref ReadOnlySpan<byte> text, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        ReadOnlySpan<byte> rest = TrimStart(text);
        if (rest.Length == text.Length || !rest.StartsWith(name))
        {
            return false;
        }

        rest = TrimStart(rest[name.Length..]);
        if (rest.IsEmpty || rest[0] != '=')
        {
            return false;
        }

        rest = TrimStart(rest[1..]);
        if (rest.IsEmpty || rest[0] is not ((byte)'"' or (byte)'\''))
        {
            return false;
        }

        int end = rest[1..].IndexOf(rest[0]);
        if (end < 0)
        {
            return false;
        }

        value = rest.Slice(1, end);
        text = rest[(end + 2)..];
        return true;
    }

    private static ReadOnlySpan<byte> TrimStart(ReadOnlySpan<byte> text) => text.TrimStart(" \t\r\n"u8);
}
