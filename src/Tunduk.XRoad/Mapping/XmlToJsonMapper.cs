using System.Text;
using System.Text.Json;
using System.Xml;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Contracts.Schema;
using Tunduk.XRoad.Contracts.Xsd;

namespace Tunduk.XRoad.Mapping;

// Over 300 lines: one state machine over one reader, whose steps share every field.

/// <summary>One conversion of XML to JSON. After each value the reader stands behind the value's element.</summary>
internal sealed class XmlToJsonMapper : IDisposable
{
    private const int FlushAt = 32 * 1024;
    private static readonly JsonEncodedText TypeName = JsonEncodedText.Encode("$type");
    private static readonly JsonEncodedText NilName = JsonEncodedText.Encode("$nil");
    private static readonly JsonEncodedText ValueName = JsonEncodedText.Encode("$");
    private static readonly JsonEncodedText ContentName = JsonEncodedText.Encode("$content");

    private readonly XmlReader reader;
    private readonly Utf8JsonWriter writer;
    private readonly MappingLimits limits;
    private readonly MappingTrace trace;
    private readonly XmlTextToJson text;
    private readonly int baseDepth;
    private string rootNamespace = "";

    public XmlToJsonMapper(XmlReader reader, Utf8JsonWriter writer, MappingLimits limits, MappingTrace trace)
    {
        this.reader = reader;
        this.writer = writer;
        this.limits = limits;
        this.trace = trace;
        text = new XmlTextToJson(reader, writer, trace, limits.AcceptParts);
        baseDepth = reader.Depth;
    }

    public void Dispose() => text.Dispose();

    public void Root(MessageShape shape)
    {
        reader.MoveToContent();
        var name = shape.Element.Name;
        rootNamespace = name.Namespace;
        var wrongForm = reader.NamespaceURI != name.Namespace;
        if (reader.NodeType != XmlNodeType.Element || reader.LocalName != name.Local ||
            (wrongForm && !(limits.AcceptWrongForm && reader.NamespaceURI.Length == 0)))
        {
            trace.Fault(MappingCodes.Root, shape.Element.Location, name.ToString(), new QualifiedName(reader.NamespaceURI, reader.LocalName).ToString());
            throw new MappingAbortException();
        }

        trace.WrongForm |= wrongForm;
        Value(shape.Element);
        while (!reader.EOF && reader.NodeType is not (XmlNodeType.EndElement or XmlNodeType.None))
        {
            if (reader.NodeType == XmlNodeType.Element && reader.Depth == baseDepth)
            {
                trace.Fault(MappingCodes.MalformedXml, shape.Element.Location, Phrases.Of("Mapping.OneElement"), Phrases.Of("Mapping.SecondElement"));
                break;
            }

            reader.Read();
        }
    }

    private void Value(ElementDeclaration element)
    {
        if (reader.Depth - baseDepth > limits.MaxDepth)
        {
            trace.Fault(MappingCodes.TooDeep, element.Location, Phrases.Of("Mapping.MostLevels", limits.MaxDepth), Phrases.Of("Mapping.More"));
            throw new MappingAbortException();
        }

        if (writer.BytesPending > FlushAt)
        {
            writer.Flush();
        }

        if (element.Type is SimpleType simple)
        {
            Simple(element, simple);
            return;
        }

        var declared = (ComplexType)element.Type;
        if (declared.Content == ContentKind.Any)
        {
            IsNil(element);
            writer.WriteStringValue(XmlFragment.Read(reader, limits, trace));
            return;
        }

        var type = declared;
        var nil = false;
        if (reader.HasAttributes)
        {
            nil = IsNil(element);
            if (reader.GetAttribute("type", MessageTags.Xsi) is { } typeName)
            {
                type = ChooseType(element, declared, typeName);
            }
        }

        if (type.Abstract)
        {
            trace.Fault(MappingCodes.UnknownType, type.Location, Phrases.Of("Mapping.XsiTypeTypeNot"), type.Name.Local);
        }

        if (!type.IsObject)
        {
            RefuseAttributes(element);
            if (nil)
            {
                writer.WriteNullValue();
                SkipNil(element);
            }
            else
            {
                text.Element(type.SimpleContent!, element);
            }

            return;
        }

        Object(element, declared, type, nil);
    }

    private void Simple(ElementDeclaration element, SimpleType type)
    {
        if (reader.HasAttributes)
        {
            var nil = IsNil(element);
            if (reader.GetAttribute("type", MessageTags.Xsi) is { } named && !IsSame(type, Named(named)))
            {
                trace.Fault(MappingCodes.UnknownType, element.Location, Phrases.Of("Mapping.NoXsiTypeElement", type.Name.Local.Length == 0 ? type.BuiltIn : type.Name.Local), Phrases.Of("Mapping.XsiTypeAnotherType"));
            }

            RefuseAttributes(element);
            if (nil)
            {
                writer.WriteNullValue();
                SkipNil(element);
                return;
            }
        }

        text.Element(type, element);
    }

    private void Object(ElementDeclaration element, ComplexType declared, ComplexType type, bool nil)
    {
        var hasOwn = reader.HasAttributes && HasOwnAttributes();
        if (nil && !hasOwn && ReferenceEquals(type, declared))
        {
            MissingAttributes(type, default);
            writer.WriteNullValue();
            SkipNil(element);
            return;
        }

        writer.WriteStartObject();
        if (!ReferenceEquals(type, declared))
        {
            writer.WriteString(TypeName, type.TypeName);
        }

        if (nil)
        {
            writer.WriteBoolean(NilName, true);
        }

        Attributes(type, hasOwn);
        if (nil)
        {
            SkipNil(element);
        }
        else if (type.Content == ContentKind.Simple)
        {
            writer.WritePropertyName(ValueName);
            trace.Push("$");
            text.Element(type.SimpleContent!, element);
            trace.Pop();
        }
        else if (type.ContentAsList)
        {
            new XmlListContent(this, reader, writer, trace).Write(type);
        }
        else
        {
            Members(type);
        }

        writer.WriteEndObject();
    }

    private void Members(ComplexType type)
    {
        var state = ContentModel.Start;
        var count = 0;
        var open = -1;
        var inArray = false;
        ulong seen = 0;
        HashSet<int>? seenMany = null;
        if (!reader.IsEmptyElement)
        {
            reader.Read();
            while (MoveToChild(type))
            {
                var index = type.AnyOrder
                    ? Unordered(type, ref seen, ref seenMany)
                    : Match(type, ref state, ref count);
                if (index < 0)
                {
                    reader.Skip();
                    continue;
                }

                var member = type.Members[index];
                if (index != open)
                {
                    CloseMember(ref inArray, open);
                    open = index;
                    writer.WritePropertyName(member.EncodedName);
                    trace.Push(member.JsonName);
                    if (member.Repeated)
                    {
                        writer.WriteStartArray();
                        inArray = true;
                    }
                }

                if (inArray)
                {
                    trace.NextItem();
                }

                Child(member);
            }

            CloseMember(ref inArray, open);
        }

        reader.Read();
        if (type.AnyOrder)
        {
            var present = type.Members.Count <= 64 ? stackalloc bool[64] : new bool[type.Members.Count];
            for (var i = 0; i < type.Members.Count; i++)
            {
                present[i] = Has(i, seen, seenMany);
            }

            AllContent.Check(type, present, trace, isXml: true);
        }
        else if (!type.Model.IsEnd(state, count))
        {
            Incomplete(type, state, count);
        }
    }

    private void CloseMember(ref bool inArray, int open)
    {
        if (open >= 0)
        {
            trace.Pop();
        }

        if (inArray)
        {
            writer.WriteEndArray();
            inArray = false;
        }
    }

    /// <summary>Writes the value of a child that was matched to a member.</summary>
    internal void Child(Member member)
    {
        if (member.Element is { } element)
        {
            Value(element);
        }
        else
        {
            writer.WriteStringValue(XmlFragment.Read(reader, limits, trace));
        }
    }

    /// <summary>Moves over white space to the next child element; false at the end tag. Text is a fault.</summary>
    private bool MoveToChild(ComplexType type)
    {
        while (true)
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    return true;
                case XmlNodeType.EndElement:
                    return false;
                case XmlNodeType.Text or XmlNodeType.CDATA when !string.IsNullOrWhiteSpace(reader.Value):
                    trace.Fault(MappingCodes.Unknown, type.Location, Phrases.Of("Mapping.ElementsOnly"), Phrases.Of("Mapping.Text"));
                    break;
            }

            if (!reader.Read())
            {
                return false;
            }
        }
    }

    /// <summary>The member of the element the reader stands on, by the content model; -1 with a fault.</summary>
    internal int Match(ComplexType type, ref int state, ref int count)
    {
        var (local, ns) = (reader.LocalName, reader.NamespaceURI);
        var model = type.Model;
        var member = XmlMatcher.Find(type, model, state, count, local, ns, out var wildcard);
        if (member < 0 && wildcard < 0 && limits.AcceptWrongForm && (ns.Length == 0 || ns == rootNamespace))
        {
            member = XmlMatcher.FindWrongForm(type, model, state, count, local, ns, rootNamespace);
            trace.WrongForm |= member >= 0;
        }

        if (member < 0)
        {
            member = wildcard;
        }

        if (member >= 0)
        {
            var next = model.Next(state, count, member, out var nextCount);
            if (next != ContentModel.None)
            {
                state = next;
                count = nextCount == Particle.Unbounded ? nextCount - 1 : nextCount;
                return member;
            }
        }

        var known = type.Members.FirstOrDefault(m => m.Element is not null && m.LocalName == local
            && (m.Namespace == ns || (limits.AcceptWrongForm && XmlMatcher.IsWrongForm(m, local, ns, rootNamespace))));
        if (known is not null)
        {
            trace.Fault(MappingCodes.Content, known.Element!.Location, XmlMatcher.Expected(type, state, count), Phrases.Of("Mapping.Element", local), local);
        }
        else
        {
            Unknown(type, XmlMatcher.Expected(type, state, count), local, ns);
        }

        return -1;
    }

    // A name that is right but for its namespace: said, since in most documents the two look alike.
    private void Unknown(ComplexType type, string expected, string local, string ns)
    {
        if (type.Members.FirstOrDefault(m => m.Element is not null && m.LocalName == local) is { } meant)
        {
            trace.Fault(MappingCodes.Unknown, meant.Element!.Location, meant.Element.Name.Namespace.Length == 0 ? Phrases.Of("Mapping.ElementNoNamespace", local) : Phrases.Of("Mapping.Element", meant.Element.Name), ns.Length == 0 ? Phrases.Of("Mapping.ElementNoNamespace", local) : Phrases.Of("Mapping.Element", new QualifiedName(ns, local)), local);
            return;
        }

        trace.Fault(MappingCodes.Unknown, type.Location, expected, Phrases.Of("Mapping.Element", new QualifiedName(ns, local)), local);
    }

    private int Unordered(ComplexType type, ref ulong seen, ref HashSet<int>? seenMany)
    {
        var (local, ns) = (reader.LocalName, reader.NamespaceURI);
        var index = -1;
        foreach (var member in type.Members)
        {
            if (member.LocalName == local && member.Namespace == ns)
            {
                index = member.Rank;
                break;
            }
        }

        if (index < 0 && limits.AcceptWrongForm && type.Members.Count(m => m.LocalName == local) == 1
            && type.Members.First(m => m.LocalName == local) is var only && XmlMatcher.IsWrongForm(only, local, ns, rootNamespace))
        {
            trace.WrongForm = true;
            index = only.Rank;
        }

        if (index < 0)
        {
            Unknown(type, Phrases.Of("Mapping.ElementType"), local, ns);
            return -1;
        }

        if (Has(index, seen, seenMany))
        {
            trace.Fault(MappingCodes.Duplicate, type.Members[index].Element!.Location, Phrases.Of("Mapping.OneElement"), Phrases.Of("Mapping.Second"), local);
            return -1;
        }

        if (index < 64)
        {
            seen |= 1UL << index;
        }
        else
        {
            (seenMany ??= []).Add(index);
        }

        return index;
    }

    private static bool Has(int index, ulong seen, HashSet<int>? seenMany) =>
        index < 64 ? (seen & (1UL << index)) != 0 : seenMany?.Contains(index) == true;

    internal void Incomplete(ComplexType type, int state, int count)
    {
        var missing = type.Model.Expected(state, count).Select(i => type.Members[i]).FirstOrDefault();
        trace.Fault(
            MappingCodes.Required,
            missing?.Element?.Location ?? type.Location,
            XmlMatcher.Expected(type, state, count),
            Phrases.Of("Mapping.EndElement"),
            missing?.JsonName);
    }

    private bool IsNil(ElementDeclaration element)
    {
        var nil = reader.GetAttribute("nil", MessageTags.Xsi)?.Trim();
        if (nil is not ("true" or "1"))
        {
            if (nil is not (null or "false" or "0"))
            {
                trace.Fault(MappingCodes.Type, element.Location, Phrases.Of("Mapping.XsiNilTrueFalse"), Phrases.Of("Mapping.Characters", nil.Length));
            }

            return false;
        }

        if (!element.Nillable)
        {
            trace.Fault(MappingCodes.NotNillable, element.Location, Phrases.Of("Mapping.Value"), "xsi:nil");
        }

        return true;
    }

    private void SkipNil(ElementDeclaration element)
    {
        reader.MoveToElement();
        if (!reader.IsEmptyElement)
        {
            reader.Read();
            while (reader.NodeType != XmlNodeType.EndElement)
            {
                trace.Fault(MappingCodes.Content, element.Location, Phrases.Of("Mapping.NothingElementXsiNil"), Phrases.Of("Mapping.Content"));
                reader.Skip();
            }
        }

        reader.Read();
    }

    private ComplexType ChooseType(ElementDeclaration element, ComplexType declared, string typeName)
    {
        var name = Named(typeName);
        if (name == declared.Name && name.Local.Length > 0)
        {
            return declared;
        }

        foreach (var derived in declared.Derived)
        {
            if (derived.Name == name && element.Lets(derived))
            {
                return derived;
            }
        }

        trace.Fault(MappingCodes.UnknownType, element.Location, Phrases.Of("Mapping.TypeDerivedFrom", declared.Name.Local), Phrases.Of("Mapping.Type", name.Local));
        return declared;
    }

    private QualifiedName Named(string typeName)
    {
        typeName = typeName.Trim();
        var colon = typeName.IndexOf(':');
        return new QualifiedName(reader.LookupNamespace(colon < 0 ? "" : typeName[..colon]) ?? "", typeName[(colon + 1)..]);
    }

    // RPC clients name the type that the contract gives the element anyway, or the built-in one it restricts: the value is held
    // against the contract's all the same. SOAP 1.1 §5 has a second name for each built-in type.
    private static bool IsSame(SimpleType declared, QualifiedName named) =>
        (named == declared.Name && named.Local.Length > 0)
        || (named.Namespace is MessageTags.Xsd or MessageTags.SoapEncoding
            && (named.Local == declared.BuiltIn || (declared.BuiltIn == "anySimpleType" && BuiltInTypes.Find(named.Local) is not null)));

    // Declarations, xsi:nil and xsi:type, and SOAP's encodingStyle (SOAP 1.1 §4.1.1: on any element): no attributes of the type.
    private bool IsOfTheMessage(string ns) =>
        ns is "http://www.w3.org/2000/xmlns/" or MessageTags.Xsi || (ns == MessageTags.SoapEnvelope && reader.LocalName == "encodingStyle");

    private bool HasOwnAttributes()
    {
        var found = false;
        while (!found && reader.MoveToNextAttribute())
        {
            found = !IsOfTheMessage(reader.NamespaceURI);
        }

        reader.MoveToElement();
        return found;
    }

    private void RefuseAttributes(ElementDeclaration element)
    {
        while (reader.MoveToNextAttribute())
        {
            if (!IsOfTheMessage(reader.NamespaceURI))
            {
                trace.Fault(MappingCodes.Unknown, element.Location, Phrases.Of("Mapping.NoAttributes"), Phrases.Of("Mapping.AttributeGiven", reader.LocalName), "@" + reader.LocalName);
            }
        }

        reader.MoveToElement();
    }

    private void Attributes(ComplexType type, bool hasOwn)
    {
        if (!hasOwn)
        {
            MissingAttributes(type, default);
            return;
        }

        var seen = type.Attributes.Count <= 64 ? stackalloc bool[64] : new bool[type.Attributes.Count];
        while (reader.MoveToNextAttribute())
        {
            var ns = reader.NamespaceURI;
            if (IsOfTheMessage(ns))
            {
                continue;
            }

            var index = IndexOf(type.Attributes, reader.LocalName, ns);
            if (index >= 0)
            {
                var attribute = type.Attributes[index];
                seen[index] = true;
                writer.WritePropertyName(attribute.EncodedName);
                trace.Push(attribute.JsonName);
                text.Value(attribute.Type, reader.Value, attribute.Fixed, attribute.Location);
                trace.Pop();
            }
            else if (type.AnyAttribute?.Allows(ns) == true)
            {
                // The name of a declared attribute of another namespace is taken.
                var name = "@" + new QualifiedName(ns, reader.LocalName);
                var taken = ns.Length == 0 && type.Attributes.Any(a => a.JsonName == name);
                writer.WriteString(taken ? "@{}" + reader.LocalName : name, reader.Value);
            }
            else
            {
                trace.Fault(MappingCodes.Unknown, type.Location, Phrases.Of("Mapping.DeclaredAttribute"), Phrases.Of("Mapping.AttributeGiven", reader.LocalName), "@" + reader.LocalName);
            }
        }

        reader.MoveToElement();
        MissingAttributes(type, seen);
    }

    private static int IndexOf(IReadOnlyList<AttributeDeclaration> attributes, string local, string ns)
    {
        for (var i = 0; i < attributes.Count; i++)
        {
            if (attributes[i].Name.Local == local && attributes[i].Name.Namespace == ns)
            {
                return i;
            }
        }

        return -1;
    }

    private void MissingAttributes(ComplexType type, ReadOnlySpan<bool> seen)
    {
        for (var i = 0; i < type.Attributes.Count; i++)
        {
            if (type.Attributes[i].Required && (seen.IsEmpty || !seen[i]))
            {
                trace.Fault(MappingCodes.Required, type.Attributes[i].Location, Phrases.Of("Mapping.Attribute"), Phrases.Of("Mapping.Nothing"), type.Attributes[i].JsonName);
            }
        }
    }

    /// <summary>The text before the next child, with its CDATA parts; for mixed content.</summary>
    internal string MixedText()
    {
        StringBuilder? many = null;
        string? one = null;
        while (reader.NodeType is not (XmlNodeType.Element or XmlNodeType.EndElement))
        {
            if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace)
            {
                if (one is not null)
                {
                    many ??= new StringBuilder(one);
                    many.Append(reader.Value);
                }
                else
                {
                    one = reader.Value;
                }
            }

            if (!reader.Read())
            {
                break;
            }
        }

        return many?.ToString() ?? one ?? "";
    }

    internal static JsonEncodedText Content => ContentName;
}
