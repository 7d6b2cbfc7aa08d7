using System.Text;
using System.Text.RegularExpressions;

namespace Tunduk.XRoad.Contracts.JsonRules;

/// <summary>
/// ECMA-262 patterns, as with its flag u, as .NET expressions that take bounded time. A .NET expression counts a character outside the
/// basic plane as two: in the text it is replaced by a stand-in for its category, one of the noncharacters U+FDD0 and following, and in
/// the pattern a category holds its stand-in. LIMIT: a range over U+FDD0 (<c>[\u0080-\uFFFF]</c>) holds all of them.
/// </summary>
internal static class JsonPattern
{
    // Only patterns that look around or back, which the linear engine cannot do, may reach it; then the check has failed.
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(250);

    /// <summary>Compiles a pattern; null where it is none.</summary>
    public static Regex? Compile(string pattern)
    {
        // A character outside the basic plane by name has no stand-in.
        if (NamesSurrogate(pattern))
        {
            return null;
        }

        var translated = Translate(pattern);
        try
        {
            return new Regex(translated, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        }
        catch (NotSupportedException)
        {
            return Backtracking(translated);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Whether a text matches; false also where it took too long.</summary>
    public static bool IsMatch(Regex expression, string text)
    {
        try
        {
            return expression.IsMatch(UnicodeStandIn.Of(text));
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    private static Regex? Backtracking(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, Longest);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static bool NamesSurrogate(string pattern)
    {
        for (var i = 0; i < pattern.Length; i++)
        {
            if (char.IsSurrogate(pattern[i]))
            {
                return true;
            }

            if (pattern[i] == '\\' && ++i + 2 < pattern.Length && pattern[i] == 'u' && pattern[i + 1] is 'd' or 'D' && pattern[i + 2] is '8' or '9' or (>= 'a' and <= 'f') or (>= 'A' and <= 'F'))
            {
                return true;
            }
        }

        return false;
    }

    // What means something else: \d and \w are ASCII there, $ is the very end, \/ is a slash.
    private static string Translate(string pattern)
    {
        var text = new StringBuilder(pattern.Length + 8);
        var inClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            if (c == '\\' && i + 1 < pattern.Length)
            {
                c = pattern[++i];
                if (c is 'p' or 'P' && UnicodeStandIn.ClassOf(pattern.AsSpan(i + 1), isComplement: c == 'P', out var read) is { } category)
                {
                    text.Append(inClass ? category : $"[{category}]");
                    i += read;
                    continue;
                }

                text.Append(c switch
                {
                    'd' => inClass ? "0-9" : "[0-9]",
                    'D' when !inClass => "[^0-9]",
                    'w' => inClass ? "A-Za-z0-9_" : "[A-Za-z0-9_]",
                    'W' when !inClass => "[^A-Za-z0-9_]",
                    '/' => "/",
                    _ => "\\" + c,
                });
                continue;
            }

            if (inClass && c == '[')
            {
                text.Append("\\[");
                continue;
            }

            inClass = c == '[' || (inClass && c != ']');
            text.Append(c == '$' && !inClass ? "\\z" : c.ToString());
        }

        return text.ToString();
    }
}
