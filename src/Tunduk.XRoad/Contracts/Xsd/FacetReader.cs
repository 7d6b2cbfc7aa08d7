using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Contracts.Xsd;

/// <summary>Reads the facets of one derivation step into a type.</summary>
internal sealed class FacetReader(SimpleType type, FindingList findings, ImportOptions options, HashSet<SchemaType> broken)
{
    public void Read(XElement node, XsdDocument document)
    {
        Facets? facets = null;
        var enumeration = new List<string>();
        var patterns = new List<string>();
        var patternLocation = document.At(node);
        foreach (var child in node.Elements())
        {
            if (child.Name.Namespace != XsdDocument.Xs || (string?)child.Attribute("value") is not { } value)
            {
                continue;
            }

            var at = document.At(child);
            if (child.Name.LocalName == "whiteSpace")
            {
                type.WhiteSpace = value switch { "collapse" => WhiteSpace.Collapse, "replace" => WhiteSpace.Replace, _ => type.WhiteSpace };
                continue;
            }

            facets ??= type.Facets.Copy();
            switch (child.Name.LocalName)
            {
                case "enumeration":
                    enumeration.Add(SimpleValue.Normalize(type, value).ToString());
                    break;
                case "pattern":
                    patterns.Add(value);
                    patternLocation = at;
                    break;
                default:
                    if (!Applies(child.Name.LocalName))
                    {
                        findings.Warning("xs:" + child.Name.LocalName, Phrases.Of("Xsd.FacetDoesNotApply", type.BuiltIn), at);
                        break;
                    }

                    var before = facets.Copy();
                    if (!ReadBound(facets, child.Name.LocalName, value.Trim()))
                    {
                        Fail("xs:" + child.Name.LocalName, Phrases.Of("Xsd.ValueNotFacetCan"), at);
                    }
                    else if (Widens(facets))
                    {
                        findings.Warning("xs:" + child.Name.LocalName, Phrases.Of("Xsd.LetsMoreThanType"), at);
                        facets = before;
                    }

                    break;
            }
        }

        if (facets is null)
        {
            return;
        }

        if (enumeration.Count > 0)
        {
            facets.Enumeration = enumeration;
            facets.EnumerationSet = new HashSet<string>(enumeration, StringComparer.Ordinal);
        }

        if (patterns.Count > 0)
        {
            AddPattern(facets, patterns, patternLocation);
        }

        type.Facets = facets;
        Contradiction(facets, document.At(node));
    }

    // What a base refuses no restriction lets in again.
    private bool Widens(Facets facets)
    {
        var given = type.Facets;
        return facets.MinLength < given.MinLength || facets.MaxLength > given.MaxLength || (given.Length is not null && facets.Length != given.Length)
            || facets.TotalDigits > given.TotalDigits || facets.FractionDigits > given.FractionDigits
            || ((given.MinInclusive ?? given.MinExclusive) is { } least && SimpleValue.Compare(type.Primitive, facets.MinInclusive ?? facets.MinExclusive!, least) < 0)
            || ((given.MaxInclusive ?? given.MaxExclusive) is { } most && SimpleValue.Compare(type.Primitive, facets.MaxInclusive ?? facets.MaxExclusive!, most) > 0);
    }

    // Each facet alone is one; together they leave no value (XSD 1.0 part 2, §4.3).
    private void Contradiction(Facets facets, SchemaLocation at)
    {
        var least = facets.MinInclusive ?? facets.MinExclusive;
        var most = facets.MaxInclusive ?? facets.MaxExclusive;
        var (construct, low, high) = facets.MinLength > facets.MaxLength ? ("xs:minLength", $"minLength {facets.MinLength}", $"maxLength {facets.MaxLength}")
            : facets.Length < facets.MinLength ? ("xs:length", $"minLength {facets.MinLength}", $"length {facets.Length}")
            : facets.Length > facets.MaxLength ? ("xs:length", $"length {facets.Length}", $"maxLength {facets.MaxLength}")
            : least is not null && most is not null && SimpleValue.Compare(type.Primitive, least, most) > 0 ? ("xs:minInclusive", Phrases.Of("Xsd.LeastValue", least), Phrases.Of("Xsd.Greatest", most))
            : default;
        if (construct is not null)
        {
            findings.Warning(construct, Phrases.Of("Xsd.NoValueCanMeet", low, high), at);
        }
    }

    private bool Applies(string facet) => facet switch
    {
        "length" or "minLength" or "maxLength" => type.Variety == SimpleVariety.List
            || (type.Variety == SimpleVariety.Atomic && type.Primitive is Primitive.String or Primitive.AnySimple or Primitive.AnyUri or Primitive.HexBinary or Primitive.Base64Binary or Primitive.QName or Primitive.Notation),
        "totalDigits" or "fractionDigits" => type.Variety == SimpleVariety.Atomic && type.Primitive is Primitive.Decimal or Primitive.Integer,
        "minInclusive" or "maxInclusive" or "minExclusive" or "maxExclusive" => type.Variety == SimpleVariety.Atomic
            && type.Primitive is not (Primitive.String or Primitive.Boolean or Primitive.AnyUri or Primitive.HexBinary or Primitive.Base64Binary or Primitive.QName or Primitive.Notation),
        _ => true,
    };

    private bool ReadBound(Facets facets, string name, string value)
    {
        var number = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed
            : value.Length > 18 && !value.AsSpan().ContainsAnyExceptInRange('0', '9') ? long.MaxValue : (long?)null;
        switch (name)
        {
            case "length" when number is not null:
                facets.Length = number;
                return true;
            case "minLength" when number is not null:
                facets.MinLength = number;
                return true;
            case "maxLength" when number is not null:
                facets.MaxLength = number;
                return true;
            case "totalDigits" when number is not null:
                facets.TotalDigits = (int)Math.Min(number.Value, int.MaxValue);
                return true;
            case "fractionDigits" when number is not null:
                facets.FractionDigits = (int)Math.Min(number.Value, int.MaxValue);
                return true;
            case "minInclusive" or "maxInclusive" or "minExclusive" or "maxExclusive":
                var plain = type.Base ?? type;
                while (plain.Base is not null && plain.Facets.HasRange)
                {
                    plain = plain.Base;
                }

                if (type.Variety != SimpleVariety.Atomic || !SimpleValue.Check(plain, value).IsNone)
                {
                    return false;
                }

                Set(facets, name, value);
                return true;
            case "length" or "minLength" or "maxLength" or "totalDigits" or "fractionDigits":
                return false;
            default:
                return true;
        }
    }

    private static void Set(Facets facets, string name, string value)
    {
        switch (name)
        {
            case "minInclusive":
                (facets.MinInclusive, facets.MinExclusive) = (value, null);
                break;
            case "maxInclusive":
                (facets.MaxInclusive, facets.MaxExclusive) = (value, null);
                break;
            case "minExclusive":
                (facets.MinInclusive, facets.MinExclusive) = (null, value);
                break;
            default:
                (facets.MaxInclusive, facets.MaxExclusive) = (null, value);
                break;
        }
    }

    private void AddPattern(Facets facets, List<string> patterns, SchemaLocation at)
    {
        var joined = string.Join('|', patterns);
        if (patterns.Sum(p => p.Length) > options.MaxPatternLength)
        {
            Fail("xs:pattern", Phrases.Of("Xsd.PatternLongerThanCharacters", options.MaxPatternLength), at);
            return;
        }

        var expression = PatternTranslator.Translate(patterns, out var problem);
        if (expression is null)
        {
            Fail("xs:pattern", problem, at);
            return;
        }

        facets.Patterns = [.. facets.Patterns, joined];
        facets.Expressions = [.. facets.Expressions, expression];
    }

    private void Fail(string construct, string message, SchemaLocation at)
    {
        findings.Error(construct, message, at);
        broken.Add(type);
    }
}
