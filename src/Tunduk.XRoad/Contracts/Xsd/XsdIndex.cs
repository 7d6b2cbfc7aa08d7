using System.Xml.Linq;
using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Contracts.Xsd;

/// <summary>The global components of all schemas of a contract, by name.</summary>
internal sealed class XsdIndex(XsdSource source, FindingList findings)
{
    private readonly Dictionary<QualifiedName, Component> elements = [];
    private readonly Dictionary<QualifiedName, Component> types = [];
    private readonly Dictionary<QualifiedName, Component> groups = [];
    private readonly Dictionary<QualifiedName, Component> attributes = [];
    private readonly Dictionary<QualifiedName, Component> attributeGroups = [];
    private readonly Dictionary<QualifiedName, List<QualifiedName>> substitutes = [];
    private readonly Dictionary<QualifiedName, List<QualifiedName>> derived = [];
    private readonly HashSet<string> namespaces = new(StringComparer.Ordinal);

    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "schema", "import", "include", "redefine", "element", "attribute", "simpleType", "complexType", "group", "attributeGroup", "notation",
        "sequence", "choice", "all", "any", "anyAttribute", "simpleContent", "complexContent", "restriction", "extension", "list", "union",
        "key", "keyref", "unique", "selector", "field", "enumeration", "pattern", "length", "minLength", "maxLength", "whiteSpace",
        "minInclusive", "maxInclusive", "minExclusive", "maxExclusive", "totalDigits", "fractionDigits",
    };

    internal readonly record struct Component(XElement Node, XsdDocument Document);

    public Component? Element(QualifiedName name) => elements.TryGetValue(name, out var c) ? c : null;

    public Component? Type(QualifiedName name) => types.TryGetValue(name, out var c) ? c : null;

    public Component? Group(QualifiedName name) => groups.TryGetValue(name, out var c) ? c : null;

    public Component? Attribute(QualifiedName name) => attributes.TryGetValue(name, out var c) ? c : null;

    public Component? AttributeGroup(QualifiedName name) => attributeGroups.TryGetValue(name, out var c) ? c : null;

    public IReadOnlyList<QualifiedName> SubstitutesOf(QualifiedName head) => substitutes.TryGetValue(head, out var list) ? list : [];

    /// <summary>Named complex types whose direct base is this one.</summary>
    public IReadOnlyList<QualifiedName> DerivedFrom(QualifiedName type) => derived.TryGetValue(type, out var list) ? list : [];

    public IEnumerable<QualifiedName> Elements => elements.Keys;

    /// <summary>Adds a schema and, in turn, all that it imports and includes.</summary>
    public void Add(XElement schema, string file)
    {
        var pending = new Queue<XsdDocument>();
        pending.Enqueue(new XsdDocument(schema, file, null));
        while (pending.TryDequeue(out var document))
        {
            AddComponents(document);
            foreach (var child in document.Root.Elements())
            {
                if (child.Name == XsdDocument.Xs + "import" || child.Name == XsdDocument.Xs + "include")
                {
                    Follow(document, child, pending);
                }
            }
        }
    }

    /// <summary>Adds the declarations that are known without a file, for the namespaces the contract does not define itself.</summary>
    public void AddBuiltIn()
    {
        foreach (var schema in BuiltInSchemas.All)
        {
            if (!namespaces.Contains((string)schema.Attribute("targetNamespace")!))
            {
                AddComponents(new XsdDocument(schema, "built-in", null));
            }
        }
    }

    private void Follow(XsdDocument document, XElement reference, Queue<XsdDocument> pending)
    {
        var include = reference.Name.LocalName == "include";
        var construct = "xs:" + reference.Name.LocalName;
        var at = document.At(reference);
        var ns = (string?)reference.Attribute("namespace") ?? "";
        var location = (string?)reference.Attribute("schemaLocation");
        if (string.IsNullOrWhiteSpace(location) || (!include && BuiltInSchemas.Knows(ns)))
        {
            return;
        }

        var adopted = include ? document.TargetNamespace : "";
        if (source.Load(location.Trim(), document.File, construct, at, adopted) is not { } loaded)
        {
            return;
        }

        if (loaded.Document.Root is not { } root || root.Name != XsdDocument.Xs + "schema")
        {
            findings.Error(construct, Phrases.Of("Xsd.FileNotSchema"), at);
            return;
        }

        pending.Enqueue(new XsdDocument(root, loaded.File, include ? document.TargetNamespace : null));
    }

    private void AddComponents(XsdDocument document)
    {
        namespaces.Add(document.TargetNamespace);
        TellUnknown(document.Root, document);
        foreach (var node in document.Root.Elements())
        {
            if (node.Name.Namespace != XsdDocument.Xs)
            {
                continue;
            }

            var table = node.Name.LocalName switch
            {
                "element" => elements,
                "simpleType" or "complexType" => types,
                "group" => groups,
                "attribute" => attributes,
                "attributeGroup" => attributeGroups,
                _ => null,
            };

            if (node.Name.LocalName == "redefine")
            {
                findings.Error("xs:redefine", Phrases.Of("Xsd.RedefinitionNotMappedWrite"), document.At(node));
            }

            if (table is null || (string?)node.Attribute("name") is not { } local)
            {
                continue;
            }

            var name = new QualifiedName(document.TargetNamespace, local.Trim());
            if (!table.TryAdd(name, new Component(node, document)))
            {
                if (!XNode.DeepEquals(table[name].Node, node))
                {
                    findings.Warning("xs:" + node.Name.LocalName, Phrases.Of("Xsd.DeclaredAgainDifferentlyFirst", local), document.At(node));
                }

                continue;
            }

            Relate(document, node, name);
        }
    }

    // What is not of XSD 1.0 is not taken for something else in silence.
    private void TellUnknown(XElement parent, XsdDocument document)
    {
        foreach (var node in parent.Elements())
        {
            if (node.Name.Namespace != XsdDocument.Xs || node.Name.LocalName == "annotation")
            {
                continue;
            }

            if (node.Name.LocalName == "override")
            {
                findings.Error("xs:override", Phrases.Of("Xsd.NotXsd10"), document.At(node));
            }
            else if (!Known.Contains(node.Name.LocalName))
            {
                findings.Warning("xs:" + node.Name.LocalName, Phrases.Of("Xsd.NotXsd10Not"), document.At(node));
            }

            TellUnknown(node, document);
        }
    }

    private void Relate(XsdDocument document, XElement node, QualifiedName name)
    {
        if (node.Name.LocalName == "element" && document.Resolve(node, (string?)node.Attribute("substitutionGroup")) is { } head)
        {
            if (head == name)
            {
                findings.Warning("xs:element", Phrases.Of("Xsd.StandsOwnSubstitutionGroup", name.Local), document.At(node));
            }

            AddTo(substitutes, head, name);
        }

        var content = node.Element(XsdDocument.Xs + "complexContent") ?? node.Element(XsdDocument.Xs + "simpleContent");
        var derivation = content?.Element(XsdDocument.Xs + "extension") ?? content?.Element(XsdDocument.Xs + "restriction");
        if (node.Name.LocalName == "complexType" && derivation is not null && document.Resolve(derivation, (string?)derivation.Attribute("base")) is { } parent)
        {
            AddTo(derived, parent, name);
        }
    }

    private static void AddTo(Dictionary<QualifiedName, List<QualifiedName>> map, QualifiedName key, QualifiedName value)
    {
        if (!map.TryGetValue(key, out var list))
        {
            list = [];
            map.Add(key, list);
        }

        list.Add(value);
    }
}
