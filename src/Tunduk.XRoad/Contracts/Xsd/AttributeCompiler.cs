using System.Xml.Linq;
using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Contracts.Xsd;

/// <summary>Collects the attributes of a type: its own, those of attribute groups and of its base.</summary>
internal sealed class AttributeCompiler(XsdIndex index, FindingList findings, SimpleTypeCompiler simple, HashSet<SchemaType> broken)
{
    private const int Max = 1_000;

    public void Compile(ComplexType type, XElement node, XsdDocument document, ComplexType? parent)
    {
        var list = new List<AttributeDeclaration>(parent?.Attributes ?? []);
        // An extension lets in what its base does as well; a restriction says anew what it lets in (XSD 1.0 §3.4.2).
        type.AnyAttribute = node.Name.LocalName == "extension" ? parent?.AnyAttribute ?? type.AnyAttribute : null;
        Collect(type, node, document, list, []);
        if (list.Count > Max)
        {
            findings.Error("xs:attribute", Phrases.Of("Xsd.TypeMoreThanAttributes", Max), document.At(node));
            broken.Add(type);
        }

        list.RemoveAll(a => a.Prohibited);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var attribute in list)
        {
            attribute.JsonName = UniqueNames.Take(names, "@" + attribute.Name.Local, "$");
        }

        type.Attributes = list;
    }

    private void Collect(ComplexType type, XElement node, XsdDocument document, List<AttributeDeclaration> list, HashSet<QualifiedName> open)
    {
        var own = new HashSet<QualifiedName>();
        foreach (var child in node.Elements())
        {
            if (child.Name.Namespace != XsdDocument.Xs || list.Count > Max)
            {
                continue;
            }

            switch (child.Name.LocalName)
            {
                case "attribute" when Attribute(type, child, document) is { } attribute:
                    if (!own.Add(attribute.Name))
                    {
                        findings.Warning("xs:attribute", Phrases.Of("Xsd.DeclaredTwiceTypeLast", attribute.Name.Local), attribute.Location);
                    }

                    list.RemoveAll(a => a.Name == attribute.Name);
                    list.Add(attribute);
                    break;
                case "attributeGroup":
                    Group(type, child, document, list, open);
                    break;
                case "anyAttribute":
                    var wildcard = WildcardReader.Read(child, document, findings);
                    type.AnyAttribute = type.AnyAttribute?.Or(wildcard) ?? wildcard;
                    break;
            }
        }
    }

    private void Group(ComplexType type, XElement node, XsdDocument document, List<AttributeDeclaration> list, HashSet<QualifiedName> open)
    {
        var at = document.At(node);
        if (document.Resolve(node, (string?)node.Attribute("ref")) is not { } name || index.AttributeGroup(name) is not { } group)
        {
            findings.Error("xs:attributeGroup", Phrases.Of("Xsd.AttributeGroupRefersNot"), at);
            broken.Add(type);
        }
        else if (open.Count > 64 || !open.Add(name))
        {
            findings.Error("xs:attributeGroup", Phrases.Of("Xsd.AttributeGroupContainsItself", name.Local), at);
            broken.Add(type);
        }
        else
        {
            // The name stays open: a group met twice adds nothing new, and a bomb of groups ends here.
            Collect(type, group.Node, group.Document, list, open);
        }
    }

    private AttributeDeclaration? Attribute(ComplexType type, XElement node, XsdDocument document)
    {
        var at = document.At(node);
        var use = (string?)node.Attribute("use");
        AttributeDeclaration declaration;
        if ((string?)node.Attribute("ref") is { } reference)
        {
            if (document.Resolve(node, reference) is not { } name || name.Namespace == "http://schemas.xmlsoap.org/soap/encoding/")
            {
                return null;
            }

            if (index.Attribute(name) is not { } global)
            {
                findings.Error("xs:attribute", Phrases.Of("Xsd.AttributeRefersNotDeclared", reference), at);
                broken.Add(type);
                return null;
            }

            declaration = Declare(name, global.Node, global.Document);
        }
        else
        {
            var form = (string?)node.Attribute("form");
            var qualified = form is null ? document.AttributesQualified : form == "qualified";
            declaration = Declare(new QualifiedName(qualified ? document.TargetNamespace : "", ((string?)node.Attribute("name") ?? "").Trim()), node, document);
        }

        if (!XsdText.IsName(declaration.Name.Local))
        {
            findings.Error("xs:attribute", Phrases.Of("Xsd.NameNoNameXml"), at);
            broken.Add(type);
            return null;
        }

        declaration.Required = use == "required";
        declaration.Prohibited = use == "prohibited";
        declaration.Default = (string?)node.Attribute("default") ?? declaration.Default;
        declaration.Fixed = (string?)node.Attribute("fixed") ?? declaration.Fixed;
        if ((declaration.Fixed ?? declaration.Default) is { } value && !broken.Contains(declaration.Type) && !SimpleValue.Check(declaration.Type, SimpleValue.Normalize(declaration.Type, value)).IsNone)
        {
            findings.Warning("xs:attribute", Phrases.Of("Xsd.DefaultFixedValueNone"), at);
            (declaration.Fixed, declaration.Default) = (null, null);
        }

        return declaration;
    }

    private AttributeDeclaration Declare(QualifiedName name, XElement node, XsdDocument document)
    {
        var at = document.At(node);
        SimpleType? type = simple.AnySimple;
        if ((string?)node.Attribute("type") is { } typeName)
        {
            type = document.Resolve(node, typeName) is { } qualified ? simple.ByName(qualified, at) : null;
            if (type is null)
            {
                findings.Error("xs:attribute", Phrases.Of("Xsd.TypeNotDeclaredSimple", typeName), at);
                type = new SimpleType(new QualifiedName("", ""), at) { BuiltIn = "anySimpleType" };
                broken.Add(type);
            }
        }
        else if (node.Element(XsdDocument.Xs + "simpleType") is { } inline)
        {
            type = simple.Anonymous(inline, document);
        }

        return new AttributeDeclaration(name, type, at)
        {
            Default = (string?)node.Attribute("default"),
            Fixed = (string?)node.Attribute("fixed"),
        };
    }
}
