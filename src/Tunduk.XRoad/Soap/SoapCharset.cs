using System.Text;
using Tunduk.XRoad.Faults;

namespace Tunduk.XRoad.Soap;

/// <summary>
/// The charset of a SOAP message (PR-MESS 2.5): the parameter of its Content-Type, UTF-8 without one; a UTF-8 byte order mark is
/// tolerated. What is not UTF-8 is turned into UTF-8 once, before anything reads it; the request hash stays that of the raw bytes.
/// </summary>
internal static class SoapCharset
{
    public static bool TryToUtf8(ReadOnlyMemory<byte> raw, string? charset, out ReadOnlyMemory<byte> utf8, out ProtocolFault fault)
    {
        utf8 = raw;
        fault = ProtocolFault.None;
        if (charset is null || IsUtf8(charset))
        {
            return true;
        }

        // A short list: every one of these maps each byte sequence to one text only.
        Encoding? encoding = charset.ToLowerInvariant() switch
        {
            "us-ascii" or "ascii" => Encoding.ASCII,
            "iso-8859-1" or "latin1" => Encoding.Latin1,
            "utf-16" => HasLittleEndianMark(raw.Span) ? Encoding.Unicode : Encoding.BigEndianUnicode,
            "utf-16le" => Encoding.Unicode,
            "utf-16be" => Encoding.BigEndianUnicode,
            "windows-1251" or "cp1251" => CodePagesEncodingProvider.Instance.GetEncoding(1251),
            "windows-1252" => CodePagesEncodingProvider.Instance.GetEncoding(1252),
            "koi8-r" => CodePagesEncodingProvider.Instance.GetEncoding(20866),
            "iso-8859-5" => CodePagesEncodingProvider.Instance.GetEncoding(28595),
            _ => null,
        };
        if (encoding is null)
        {
            fault = new ProtocolFault("charset-unknown", XRoadFaultCode.InvalidContentType, "Content-Type/charset", "utf-8, utf-16, us-ascii, iso-8859-1, iso-8859-5, windows-1251, windows-1252 or koi8-r", "another charset");
            return false;
        }

        try
        {
            Encoding strict = (Encoding)encoding.Clone();
            strict.DecoderFallback = DecoderFallback.ExceptionFallback;
            string text = strict.GetString(raw.Span);
            utf8 = Encoding.UTF8.GetBytes(WithoutDeclaration(text));
            return true;
        }
        catch (DecoderFallbackException)
        {
            fault = new ProtocolFault("charset-bytes", XRoadFaultCode.InvalidXml, "Envelope", $"bytes of {encoding.WebName}", "other bytes");
            return false;
        }
    }

    private static bool IsUtf8(string charset) =>
        charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || charset.Equals("utf8", StringComparison.OrdinalIgnoreCase);

    private static bool HasLittleEndianMark(ReadOnlySpan<byte> raw) => raw.StartsWith<byte>([0xFF, 0xFE]);

    // The declaration names the encoding the bytes no longer have.
    private static ReadOnlySpan<char> Skip(string text) => text.AsSpan(text.StartsWith('\uFEFF') ? 1 : 0);

    private static char[] WithoutDeclaration(string text)
    {
        ReadOnlySpan<char> rest = Skip(text);
        if (rest.StartsWith("<?xml ") && rest.IndexOf("?>") is int end and >= 0)
        {
            rest = rest[(end + 2)..];
        }

        return rest.ToArray();
    }
}
