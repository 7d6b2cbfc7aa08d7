using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Tunduk.XRoad.Contracts.Xsd;

/// <summary>
/// XSD 1.0 patterns (part 2, appendix F) as .NET expressions that match in linear time: there is no backtracking, so
/// no pattern can explode at a call. LIMIT: characters outside the basic plane count as two in a pattern.
/// </summary>
internal static class PatternTranslator
{
    // Counted repetitions multiply the states of the automaton; beyond this a pattern is a bomb.
    private const int MaxStates = 20_000;

    private const string NameStart = @"_:A-Za-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD";
    private const string NameChar = NameStart + @"\-.0-9\u00B7\u0300-\u036F\u203F-\u2040";

    public static Regex? Translate(IReadOnlyList<string> alternatives, out string problem)
    {
        problem = "";
        var text = new StringBuilder(@"\A(?:");
        for (var i = 0; i < alternatives.Count; i++)
        {
            text.Append(i == 0 ? "(?:" : "|(?:");
            if (!Convert(alternatives[i], text, out problem))
            {
                return null;
            }

            text.Append(')');
        }

        text.Append(@")\z");
        try
        {
            return new Regex(text.ToString(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            problem = Phrases.Of("Xsd.PatternNotRegularExpression");
            return null;
        }
    }

    private static bool Convert(string pattern, StringBuilder text, out string problem)
    {
        problem = "";
        var depth = 0;
        var states = 1L;
        var inClass = 0;
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            if (c == '\\' && i + 1 < pattern.Length)
            {
                i = Escape(pattern, i, inClass > 0, text);
                continue;
            }

            if (inClass > 0)
            {
                inClass += c == '[' ? 1 : c == ']' ? -1 : 0;
                text.Append(c);
                continue;
            }

            switch (c)
            {
                case '[':
                    inClass = 1;
                    text.Append(c);
                    break;
                case '^' or '$':
                    text.Append('\\').Append(c);
                    break;
                case '.':
                    text.Append(@"[^\n\r]");
                    break;
                case '(':
                    if (++depth > 50 || (i + 1 < pattern.Length && pattern[i + 1] == '?'))
                    {
                        problem = Phrases.Of("Xsd.PatternGroupsNestedToo");
                        return false;
                    }

                    text.Append("(?:");
                    break;
                case '{':
                    var end = pattern.IndexOf('}', i);
                    if (end < 0 || !Quantifier(pattern.AsSpan(i + 1, end - i - 1), out var most))
                    {
                        problem = Phrases.Of("Xsd.QuantifierPatternNotNumber");
                        return false;
                    }

                    states *= Math.Max(most, 1);
                    if (states * pattern.Length > MaxStates * 10L || states > MaxStates)
                    {
                        problem = Phrases.Of("Xsd.QuantifiersPatternMultiplyToo");
                        return false;
                    }

                    text.Append(pattern, i, end - i + 1);
                    i = end;
                    break;
                default:
                    depth -= c == ')' ? 1 : 0;
                    text.Append(c);
                    break;
            }
        }

        return true;
    }

    private static bool Quantifier(ReadOnlySpan<char> text, out int most)
    {
        most = 1;
        foreach (var range in text.Split(','))
        {
            var part = text[range];
            if (part.Length > 0 && (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out most) || most > MaxStates))
            {
                return false;
            }
        }

        return true;
    }

    private static int Escape(string pattern, int i, bool inClass, StringBuilder text)
    {
        var c = pattern[i + 1];
        string? set = c switch
        {
            'i' => NameStart,
            'c' => NameChar,
            _ => null,
        };
        if (set is not null)
        {
            text.Append(inClass ? set : "[" + set + "]");
            return i + 1;
        }

        switch (c)
        {
            case 'I':
                text.Append("[^" + NameStart + "]");
                return i + 1;
            case 'C':
                text.Append("[^" + NameChar + "]");
                return i + 1;
            case 'w':
                text.Append(inClass ? @"\p{L}\p{M}\p{N}\p{S}" : @"[\p{L}\p{M}\p{N}\p{S}]");
                return i + 1;
            case 'W':
                text.Append(inClass ? @"\p{P}\p{Z}\p{C}" : @"[\p{P}\p{Z}\p{C}]");
                return i + 1;
            case 's':
                text.Append(inClass ? @" \t\n\r" : @"[ \t\n\r]");
                return i + 1;
            case 'p' or 'P':
                var end = pattern.IndexOf('}', i);
                if (end > 0)
                {
                    text.Append(pattern, i, end - i + 1);
                    return end;
                }

                break;
        }

        text.Append('\\').Append(c);
        return i + 1;
    }
}
