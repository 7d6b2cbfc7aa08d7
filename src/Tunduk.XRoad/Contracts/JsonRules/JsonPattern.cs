using System.Text;
using System.Text.RegularExpressions;

namespace Tunduk.XRoad.Contracts.JsonRules;

/// <summary>ECMA-262 patterns as .NET expressions that take bounded time.</summary>
internal static class JsonPattern
{
    // Only patterns that look around or back, which the linear engine cannot do, may reach it; then the check has failed.
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(250);

    /// <summary>Compiles a pattern; null where it is none.</summary>
    public static Regex? Compile(string pattern)
    {
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
            return expression.IsMatch(text);
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
