using System.Xml.Linq;
using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Contracts.Xsd;

/// <summary>Compiles simple types: restrictions with facets, lists, unions.</summary>
internal sealed class SimpleTypeCompiler(XsdIndex index, FindingList findings, ImportOptions options, HashSet<SchemaType> broken)
{
    private const int MaxChain = 64;
    private const int MaxAlternatives = 1_000;

    // How many types a value is held against at worst: unions of unions multiply.
    private readonly Dictionary<SimpleType, int> weights = [];
    private readonly Dictionary<QualifiedName, SimpleType> types = [];
    private readonly HashSet<QualifiedName> open = [];

    public SimpleType AnySimple { get; } = BuiltInTypes.Find("anySimpleType")!;

    /// <summary>A declared or built-in simple type; null when there is none.</summary>
    public SimpleType? ByName(QualifiedName name, SchemaLocation at)
    {
        if (types.TryGetValue(name, out var known))
        {
            return known;
        }

        if (name.Namespace == XsdDocument.Xs.NamespaceName)
        {
            if (name.Local == "NOTATION")
            {
                findings.Error("xs:NOTATION", Phrases.Of("Xsd.NotationsNotMapped"), at);
                return Broken(name, at);
            }

            if (name.Local is "ENTITY" or "ENTITIES")
            {
                findings.Warning("xs:" + name.Local, Phrases.Of("Xsd.SoapMessageCannotDeclare"), at);
            }

            return BuiltInTypes.Find(name.Local);
        }

        if (index.Type(name) is not { } component || component.Node.Name.LocalName != "simpleType")
        {
            return name.Namespace == "http://schemas.xmlsoap.org/soap/encoding/" ? BuiltInTypes.Find(name.Local) : null;
        }

        if (open.Count > MaxChain || !open.Add(name))
        {
            var why = open.Count > MaxChain ? Phrases.Of("Xsd.ChainSimpleTypesLonger", MaxChain) : Phrases.Of("Xsd.SimpleTypeDerivedFrom", name.Local);
            findings.Error("xs:simpleType", why, at);
            return Broken(name, at);
        }

        var type = Compile(component.Node, component.Document, name);
        open.Remove(name);
        types[name] = type;
        return type;
    }

    public SimpleType Anonymous(XElement node, XsdDocument document) => Compile(node, document, new QualifiedName("", ""));

    private SimpleType Broken(QualifiedName name, SchemaLocation at)
    {
        var type = new SimpleType(name, at) { Primitive = Primitive.AnySimple, BuiltIn = "anySimpleType" };
        broken.Add(type);
        return type;
    }

    private SimpleType Compile(XElement node, XsdDocument document, QualifiedName name)
    {
        var at = document.At(node);
        if (node.Element(XsdDocument.Xs + "restriction") is { } restriction)
        {
            return Base(restriction, document, "base") is { } parent ? Restrict(parent, restriction, document, name) : Missing(restriction, document, name);
        }

        if (node.Element(XsdDocument.Xs + "list") is { } list)
        {
            return Base(list, document, "itemType") is { } item ? List(item, name, at) : Missing(list, document, name);
        }

        if (node.Element(XsdDocument.Xs + "union") is { } union)
        {
            return Union(union, document, name);
        }

        findings.Error("xs:simpleType", Phrases.Of("Xsd.NeitherRestrictionNorList"), at);
        return Broken(name, at);
    }

    private SimpleType Missing(XElement node, XsdDocument document, QualifiedName name)
    {
        findings.Error("xs:simpleType", Phrases.Of("Xsd.SimpleTypeMadeFrom"), document.At(node));
        return Broken(name, document.At(node));
    }

    private static bool HoldsList(SimpleType type) => type.Variety == SimpleVariety.List || (type.Variety == SimpleVariety.Union && type.MemberTypes.Any(HoldsList));

    private SimpleType? Base(XElement node, XsdDocument document, string attribute)
    {
        if (node.Attribute(attribute) is { } reference)
        {
            return document.Resolve(node, reference.Value) is { } name ? ByName(name, document.At(node)) : null;
        }

        return node.Element(XsdDocument.Xs + "simpleType") is { } inline ? Anonymous(inline, document) : null;
    }

    private SimpleType List(SimpleType item, QualifiedName name, SchemaLocation at)
    {
        if (HoldsList(item))
        {
            findings.Error("xs:list", Phrases.Of("Xsd.ListListsCannotTold"), at);
            return Broken(name, at);
        }

        var type = new SimpleType(name, at)
        {
            Variety = SimpleVariety.List,
            Primitive = Primitive.AnySimple,
            ItemType = item,
            JsonForm = JsonForm.Array,
            BuiltIn = item.BuiltIn,
        };
        if (broken.Contains(item))
        {
            broken.Add(type);
        }

        return type;
    }

    private SimpleType Union(XElement union, XsdDocument document, QualifiedName name)
    {
        var at = document.At(union);
        var members = new List<SimpleType>();
        foreach (var reference in ((string?)union.Attribute("memberTypes") ?? "").Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            members.Add((document.Resolve(union, reference) is { } member ? ByName(member, at) : null) ?? Missing(union, document, name));
        }

        members.AddRange(union.Elements(XsdDocument.Xs + "simpleType").Select(inline => Anonymous(inline, document)));
        var alternatives = members.Sum(member => (long)weights.GetValueOrDefault(member, 1));
        if (alternatives > MaxAlternatives)
        {
            findings.Error("xs:union", Phrases.Of("Xsd.MembersExpandMoreThan", MaxAlternatives), at);
            return Broken(name, at);
        }

        var type = new SimpleType(name, at)
        {
            Variety = SimpleVariety.Union,
            Primitive = Primitive.AnySimple,
            MemberTypes = members,
            JsonForm = JsonForm.String,
            BuiltIn = "anySimpleType",
            WhiteSpace = members.TrueForAll(m => m.WhiteSpace == WhiteSpace.Collapse) ? WhiteSpace.Collapse : WhiteSpace.Preserve,
        };
        weights[type] = (int)alternatives;
        if (members.Exists(broken.Contains))
        {
            broken.Add(type);
        }

        return type;
    }

    /// <summary>A restriction of a type by the facets in a node.</summary>
    public SimpleType Restrict(SimpleType parent, XElement node, XsdDocument document, QualifiedName name)
    {
        var type = new SimpleType(name, document.At(node))
        {
            Base = parent,
            Variety = parent.Variety,
            Primitive = parent.Primitive,
            ItemType = parent.ItemType,
            MemberTypes = parent.MemberTypes,
            WhiteSpace = parent.WhiteSpace,
            Facets = parent.Facets,
            JsonForm = parent.JsonForm,
            BuiltIn = parent.BuiltIn,
            NameKind = parent.NameKind,
        };
        if (broken.Contains(parent))
        {
            broken.Add(type);
        }

        weights[type] = weights.GetValueOrDefault(parent, 1);
        new FacetReader(type, findings, options, broken).Read(node, document);
        type.Seal();
        return type;
    }
}
