using System.Globalization;
using System.Text;

namespace Tunduk.XRoad.Attachments;

/// <summary>File names as parts carry them: what a receiver may take of them.</summary>
internal static class PartFileName
{
    private static readonly Encoding s_utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The last segment of a name (RFC 6266 §4.3); null where nothing is left that could be a file's name.</summary>
    /// <param name="name">As it was spelled; null gives null.</param>
    public static string? Plain(string? name)
    {
        if (name is null || HasOdd(name))
        {
            return null;
        }

        string last = name[(name.AsSpan().LastIndexOfAny('/', '\\') + 1)..].Trim();
        return last is "" or "." or ".." ? null : last;
    }

    /// <summary>The text of <c>charset'language'percent-encoded</c> (RFC 8187 §3.2); null for one that is none.</summary>
    /// <param name="value">In UTF-8 or ISO-8859-1.</param>
    public static string? Decode(string value)
    {
        string[] parts = value.Split('\'');
        if (parts.Length != 3 || (parts[0].ToUpperInvariant() switch { "UTF-8" => s_utf8, "ISO-8859-1" => Encoding.Latin1, _ => null }) is not { } charset)
        {
            return null;
        }

        List<byte> bytes = [];
        string text = parts[2];
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                if (text[i] is <= ' ' or >= '\u007F')
                {
                    return null;
                }

                bytes.Add((byte)text[i]);
                continue;
            }

            if (i + 2 >= text.Length || !byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value8))
            {
                return null;
            }

            bytes.Add(value8);
            i += 2;
        }

        try
        {
            return charset.GetString([.. bytes]);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    // Controls, and what changes the direction of the text: a name that shows another ending than it has.
    private static bool HasOdd(string name)
    {
        foreach (char c in name)
        {
            if (char.IsControl(c) || c is '\u2028' or '\u2029' or '\u061C' or '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069'))
            {
                return true;
            }
        }

        return false;
    }
}
