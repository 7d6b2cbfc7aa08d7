using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Tunduk.Evidence.Http;

/// <summary>
/// The canonical spelling of a Content-Type: type, subtype, parameter names and the charset's value in lower case, <c>; </c> between
/// parameters, no needless quotes. Security servers write the field anew; by signing and verifying this spelling a signature survives.
/// </summary>
public static class HttpContentType
{
    /// <summary>Spells a field value canonically (RFC 9110 §8.3).</summary>
    public static bool TryCanonicalize(string value, [NotNullWhen(true)] out string? canonical)
    {
        canonical = null;
        ReadOnlySpan<char> rest = value.AsSpan().Trim(" \t");
        int slash = rest.IndexOf('/');
        if (slash < 1 || !TakeToken(rest[..slash], out int typeEnd) || typeEnd != slash || !TakeToken(rest[(slash + 1)..], out int subtypeEnd))
        {
            return false;
        }

        int end = slash + 1 + subtypeEnd;
        var text = new StringBuilder(value.Length + 4);
        text.Append(Lower(rest[..end]));
        rest = rest[end..];
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            rest = rest.TrimStart(" \t");
            if (rest.IsEmpty)
            {
                canonical = text.ToString();
                return true;
            }

            if (rest[0] != ';')
            {
                return false;
            }

            rest = rest[1..].TrimStart(" \t");
            if (rest.IsEmpty || rest[0] == ';')
            {
                continue;
            }

            if (!TakeToken(rest, out int nameEnd) || nameEnd >= rest.Length || rest[nameEnd] != '=')
            {
                return false;
            }

            string name = Lower(rest[..nameEnd]);
            rest = rest[(nameEnd + 1)..];
            if (!names.Add(name) || !TakeValue(ref rest, out string? parameter))
            {
                return false;
            }

            text.Append("; ").Append(name).Append('=');
            WriteValue(text, name == "charset" ? Lower(parameter) : parameter);
        }
    }

    private static string Lower(ReadOnlySpan<char> text)
    {
        return string.Create(text.Length, text, static (target, source) => source.ToLowerInvariant(target));
    }

    private static bool TakeToken(ReadOnlySpan<char> text, out int length)
    {
        length = 0;
        while (length < text.Length && IsTokenCharacter(text[length]))
        {
            length++;
        }

        return length > 0;
    }

    private static bool IsTokenCharacter(char c) =>
        char.IsAsciiLetterOrDigit(c) || (c < 128 && "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal));

    private static bool TakeValue(ref ReadOnlySpan<char> rest, [NotNullWhen(true)] out string? value)
    {
        value = null;
        if (rest.IsEmpty || rest[0] != '"')
        {
            if (!TakeToken(rest, out int length))
            {
                return false;
            }

            value = new string(rest[..length]);
            rest = rest[length..];
            return true;
        }

        var text = new StringBuilder();
        for (int i = 1; i < rest.Length; i++)
        {
            char c = rest[i];
            if (c == '"')
            {
                value = text.ToString();
                rest = rest[(i + 1)..];
                return true;
            }

            if (c == '\\' && ++i == rest.Length)
            {
                return false;
            }

            if (rest[i] is < ' ' or > '~')
            {
                return false;
            }

            text.Append(rest[i]);
        }

        return false;
    }

    private static void WriteValue(StringBuilder text, string value)
    {
        if (TakeToken(value, out int length) && length == value.Length)
        {
            text.Append(value);
            return;
        }

        text.Append('"');
        foreach (char c in value)
        {
            text.Append(c is '"' or '\\' ? "\\" : "").Append(c);
        }

        text.Append('"');
    }
}
