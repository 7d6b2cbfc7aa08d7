using System.Collections.Frozen;
using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Contracts.Xsd;

/// <summary>The built-in simple types of XSD 1.0 part 2, §3.</summary>
internal static class BuiltInTypes
{
    private static readonly SchemaLocation BuiltIn = new("built-in", 0);

    private static readonly FrozenDictionary<string, SimpleType> All = Build();

    public static SimpleType? Find(string name) => All.GetValueOrDefault(name);

    private static FrozenDictionary<string, SimpleType> Build()
    {
        var types = new Dictionary<string, SimpleType>(StringComparer.Ordinal);

        void Add(string name, Primitive primitive, JsonForm form = JsonForm.String, WhiteSpace space = WhiteSpace.Collapse, NameKind kind = NameKind.None, Facets? facets = null)
        {
            var type = new SimpleType(new QualifiedName(XsdDocument.Xs.NamespaceName, name), BuiltIn)
            {
                Primitive = primitive,
                JsonForm = form,
                WhiteSpace = space,
                BuiltIn = name,
                NameKind = kind,
                Facets = facets ?? Facets.None,
            };
            type.Seal();
            types.Add(name, type);
        }

        void List(string name, string item)
        {
            types.Add(name, new SimpleType(new QualifiedName(XsdDocument.Xs.NamespaceName, name), BuiltIn)
            {
                Variety = SimpleVariety.List,
                Primitive = Primitive.AnySimple,
                JsonForm = JsonForm.Array,
                BuiltIn = name,
                ItemType = types[item],
                Facets = new Facets { MinLength = 1 },
            });
        }

        static Facets Between(string? min, string? max) => new() { MinInclusive = min, MaxInclusive = max };

        Add("anySimpleType", Primitive.AnySimple, space: WhiteSpace.Preserve);
        Add("string", Primitive.String, space: WhiteSpace.Preserve);
        Add("normalizedString", Primitive.String, space: WhiteSpace.Replace);
        Add("token", Primitive.String);
        Add("language", Primitive.String, kind: NameKind.Language);
        Add("NMTOKEN", Primitive.String, kind: NameKind.NmToken);
        Add("Name", Primitive.String, kind: NameKind.Name);
        foreach (var name in (string[])["NCName", "ID", "IDREF", "ENTITY"])
        {
            Add(name, Primitive.String, kind: NameKind.NcName);
        }

        List("NMTOKENS", "NMTOKEN");
        List("IDREFS", "IDREF");
        List("ENTITIES", "ENTITY");
        Add("boolean", Primitive.Boolean, JsonForm.Boolean);
        Add("decimal", Primitive.Decimal);
        Add("float", Primitive.Float, JsonForm.Number);
        Add("double", Primitive.Double, JsonForm.Number);
        Add("integer", Primitive.Integer);
        Add("long", Primitive.Integer, facets: Between("-9223372036854775808", "9223372036854775807"));
        Add("unsignedLong", Primitive.Integer, facets: Between("0", "18446744073709551615"));
        Add("nonNegativeInteger", Primitive.Integer, facets: Between("0", null));
        Add("positiveInteger", Primitive.Integer, facets: Between("1", null));
        Add("nonPositiveInteger", Primitive.Integer, facets: Between(null, "0"));
        Add("negativeInteger", Primitive.Integer, facets: Between(null, "-1"));
        Add("int", Primitive.Integer, JsonForm.Number, facets: Between("-2147483648", "2147483647"));
        Add("short", Primitive.Integer, JsonForm.Number, facets: Between("-32768", "32767"));
        Add("byte", Primitive.Integer, JsonForm.Number, facets: Between("-128", "127"));
        Add("unsignedInt", Primitive.Integer, JsonForm.Number, facets: Between("0", "4294967295"));
        Add("unsignedShort", Primitive.Integer, JsonForm.Number, facets: Between("0", "65535"));
        Add("unsignedByte", Primitive.Integer, JsonForm.Number, facets: Between("0", "255"));
        Add("duration", Primitive.Duration);
        Add("dateTime", Primitive.DateTime);
        Add("time", Primitive.Time);
        Add("date", Primitive.Date);
        Add("gYearMonth", Primitive.YearMonth);
        Add("gYear", Primitive.Year);
        Add("gMonthDay", Primitive.MonthDay);
        Add("gDay", Primitive.Day);
        Add("gMonth", Primitive.Month);
        Add("hexBinary", Primitive.HexBinary);
        Add("base64Binary", Primitive.Base64Binary);
        Add("anyURI", Primitive.AnyUri);
        Add("QName", Primitive.QName);
        Add("NOTATION", Primitive.Notation);
        return types.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
