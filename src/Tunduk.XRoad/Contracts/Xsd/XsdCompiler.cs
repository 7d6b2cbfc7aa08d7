using System.Xml.Linq;
using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Contracts.Xsd;

// Over 300 lines: one pass over a schema whose declarations refer to each other.

/// <summary>
/// Turns the components that operations reach into compiled types. What cannot be mapped becomes a finding and marks
/// the type as broken; what no operation reaches is not looked at.
/// </summary>
internal sealed class XsdCompiler
{
    private const int MaxDerived = 1_000;

    private static readonly QualifiedName AnyTypeName = new(XsdDocument.Xs.NamespaceName, "anyType");

    private readonly XsdIndex index;
    private readonly FindingList findings;
    private readonly ImportOptions options;
    private readonly SimpleTypeCompiler simple;
    private readonly ParticleCompiler particles;
    private readonly AttributeCompiler attributes;
    private readonly XsdDerivations derivations;
    private readonly Dictionary<QualifiedName, ElementDeclaration> globalElements = [];
    private readonly Dictionary<XElement, ElementDeclaration> localElements = [];
    private readonly Dictionary<QualifiedName, ComplexType> complexTypes = [];
    private readonly HashSet<string> typeNames = new(StringComparer.Ordinal);
    private readonly Queue<(ComplexType Type, XElement Node, XsdDocument Document)> pending = [];
    private readonly Dictionary<ComplexType, (XElement Node, XsdDocument Document)> sources = [];
    private int types;
    private int positions;

    public XsdCompiler(XsdIndex index, FindingList findings, ImportOptions options)
    {
        this.index = index;
        this.findings = findings;
        this.options = options;
        simple = new SimpleTypeCompiler(index, findings, options, Broken);
        particles = new ParticleCompiler(index, findings, options, this);
        attributes = new AttributeCompiler(index, findings, simple, Broken);
        derivations = new XsdDerivations(index);
        AnyType = new ComplexType(AnyTypeName, new SchemaLocation("built-in", 0)) { Content = ContentKind.Any, Compiled = true };
    }

    public ComplexType AnyType { get; }

    /// <summary>Types that could not be mapped.</summary>
    public HashSet<SchemaType> Broken { get; } = [];

    public ElementDeclaration? GlobalElement(QualifiedName name)
    {
        if (globalElements.TryGetValue(name, out var known))
        {
            return known;
        }

        if (index.Element(name) is not { } component)
        {
            return null;
        }

        var declaration = new ElementDeclaration(name, component.Document.At(component.Node));
        globalElements.Add(name, declaration);
        Describe(declaration, component.Node, component.Document);
        return declaration;
    }

    public ElementDeclaration LocalElement(XElement node, XsdDocument document)
    {
        // Once each, however many groups lead here: a group may hold itself through the type of one of its elements.
        if (localElements.TryGetValue(node, out var known))
        {
            return known;
        }

        var form = (string?)node.Attribute("form");
        var qualified = form is null ? document.ElementsQualified : form == "qualified";
        var name = new QualifiedName(qualified ? document.TargetNamespace : "", ((string?)node.Attribute("name") ?? "").Trim());
        var declaration = new ElementDeclaration(name, document.At(node));
        localElements.Add(node, declaration);
        Describe(declaration, node, document);
        return declaration;
    }

    /// <summary>An element of a type given by name, for parts of a message that name a type (rpc style).</summary>
    public ElementDeclaration ElementOfType(QualifiedName name, QualifiedName type, SchemaLocation at) =>
        new(name, at) { Type = TypeByName(type, at) };

    /// <summary>Takes note of a type made outside the schemas (the wrapper of an rpc message).</summary>
    public void Adopt(ComplexType type) => types += type.Compiled ? 1 : 0;

    /// <summary>Compiles everything reached so far.</summary>
    public void Complete()
    {
        while (pending.TryDequeue(out var item))
        {
            Compile(item.Type, 0);
        }

        foreach (var declaration in globalElements.Values.Concat(localElements.Values))
        {
            CheckValue(declaration);
        }
    }

    // A default or fixed value that is none of the type: no message could be made of it (§3.3.6, Element Default Valid).
    private void CheckValue(ElementDeclaration declaration)
    {
        var type = declaration.Type as SimpleType ?? (declaration.Type as ComplexType)?.SimpleContent;
        if ((declaration.Fixed ?? declaration.Default) is { } value && type is not null && !Broken.Contains(type) && !SimpleValue.Check(type, SimpleValue.Normalize(type, value)).IsNone)
        {
            findings.Warning("xs:element", Phrases.Of("Xsd.DefaultFixedValueNoneType", declaration.Name.Local), declaration.Location);
            (declaration.Fixed, declaration.Default) = (null, null);
        }
    }

    public IReadOnlyList<ElementDeclaration> Substitutes(QualifiedName head)
    {
        var found = new List<ElementDeclaration>();
        var seen = new HashSet<QualifiedName> { head };
        var queue = new Queue<QualifiedName>([head]);
        while (queue.TryDequeue(out var next))
        {
            foreach (var name in index.SubstitutesOf(next))
            {
                if (seen.Add(name) && GlobalElement(name) is { } declaration)
                {
                    queue.Enqueue(name);
                    if (derivations.MaySubstitute(name, head))
                    {
                        found.Add(declaration);
                    }
                }
            }
        }

        return found;
    }

    private void Describe(ElementDeclaration declaration, XElement node, XsdDocument document)
    {
        declaration.Nillable = XsdText.IsTrue(node, "nillable");
        declaration.Abstract = XsdText.IsTrue(node, "abstract");
        declaration.Default = (string?)node.Attribute("default");
        declaration.Fixed = (string?)node.Attribute("fixed");
        declaration.Title = XsdText.Title(node);
        declaration.Blocks = XsdDerivations.Blocks(node, document);
        declaration.Type = TypeOf(node, document);
        if (node.Elements().FirstOrDefault(child => child.Name.Namespace == XsdDocument.Xs && child.Name.LocalName is "key" or "keyref" or "unique") is { } identity)
        {
            findings.Warning("xs:" + identity.Name.LocalName, Phrases.Of("Xsd.IdentityConstraintsNotChecked"), document.At(identity));
        }
    }

    private SchemaType TypeOf(XElement node, XsdDocument document)
    {
        var at = document.At(node);
        if ((string?)node.Attribute("type") is { } typeName)
        {
            if (document.Resolve(node, typeName) is { } name)
            {
                return TypeByName(name, at);
            }

            findings.Error("xs:element", Phrases.Of("Xsd.PrefixTypeNotDeclared", typeName), at);
            return BrokenType(at);
        }

        if (node.Element(XsdDocument.Xs + "simpleType") is { } inlineSimple)
        {
            return simple.Anonymous(inlineSimple, document);
        }

        if (node.Element(XsdDocument.Xs + "complexType") is { } inlineComplex)
        {
            return NewComplex(new QualifiedName("", ""), inlineComplex, document);
        }

        // Without a type an element has that of the head of its substitution group (§3.3.2), else anything.
        return document.Resolve(node, (string?)node.Attribute("substitutionGroup")) is { } head && head != NameOf(node, document) &&
            GlobalElement(head) is { Type: not null } declaration
            ? declaration.Type
            : AnyType;
    }

    private static QualifiedName NameOf(XElement node, XsdDocument document) =>
        new(document.TargetNamespace, ((string?)node.Attribute("name") ?? "").Trim());

    private SchemaType TypeByName(QualifiedName name, SchemaLocation at)
    {
        if (name == AnyTypeName)
        {
            return AnyType;
        }

        if (index.Type(name) is { } component && component.Node.Name.LocalName == "complexType")
        {
            return ComplexByName(name, component);
        }

        if (simple.ByName(name, at) is { } found)
        {
            return found;
        }

        findings.Error("type", Phrases.Of("Xsd.TypeNamespaceNotDeclared", name.Local, name.Namespace), at);
        return BrokenType(at);
    }

    private ComplexType ComplexByName(QualifiedName name, XsdIndex.Component component)
    {
        if (!complexTypes.TryGetValue(name, out var type))
        {
            type = NewComplex(name, component.Node, component.Document);
            type.TypeName = UniqueNames.Take(typeNames, name.Local, "$");
            complexTypes.Add(name, type);
        }

        return type;
    }

    private ComplexType NewComplex(QualifiedName name, XElement node, XsdDocument document)
    {
        var type = new ComplexType(name, document.At(node));
        sources.Add(type, (node, document));
        if (++types > options.MaxTypes)
        {
            Broken.Add(type);
            if (types == options.MaxTypes + 1)
            {
                findings.Error("xs:complexType", Phrases.Of("Xsd.ContractMoreThanTypes", options.MaxTypes), type.Location);
            }
        }
        else
        {
            pending.Enqueue((type, node, document));
        }

        return type;
    }

    private void Compile(ComplexType type, int depth)
    {
        if (type.Compiled)
        {
            return;
        }

        type.Compiled = true;
        var (node, document) = sources[type];
        type.Abstract = XsdText.IsTrue(node, "abstract");
        var mixed = XsdText.IsTrue(node, "mixed");
        if (node.Element(XsdDocument.Xs + "simpleContent") is { } simpleContent)
        {
            CompileSimpleContent(type, simpleContent, document, depth);
        }
        else if (node.Element(XsdDocument.Xs + "complexContent") is { } complexContent)
        {
            mixed = complexContent.Attribute("mixed") is null ? mixed : XsdText.IsTrue(complexContent, "mixed");
            CompileComplexContent(type, complexContent, document, mixed, depth);
        }
        else
        {
            type.Particle = particles.ContentOf(node, document, type);
            attributes.Compile(type, node, document, null);
            SetContent(type, mixed);
        }

        BuildModel(type);
        if (type.Name.Local.Length > 0)
        {
            type.Derived = [.. DerivedOf(type.Name, XsdDerivations.Blocks(node, document))];
        }
    }

    private static void SetContent(ComplexType type, bool mixed) =>
        type.Content = mixed ? ContentKind.Mixed : type.Particle is null ? ContentKind.Empty : ContentKind.Elements;

    private void CompileSimpleContent(ComplexType type, XElement content, XsdDocument document, int depth)
    {
        type.Content = ContentKind.Simple;
        type.SimpleContent = simple.AnySimple;
        if (Derivation(type, content, document, out var derivation) is not { } baseName)
        {
            return;
        }

        if (BaseOf(type, baseName, depth) is { } parent)
        {
            type.Base = parent;
            type.SimpleContent = parent.SimpleContent ?? simple.AnySimple;
        }
        else if (simple.ByName(baseName, document.At(derivation)) is { } simpleBase)
        {
            type.SimpleContent = simpleBase;
        }
        else
        {
            findings.Error("xs:simpleContent", Phrases.Of("Xsd.BaseTypeNotDeclared", baseName.Local), document.At(derivation));
            Broken.Add(type);
        }

        if (derivation.Name.LocalName == "restriction")
        {
            if (derivation.Element(XsdDocument.Xs + "simpleType") is { } inline)
            {
                type.SimpleContent = simple.Anonymous(inline, document);
            }

            type.SimpleContent = simple.Restrict(type.SimpleContent, derivation, document, new QualifiedName("", ""));
        }

        attributes.Compile(type, derivation, document, type.Base);
    }

    private void CompileComplexContent(ComplexType type, XElement content, XsdDocument document, bool mixed, int depth)
    {
        if (Derivation(type, content, document, out var derivation) is not { } baseName)
        {
            return;
        }

        var own = particles.ContentOf(derivation, document, type);
        if (baseName == AnyTypeName)
        {
            // Anything may stand before what an extension of it adds, with any text and any attribute (§3.4.7).
            var isExtension = derivation.Name.LocalName == "extension";
            var anything = new Wildcard("##any", "", document.At(derivation));
            mixed |= isExtension;
            type.Particle = isExtension ? Join(new Particle { Kind = ParticleKind.Any, Min = 0, Max = Particle.Unbounded, Location = type.Location, Wildcard = anything }, own, type.Location) : own;
            type.AnyAttribute = isExtension ? anything : null;
        }
        else if (BaseOf(type, baseName, depth) is { } parent)
        {
            type.Base = parent;
            mixed |= derivation.Name.LocalName == "extension" && parent.Content == ContentKind.Mixed;
            type.Particle = derivation.Name.LocalName == "extension" ? Join(parent.Particle, own, type.Location) : own;
            if (parent.Content == ContentKind.Simple && derivation.Name.LocalName == "extension")
            {
                // Attributes can be added to a value this way as well; elements cannot (§3.4.6, cos-ct-extends).
                if (own is not null)
                {
                    findings.Error("xs:complexContent", Phrases.Of("Xsd.BaseTypeValueElements", baseName.Local), document.At(derivation));
                    Broken.Add(type);
                }

                attributes.Compile(type, derivation, document, parent);
                (type.Content, type.SimpleContent) = (ContentKind.Simple, parent.SimpleContent);
                return;
            }
        }
        else
        {
            var construct = baseName.Namespace == "http://schemas.xmlsoap.org/soap/encoding/" ? "soapenc:" + baseName.Local : "xs:complexContent";
            findings.Error(construct, Phrases.Of("Xsd.BaseTypeNotDeclaredComplex", baseName.Local), document.At(derivation));
            Broken.Add(type);
        }

        attributes.Compile(type, derivation, document, type.Base);
        SetContent(type, mixed);
    }

    private static Particle? Join(Particle? first, Particle? second, SchemaLocation at)
    {
        if (first is null || second is null)
        {
            return first ?? second;
        }

        var sequence = new Particle { Kind = ParticleKind.Sequence, Location = at };
        sequence.Children.Add(first);
        sequence.Children.Add(second);
        return sequence;
    }

    private QualifiedName? Derivation(ComplexType type, XElement content, XsdDocument document, out XElement derivation)
    {
        derivation = content.Element(XsdDocument.Xs + "extension") ?? content.Element(XsdDocument.Xs + "restriction") ?? content;
        if (document.Resolve(derivation, (string?)derivation.Attribute("base")) is { } name)
        {
            return name;
        }

        findings.Error("xs:" + content.Name.LocalName, Phrases.Of("Xsd.NamesNoBaseType"), document.At(content));
        Broken.Add(type);
        return null;
    }

    /// <summary>The compiled base, or null when it is not a complex type. A circle or a very long chain breaks the type.</summary>
    private ComplexType? BaseOf(ComplexType type, QualifiedName name, int depth)
    {
        if (index.Type(name) is not { } component || component.Node.Name.LocalName != "complexType")
        {
            return null;
        }

        var parent = ComplexByName(name, component);
        var derivesFromItself = parent == type || (parent.Compiled && pendingBases.Contains(parent));
        if (depth > 64 || derivesFromItself)
        {
            findings.Error("xs:complexType", derivesFromItself ? Phrases.Of("Xsd.DerivesFromItself", name.Local) : Phrases.Of("Xsd.ChainBaseTypesLonger"), type.Location);
            Broken.Add(type);
            return parent.Compiled && !derivesFromItself ? parent : AnyType;
        }

        pendingBases.Add(type);
        Compile(parent, depth + 1);
        pendingBases.Remove(type);
        if (Broken.Contains(parent))
        {
            Broken.Add(type);
        }

        return parent;
    }

    private readonly HashSet<ComplexType> pendingBases = [];

    private void BuildModel(ComplexType type)
    {
        if (type.Content is ContentKind.Simple or ContentKind.Any)
        {
            return;
        }

        var builder = new ContentModelBuilder();
        if (positions > options.MaxParticles || !builder.Build(type, type.Particle))
        {
            findings.Error("xs:complexType", Phrases.Of("Xsd.ContentModelTooLarge"), type.Location);
            Broken.Add(type);
            return;
        }

        positions += type.Model.Positions.Length;
        if (builder.LooseBounds is { } loose)
        {
            findings.Warning("maxOccurs", Phrases.Of("Xsd.NumberOccurrencesGroupNot"), loose);
        }

        if (builder.Ambiguous is { } ambiguous)
        {
            findings.Warning("content model", Phrases.Of("Xsd.AmbiguousFromXsd1", ambiguous), type.Location);
        }

        if (builder.NestedAll is { } nested)
        {
            findings.Warning("xs:all", Phrases.Of("Xsd.WithinAnotherGroupNot"), nested);
        }

        if (builder.MergedWildcards is { } merged)
        {
            findings.Warning("xs:any", Phrases.Of("Xsd.LetsWhatAnotherWildcard"), merged);
        }

        if (builder.Inconsistent is { } inconsistent)
        {
            findings.Warning("content model", Phrases.Of("Xsd.DeclaredTwiceDifferentTypes", inconsistent), type.Location);
        }
    }

    private IEnumerable<ComplexType> DerivedOf(QualifiedName name, Derivations blocked)
    {
        var seen = new HashSet<QualifiedName> { name };
        var queue = new Queue<QualifiedName>([name]);
        while (queue.TryDequeue(out var next))
        {
            foreach (var child in index.DerivedFrom(next))
            {
                if (seen.Add(child) && index.Type(child) is { } component)
                {
                    if (seen.Count > MaxDerived)
                    {
                        findings.Error("xs:complexType", Phrases.Of("Xsd.MoreThanTypesDerived", MaxDerived, name.Local), component.Document.At(component.Node));
                        Broken.Add(complexTypes[name]);
                        yield break;
                    }

                    // What is derived from a type that may not stand here may not either (§3.4.6, Type Derivation OK).
                    var derived = ComplexByName(child, component);
                    derived.DerivedBy = XsdDerivations.Method(component.Node);
                    if ((derived.DerivedBy & blocked) == 0)
                    {
                        queue.Enqueue(child);
                        yield return derived;
                    }
                }
            }
        }
    }

    private SimpleType BrokenType(SchemaLocation at)
    {
        var type = new SimpleType(new QualifiedName("", ""), at) { Primitive = Primitive.AnySimple, BuiltIn = "anySimpleType" };
        Broken.Add(type);
        return type;
    }
}
