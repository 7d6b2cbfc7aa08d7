using System.Collections.Frozen;
using System.Text;
using System.Text.Unicode;
using Tunduk.XRoad.Faults;

namespace Tunduk.XRoad.Soap;

/// <summary>
/// The charset of a SOAP message, as a security server has it (PR-MESS 2.5): the parameter of its Content-Type, whatever the XML
/// declaration says; UTF-8 without one. What has none and is not UTF-8 is read by its byte order mark, then by its XML declaration
/// (RFC 7303 §3). What is not UTF-8 is turned into UTF-8 once, before anything reads it; the request hash stays that of the raw bytes.
/// </summary>
internal static class SoapCharset
{
    private static string Known => Phrases.Of("Soap.Utf8Utf16");
    private const string Parameter = "Content-Type/charset";

    // Every one of these maps each byte to one character.
    private static readonly FrozenDictionary<string, int> s_pages = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase)
    {
        ["us-ascii"] = 20127,
        ["ascii"] = 20127,
        ["iso-8859-1"] = 28591,
        ["latin1"] = 28591,
        ["iso-8859-2"] = 28592,
        ["iso-8859-4"] = 28594,
        ["iso-8859-5"] = 28595,
        ["iso-8859-7"] = 28597,
        ["iso-8859-9"] = 28599,
        ["iso-8859-13"] = 28603,
        ["iso-8859-15"] = 28605,
        ["windows-1250"] = 1250,
        ["windows-1251"] = 1251,
        ["cp1251"] = 1251,
        ["windows-1252"] = 1252,
        ["cp1252"] = 1252,
        ["windows-1253"] = 1253,
        ["windows-1254"] = 1254,
        ["windows-1257"] = 1257,
        ["koi8-r"] = 20866,
        ["koi8-u"] = 21866,
        ["ibm866"] = 866,
        ["cp866"] = 866,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    public static bool TryToUtf8(ReadOnlyMemory<byte> raw, string? charset, out ReadOnlyMemory<byte> utf8, out ProtocolFault fault)
    {
        fault = ProtocolFault.None;
        string? mark = MarkOf(raw.Span);
        if (charset is not null)
        {
            if (mark is not null && !Agrees(mark, charset))
            {
                utf8 = default;
                fault = new ProtocolFault("charset-contradicted", XRoadFaultCode.InvalidSoap, Parameter, Phrases.Of("Soap.MessageByteOrderMark", mark), Phrases.Of("Soap.AnotherCharset"));
                return false;
            }

            return TryDecode(raw, charset, Parameter, out utf8, out fault);
        }

        // NUL is no character of XML: beside the first one it is half of UTF-16.
        charset = mark ?? (raw.Span.StartsWith("<\0"u8) ? "utf-16le" : raw.Span.StartsWith("\0<"u8) ? "utf-16be" : null);

        // A declaration that could be read byte by byte is in no encoding of several bytes.
        if (charset is null && Declared(raw.Span) is { } declared && !declared.StartsWith("utf", StringComparison.OrdinalIgnoreCase) && !Utf8.IsValid(raw.Span))
        {
            return TryDecode(raw, declared, "XML declaration/encoding", out utf8, out fault);
        }

        return TryDecode(raw, charset ?? "utf-8", Parameter, out utf8, out fault);
    }

    private static bool TryDecode(ReadOnlyMemory<byte> raw, string charset, string path, out ReadOnlyMemory<byte> utf8, out ProtocolFault fault)
    {
        fault = ProtocolFault.None;
        utf8 = raw;
        if (IsUtf8(charset))
        {
            // The parser says where it is not, and takes no declaration of another encoding: none may read this text by it later.
            if (Declared(raw.Span) is { } declared && !IsUtf8(declared))
            {
                utf8 = raw[AfterDeclaration(raw.Span)..];
            }

            return true;
        }

        if (EncodingOf(raw.Span, charset) is not { } encoding)
        {
            fault = new ProtocolFault("charset-unknown", XRoadFaultCode.InvalidContentType, path, Known, Phrases.Of("Soap.AnotherCharset"));
            return false;
        }

        try
        {
            Encoding strict = (Encoding)encoding.Clone();
            strict.DecoderFallback = DecoderFallback.ExceptionFallback;
            byte[] text = Encoding.UTF8.GetBytes(strict.GetString(raw.Span));
            utf8 = text.AsMemory(AfterDeclaration(text));
            return true;
        }
        catch (DecoderFallbackException)
        {
            fault = new ProtocolFault("charset-bytes", XRoadFaultCode.InvalidSoap, "Envelope", Phrases.Of("Soap.Bytes", encoding.WebName), Phrases.Of("Soap.OtherBytes"));
            return false;
        }
    }

    private static Encoding? EncodingOf(ReadOnlySpan<byte> raw, string charset) => charset.ToLowerInvariant() switch
    {
        // RFC 2781 §4.3: big-endian without a mark.
        "utf-16" => raw.StartsWith<byte>([0xFF, 0xFE]) ? Encoding.Unicode : Encoding.BigEndianUnicode,
        "utf-16le" => Encoding.Unicode,
        "utf-16be" => Encoding.BigEndianUnicode,
        var name when s_pages.TryGetValue(name, out int page) => CodePagesEncodingProvider.Instance.GetEncoding(page) ?? Encoding.GetEncoding(page),
        _ => null,
    };

    private static bool IsUtf8(string charset) =>
        charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || charset.Equals("utf8", StringComparison.OrdinalIgnoreCase);

    private static string? MarkOf(ReadOnlySpan<byte> raw) =>
        raw.StartsWith<byte>([0xEF, 0xBB, 0xBF]) ? "utf-8"
        : raw.StartsWith<byte>([0xFF, 0xFE]) ? "utf-16le"
        : raw.StartsWith<byte>([0xFE, 0xFF]) ? "utf-16be"
        : null;

    private static bool Agrees(string mark, string charset) =>
        charset.Equals(mark, StringComparison.OrdinalIgnoreCase)
        || (mark == "utf-8" ? IsUtf8(charset) : charset.Equals("utf-16", StringComparison.OrdinalIgnoreCase));

    // What stands between <?xml and ?>; empty where there is no declaration.
    private static ReadOnlySpan<byte> Declaration(ReadOnlySpan<byte> text, out int end)
    {
        int start = text.StartsWith<byte>([0xEF, 0xBB, 0xBF]) ? 3 : 0;
        ReadOnlySpan<byte> rest = text[start..];
        int length = rest.StartsWith("<?xml"u8) && rest.Length > 5 && rest[5] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' ? rest.IndexOf("?>"u8) : -1;

        // Nothing but a declaration: not all up to an instruction further down.
        if (length < 0 || rest[5..length].IndexOfAny((byte)'<', (byte)'>') >= 0)
        {
            end = 0;
            return default;
        }

        end = start + length + 2;
        return rest[5..length];
    }

    // A declaration names the encoding the bytes do not, or no longer, have.
    private static int AfterDeclaration(ReadOnlySpan<byte> text)
    {
        Declaration(text, out int end);
        return end > 0 ? end : text.StartsWith<byte>([0xEF, 0xBB, 0xBF]) ? 3 : 0;
    }

    private static string? Declared(ReadOnlySpan<byte> raw)
    {
        ReadOnlySpan<byte> declaration = Declaration(raw, out _);
        int at = declaration.IndexOf("encoding"u8);
        if (at < 0)
        {
            return null;
        }

        ReadOnlySpan<byte> rest = declaration[(at + 8)..].TrimStart(" \t\r\n="u8);
        int end = rest.IsEmpty || rest[0] is not ((byte)'"' or (byte)'\'') ? -1 : rest[1..].IndexOf(rest[0]);
        return end < 0 ? null : Encoding.Latin1.GetString(rest.Slice(1, end));
    }
}
