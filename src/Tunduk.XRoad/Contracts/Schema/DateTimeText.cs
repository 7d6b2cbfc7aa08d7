using System.Globalization;

namespace Tunduk.XRoad.Contracts.Schema;

/// <summary>Lexical forms and order of the date and time types (XSD 1.0 part 2, §3.2.6–3.2.14).</summary>
internal static class DateTimeText
{
    private readonly record struct Moment(long Years, int Month, int Day, int Hour, int Minute, int Second, decimal Fraction, int? Offset);

    public static bool IsValid(Primitive primitive, ReadOnlySpan<char> text) => TryParse(primitive, text, out _);

    /// <summary>
    /// Order of two valid values of one type; null where there is none: of a value with a time zone and one without, fourteen hours
    /// apart or less, nobody knows which comes first (§3.2.7.4).
    /// </summary>
    public static int? Compare(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        var a = ParseAny(left);
        var b = ParseAny(right);
        var order = (a.Seconds, a.Fraction).CompareTo((b.Seconds, b.Fraction));
        if (a.HasZone == b.HasZone)
        {
            return order;
        }

        const long farthest = 14 * 60 * 60;
        var apart = (a.Seconds - b.Seconds, a.Fraction - b.Fraction);
        return apart.CompareTo((farthest, 0m)) > 0 ? 1 : apart.CompareTo((-farthest, 0m)) < 0 ? -1 : null;
    }

    public static bool IsDuration(ReadOnlySpan<char> text) => TryParseDuration(text, out _, out _);

    public static int? CompareDurations(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        if (!TryParseDuration(left, out var leftMonths, out var leftSeconds) || !TryParseDuration(right, out var rightMonths, out var rightSeconds))
        {
            return null;
        }

        // A month has 28 to 31 days: where the four moments of §3.2.6.2 disagree, there is no order.
        int? order = null;
        foreach (var (year, month) in (ReadOnlySpan<(long, int)>)[(1696, 9), (1697, 2), (1903, 3), (1903, 7)])
        {
            var here = (After(year, month, leftMonths) + leftSeconds).CompareTo(After(year, month, rightMonths) + rightSeconds);
            if (order is not null && order != here)
            {
                return null;
            }

            order = here;
        }

        return order;
    }

    // Seconds at the beginning of the month that lies so many months after another.
    private static decimal After(long year, int month, long months)
    {
        var count = (year * 12) + month - 1 + months;
        var back = count < 0 && count % 12 != 0 ? 1 : 0;
        return DaysFromCivil((count / 12) - back, (int)((count % 12) + (12 * (count % 12 < 0 ? 1 : 0))) + 1, 1) * 86400m;
    }

    private static (long Seconds, decimal Fraction, bool HasZone) ParseAny(ReadOnlySpan<char> text)
    {
        foreach (var primitive in (ReadOnlySpan<Primitive>)[Primitive.Date, Primitive.DateTime, Primitive.Time, Primitive.YearMonth, Primitive.Year, Primitive.MonthDay, Primitive.Day, Primitive.Month])
        {
            if (TryParse(primitive, text, out var m))
            {
                var seconds = (((DaysFromCivil(m.Years, m.Month, m.Day) * 24) + m.Hour) * 60) + m.Minute - (m.Offset ?? 0);
                return ((seconds * 60) + m.Second, m.Fraction, m.Offset is not null);
            }
        }

        return default;
    }

    private static long DaysFromCivil(long year, int month, int day)
    {
        year -= month <= 2 ? 1 : 0;
        var era = (year >= 0 ? year : year - 399) / 400;
        var yearOfEra = year - (era * 400);
        var dayOfYear = (((153 * (month + (month > 2 ? -3 : 9))) + 2) / 5) + day - 1;
        return (era * 146097) + (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear - 719468;
    }

    private static bool TryParse(Primitive primitive, ReadOnlySpan<char> text, out Moment moment)
    {
        moment = default;
        long year = 2000;
        int month = 1, day = 1, hour = 0, minute = 0, second = 0;
        var fraction = 0m;
        var ok = primitive switch
        {
            Primitive.DateTime => Year(ref text, out year) && Take(ref text, '-') && Two(ref text, out month) && Take(ref text, '-') &&
                Two(ref text, out day) && Take(ref text, 'T') && Clock(ref text, out hour, out minute, out second, out fraction),
            Primitive.Date => Year(ref text, out year) && Take(ref text, '-') && Two(ref text, out month) && Take(ref text, '-') && Two(ref text, out day),
            Primitive.Time => Clock(ref text, out hour, out minute, out second, out fraction),
            Primitive.YearMonth => Year(ref text, out year) && Take(ref text, '-') && Two(ref text, out month),
            Primitive.Year => Year(ref text, out year),
            Primitive.MonthDay => Dashes(ref text, 2) && Two(ref text, out month) && Take(ref text, '-') && Two(ref text, out day),
            Primitive.Day => Dashes(ref text, 3) && Two(ref text, out day),
            Primitive.Month => Dashes(ref text, 2) && Two(ref text, out month) && (!text.StartsWith("--") || Skip(ref text, 2)),
            _ => false,
        };

        if (!ok || !Zone(text, out var offset) || month is < 1 or > 12 || day < 1 || day > DaysIn(primitive, year, month))
        {
            return false;
        }

        moment = new Moment(year, month, day, hour, minute, second, fraction, offset);
        return true;
    }

    private static int DaysIn(Primitive primitive, long year, int month)
    {
        if (primitive is Primitive.Day)
        {
            return 31;
        }

        if (month == 2)
        {
            var leap = primitive == Primitive.MonthDay || (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
            return leap ? 29 : 28;
        }

        return month is 4 or 6 or 9 or 11 ? 30 : 31;
    }

    private static bool Year(ref ReadOnlySpan<char> text, out long year)
    {
        var negative = text.Length > 0 && text[0] == '-';
        var start = negative ? 1 : 0;
        var end = start;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        var digits = text[start..end];
        year = 0;
        if (digits.Length is < 4 or > 12 || (digits.Length > 4 && digits[0] == '0'))
        {
            return false;
        }

        year = long.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        year = negative ? -year : year;
        text = text[end..];
        return year != 0;
    }

    private static bool Clock(ref ReadOnlySpan<char> text, out int hour, out int minute, out int second, out decimal fraction)
    {
        minute = second = 0;
        fraction = 0;
        if (!Two(ref text, out hour) || !Take(ref text, ':') || !Two(ref text, out minute) || !Take(ref text, ':') || !Two(ref text, out second))
        {
            return false;
        }

        if (text.Length > 0 && text[0] == '.')
        {
            var end = 1;
            while (end < text.Length && char.IsAsciiDigit(text[end]))
            {
                end++;
            }

            if (end == 1)
            {
                return false;
            }

            var digits = text[1..Math.Min(end, 21)];
            fraction = decimal.Parse(string.Concat("0.", digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
            text = text[end..];
        }

        return minute < 60 && second < 60 && (hour < 24 || (hour == 24 && minute == 0 && second == 0 && fraction == 0));
    }

    private static bool Zone(ReadOnlySpan<char> text, out int? offset)
    {
        offset = null;
        if (text.Length == 0)
        {
            return true;
        }

        if (text is "Z")
        {
            offset = 0;
            return true;
        }

        var sign = text[0] == '-' ? -1 : 1;
        if (text[0] is not ('+' or '-') || !Skip(ref text, 1) || !Two(ref text, out var hours) || !Take(ref text, ':') || !Two(ref text, out var minutes))
        {
            return false;
        }

        offset = sign * ((hours * 60) + minutes);
        return text.Length == 0 && minutes < 60 && (hours < 14 || (hours == 14 && minutes == 0));
    }

    private static bool TryParseDuration(ReadOnlySpan<char> text, out long months, out decimal seconds)
    {
        months = 0;
        seconds = 0;
        var negative = text.Length > 0 && text[0] == '-';
        if (negative)
        {
            text = text[1..];
        }

        if (text.Length < 2 || text[0] != 'P')
        {
            return false;
        }

        text = text[1..];
        var order = "YMDTHMS";
        var position = 0;
        var time = false;
        var any = false;
        while (text.Length > 0)
        {
            if (text[0] == 'T')
            {
                if (time || text.Length == 1)
                {
                    return false;
                }

                time = true;
                position = 4;
                text = text[1..];
            }

            var end = text.IndexOfAnyExcept("0123456789.");
            if (end <= 0 || !decimal.TryParse(text[..end], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) || amount > 1_000_000_000_000m)
            {
                return false;
            }

            var unit = order.IndexOf(text[end], position);
            if (unit < 0 || unit == 3 || (!time && unit > 3) || (text[..end].Contains('.') && unit != 6) || text[0] == '.' || text[end - 1] == '.')
            {
                return false;
            }

            position = unit + 1;
            any = true;
            text = text[(end + 1)..];
            months += unit switch { 0 => (long)amount * 12, 1 => (long)amount, _ => 0 };
            seconds += unit switch { 2 => amount * 86400, 4 => amount * 3600, 5 => amount * 60, 6 => amount, _ => 0 };
        }

        (months, seconds) = negative ? (-months, -seconds) : (months, seconds);
        return any;
    }

    private static bool Two(ref ReadOnlySpan<char> text, out int value)
    {
        value = 0;
        if (text.Length < 2 || !char.IsAsciiDigit(text[0]) || !char.IsAsciiDigit(text[1]))
        {
            return false;
        }

        value = ((text[0] - '0') * 10) + text[1] - '0';
        text = text[2..];
        return true;
    }

    private static bool Take(ref ReadOnlySpan<char> text, char expected) => text.Length > 0 && text[0] == expected && Skip(ref text, 1);

    private static bool Dashes(ref ReadOnlySpan<char> text, int count) => text.StartsWith("---".AsSpan(0, count)) && Skip(ref text, count);

    private static bool Skip(ref ReadOnlySpan<char> text, int count)
    {
        text = text[count..];
        return true;
    }
}
