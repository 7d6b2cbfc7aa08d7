using System.Xml.Linq;
using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Contracts.Xsd;

/// <summary>One <c>xs:schema</c> element, in a file of its own or inside a WSDL.</summary>
internal sealed class XsdDocument
{
    public static readonly XNamespace Xs = "http://www.w3.org/2001/XMLSchema";

    public XsdDocument(XElement root, string file, string? adoptedNamespace)
    {
        Root = root;
        File = file;
        var own = (string?)root.Attribute("targetNamespace");
        Adopted = own is null && adoptedNamespace is not null;
        TargetNamespace = own ?? adoptedNamespace ?? "";
        ElementsQualified = (string?)root.Attribute("elementFormDefault") == "qualified";
        AttributesQualified = (string?)root.Attribute("attributeFormDefault") == "qualified";
    }

    public XElement Root { get; }

    public string File { get; }

    public string TargetNamespace { get; }

    /// <summary>Included without a namespace of its own: it takes the includer's, and so do its references (chameleon include).</summary>
    public bool Adopted { get; }

    public bool ElementsQualified { get; }

    public bool AttributesQualified { get; }

    public SchemaLocation At(XObject node) => FindingList.At(node, File);

    /// <summary>Resolves a QName in an attribute's value; null when its prefix is not declared.</summary>
    public QualifiedName? Resolve(XElement context, string? value)
    {
        value = value?.Trim();
        if (string.IsNullOrEmpty(value))
        {
            return null;
        }

        var colon = value.IndexOf(':');
        if (colon < 0)
        {
            var ns = context.GetDefaultNamespace().NamespaceName;
            return new QualifiedName(ns.Length == 0 && Adopted ? TargetNamespace : ns, value);
        }

        return context.GetNamespaceOfPrefix(value[..colon]) is { } declared ? new QualifiedName(declared.NamespaceName, value[(colon + 1)..]) : null;
    }
}
