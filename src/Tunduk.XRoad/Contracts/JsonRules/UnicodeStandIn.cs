using System.Globalization;
using System.Text;

namespace Tunduk.XRoad.Contracts.JsonRules;

/// <summary>
/// One character of the basic plane for each general category, so that an expression over UTF-16 judges characters outside that plane:
/// by their category, and as one.
/// </summary>
internal static class UnicodeStandIn
{
    // Noncharacters: no text has a use for them, and they are as many as categories need.
    private const char First = '\uFDD0';
    private const char Last = '\uFDEF';

    // In the order of UnicodeCategory.
    private static readonly string[] s_names =
        ["Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Cn"];

    private static readonly Lazy<string> s_unassigned = new(Unassigned);

    /// <summary>The text with a stand-in for each character outside the basic plane.</summary>
    public static string Of(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') && !text.AsSpan().ContainsAnyInRange(First, Last))
        {
            return text;
        }

        var written = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            written.Append(rune.IsBmp && rune.Value is < First or > Last ? (char)rune.Value : For(Rune.GetUnicodeCategory(rune)));
        }

        return written.ToString();
    }

    /// <summary>What a category is inside the brackets of an expression; null where the text names none.</summary>
    /// <param name="text">Begins with its name in braces.</param>
    /// <param name="isComplement">All that is not of it.</param>
    /// <param name="read">Characters of the text that were read.</param>
    public static string? ClassOf(ReadOnlySpan<char> text, bool isComplement, out int read)
    {
        read = text.IndexOf('}') + 1;
        if (read is < 3 or > 4 || text[0] != '{')
        {
            return null;
        }

        var name = text[1..(read - 1)];
        var written = new StringBuilder();
        var isKnown = false;
        for (var i = 0; i < s_names.Length; i++)
        {
            var isOf = s_names[i].AsSpan().StartsWith(name, StringComparison.Ordinal);
            isKnown |= isOf;
            if (isOf != isComplement)
            {
                written.Append(s_names[i] == "Cn" ? s_unassigned.Value : $"\\p{{{s_names[i]}}}").Append(For((UnicodeCategory)i));
            }
        }

        return isKnown ? written.ToString() : null;
    }

    private static char For(UnicodeCategory category) => (char)(First + (int)category);

    // The stand-ins are of this category themselves, and so it is written out.
    private static string Unassigned()
    {
        var written = new StringBuilder();
        for (var from = 0; from <= char.MaxValue; from++)
        {
            if (!IsUnassigned(from))
            {
                continue;
            }

            var to = from;
            while (IsUnassigned(to + 1))
            {
                to++;
            }

            written.Append(CultureInfo.InvariantCulture, $"\\u{from:X4}-\\u{to:X4}");
            from = to;
        }

        return written.ToString();
    }

    private static bool IsUnassigned(int c) =>
        c <= char.MaxValue && c is < First or > Last && char.GetUnicodeCategory((char)c) == UnicodeCategory.OtherNotAssigned;
}
