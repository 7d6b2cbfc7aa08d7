using System.Text;
using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;

namespace Tunduk.XRoad.Tests.Mapping;

// Over 300 lines: a second mapping, written apart from the first, in one place.

/// <summary>
/// Documents that a schema allows, invented from the framework's own compiled form of it (<see cref="XmlSchemaSet"/>), which knows
/// nothing of ours; and the framework's judgement of ours.
/// </summary>
internal sealed class IndependentXml
{
    private const string Xsi = "http://www.w3.org/2001/XMLSchema-instance";
    private const int MaxDepth = 40;

    private static readonly string[] Pool =
    [
        "1", "0", "true", "abc", "12", "1.50", "-7", "2020-01-02", "2020-01-02T03:04:05Z", "2020-01-02+06:00", "P1D", "PT0S", "QUJD", "0aFF", "00:00:00",
        "2020", "2020-01", "--01-02", "---01", "http://x/y z", "en", "INF", "NaN", "1E5", "  spaced  text ", "Кыргыз тили", "A1", "AA123",
        "99999999999999999999.10", "x y z", "", "a", "aa", "aaaaaaaaaa", "12345678901234", "100", "255", "65536", "-128", "4294967295", "9223372036854775807",
    ];

    private readonly XmlSchemaSet set;
    private readonly Random random;

    private IndependentXml(XmlSchemaSet set, int seed)
    {
        this.set = set;
        random = new Random(seed);
    }

    /// <summary>The schemas of a WSDL; null where the framework refuses them.</summary>
    public static XmlSchemaSet? Compile(string wsdl)
    {
        var refused = false;
        var set = new XmlSchemaSet { XmlResolver = null };
        set.ValidationEventHandler += (_, e) => refused |= e.Severity == XmlSeverityType.Error;
        foreach (var schema in XDocument.Parse(wsdl).Descendants(XName.Get("schema", XmlSchema.Namespace)))
        {
            var copy = new XElement(schema);
            foreach (var declaration in schema.Ancestors().SelectMany(ancestor => ancestor.Attributes()).Where(a => a.IsNamespaceDeclaration && copy.Attribute(a.Name) is null).ToList())
            {
                copy.Add(new XAttribute(declaration));
            }

            using var reader = XmlReader.Create(new StringReader(copy.ToString()));
            if (XmlSchema.Read(reader, (_, _) => refused = true) is { } read)
            {
                set.Add(read);
            }
        }

        set.Compile();
        return refused ? null : set;
    }

    /// <summary>Why the framework does not find the document valid; null: it does.</summary>
    public static string? Judge(XmlSchemaSet set, string xml)
    {
        string? fault = null;
        var settings = new XmlReaderSettings { ValidationType = ValidationType.Schema, Schemas = set, XmlResolver = null };
        settings.ValidationEventHandler += (_, e) => fault ??= e.Message;
        using var reader = XmlReader.Create(new StringReader(xml), settings);
        while (reader.Read())
        {
            // Reading judges.
        }

        return fault;
    }

    /// <summary>A document of a global element; null where this try found none that is valid.</summary>
    public static string? Make(XmlSchemaSet set, string local, string ns, int seed)
    {
        var invention = new IndependentXml(set, seed);
        var text = new StringBuilder();
        using (var writer = XmlWriter.Create(text, new XmlWriterSettings { OmitXmlDeclaration = true }))
        {
            if (!invention.Element(writer, (XmlSchemaElement)set.GlobalElements[new XmlQualifiedName(local, ns)]!, 0))
            {
                return null;
            }
        }

        return Judge(set, text.ToString()) is null ? text.ToString() : null;
    }

    /// <summary>A document without prefixes and outer spaces, attributes in order: equal for what a schema finds equal but for lexical forms.</summary>
    public static string Plain(string xml) => Spaces(Plain(XElement.Parse(xml)));

    private static string Plain(XElement element)
    {
        var attributes = element.Attributes().Where(a => !a.IsNamespaceDeclaration).OrderBy(a => a.Name.ToString(), StringComparer.Ordinal)
            .Select(a => $"{a.Name}={(a.Name.NamespaceName == Xsi ? a.Value.Split(':')[^1] : a.Value.Trim())}");
        var content = element.Nodes().Select(node => node is XElement child ? Plain(child) : node is XText text ? text.Value : "");
        return $"<{element.Name} {string.Join(' ', attributes)}>{string.Concat(content)}</>";
    }

    private static string Spaces(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Replace("> ", ">", StringComparison.Ordinal).Replace(" <", "<", StringComparison.Ordinal);

    private bool Element(XmlWriter writer, XmlSchemaElement element, int depth)
    {
        element = element.RefName.IsEmpty ? element : (XmlSchemaElement)set.GlobalElements[element.RefName]!;
        var alternatives = ReferenceEquals(set.GlobalElements[element.QualifiedName], element) ? Substitutes(element).Append(element).Where(e => !e.IsAbstract).ToList() : [element];
        if (depth > MaxDepth || alternatives.Count == 0)
        {
            return false;
        }

        element = alternatives[random.Next(alternatives.Count)];
        writer.WriteStartElement(element.QualifiedName.Name, element.QualifiedName.Namespace);
        var type = Choose(writer, element.ElementSchemaType!);
        var nil = element.IsNillable && element.FixedValue is null && random.Next(4) == 0;
        if (nil)
        {
            writer.WriteAttributeString("nil", Xsi, "true");
        }

        var ok = true;
        if (type is XmlSchemaComplexType complex)
        {
            Attributes(writer, complex);
            ok = nil || Content(writer, element, complex, depth);
        }
        else if (!nil)
        {
            writer.WriteString(element.FixedValue ?? Value((XmlSchemaSimpleType)type));
        }

        writer.WriteEndElement();
        return ok;
    }

    private XmlSchemaType Choose(XmlWriter writer, XmlSchemaType declared)
    {
        if (declared is not XmlSchemaComplexType { QualifiedName.Name: not "anyType" } complex)
        {
            return declared;
        }

        var derived = set.GlobalTypes.Values.OfType<XmlSchemaComplexType>().Where(t => t != complex && !t.IsAbstract && Derives(t, complex)).ToList();
        if (derived.Count == 0 || (!complex.IsAbstract && random.Next(3) > 0))
        {
            return declared;
        }

        var chosen = derived[random.Next(derived.Count)];
        writer.WriteStartAttribute("type", Xsi);
        writer.WriteQualifiedName(chosen.QualifiedName.Name, chosen.QualifiedName.Namespace);
        writer.WriteEndAttribute();
        return chosen;
    }

    private static bool Derives(XmlSchemaType type, XmlSchemaType from)
    {
        for (var parent = type.BaseXmlSchemaType; parent is not null && parent.BaseXmlSchemaType != parent; parent = parent.BaseXmlSchemaType)
        {
            if (parent == from)
            {
                return true;
            }
        }

        return false;
    }

    private IEnumerable<XmlSchemaElement> Substitutes(XmlSchemaElement head) => set.GlobalElements.Values.Cast<XmlSchemaElement>().Where(element =>
    {
        var of = element.SubstitutionGroup;
        for (var hops = 0; !of.IsEmpty && hops < 10 && of != head.QualifiedName; hops++)
        {
            of = ((XmlSchemaElement)set.GlobalElements[of]!).SubstitutionGroup;
        }

        return of == head.QualifiedName && (head.BlockResolved & XmlSchemaDerivationMethod.Substitution) == 0;
    });

    private bool Content(XmlWriter writer, XmlSchemaElement element, XmlSchemaComplexType type, int depth)
    {
        switch (type.ContentType)
        {
            case XmlSchemaContentType.TextOnly:
                writer.WriteString(element.FixedValue ?? Pick(type.Datatype!));
                return true;
            case XmlSchemaContentType.Mixed when type.QualifiedName.Name == "anyType":
                return true;
            case XmlSchemaContentType.Mixed or XmlSchemaContentType.ElementOnly:
                return Particle(writer, type.ContentTypeParticle, depth, type.ContentType == XmlSchemaContentType.Mixed);
            default:
                return true;
        }
    }

    private void Attributes(XmlWriter writer, XmlSchemaComplexType type)
    {
        foreach (XmlSchemaAttribute attribute in type.AttributeUses.Values)
        {
            if (attribute.Use != XmlSchemaUse.Prohibited && (attribute.Use == XmlSchemaUse.Required || random.Next(2) == 0))
            {
                writer.WriteAttributeString(attribute.QualifiedName.Name, attribute.QualifiedName.Namespace, attribute.FixedValue ?? Value(attribute.AttributeSchemaType!));
            }
        }

        if (type.AttributeWildcard is { } wildcard && random.Next(2) == 0)
        {
            if (wildcard.Namespace is null or "##any" or "##other")
            {
                writer.WriteAttributeString("q", "foo", "urn:foreign", "bar");
            }
            else if (wildcard.Namespace.Contains("##local", StringComparison.Ordinal))
            {
                writer.WriteAttributeString("other", "v");
            }
        }
    }

    private bool Particle(XmlWriter writer, XmlSchemaParticle particle, int depth, bool mixed)
    {
        var (min, max) = ((int)particle.MinOccurs, (int)Math.Min(particle.MaxOccurs, particle.MinOccurs + 2));
        for (var i = depth > 4 ? min : random.Next(min, max + 1); i > 0; i--)
        {
            if (mixed && random.Next(3) == 0)
            {
                writer.WriteString(" t ");
            }

            if (!Once(writer, particle, depth, mixed))
            {
                return false;
            }
        }

        return true;
    }

    private bool Once(XmlWriter writer, XmlSchemaParticle particle, int depth, bool mixed)
    {
        switch (particle)
        {
            case XmlSchemaElement element:
                return Element(writer, element, depth + 1);
            case XmlSchemaAny any:
                return Any(writer, any.Namespace?.Trim() ?? "##any", any.ProcessContents);
            case XmlSchemaChoice choice:
                var branches = choice.Items.Cast<XmlSchemaParticle>().Where(item => item.MaxOccurs > 0).ToList();
                return branches.Count > 0 && Particle(writer, branches[random.Next(branches.Count)], depth + 1, mixed);
            case XmlSchemaAll all:
                return all.Items.Cast<XmlSchemaParticle>().OrderBy(_ => random.Next()).All(item => Particle(writer, item, depth + 1, mixed));
            case XmlSchemaGroupBase group:
                return group.Items.Cast<XmlSchemaParticle>().All(item => Particle(writer, item, depth + 1, mixed));
            case XmlSchemaGroupRef reference:
                return Particle(writer, reference.Particle!, depth + 1, mixed);
            default:
                return true;
        }
    }

    private static bool Any(XmlWriter writer, string constraint, XmlSchemaContentProcessing contents)
    {
        if (contents == XmlSchemaContentProcessing.Strict)
        {
            return false;
        }

        var ns = constraint is "##any" or "##other" ? "urn:foreign" : constraint.Split(' ').FirstOrDefault(part => !part.StartsWith("##", StringComparison.Ordinal), "");
        writer.WriteElementString(ns.Length == 0 ? "" : "f", "foreign", ns, "x<&y");
        return true;
    }

    private string Value(XmlSchemaSimpleType type)
    {
        switch (type.Content)
        {
            case XmlSchemaSimpleTypeList list:
                return string.Join(' ', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Value(list.BaseItemType!)));
            case XmlSchemaSimpleTypeUnion union:
                return Value(union.BaseMemberTypes![random.Next(union.BaseMemberTypes.Length)]);
            case XmlSchemaSimpleTypeRestriction restriction when restriction.Facets.OfType<XmlSchemaEnumerationFacet>().ToList() is { Count: > 0 } values:
                return values[random.Next(values.Count)].Value!;
            case XmlSchemaSimpleTypeRestriction when type.Datatype!.Variety != XmlSchemaDatatypeVariety.Atomic:
                return Enumerable.Range(0, 20).Select(_ => Value((XmlSchemaSimpleType)type.BaseXmlSchemaType!)).FirstOrDefault(text => Fits(type.Datatype, text), "");
            default:
                return Pick(type.Datatype!);
        }
    }

    private string Pick(XmlSchemaDatatype type)
    {
        if (type.TypeCode == XmlTypeCode.QName)
        {
            return "abc";
        }

        var fitting = Pool.Where(text => Fits(type, text)).ToList();
        return fitting.Count == 0 ? "" : fitting[random.Next(fitting.Count)];
    }

    private static bool Fits(XmlSchemaDatatype type, string text)
    {
        try
        {
            var names = new NameTable();
            type.ParseValue(text, names, new XmlNamespaceManager(names));
            return true;
        }
        catch (XmlSchemaException)
        {
            return false;
        }
    }
}
