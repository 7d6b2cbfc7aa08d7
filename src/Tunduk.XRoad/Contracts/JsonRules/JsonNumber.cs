using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace Tunduk.XRoad.Contracts.JsonRules;

/// <summary>A JSON number with all its digits: <c>Mantissa</c> times ten to the power of <c>Exponent</c>, without trailing zeros.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct JsonNumber(BigInteger Mantissa, int Exponent)
{
    /// <summary>Longest text that is read, so that comparing takes bounded time.</summary>
    public const int MaxLength = 1_000;

    private const int MaxExponent = 2_000;

    public bool IsWhole => Exponent >= 0;

    /// <summary>Reads a number (RFC 8259 §6); false for other text, and for numbers longer than 1,000 characters or beyond 10^±2000.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out JsonNumber number) => TryParse(Encoding.ASCII.GetString(text), out number);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, out JsonNumber)"/>
    public static bool TryParse(string? text, out JsonNumber number)
    {
        number = default;
        if (string.IsNullOrEmpty(text) || text.Length > MaxLength)
        {
            return false;
        }

        var exponent = 0;
        var e = text.IndexOfAny(['e', 'E']);
        if (e >= 0 && (!int.TryParse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent) || Math.Abs(exponent) > MaxExponent))
        {
            return false;
        }

        var digits = e < 0 ? text : text[..e];
        var point = digits.IndexOf('.', StringComparison.Ordinal);
        if (point >= 0)
        {
            exponent -= digits.Length - point - 1;
            digits = digits.Remove(point, 1);
        }

        if (!BigInteger.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var mantissa))
        {
            return false;
        }

        if (mantissa.IsZero)
        {
            return true;
        }

        while (mantissa % 10 == 0)
        {
            mantissa /= 10;
            exponent++;
        }

        number = new JsonNumber(mantissa, exponent);
        return true;
    }

    /// <summary>Below, at or above zero as this number is below, equal to or above the other.</summary>
    public int Against(JsonNumber other)
    {
        var low = Math.Min(Exponent, other.Exponent);
        return At(low).CompareTo(other.At(low));
    }

    /// <summary>Whether dividing by the other gives a whole number.</summary>
    public bool IsMultipleOf(JsonNumber other)
    {
        var low = Math.Min(Exponent, other.Exponent);
        return other.Mantissa.IsZero || (At(low) % other.At(low)).IsZero;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Mantissa}e{Exponent}");

    private BigInteger At(int exponent) => Mantissa * BigInteger.Pow(10, Exponent - exponent);
}
