namespace Tunduk.XRoad.Contracts.Schema;

/// <summary>Decimals of any length as text: no digit is ever converted, so none is lost.</summary>
internal static class DecimalText
{
    public static bool IsDecimal(ReadOnlySpan<char> text, bool integer)
    {
        if (text.Length > 0 && text[0] is '+' or '-')
        {
            text = text[1..];
        }

        var point = integer ? -1 : text.IndexOf('.');
        if (point < 0)
        {
            return text.Length > 0 && !text.ContainsAnyExceptInRange('0', '9');
        }

        return text.Length > 1 && !text[..point].ContainsAnyExceptInRange('0', '9') && !text[(point + 1)..].ContainsAnyExceptInRange('0', '9');
    }

    public static bool IsFloat(ReadOnlySpan<char> text)
    {
        var exponent = text.IndexOfAny('e', 'E');
        return exponent < 0
            ? IsDecimal(text, integer: false)
            : IsDecimal(text[..exponent], integer: false) && IsDecimal(text[(exponent + 1)..], integer: true);
    }

    /// <summary>Number of significant digits, and of those after the point.</summary>
    public static (int Total, int Fraction) Digits(ReadOnlySpan<char> text)
    {
        Split(text, out _, out var whole, out var fraction);
        return (whole.Length + fraction.Length, fraction.Length);
    }

    public static int Compare(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        Split(left, out var leftNegative, out var leftWhole, out var leftFraction);
        Split(right, out var rightNegative, out var rightWhole, out var rightFraction);
        if (leftNegative != rightNegative)
        {
            return leftNegative ? -1 : 1;
        }

        var order = leftWhole.Length != rightWhole.Length
            ? leftWhole.Length.CompareTo(rightWhole.Length)
            : leftWhole.SequenceCompareTo(rightWhole);
        if (order == 0)
        {
            // Trailing zeros are gone, so a longer fraction with the same beginning is the larger one.
            order = leftFraction.SequenceCompareTo(rightFraction);
        }

        return leftNegative ? -order : order;
    }

    /// <summary>
    /// The number as a JSON token (RFC 8259 §6): without plus sign and leading zeros, with a digit on both sides of the
    /// point. Digits are kept. Returns the number of characters written.
    /// </summary>
    public static int ToJsonToken(ReadOnlySpan<char> text, Span<char> target)
    {
        var length = 0;
        if (text[0] is '+' or '-')
        {
            if (text[0] == '-')
            {
                target[length++] = '-';
            }

            text = text[1..];
        }

        var wholeEnd = text.IndexOfAnyExceptInRange('0', '9');
        var whole = (wholeEnd < 0 ? text : text[..wholeEnd]).TrimStart('0');
        if (whole.Length == 0)
        {
            target[length++] = '0';
        }

        whole.CopyTo(target[length..]);
        length += whole.Length;
        if (wholeEnd < 0)
        {
            return length;
        }

        var rest = text[wholeEnd..];
        if (rest[0] == '.' && (rest.Length == 1 || !char.IsAsciiDigit(rest[1])))
        {
            rest = rest[1..];
        }

        rest.CopyTo(target[length..]);
        return length + rest.Length;
    }

    private static void Split(ReadOnlySpan<char> text, out bool negative, out ReadOnlySpan<char> whole, out ReadOnlySpan<char> fraction)
    {
        negative = text.Length > 0 && text[0] == '-';
        if (text.Length > 0 && text[0] is '+' or '-')
        {
            text = text[1..];
        }

        var point = text.IndexOf('.');
        whole = (point < 0 ? text : text[..point]).TrimStart('0');
        fraction = point < 0 ? default : text[(point + 1)..].TrimEnd('0');
        negative &= whole.Length > 0 || fraction.Length > 0;
    }
}
