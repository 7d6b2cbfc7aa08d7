using System.Text;

namespace Tunduk.GrpcHosting.Wire;

/// <summary><c>grpc-message</c>: UTF-8, every byte outside <c>%x20-24 / %x26-7E</c> as <c>%HH</c>.</summary>
internal static class PercentEncoding
{
    private const string Hex = "0123456789ABCDEF";

    public static string Encode(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        StringBuilder? encoded = null;
        for (int i = 0; i < bytes.Length; i++)
        {
            byte b = bytes[i];
            // A blank at either end would be lost with the white space around a header's value.
            bool plain = b is >= 0x20 and <= 0x7E and not (byte)'%' && (b != ' ' || (i > 0 && i < bytes.Length - 1));
            if (plain)
            {
                encoded?.Append((char)b);
                continue;
            }

            encoded ??= new StringBuilder(text, 0, i, bytes.Length * 2);
            encoded.Append('%').Append(Hex[b >> 4]).Append(Hex[b & 15]);
        }

        return encoded?.ToString() ?? text;
    }

    /// <summary>Never fails: what is no valid escape stays as it stands, bytes that are no UTF-8 become U+FFFD.</summary>
    public static string Decode(string text)
    {
        if (!text.Contains('%'))
        {
            return text;
        }

        byte[] source = Encoding.UTF8.GetBytes(text);
        byte[] bytes = new byte[source.Length];
        int length = 0;
        for (int i = 0; i < source.Length; i++)
        {
            if (source[i] == '%' && i + 2 < source.Length && char.IsAsciiHexDigit((char)source[i + 1]) && char.IsAsciiHexDigit((char)source[i + 2]))
            {
                bytes[length++] = (byte)((Nibble(source[i + 1]) << 4) | Nibble(source[i + 2]));
                i += 2;
            }
            else
            {
                bytes[length++] = source[i];
            }
        }

        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    private static int Nibble(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
