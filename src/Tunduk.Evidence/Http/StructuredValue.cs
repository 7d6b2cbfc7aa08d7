using System.Globalization;
using System.Text;

namespace Tunduk.Evidence.Http;

/// <summary>A bare item of a structured field. It can only be made with a value that the grammar can carry.</summary>
public sealed class StructuredValue : IEquatable<StructuredValue>
{
    internal const long MaximumInteger = 999_999_999_999_999;
    private readonly string text;
    private readonly decimal number;

    private StructuredValue(StructuredType type, decimal number, string text, ReadOnlyMemory<byte> bytes)
    {
        Type = type;
        this.number = number;
        this.text = text;
        Bytes = bytes;
    }

    /// <summary>What it is.</summary>
    public StructuredType Type { get; }

    /// <summary>The true value of a boolean: what a key without a value stands for.</summary>
    public static StructuredValue True { get; } = new(StructuredType.Boolean, 1, "", default);

    /// <summary>The false value of a boolean.</summary>
    public static StructuredValue False { get; } = new(StructuredType.Boolean, 0, "", default);

    /// <summary>Integer, Date (seconds since 1970) and Boolean (0, 1) as a number; 0 for other types.</summary>
    public long Integer => (long)number;

    /// <summary>Integer, Decimal, Date and Boolean as a number; 0 for other types.</summary>
    public decimal Number => number;

    /// <summary>String, Token and DisplayString as text; empty for other types.</summary>
    public string Text => text;

    /// <summary>A byte sequence; empty for other types.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>An integer of at most fifteen digits.</summary>
    public static StructuredValue FromInteger(long value) => new(StructuredType.Integer, InRange(value), "", default);

    /// <summary>A date.</summary>
    public static StructuredValue FromDate(long seconds) => new(StructuredType.Date, InRange(seconds), "", default);

    /// <summary>A decimal, rounded to three digits, half to even (RFC 8941 §4.1.5).</summary>
    public static StructuredValue FromDecimal(decimal value)
    {
        decimal rounded = Math.Round(value, 3, MidpointRounding.ToEven);
        return Math.Abs(rounded) < 1_000_000_000_000m
            ? new StructuredValue(StructuredType.Decimal, rounded, "", default)
            : throw new ArgumentOutOfRangeException(nameof(value));
    }

    /// <summary>A string of printable ASCII.</summary>
    public static StructuredValue FromString(string value) =>
        IsPrintable(value) ? OfText(StructuredType.String, value) : throw new ArgumentException("Not printable ASCII.", nameof(value));

    /// <summary>A token.</summary>
    public static StructuredValue FromToken(string value) =>
        IsToken(value) ? OfText(StructuredType.Token, value) : throw new ArgumentException("Not a token.", nameof(value));

    /// <summary>A byte sequence.</summary>
    public static StructuredValue FromBytes(ReadOnlyMemory<byte> value) => new(StructuredType.Bytes, 0, "", value);

    /// <summary>Unicode text.</summary>
    public static StructuredValue FromDisplayString(string value) => OfText(StructuredType.DisplayString, value);

    public bool Equals(StructuredValue? other) =>
        other is not null && Type == other.Type && number == other.number
        && string.Equals(text, other.text, StringComparison.Ordinal) && Bytes.Span.SequenceEqual(other.Bytes.Span);

    public override bool Equals(object? obj) => Equals(obj as StructuredValue);

    public override int GetHashCode() => HashCode.Combine(Type, number, text, Bytes.Length);

    internal static StructuredValue OfText(StructuredType type, string value) => new(type, 0, value, default);

    internal static StructuredValue OfDecimal(decimal value) => new(StructuredType.Decimal, value, "", default);

    internal static bool IsPrintable(ReadOnlySpan<char> value) => !value.ContainsAnyExceptInRange(' ', '~');

    internal static bool IsTokenStart(char c) => char.IsAsciiLetter(c) || c == '*';

    internal static bool IsTokenCharacter(char c) =>
        char.IsAsciiLetterOrDigit(c) || (c < 128 && "!#$%&'*+-.^_`|~:/".Contains(c, StringComparison.Ordinal));

    internal void Write(StringBuilder target)
    {
        switch (Type)
        {
            case StructuredType.Integer:
                target.Append((long)number);
                break;
            case StructuredType.Date:
                target.Append('@').Append((long)number);
                break;
            case StructuredType.Decimal:
                target.Append(number.ToString("0.0##", CultureInfo.InvariantCulture));
                break;
            case StructuredType.Boolean:
                target.Append(number == 0 ? "?0" : "?1");
                break;
            case StructuredType.Token:
                target.Append(text);
                break;
            case StructuredType.Bytes:
                target.Append(':').Append(Convert.ToBase64String(Bytes.Span)).Append(':');
                break;
            case StructuredType.String:
                WriteString(target);
                break;
            default:
                WriteDisplayString(target);
                break;
        }
    }

    private static bool IsToken(string value)
    {
        if (value.Length == 0 || !IsTokenStart(value[0]))
        {
            return false;
        }

        foreach (char c in value)
        {
            if (!IsTokenCharacter(c))
            {
                return false;
            }
        }

        return true;
    }

    private static long InRange(long value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaximumInteger);
        ArgumentOutOfRangeException.ThrowIfLessThan(value, -MaximumInteger);
        return value;
    }

    private void WriteString(StringBuilder target)
    {
        target.Append('"');
        if (!text.AsSpan().ContainsAny('"', '\\'))
        {
            target.Append(text).Append('"');
            return;
        }

        foreach (char c in text)
        {
            if (c is '"' or '\\')
            {
                target.Append('\\');
            }

            target.Append(c);
        }

        target.Append('"');
    }

    private void WriteDisplayString(StringBuilder target)
    {
        target.Append("%\"");
        foreach (byte b in Encoding.UTF8.GetBytes(text))
        {
            if (b is (byte)'%' or (byte)'"' or < 0x20 or >= 0x7F)
            {
                target.Append('%').Append(b.ToString("x2", CultureInfo.InvariantCulture));
            }
            else
            {
                target.Append((char)b);
            }
        }

        target.Append('"');
    }
}
