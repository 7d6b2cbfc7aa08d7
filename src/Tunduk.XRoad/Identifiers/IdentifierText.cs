using System.Buffers;
using System.Text;

namespace Tunduk.XRoad.Identifiers;

/// <summary>The slash form and its percent-encoded form, shared by all identifiers.</summary>
internal static class IdentifierText
{
    private static readonly SearchValues<char> s_hex = SearchValues.Create("0123456789abcdefABCDEF");
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Splits at slashes into at most <paramref name="most"/> parts.</summary>
    public static bool Split(string? text, int least, int most, string form, out string[] parts, out IdentifierFault fault)
    {
        parts = [];
        fault = IdentifierFault.None;
        if (string.IsNullOrEmpty(text))
        {
            fault = new IdentifierFault(IdentifierFaultKind.Empty, form, -1);
            return false;
        }

        int count = text.AsSpan().Count('/') + 1;
        if (count < least || count > most)
        {
            fault = new IdentifierFault(count < least ? IdentifierFaultKind.TooFewParts : IdentifierFaultKind.TooManyParts, form, -1);
            return false;
        }

        parts = text.Split('/');
        return true;
    }

    /// <summary>Decodes one percent-encoded part (RFC 3986 §2.1); refuses broken escapes and what is not UTF-8.</summary>
    public static bool TryDecode(ReadOnlySpan<char> encoded, string part, out string decoded, out IdentifierFault fault)
    {
        fault = IdentifierFault.None;
        if (encoded.IndexOf('%') < 0)
        {
            decoded = encoded.ToString();
            return true;
        }

        byte[] bytes = new byte[Encoding.UTF8.GetMaxByteCount(encoded.Length)];
        int length = 0;
        decoded = string.Empty;
        for (int i = 0; i < encoded.Length; i++)
        {
            if (encoded[i] != '%')
            {
                int run = encoded[i..].IndexOf('%');
                ReadOnlySpan<char> plain = run < 0 ? encoded[i..] : encoded.Slice(i, run);
                length += Encoding.UTF8.GetBytes(plain, bytes.AsSpan(length));
                i += plain.Length - 1;
                continue;
            }

            if (i + 2 >= encoded.Length || !s_hex.Contains(encoded[i + 1]) || !s_hex.Contains(encoded[i + 2]))
            {
                fault = new IdentifierFault(IdentifierFaultKind.BrokenEncoding, part, i);
                return false;
            }

            bytes[length++] = (byte)((HexValue(encoded[i + 1]) << 4) | HexValue(encoded[i + 2]));
            i += 2;
        }

        try
        {
            decoded = s_utf8.GetString(bytes, 0, length);
            return true;
        }
        catch (DecoderFallbackException)
        {
            fault = new IdentifierFault(IdentifierFaultKind.BrokenEncoding, part, -1);
            return false;
        }
    }

    /// <summary>Encodes one part: unreserved characters of RFC 3986 stay, the rest becomes upper-case UTF-8 escapes.</summary>
    public static string Encode(string part) => Uri.EscapeDataString(part);

    private static int HexValue(char c) => c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}
