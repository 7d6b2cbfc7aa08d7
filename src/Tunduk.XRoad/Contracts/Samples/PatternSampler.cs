using System.Globalization;
using System.Text;

namespace Tunduk.XRoad.Contracts.Samples;

/// <summary>Invents a text that meets an XSD pattern. It knows the constructs that contracts use; what comes out is checked by the caller.</summary>
internal sealed class PatternSampler
{
    private const int MaxLength = 2_000;
    private readonly string pattern;
    private readonly SeededValues random;
    private readonly int stretch;
    private int at;

    private PatternSampler(string pattern, SeededValues random, int stretch)
    {
        this.pattern = pattern;
        this.random = random;
        this.stretch = stretch;
    }

    /// <summary>A text that should meet the pattern.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="random">Where choices come from.</param>
    /// <param name="stretch">What an open quantifier repeats beyond its least number, where a longer text is wanted.</param>
    public static string Sample(string pattern, SeededValues random, int stretch = 0)
    {
        var text = new StringBuilder();
        new PatternSampler(pattern, random, stretch).Alternatives(text, 0);
        return text.ToString();
    }

    private void Alternatives(StringBuilder target, int depth)
    {
        var branches = new List<string>();
        do
        {
            var branch = new StringBuilder();
            Branch(branch, depth);
            branches.Add(branch.ToString());
        }
        while (at < pattern.Length && pattern[at] == '|' && ++at > 0);

        target.Append(random.Pick(branches));
    }

    private void Branch(StringBuilder target, int depth)
    {
        while (at < pattern.Length && pattern[at] is not ('|' or ')'))
        {
            var start = at;
            var piece = Atom(depth);
            var end = at;
            var (min, max) = Quantifier();
            var after = at;
            var times = stretch > 0 ? (int)Math.Min(max, (long)min + stretch) : min + random.Below(Math.Min(max - min, 3) + 1);

            for (var i = 0; i < times && target.Length < MaxLength; i++)
            {
                target.Append(piece);
                if (i + 1 < times)
                {
                    at = start;
                    piece = Atom(depth);
                    at = end;
                }
            }

            at = after;
        }
    }

    private string Atom(int depth)
    {
        var c = pattern[at++];
        switch (c)
        {
            case '(' when depth < 50:
                var inner = new StringBuilder();
                Alternatives(inner, depth + 1);
                at++;
                return inner.ToString();
            case '[':
                return Class();
            case '.':
                return "x";
            case '\\' when at < pattern.Length:
                return Escape(pattern[at++]);
            default:
                return c.ToString();
        }
    }

    private string Escape(char c)
    {
        switch (c)
        {
            case 'd':
                return random.Below(10).ToString(CultureInfo.InvariantCulture);
            case 'w' or 'i' or 'c':
                return ((char)('a' + random.Below(26))).ToString();
            case 's':
                return " ";
            case 'D' or 'S':
                return "x";
            case 'W':
                return "-";
            case 'n' or 'r' or 't':
                return " ";
            case 'p' or 'P':
                var end = pattern.IndexOf('}', at);
                var category = end < 0 ? "" : pattern[at..end].TrimStart('{');
                at = end < 0 ? pattern.Length : end + 1;
                return c == 'P' ? category.StartsWith('L') || category.StartsWith("Is", StringComparison.Ordinal) ? "1" : "a"
                    : category.Length == 0 ? "a"
                    : category[0] switch
                    {
                        'N' => "7",
                        'P' => "-",
                        'S' => "+",
                        'Z' => " ",
                        _ => category == "Lu" ? "A" : category.StartsWith("IsCyrillic", StringComparison.Ordinal) ? "ж" : "a",
                    };
            default:
                return c.ToString();
        }
    }

    private string Class()
    {
        var negative = at < pattern.Length && pattern[at] == '^';
        at += negative ? 1 : 0;
        var choices = new List<(char From, char To)>();
        while (at < pattern.Length && pattern[at] != ']')
        {
            if (pattern[at] == '-' && at + 1 < pattern.Length && pattern[at + 1] == '[')
            {
                at += 2;
                Class();
                continue;
            }

            var from = ClassChar();
            if (at + 1 < pattern.Length && pattern[at] == '-' && pattern[at + 1] is not (']' or '['))
            {
                at++;
                choices.Add((from, ClassChar()));
            }
            else
            {
                choices.Add((from, from));
            }
        }

        at++;
        if (negative || choices.Count == 0)
        {
            foreach (var c in "aA0x ж-")
            {
                if (!choices.Exists(r => c >= r.From && c <= r.To))
                {
                    return c.ToString();
                }
            }
        }

        var (low, high) = random.Pick(choices);
        return ((char)(low + random.Below(high - low + 1))).ToString();
    }

    private char ClassChar()
    {
        var c = pattern[at++];
        return c == '\\' && at < pattern.Length ? Escape(pattern[at++])[0] : c;
    }

    private int Open(int least) => least + Math.Max(2, stretch);

    private (int Min, int Max) Quantifier()
    {
        if (at >= pattern.Length)
        {
            return (1, 1);
        }

        switch (pattern[at])
        {
            case '?':
                at++;
                return (0, 1);
            case '*':
                at++;
                return (0, Open(0));
            case '+':
                at++;
                return (1, Open(1));
            case '{':
                var end = pattern.IndexOf('}', at);
                var parts = end < 0 ? [] : pattern[(at + 1)..end].Split(',');
                at = end < 0 ? pattern.Length : end + 1;
                var min = parts.Length > 0 && int.TryParse(parts[0], CultureInfo.InvariantCulture, out var m) ? m : 0;
                var max = parts.Length < 2 ? min : int.TryParse(parts[1], CultureInfo.InvariantCulture, out var x) ? x : Open(min);
                return (min, Math.Max(min, max));
            default:
                return (1, 1);
        }
    }
}
