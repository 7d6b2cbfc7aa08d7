using System.Xml.Linq;
using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Contracts.Xsd;

/// <summary>Turns model groups into particles: references resolved, substitution groups spelled out as choices.</summary>
internal sealed class ParticleCompiler(XsdIndex index, FindingList findings, ImportOptions options, XsdCompiler compiler)
{
    private readonly HashSet<QualifiedName> openGroups = [];
    private int budget;

    /// <summary>The particle of a type definition or derivation; null for empty content.</summary>
    public Particle? ContentOf(XElement node, XsdDocument document, ComplexType owner)
    {
        budget = ContentModelBuilder.MaxPositions * 2;
        var group = node.Elements().FirstOrDefault(IsGroup);
        var particle = group is null ? null : Compile(group, document, owner);
        return particle is { Children.Count: 0, Kind: not (ParticleKind.Element or ParticleKind.Any) } ? null : particle;
    }

    private static bool IsGroup(XElement node) =>
        node.Name.Namespace == XsdDocument.Xs && node.Name.LocalName is "sequence" or "choice" or "all" or "group";

    private Particle? Compile(XElement node, XsdDocument document, ComplexType owner)
    {
        var at = document.At(node);
        var min = XsdText.Occurs((string?)node.Attribute("minOccurs"), 1);
        var max = XsdText.Occurs((string?)node.Attribute("maxOccurs"), 1);
        if (min is null || max is null || max < min)
        {
            findings.Error("xs:" + node.Name.LocalName, Phrases.Of("Xsd.MinOccursMaxOccursNotRange"), at);
            compiler.Broken.Add(owner);
            return null;
        }

        if (--budget < 0)
        {
            if (compiler.Broken.Add(owner))
            {
                findings.Error("xs:group", Phrases.Of("Xsd.GroupsTypeExpandMore"), owner.Location);
            }

            return null;
        }

        switch (node.Name.LocalName)
        {
            case "element":
                return Element(node, document, owner, min.Value, max.Value);
            case "any":
                var wildcard = WildcardReader.Read(node, document, findings);
                return new Particle { Kind = ParticleKind.Any, Min = min.Value, Max = max.Value, Location = at, Wildcard = wildcard };
            case "group":
                return Reference(node, document, owner, min.Value, max.Value);
            default:
                var kind = node.Name.LocalName switch { "choice" => ParticleKind.Choice, "all" => ParticleKind.All, _ => ParticleKind.Sequence };
                var particle = new Particle { Kind = kind, Min = min.Value, Max = max.Value, Location = at };
                foreach (var child in node.Elements())
                {
                    if ((IsGroup(child) || (child.Name.Namespace == XsdDocument.Xs && child.Name.LocalName is "element" or "any")) &&
                        Compile(child, document, owner) is { } compiled)
                    {
                        if (kind == ParticleKind.All && compiled.Max > 1)
                        {
                            findings.Warning("maxOccurs", Phrases.Of("Xsd.MoreThanElementXs"), compiled.Location);
                        }

                        particle.Children.Add(compiled);
                    }
                }

                return particle;
        }
    }

    private Particle? Reference(XElement node, XsdDocument document, ComplexType owner, int min, int max)
    {
        var at = document.At(node);
        if (document.Resolve(node, (string?)node.Attribute("ref")) is not { } name || index.Group(name) is not { } group)
        {
            findings.Error("xs:group", Phrases.Of("Xsd.GroupRefersNotDeclared"), at);
            compiler.Broken.Add(owner);
            return null;
        }

        if (!openGroups.Add(name) || openGroups.Count > options.MaxDepth)
        {
            findings.Error("xs:group", Phrases.Of("Xsd.GroupContainsItself", name.Local), at);
            compiler.Broken.Add(owner);
            return null;
        }

        var body = group.Node.Elements().FirstOrDefault(IsGroup);
        var inner = body is null ? null : Compile(body, group.Document, owner);
        openGroups.Remove(name);
        if (inner is null)
        {
            return null;
        }

        if (min == 1 && max == 1)
        {
            return inner;
        }

        // The elements of xs:all stay in any order where the whole group may be absent.
        if (inner.Kind == ParticleKind.All && max <= 1)
        {
            inner.Min = Math.Min(min, inner.Min);
            inner.Max = max;
            return inner;
        }

        var outer = new Particle { Kind = ParticleKind.Sequence, Min = min, Max = max, Location = at };
        outer.Children.Add(inner);
        return outer;
    }

    private Particle? Element(XElement node, XsdDocument document, ComplexType owner, int min, int max)
    {
        var at = document.At(node);
        ElementDeclaration? declaration;
        if ((string?)node.Attribute("ref") is { } reference)
        {
            declaration = document.Resolve(node, reference) is { } name ? compiler.GlobalElement(name) : null;
            if (declaration is null)
            {
                findings.Error("xs:element", Phrases.Of("Xsd.ElementRefersNotDeclared", reference), at);
                compiler.Broken.Add(owner);
                return null;
            }

            var alternatives = compiler.Substitutes(declaration.Name);
            if (alternatives.Count > 0 || declaration.Abstract)
            {
                return Substitution(declaration, alternatives, at, min, max);
            }
        }
        else
        {
            declaration = compiler.LocalElement(node, document);
            if (!XsdText.IsName(declaration.Name.Local))
            {
                findings.Error("xs:element", declaration.Name.Local.Length == 0 ? Phrases.Of("Xsd.ElementNoName") : Phrases.Of("Xsd.NameNoNameXml"), at);
                compiler.Broken.Add(owner);
                return null;
            }
        }

        return new Particle { Kind = ParticleKind.Element, Min = min, Max = max, Location = at, Element = declaration };
    }

    private static Particle Substitution(ElementDeclaration head, IReadOnlyList<ElementDeclaration> alternatives, SchemaLocation at, int min, int max)
    {
        var choice = new Particle { Kind = ParticleKind.Choice, Min = min, Max = max, Location = at };
        foreach (var alternative in alternatives.Prepend(head))
        {
            if (!alternative.Abstract)
            {
                choice.Children.Add(new Particle { Kind = ParticleKind.Element, Location = at, Element = alternative });
            }
        }

        return choice;
    }
}
