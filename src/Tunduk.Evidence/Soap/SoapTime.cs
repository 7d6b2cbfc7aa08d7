namespace Tunduk.Evidence.Soap;

/// <summary>The one form of time in a wsu:Timestamp: xs:dateTime in UTC with <c>Z</c>.</summary>
internal static class SoapTime
{
    public const int Length = 24;

    /// <summary>Writes <c>2026-03-01T10:20:30.123Z</c>.</summary>
    public static void Write(DateTimeOffset time, Span<byte> target)
    {
        DateTime utc = time.UtcDateTime;
        Digits(target, utc.Year, 4);
        target[4] = (byte)'-';
        Digits(target[5..], utc.Month, 2);
        target[7] = (byte)'-';
        Digits(target[8..], utc.Day, 2);
        target[10] = (byte)'T';
        Digits(target[11..], utc.Hour, 2);
        target[13] = (byte)':';
        Digits(target[14..], utc.Minute, 2);
        target[16] = (byte)':';
        Digits(target[17..], utc.Second, 2);
        target[19] = (byte)'.';
        Digits(target[20..], utc.Millisecond, 3);
        target[23] = (byte)'Z';
    }

    public static bool TryParse(ReadOnlySpan<byte> text, out DateTimeOffset time)
    {
        time = default;
        text = text.Trim(" \t\r\n"u8);
        if (text.Length is < 20 or > 30 || text[^1] != 'Z' || text[4] != '-' || text[7] != '-' || text[10] != 'T'
            || text[13] != ':' || text[16] != ':'
            || !TryDigits(text[..4], out int year) || !TryDigits(text[5..7], out int month) || !TryDigits(text[8..10], out int day)
            || !TryDigits(text[11..13], out int hour) || !TryDigits(text[14..16], out int minute)
            || !TryDigits(text[17..19], out int second)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)
            || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        long ticks = 0;
        ReadOnlySpan<byte> fraction = text[19..^1];
        if (!fraction.IsEmpty)
        {
            fraction = fraction[0] == '.' ? fraction[1..] : default;
            if (fraction.IsEmpty || !TryDigits(fraction[..Math.Min(7, fraction.Length)], out int value)
                || !TryDigits(fraction, out _))
            {
                return false;
            }

            ticks = value;
            for (int i = fraction.Length; i < 7; i++)
            {
                ticks *= 10;
            }
        }

        time = new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero).AddTicks(ticks);
        return true;
    }

    private static void Digits(Span<byte> target, int value, int count)
    {
        for (int i = count - 1; i >= 0; i--)
        {
            target[i] = (byte)('0' + (value % 10));
            value /= 10;
        }
    }

    private static bool TryDigits(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        foreach (byte b in text)
        {
            if (b is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            value = unchecked((value * 10) + (b - '0'));
        }

        return true;
    }
}
