using System.Globalization;
using System.Xml;
using Tunduk.XRoad.Mapping;

namespace Tunduk.XRoad.Contracts.Schema;

// Over 300 lines: the lexical forms of all simple types, side by side.

/// <summary>Checks text against a simple type: lexical form, then facets (XSD 1.0 part 2).</summary>
internal static class SimpleValue
{
    private const string Space = " \t\r\n";

    /// <summary>The text without the space that the type's whiteSpace facet removes. Allocates only when inner space must be changed.</summary>
    public static ReadOnlySpan<char> Normalize(SimpleType type, ReadOnlySpan<char> text)
    {
        switch (type.WhiteSpace)
        {
            case WhiteSpace.Preserve:
                return text;
            case WhiteSpace.Replace:
                return text.IndexOfAny('\t', '\r', '\n') < 0
                    ? text
                    : text.ToString().Replace('\t', ' ').Replace('\r', ' ').Replace('\n', ' ');
            default:
                text = text.Trim(Space);
                return text.IndexOfAny('\t', '\r', '\n') < 0 && text.IndexOf("  ", StringComparison.Ordinal) < 0
                    ? text
                    : string.Join(' ', text.ToString().Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));
        }
    }

    /// <summary>Checks normalized text.</summary>
    public static FacetViolation Check(SimpleType type, ReadOnlySpan<char> text)
    {
        if (type.IsPlainText)
        {
            return FacetViolation.None;
        }

        switch (type.Variety)
        {
            case SimpleVariety.Union:
                return CheckUnion(type, text);
            case SimpleVariety.List:
                return CheckList(type, text);
        }

        if (!IsLexical(type, text))
        {
            return new FacetViolation(MappingCodes.Type, "xs:" + type.BuiltIn);
        }

        return ReferenceEquals(type.Facets, Facets.None) ? FacetViolation.None : CheckFacets(type, text, LengthOf(type, text));
    }

    private static FacetViolation CheckUnion(SimpleType type, ReadOnlySpan<char> text)
    {
        foreach (var member in type.MemberTypes)
        {
            if (Check(member, Normalize(member, text)).IsNone)
            {
                return CheckFacets(type, text, text.Length);
            }
        }

        return new FacetViolation(MappingCodes.Type, Phrases.Of("Schema.OneOf", string.Join(", ", type.MemberTypes.Select(m => "xs:" + m.BuiltIn))));
    }

    private static FacetViolation CheckList(SimpleType type, ReadOnlySpan<char> text)
    {
        var count = 0;
        foreach (var range in text.Split(' '))
        {
            var item = text[range];
            if (item.Length == 0)
            {
                continue;
            }

            count++;
            var violation = Check(type.ItemType!, item);
            if (!violation.IsNone)
            {
                return violation;
            }
        }

        return CheckFacets(type, text, count);
    }

    private static FacetViolation CheckFacets(SimpleType type, ReadOnlySpan<char> text, long length)
    {
        var facets = type.Facets;
        if (facets.HasLength)
        {
            if (facets.Length is { } exact && length != exact)
            {
                return new FacetViolation(MappingCodes.Length, Phrases.Of("Schema.Length", exact));
            }

            if (facets.MinLength is { } min && length < min)
            {
                return new FacetViolation(MappingCodes.Length, Phrases.Of("Schema.LengthLeast", min));
            }

            if (facets.MaxLength is { } max && length > max)
            {
                return new FacetViolation(MappingCodes.Length, Phrases.Of("Schema.LengthMost", max));
            }
        }

        if (facets.TotalDigits is not null || facets.FractionDigits is not null)
        {
            var (total, fraction) = DecimalText.Digits(text);
            if (facets.TotalDigits is { } most && total > most)
            {
                return new FacetViolation(MappingCodes.Digits, Phrases.Of("Schema.MostDigits", most));
            }

            if (facets.FractionDigits is { } mostFraction && fraction > mostFraction)
            {
                return new FacetViolation(MappingCodes.Digits, Phrases.Of("Schema.MostFractionDigits", mostFraction));
            }
        }

        if (facets.HasRange && CheckRange(type, facets, text) is { IsNone: false } range)
        {
            return range;
        }

        if (facets.EnumerationSet is { } set && !set.GetAlternateLookup<ReadOnlySpan<char>>().Contains(text) && !EqualsByValue(type, set, text))
        {
            return new FacetViolation(MappingCodes.Enumeration, Phrases.Of("Schema.Values", facets.Enumeration!.Count, string.Join(", ", facets.Enumeration.Take(12)), facets.Enumeration.Count > 12 ? ", …" : ""));
        }

        for (var i = 0; i < facets.Expressions.Count; i++)
        {
            if (!facets.Expressions[i].IsMatch(text))
            {
                return new FacetViolation(MappingCodes.Pattern, Phrases.Of("Schema.Pattern", facets.Patterns[i]));
            }
        }

        return FacetViolation.None;
    }

    private static FacetViolation CheckRange(SimpleType type, Facets facets, ReadOnlySpan<char> text)
    {
        if (facets.MinInclusive is { } minInclusive && Compare(type.Primitive, text, minInclusive) is < 0 or null)
        {
            return new FacetViolation(MappingCodes.Range, Phrases.Of("Schema.Least", minInclusive));
        }

        if (facets.MaxInclusive is { } maxInclusive && Compare(type.Primitive, text, maxInclusive) is > 0 or null)
        {
            return new FacetViolation(MappingCodes.Range, Phrases.Of("Schema.Most", maxInclusive));
        }

        if (facets.MinExclusive is { } minExclusive && Compare(type.Primitive, text, minExclusive) is <= 0 or null)
        {
            return new FacetViolation(MappingCodes.Range, Phrases.Of("Schema.MoreThan", minExclusive));
        }

        return facets.MaxExclusive is { } maxExclusive && Compare(type.Primitive, text, maxExclusive) is >= 0 or null
            ? new FacetViolation(MappingCodes.Range, Phrases.Of("Schema.LessThan", maxExclusive))
            : FacetViolation.None;
    }

    /// <summary>Order of two values, or null when they cannot be ordered (NaN).</summary>
    public static int? Compare(Primitive primitive, ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        switch (primitive)
        {
            case Primitive.Decimal or Primitive.Integer:
                return DecimalText.Compare(left, right);
            case Primitive.Float or Primitive.Double:
                var (a, b) = primitive == Primitive.Float ? ((float)ToDouble(left), (float)ToDouble(right)) : (ToDouble(left), ToDouble(right));
                return double.IsNaN(a) || double.IsNaN(b) ? null : a.CompareTo(b);
            case Primitive.Duration:
                return DateTimeText.CompareDurations(left, right);
            default:
                return DateTimeText.Compare(left, right);
        }
    }

    private static bool EqualsByValue(SimpleType type, HashSet<string> set, ReadOnlySpan<char> text)
    {
        if (type.Variety != SimpleVariety.Atomic ||
            type.Primitive is Primitive.String or Primitive.AnySimple or Primitive.AnyUri or Primitive.QName or Primitive.Notation or Primitive.HexBinary or Primitive.Base64Binary)
        {
            return false;
        }

        foreach (var value in set)
        {
            var same = type.Primitive == Primitive.Boolean
                ? (text is "1" or "true") == (value is "1" or "true")
                : Compare(type.Primitive, text, value) == 0;
            if (same)
            {
                return true;
            }
        }

        return false;
    }

    private static double ToDouble(ReadOnlySpan<char> text) => text switch
    {
        "INF" => double.PositiveInfinity,
        "-INF" => double.NegativeInfinity,
        "NaN" => double.NaN,
        _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
    };

    private static long LengthOf(SimpleType type, ReadOnlySpan<char> text)
    {
        switch (type.Primitive)
        {
            case Primitive.HexBinary:
                return text.Length / 2;
            case Primitive.Base64Binary:
                var significant = 0L;
                foreach (var c in text)
                {
                    significant += c is ' ' or '=' ? 0 : 1;
                }

                return significant * 3 / 4;
            default:
                // XSD counts characters, .NET counts UTF-16 units.
                var pairs = 0;
                if (text.IndexOfAnyInRange('\uD800', '\uDBFF') >= 0)
                {
                    foreach (var c in text)
                    {
                        pairs += char.IsHighSurrogate(c) ? 1 : 0;
                    }
                }

                return text.Length - pairs;
        }
    }

    private static bool IsLexical(SimpleType type, ReadOnlySpan<char> text) => type.Primitive switch
    {
        Primitive.AnySimple or Primitive.AnyUri => true,
        Primitive.String => IsName(type.NameKind, text),
        Primitive.Boolean => text is "true" or "false" or "1" or "0",
        Primitive.Integer => DecimalText.IsDecimal(text, integer: true),
        Primitive.Decimal => DecimalText.IsDecimal(text, integer: false),
        Primitive.Float or Primitive.Double => text is "INF" or "-INF" or "NaN" || DecimalText.IsFloat(text),
        Primitive.HexBinary => text.Length % 2 == 0 && !text.ContainsAnyExcept("0123456789abcdefABCDEF"),
        Primitive.Base64Binary => Base64Text.IsValid(text),
        Primitive.QName or Primitive.Notation => IsQName(text),
        Primitive.Duration => DateTimeText.IsDuration(text),
        _ => DateTimeText.IsValid(type.Primitive, text),
    };

    private static bool IsQName(ReadOnlySpan<char> text)
    {
        if (text.Length > 0 && text[0] == '{')
        {
            var end = text.IndexOf('}');
            return end > 0 && IsName(NameKind.NcName, text[(end + 1)..]);
        }

        var colon = text.IndexOf(':');
        return colon < 0
            ? IsName(NameKind.NcName, text)
            : IsName(NameKind.NcName, text[..colon]) && IsName(NameKind.NcName, text[(colon + 1)..]);
    }

    private static bool IsName(NameKind kind, ReadOnlySpan<char> text)
    {
        if (kind == NameKind.None)
        {
            return true;
        }

        if (text.Length == 0)
        {
            return false;
        }

        if (kind == NameKind.Language)
        {
            return IsLanguage(text);
        }

        if (kind != NameKind.NmToken && !(XmlConvert.IsStartNCNameChar(text[0]) || (kind == NameKind.Name && text[0] == ':')))
        {
            return false;
        }

        foreach (var c in text)
        {
            if (!XmlConvert.IsNCNameChar(c) && (c != ':' || kind == NameKind.NcName))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsLanguage(ReadOnlySpan<char> text)
    {
        var first = true;
        foreach (var range in text.Split('-'))
        {
            var part = text[range];
            if (part.Length is 0 or > 8)
            {
                return false;
            }

            foreach (var c in part)
            {
                if (!char.IsAsciiLetter(c) && (first || !char.IsAsciiDigit(c)))
                {
                    return false;
                }
            }

            first = false;
        }

        return true;
    }
}
