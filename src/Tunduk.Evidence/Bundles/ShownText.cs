using System.Globalization;
using System.Text;

namespace Tunduk.Evidence.Bundles;

/// <summary>
/// Text out of a bundle for a line of a report: bounded, and nothing in it moves a terminal's cursor, begins another line or turns the direction of
/// reading. A report that a bundle could write into would say what the bundle likes.
/// </summary>
internal static class ShownText
{
    private const int Longest = 1024;

    /// <summary>The text; what must not be shown as its code point, cut off where it is too long.</summary>
    public static string Of(string text)
    {
        bool isLong = text.Length > Longest;
        ReadOnlySpan<char> shown = isLong ? text.AsSpan(0, Longest) : text;
        StringBuilder? made = null;
        for (int i = 0; i < shown.Length; i++)
        {
            bool isPair = char.IsHighSurrogate(shown[i]) && i + 1 < shown.Length && char.IsLowSurrogate(shown[i + 1]);
            UnicodeCategory category = isPair ? CharUnicodeInfo.GetUnicodeCategory(char.ConvertToUtf32(shown[i], shown[i + 1])) : CharUnicodeInfo.GetUnicodeCategory(shown[i]);
            if (category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate)
            {
                made ??= new StringBuilder().Append(shown[..i]);
                made.Append(CultureInfo.InvariantCulture, $"\\u{(int)shown[i]:x4}");
                if (isPair)
                {
                    made.Append(CultureInfo.InvariantCulture, $"\\u{(int)shown[++i]:x4}");
                }
            }
            else
            {
                made?.Append(shown[i]);
                if (isPair)
                {
                    i++;
                    made?.Append(shown[i]);
                }
            }
        }

        string clean = made?.ToString() ?? shown.ToString();
        return isLong ? clean + "…" : clean;
    }
}
