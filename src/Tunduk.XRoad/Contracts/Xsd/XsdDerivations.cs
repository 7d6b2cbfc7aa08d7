using System.Xml.Linq;
using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Contracts.Xsd;

/// <summary>What <c>block</c> and <c>blockDefault</c> keep from standing in another's place: types by their derivation, and substitution groups.</summary>
internal sealed class XsdDerivations(XsdIndex index)
{
    private const int MaxSteps = 128;

    /// <summary>What an element or a type blocks.</summary>
    public static Derivations Blocks(XElement node, XsdDocument document)
    {
        var blocks = Derivations.None;
        foreach (var word in ((string?)node.Attribute("block") ?? (string?)document.Root.Attribute("blockDefault") ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            blocks |= word switch
            {
                "#all" => Derivations.All,
                "extension" => Derivations.Extension,
                "restriction" => Derivations.Restriction,
                "substitution" => Derivations.Substitution,
                _ => Derivations.None,
            };
        }

        return blocks;
    }

    /// <summary>How a type definition is made from its base.</summary>
    public static Derivations Method(XElement type)
    {
        var content = type.Element(XsdDocument.Xs + "complexContent") ?? type.Element(XsdDocument.Xs + "simpleContent");
        return content?.Element(XsdDocument.Xs + "extension") is not null ? Derivations.Extension : Derivations.Restriction;
    }

    /// <summary>Whether a member of the head's substitution group may stand in its place (XSD 1.0 part 1, §3.3.6).</summary>
    public bool MaySubstitute(QualifiedName member, QualifiedName head)
    {
        if (index.Element(head) is not { } headElement || index.Element(member) is not { } element)
        {
            return true;
        }

        var blocks = Blocks(headElement.Node, headElement.Document);
        var headType = TypeOf(headElement);
        if (headType.Node is { Name.LocalName: "complexType" } type)
        {
            blocks |= Blocks(type, headType.Document);
        }

        return (blocks & Derivations.Substitution) == 0 && (blocks == Derivations.None || (Between(TypeOf(element), headType) & blocks) == 0);
    }

    // A definition of this contract, or a name that no schema of it declares (a built-in type).
    private readonly record struct Definition(XElement? Node, XsdDocument Document, QualifiedName? Name);

    private Definition TypeOf(XsdIndex.Component element)
    {
        for (var steps = 0; steps < MaxSteps; steps++)
        {
            if ((string?)element.Node.Attribute("type") is { } name)
            {
                return Named(element.Document.Resolve(element.Node, name), element.Document);
            }

            if ((element.Node.Element(XsdDocument.Xs + "simpleType") ?? element.Node.Element(XsdDocument.Xs + "complexType")) is { } inline)
            {
                return new Definition(inline, element.Document, null);
            }

            // Without a type of its own it has that of its head.
            if (element.Document.Resolve(element.Node, (string?)element.Node.Attribute("substitutionGroup")) is not { } head || index.Element(head) is not { } next)
            {
                break;
            }

            element = next;
        }

        return new Definition(null, element.Document, new QualifiedName(XsdDocument.Xs.NamespaceName, "anyType"));
    }

    private Definition Named(QualifiedName? name, XsdDocument document) =>
        name is { } known && index.Type(known) is { } type ? new Definition(type.Node, type.Document, known) : new Definition(null, document, name);

    private Derivations Between(Definition from, Definition to)
    {
        var methods = Derivations.None;
        for (var steps = 0; steps < MaxSteps; steps++)
        {
            if (from.Node is null ? from.Name == to.Name && to.Node is null : ReferenceEquals(from.Node, to.Node))
            {
                break;
            }

            // A built-in type is a restriction of the one it is made from.
            if (from.Node is not { } node)
            {
                methods |= Derivations.Restriction;
                break;
            }

            methods |= Method(node);
            var content = node.Element(XsdDocument.Xs + "complexContent") ?? node.Element(XsdDocument.Xs + "simpleContent") ?? node;
            var derivation = content.Element(XsdDocument.Xs + "extension") ?? content.Element(XsdDocument.Xs + "restriction");
            if (derivation is null)
            {
                break;
            }

            from = derivation.Attribute("base") is { } parent ? Named(from.Document.Resolve(derivation, parent.Value), from.Document)
                : derivation.Element(XsdDocument.Xs + "simpleType") is { } inline ? new Definition(inline, from.Document, null)
                : to;
        }

        return methods;
    }
}
