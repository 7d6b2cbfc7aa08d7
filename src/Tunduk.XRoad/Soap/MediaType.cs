using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Tunduk.XRoad.Soap;

/// <summary>A parsed Content-Type (RFC 9110 §8.3.1, RFC 2045 §5.1): type and parameter names in lower case, values as they are.</summary>
public sealed class MediaType
{
    /// <summary>Longest header value read, in characters.</summary>
    public const int MaxLength = 2048;

    private static readonly SearchValues<char> s_token = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private readonly List<KeyValuePair<string, string>> _parameters;

    private MediaType(string type, List<KeyValuePair<string, string>> parameters)
    {
        Type = type;
        _parameters = parameters;
    }

    /// <summary><c>type/subtype</c> in lower case.</summary>
    public string Type { get; }

    public IReadOnlyList<KeyValuePair<string, string>> Parameters => _parameters;

    /// <summary>The value of a parameter, or null.</summary>
    public string? this[string parameter]
    {
        get
        {
            foreach (KeyValuePair<string, string> p in _parameters)
            {
                if (p.Key == parameter)
                {
                    return p.Value;
                }
            }

            return null;
        }
    }

    /// <summary>False for anything malformed, repeated parameters and control characters included.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out MediaType? mediaType)
    {
        mediaType = null;
        if (string.IsNullOrWhiteSpace(text) || text.Length > MaxLength)
        {
            return false;
        }

        ReadOnlySpan<char> rest = text;
        int semicolon = rest.IndexOf(';');
        ReadOnlySpan<char> type = Trim(semicolon < 0 ? rest : rest[..semicolon]);
        int slash = type.IndexOf('/');
        if (slash <= 0 || !IsToken(type[..slash]) || !IsToken(type[(slash + 1)..]))
        {
            return false;
        }

        List<KeyValuePair<string, string>> parameters = [];
        rest = semicolon < 0 ? default : rest[(semicolon + 1)..];
        for (rest = Trim(rest); !rest.IsEmpty; rest = Trim(rest))
        {
            // Empty parameters ("text/xml;") are common and harmless.
            if (rest[0] == ';')
            {
                rest = rest[1..];
                continue;
            }

            if (!TryReadParameter(ref rest, out string name, out string value) || parameters.Exists(p => p.Key == name))
            {
                return false;
            }

            parameters.Add(new KeyValuePair<string, string>(name, value));
        }

        mediaType = new MediaType(type.ToString().ToLowerInvariant(), parameters);
        return true;
    }

    public override string ToString()
    {
        StringBuilder text = new(Type);
        foreach (KeyValuePair<string, string> p in _parameters)
        {
            text.Append("; ").Append(p.Key).Append('=');
            if (IsToken(p.Value))
            {
                text.Append(p.Value);
            }
            else
            {
                text.Append('"').Append(p.Value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
            }
        }

        return text.ToString();
    }

    private static bool TryReadParameter(ref ReadOnlySpan<char> rest, out string name, out string value)
    {
        name = value = string.Empty;
        int equals = rest.IndexOf('=');
        if (equals <= 0 || !IsToken(Trim(rest[..equals])))
        {
            return false;
        }

        name = Trim(rest[..equals]).ToString().ToLowerInvariant();
        rest = Trim(rest[(equals + 1)..]);
        if (rest.IsEmpty || rest[0] != '"')
        {
            int end = rest.IndexOf(';');
            ReadOnlySpan<char> plain = Trim(end < 0 ? rest : rest[..end]);
            rest = end < 0 ? default : rest[end..];
            value = plain.ToString();

            // Stacks in the field leave values such as <root@id> or text/xml unquoted.
            return !plain.IsEmpty && plain.IndexOfAny("\"\\ \t,") < 0 && !HasControl(plain);
        }

        StringBuilder quoted = new();
        for (int i = 1; i < rest.Length; i++)
        {
            char c = rest[i];
            if (c == '"')
            {
                rest = Trim(rest[(i + 1)..]);
                value = quoted.ToString();
                return (rest.IsEmpty || rest[0] == ';') && !HasControl(value);
            }

            if (c == '\\' && ++i < rest.Length)
            {
                c = rest[i];
            }

            quoted.Append(c);
        }

        return false;
    }

    private static bool IsToken(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(s_token);

    private static bool HasControl(ReadOnlySpan<char> text) => XmlText.IndexOfControl(text) >= 0;

    private static ReadOnlySpan<char> Trim(ReadOnlySpan<char> text) => text.Trim(" \t");
}
