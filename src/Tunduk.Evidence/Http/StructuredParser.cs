using System.Globalization;
using System.Text;

namespace Tunduk.Evidence.Http;

// Over 300 lines: one grammar (RFC 8941), whose rules call each other.

/// <summary>The parsing algorithms of RFC 8941 §4.2 and RFC 9651 §4.2, step by step.</summary>
internal ref struct StructuredParser(ReadOnlySpan<char> text)
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);
    private readonly ReadOnlySpan<char> text = text;
    private int at;

    public StructuredFault Fault { get; private set; }

    private readonly bool AtEnd => at >= text.Length;

    public StructuredDictionary? Dictionary()
    {
        var dictionary = new StructuredDictionary();
        SkipSpaces();
        while (!AtEnd)
        {
            if (Key() is not { } key)
            {
                return null;
            }

            StructuredMember? member;
            if (!AtEnd && text[at] == '=')
            {
                at++;
                member = Member();
            }
            else
            {
                member = Parameters() is { } parameters ? new StructuredMember(new StructuredItem(StructuredValue.True, parameters)) : null;
            }

            if (member is null)
            {
                return null;
            }

            dictionary.Set(key, member);
            if (!Separator(dictionary.Count))
            {
                return null;
            }
        }

        return Fault.Code == StructuredFaultCode.None ? dictionary : null;
    }

    public List<StructuredMember>? List()
    {
        var list = new List<StructuredMember>();
        SkipSpaces();
        while (!AtEnd)
        {
            if (Member() is not { } member)
            {
                return null;
            }

            list.Add(member);
            if (!Separator(list.Count))
            {
                return null;
            }
        }

        return list;
    }

    public StructuredItem? WholeItem()
    {
        SkipSpaces();
        if (Item() is not { } item)
        {
            return null;
        }

        SkipSpaces();
        return AtEnd ? item : Fail<StructuredItem>(StructuredFaultCode.TrailingCharacters);
    }

    /// <summary>What stands between two members: optional white space, a comma, optional white space, and then a member.</summary>
    private bool Separator(int count)
    {
        SkipWhiteSpace();
        if (AtEnd)
        {
            return true;
        }

        if (text[at] != ',')
        {
            return Refuse(StructuredFaultCode.UnexpectedCharacter);
        }

        at++;
        SkipWhiteSpace();
        return AtEnd ? Refuse(StructuredFaultCode.TrailingComma)
            : count < StructuredField.MaximumMembers || Refuse(StructuredFaultCode.TooMany);
    }

    private StructuredMember? Member()
    {
        if (AtEnd || text[at] != '(')
        {
            return Item() is { } item ? new StructuredMember(item) : null;
        }

        at++;
        var items = new List<StructuredItem>();
        while (true)
        {
            SkipSpaces();
            if (AtEnd)
            {
                return Fail<StructuredMember>(StructuredFaultCode.UnexpectedEnd);
            }

            if (text[at] == ')')
            {
                at++;
                return Parameters() is { } parameters ? new StructuredMember(items, parameters) : null;
            }

            if (Item() is not { } item)
            {
                return null;
            }

            items.Add(item);
            if (!AtEnd && text[at] is not (' ' or ')'))
            {
                return Fail<StructuredMember>(StructuredFaultCode.UnexpectedCharacter);
            }

            if (items.Count > StructuredField.MaximumMembers)
            {
                return Fail<StructuredMember>(StructuredFaultCode.TooMany);
            }
        }
    }

    private StructuredItem? Item() =>
        BareItem() is { } value && Parameters() is { } parameters ? new StructuredItem(value, parameters) : null;

    private StructuredParameters? Parameters()
    {
        StructuredParameters? parameters = null;
        while (!AtEnd && text[at] == ';')
        {
            at++;
            SkipSpaces();
            if (Key() is not { } key)
            {
                return null;
            }

            StructuredValue? value = StructuredValue.True;
            if (!AtEnd && text[at] == '=')
            {
                at++;
                value = BareItem();
            }

            if (value is null)
            {
                return null;
            }

            (parameters ??= new StructuredParameters()).Set(key, value);
            if (parameters.Count > StructuredField.MaximumMembers)
            {
                return Fail<StructuredParameters>(StructuredFaultCode.TooMany);
            }
        }

        return parameters ?? StructuredParameters.Empty;
    }

    private string? Key()
    {
        if (AtEnd)
        {
            return Fail<string>(StructuredFaultCode.UnexpectedEnd);
        }

        if (!StructuredField.IsKeyStart(text[at]))
        {
            return Fail<string>(StructuredFaultCode.UnexpectedCharacter);
        }

        int start = at;
        while (!AtEnd && StructuredField.IsKeyCharacter(text[at]))
        {
            at++;
        }

        return new string(text[start..at]);
    }

    private StructuredValue? BareItem()
    {
        if (AtEnd)
        {
            return Fail<StructuredValue>(StructuredFaultCode.UnexpectedEnd);
        }

        char first = text[at];
        return first switch
        {
            '"' => String(),
            ':' => Bytes(),
            '?' => Boolean(),
            '@' => Date(),
            '%' => DisplayString(),
            '-' => Number(),
            _ when char.IsAsciiDigit(first) => Number(),
            _ when StructuredValue.IsTokenStart(first) => Token(),
            _ => Fail<StructuredValue>(StructuredFaultCode.UnexpectedCharacter),
        };
    }

    private StructuredValue? Number()
    {
        bool isNegative = text[at] == '-';
        at += isNegative ? 1 : 0;
        int start = at;
        int point = -1;
        while (!AtEnd && (char.IsAsciiDigit(text[at]) || (text[at] == '.' && point < 0)))
        {
            point = text[at] == '.' ? at : point;
            at++;
            int digits = at - start;
            bool isTooLong = point < 0 ? digits > 15 : point - start > 12 || digits > 16;
            if (isTooLong)
            {
                return Fail<StructuredValue>(StructuredFaultCode.Number);
            }
        }

        if (at == start || point == start)
        {
            return Fail<StructuredValue>(AtEnd ? StructuredFaultCode.UnexpectedEnd : StructuredFaultCode.UnexpectedCharacter);
        }

        if (point < 0)
        {
            long integer = long.Parse(text[start..at], NumberStyles.None, CultureInfo.InvariantCulture);
            return StructuredValue.FromInteger(isNegative ? -integer : integer);
        }

        int fraction = at - point - 1;
        if (fraction is < 1 or > 3)
        {
            return Fail<StructuredValue>(StructuredFaultCode.Number);
        }

        decimal value = decimal.Parse(text[start..at], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
        return StructuredValue.OfDecimal(isNegative ? -value : value);
    }

    private StructuredValue? Date()
    {
        at++;
        if (AtEnd || !(char.IsAsciiDigit(text[at]) || text[at] == '-'))
        {
            return Fail<StructuredValue>(AtEnd ? StructuredFaultCode.UnexpectedEnd : StructuredFaultCode.UnexpectedCharacter);
        }

        return Number() switch
        {
            null => null,
            { Type: StructuredType.Integer } seconds => StructuredValue.FromDate(seconds.Integer),
            _ => Fail<StructuredValue>(StructuredFaultCode.Number),
        };
    }

    private StructuredValue? String()
    {
        at++;
        int start = at;
        int end = text[start..].IndexOfAny('"', '\\');
        if (end >= 0 && text[start + end] == '"' && StructuredValue.IsPrintable(text.Slice(start, end)))
        {
            at = start + end + 1;
            return StructuredValue.OfText(StructuredType.String, new string(text.Slice(start, end)));
        }

        var value = new StringBuilder();
        while (!AtEnd)
        {
            char c = text[at++];
            if (c == '"')
            {
                return StructuredValue.OfText(StructuredType.String, value.ToString());
            }

            if (c == '\\')
            {
                if (AtEnd)
                {
                    break;
                }

                c = text[at++];
                if (c is not ('"' or '\\'))
                {
                    at--;
                    return Fail<StructuredValue>(StructuredFaultCode.UnexpectedCharacter);
                }
            }
            else if (c is < ' ' or > '~')
            {
                at--;
                return Fail<StructuredValue>(StructuredFaultCode.UnexpectedCharacter);
            }

            value.Append(c);
        }

        return Fail<StructuredValue>(StructuredFaultCode.UnexpectedEnd);
    }

    private StructuredValue Token()
    {
        int start = at;
        while (!AtEnd && StructuredValue.IsTokenCharacter(text[at]))
        {
            at++;
        }

        return StructuredValue.OfText(StructuredType.Token, new string(text[start..at]));
    }

    private StructuredValue? Bytes()
    {
        at++;
        int length = text[at..].IndexOf(':');
        if (length < 0)
        {
            return Fail<StructuredValue>(StructuredFaultCode.UnexpectedEnd);
        }

        ReadOnlySpan<char> encoded = text.Slice(at, length);
        byte[] decoded = new byte[length / 4 * 3];
        if (length % 4 != 0 || encoded.ContainsAny(" \t\r\n") || HasStrayBits(encoded)
            || !Convert.TryFromBase64Chars(encoded, decoded, out int written))
        {
            return Fail<StructuredValue>(StructuredFaultCode.Base64);
        }

        at += length + 1;
        return StructuredValue.FromBytes(decoded.AsMemory(0, written));
    }

    /// <summary>One byte sequence has one spelling: what is left of the last character's bits is zero (RFC 4648 §3.5).</summary>
    private static bool HasStrayBits(ReadOnlySpan<char> encoded)
    {
        ReadOnlySpan<char> data = encoded.TrimEnd('=');
        int padding = encoded.Length - data.Length;
        if (padding == 0 || data.IsEmpty)
        {
            return padding != 0;
        }

        int value = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".IndexOf(data[^1], StringComparison.Ordinal);
        return padding > 2 || value < 0 || (value & (padding == 2 ? 0x0F : 0x03)) != 0;
    }

    private StructuredValue? Boolean()
    {
        at++;
        if (AtEnd || text[at] is not ('0' or '1'))
        {
            return Fail<StructuredValue>(AtEnd ? StructuredFaultCode.UnexpectedEnd : StructuredFaultCode.UnexpectedCharacter);
        }

        return text[at++] == '1' ? StructuredValue.True : StructuredValue.False;
    }

    private StructuredValue? DisplayString()
    {
        at++;
        if (AtEnd || text[at] != '"')
        {
            return Fail<StructuredValue>(StructuredFaultCode.DisplayString);
        }

        at++;
        var bytes = new List<byte>();
        while (!AtEnd)
        {
            char c = text[at++];
            if (c is < ' ' or > '~')
            {
                break;
            }

            if (c == '"')
            {
                try
                {
                    return StructuredValue.FromDisplayString(StrictUtf8.GetString(bytes.ToArray()));
                }
                catch (DecoderFallbackException)
                {
                    break;
                }
            }

            if (c != '%')
            {
                bytes.Add((byte)c);
                continue;
            }

            if (at + 2 > text.Length || !char.IsAsciiHexDigitLower(text[at]) || !char.IsAsciiHexDigitLower(text[at + 1]))
            {
                break;
            }

            bytes.Add(byte.Parse(text.Slice(at, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
            at += 2;
        }

        return Fail<StructuredValue>(StructuredFaultCode.DisplayString);
    }

    private void SkipSpaces()
    {
        while (!AtEnd && text[at] == ' ')
        {
            at++;
        }
    }

    private void SkipWhiteSpace()
    {
        while (!AtEnd && text[at] is ' ' or '\t')
        {
            at++;
        }
    }

    private T? Fail<T>(StructuredFaultCode code)
        where T : class
    {
        Refuse(code);
        return null;
    }

    private bool Refuse(StructuredFaultCode code)
    {
        Fault = new StructuredFault(code, Math.Min(at, text.Length));
        return false;
    }
}
