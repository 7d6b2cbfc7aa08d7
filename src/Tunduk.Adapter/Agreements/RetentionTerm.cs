using System.Globalization;
using System.Runtime.InteropServices;

namespace Tunduk.Adapter.Agreements;

/// <summary>
/// A term in calendar units, ISO 8601 duration without time of day: <c>P3Y</c>, <c>P18M</c>, <c>P1Y6M</c>, <c>P90D</c>, <c>P2W</c>.
/// Kept as units, since a year is not a number of days.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RetentionTerm(int Years, int Months, int Days)
{
    public static RetentionTerm Parse(string text) =>
        TryParse(text, out RetentionTerm term) ? term : throw new FormatException("a term is written as P3Y, P18M or P90D");

    public static bool TryParse(string? text, out RetentionTerm term)
    {
        term = default;
        if (text is null || text.Length is < 3 or > 20 || text[0] != 'P')
        {
            return false;
        }

        const string Units = "YMWD";
        int unit = 0;
        int[] values = new int[Units.Length];
        int start = 1;
        while (start < text.Length)
        {
            int end = start;
            while (end < text.Length && char.IsAsciiDigit(text[end]))
            {
                end++;
            }

            int which = end < text.Length ? Units.IndexOf(text[end], unit) : -1;
            if (which < 0 || !int.TryParse(text.AsSpan(start, end - start), NumberStyles.None, CultureInfo.InvariantCulture, out values[which]) || values[which] > 36_500)
            {
                return false;
            }

            unit = which + 1;
            start = end + 1;
            if (unit == Units.Length && start < text.Length)
            {
                return false;
            }
        }

        term = new RetentionTerm(values[0], values[1], (values[2] * 7) + values[3]);
        return term != default;
    }

    /// <summary>The first day after the term when it starts on <paramref name="from"/>.</summary>
    public DateOnly AddTo(DateOnly from) => from.AddYears(Years).AddMonths(Months).AddDays(Days);

    public override string ToString() =>
        "P" + (Years > 0 ? $"{Years}Y" : null) + (Months > 0 ? $"{Months}M" : null) + (Days > 0 ? $"{Days}D" : null);
}
