using System.Buffers;
using Tunduk.Adapter.Exchange;
using Tunduk.Xml;

namespace Tunduk.Adapter.Filtering;

// Over 300 lines: one pass over one reader, whose steps share every field.

/// <summary>The state of one run of <see cref="XmlFieldFilter"/>: walks the elements and notes the ranges to cut.</summary>
internal ref struct XmlFilterPass(FieldList list, XmlNamespaceRule namespaces, ReadOnlySpan<byte> source)
{
    private readonly FieldList list = list;
    private readonly XmlNamespaceRule namespaces = namespaces;
    private readonly ReadOnlySpan<byte> source = source;
    private readonly List<XmlRange> cuts = [];
    private readonly List<string> keptIncludes = [];
    private readonly List<string> removedIncludes = [];
    private FilterTally tally = new(list);
    private PolicyRefusal? refusal;

    public XmlFilterResult Run(XmlElement operation)
    {
        FieldNode root = list.Root(list.Shape == MessageShape.ByMessage && HasWrapper(operation));
        if (!Element(operation, root))
        {
            return new XmlFilterResult(FilterResult.Refused(refusal!), [], []);
        }

        HashSet<string> referenced = new(removedIncludes, StringComparer.Ordinal);
        if (keptIncludes.Exists(reference => !referenced.Add(reference)))
        {
            return new XmlFilterResult(
                FilterResult.Refused(new PolicyRefusal("attachment_referenced_twice", "attachments", RefusalPhrases.Of("each_attachment_referenced_once"), RefusalPhrases.Of("attachment_that_several_fields_refer_to"), RefusalPhrases.Of("refer_to_each_part_from_one_field"))),
                [],
                []);
        }

        return new XmlFilterResult(tally.ToResult(), keptIncludes, removedIncludes);
    }

    /// <summary>One element whose own position is known: a piece of XML inside another message.</summary>
    public FilterResult RunAt(XmlElement element, FieldNode node) => Element(element, node) ? tally.ToResult() : FilterResult.Refused(refusal!);

    public readonly void Write(IBufferWriter<byte> output, XmlRange part)
    {
        int at = part.Start;
        foreach (XmlRange cut in cuts)
        {
            output.Write(source[at..cut.Start]);
            at = cut.End;
        }

        output.Write(source[at..part.End]);
    }

    public void Dispose() => tally.Dispose();

    private readonly bool HasWrapper(XmlElement operation)
    {
        foreach (XmlElement child in operation.Children)
        {
            if (namespaces.Counts(child.NamespaceUriUtf8) && NameIs(child, list.Wrapper))
            {
                return true;
            }
        }

        return false;
    }

    private static bool NameIs(XmlElement element, string name) => element.LocalName == name;

    /// <summary>An element that stays: its attributes, its own text and its children by the list.</summary>
    private bool Element(XmlElement element, FieldNode node)
    {
        bool allowed = node.Action == FieldAction.Allow;
        if (!Attributes(element, node, out bool nil))
        {
            return false;
        }

        int at = element.InnerRange.Start;
        bool hasContent = false;
        foreach (XmlElement child in element.Children)
        {
            hasContent = true;
            if (!Text(node, at, child.OuterRange.Start, allowed, ref hasContent) || !Child(node, child, allowed))
            {
                return false;
            }

            at = child.OuterRange.End;
        }

        if (!Text(node, at, element.InnerRange.End, allowed, ref hasContent))
        {
            return false;
        }

        if (nil && hasContent)
        {
            refusal = new PolicyRefusal("nil_with_content", node.Path, RefusalPhrases.Of("element_that_is_nil_and_empty"), RefusalPhrases.Of("element_that_is_nil_and_has_content"), RefusalPhrases.Of("send_either_xsi_nil_or_value_xml_schema"));
            return false;
        }

        return true;
    }

    private bool Child(FieldNode parent, XmlElement element, bool parentAllowed)
    {
        if (parentAllowed && element.Is(XmlFieldFilter.IncludeNamespace, "Include"))
        {
            Include(element);
            return true;
        }

        ReadOnlySpan<byte> name = element.LocalNameUtf8;
        FieldNode? node = namespaces.Counts(element.NamespaceUriUtf8) ? parent.Child(name, NameTable.Hash(name)) : null;
        switch (ActionFor(node))
        {
            case FieldAction.Allow:
                return Element(element, node!);
            case FieldAction.Blank:
                Blank(element, node!);
                return true;
            case FieldAction.Refuse:
                return Refuse(parent, node, element.HasOnlyText ? RefusalPhrases.Of("text") : RefusalPhrases.Of("element_with_content"));
            default:
                Leave(parent, node);
                Cut(element.OuterRange.Start, element.OuterRange.End);
                NoteRemoved(element);
                return true;
        }
    }

    /// <summary>Allow stands for structure too: what is unlisted inside goes piece by piece.</summary>
    private readonly FieldAction ActionFor(FieldNode? node) => node?.Action switch
    {
        FieldAction.Allow or FieldAction.Structure => FieldAction.Allow,
        FieldAction.Blank or FieldAction.Remove or FieldAction.Refuse => node.Action,
        _ => list.Unlisted switch
        {
            UnlistedAction.Refuse => FieldAction.Refuse,
            UnlistedAction.Blank when node is not null => FieldAction.Blank,
            _ => FieldAction.Remove,
        },
    };

    /// <summary>Text between two elements: cut where only structure is listed; comments and instructions always.</summary>
    private bool Text(FieldNode node, int start, int end, bool allowed, ref bool hasContent)
    {
        int at = start;
        while (at < end)
        {
            int markup = source[at..end].IndexOf((byte)'<');
            int textEnd = markup < 0 ? end : at + markup;
            if (!Piece(node, at, textEnd, allowed, IsSpace(source[at..textEnd]), ref hasContent))
            {
                return false;
            }

            at = textEnd;
            if (at == end)
            {
                break;
            }

            ReadOnlySpan<byte> rest = source[at..end];
            if (rest.StartsWith("<![CDATA["u8))
            {
                int after = at + rest.IndexOf("]]>"u8) + 3;
                if (!Piece(node, at, after, allowed, after - at == 12, ref hasContent))
                {
                    return false;
                }

                at = after;
            }
            else
            {
                int after = at + (rest.StartsWith("<!--"u8) ? 4 + rest[4..].IndexOf("-->"u8) + 3 : rest.IndexOf("?>"u8) + 2);
                Cut(at, after);
                at = after;
            }
        }

        return true;
    }

    private bool Piece(FieldNode node, int start, int end, bool allowed, bool blank, ref bool hasContent)
    {
        if (start == end || (blank && source[start] != (byte)'<'))
        {
            return true;
        }

        hasContent |= !blank;
        if (allowed)
        {
            return true;
        }

        if (!blank)
        {
            if (list.Unlisted == UnlistedAction.Refuse)
            {
                return Refuse(node, node.Path.Length == 0 ? null : node, RefusalPhrases.Of("text_where_list_knows_only_elements"));
            }

            Leave(node, node.Path.Length == 0 ? null : node);
        }

        Cut(start, end);
        return true;
    }

    private static bool IsSpace(ReadOnlySpan<byte> text) => text.IndexOfAnyExcept(" \t\r\n"u8) < 0;

    private bool Attributes(XmlElement element, FieldNode node, out bool nil)
    {
        nil = false;
        int at = element.NameRange.End;
        XmlAttributes.Enumerator parsed = element.Attributes.GetEnumerator();
        while (XmlStartTagAttribute.TryRead(source, ref at, out XmlStartTagAttribute written))
        {
            if (written.IsDeclaration)
            {
                if (!namespaces.MayBeDeclared(written.Value(source)))
                {
                    Cut(written.Start, written.End);
                }

                continue;
            }

            parsed.MoveNext();
            if (!Attribute(element, node, parsed.Current, written, ref nil))
            {
                return false;
            }
        }

        return true;
    }

    private bool Attribute(XmlElement element, FieldNode node, XmlAttribute attribute, XmlStartTagAttribute written, ref bool nil)
    {
        string space = attribute.NamespaceUri;
        string name = attribute.LocalName;
        if (space == XmlFieldFilter.InstanceNamespace)
        {
            return Instance(element, node, attribute.Value.Trim(), name, written, ref nil);
        }

        if (space is XmlFieldFilter.EnvelopeNamespace or "http://www.w3.org/XML/1998/namespace")
        {
            // encodingStyle, xml:lang and the like: no field of the service, and no room for one.
            Cut(written.Start, written.End);
            return true;
        }

        FieldNode? found = null;
        if (space.Length == 0 || namespaces.MayBeDeclared(space))
        {
            byte[] utf8 = System.Text.Encoding.UTF8.GetBytes(name);
            found = node.Attribute(utf8, NameTable.Hash(utf8));
        }

        switch (ActionFor(found))
        {
            case FieldAction.Allow:
                return true;
            case FieldAction.Refuse:
                return Refuse(node, found, RefusalPhrases.Of("attribute"));
            case FieldAction.Blank:
                tally.Known(found!, blanked: true);
                Cut(written.ValueStart, written.End - 1);
                return true;
            default:
                Leave(node, found);
                Cut(written.Start, written.End);
                return true;
        }
    }

    private bool Instance(XmlElement element, FieldNode node, string value, string name, XmlStartTagAttribute written, ref bool nil)
    {
        if (name == "nil" && value is "true" or "1" or "false" or "0")
        {
            nil = value is "true" or "1";
            return true;
        }

        if (name == "type" && (namespaces.TypeSubstitution || IsOwnType(element, value)))
        {
            return true;
        }

        if (name is "schemaLocation" or "noNamespaceSchemaLocation")
        {
            Cut(written.Start, written.End);
            return true;
        }

        refusal = new PolicyRefusal(
            name == "type" ? "type_substitution" : "wrong_instance_attribute",
            node.Path,
            RefusalPhrases.Of("element_of_type_its_contract_gives_it"),
            name is "type" or "nil" ? RefusalPhrases.Of("xsi_that_does_not_fit", name) : RefusalPhrases.Of("attribute_of_xml_schema_instance"),
            RefusalPhrases.Of("send_element_without_it"));
        return false;
    }

    private readonly bool IsOwnType(XmlElement element, string value)
    {
        int colon = value.IndexOf(':');
        return element.TryResolvePrefix(colon < 0 ? string.Empty : value[..colon], out string space)
            && namespaces.IsOwnType(space, value[(colon + 1)..], element.HasOnlyText);
    }

    /// <summary>Keeps the element's tags and nothing of it.</summary>
    private void Blank(XmlElement element, FieldNode node)
    {
        tally.Known(node, blanked: true);
        int at = element.NameRange.End;
        while (XmlStartTagAttribute.TryRead(source, ref at, out XmlStartTagAttribute written))
        {
            // Declarations of expected namespaces stay: the tag's own prefix may need them.
            if (!written.IsDeclaration || !namespaces.MayBeDeclared(written.Value(source)))
            {
                Cut(written.Start, written.End);
            }
        }

        Cut(element.InnerRange.Start, element.InnerRange.End);
        NoteRemoved(element);
    }

    /// <summary>Keeps the reference to a part and nothing else of the element (XOP §2.1: one attribute, no content).</summary>
    private readonly void Include(XmlElement element)
    {
        keptIncludes.Add(Reference(element));
        int at = element.NameRange.End;
        XmlAttributes.Enumerator parsed = element.Attributes.GetEnumerator();
        while (XmlStartTagAttribute.TryRead(source, ref at, out XmlStartTagAttribute written))
        {
            bool stays = written.IsDeclaration
                ? namespaces.MayBeDeclared(written.Value(source))
                : parsed.MoveNext() && parsed.Current.Is(string.Empty, "href");
            if (!stays)
            {
                Cut(written.Start, written.End);
            }
        }

        Cut(element.InnerRange.Start, element.InnerRange.End);
    }

    private readonly void NoteRemoved(XmlElement element)
    {
        if (element.Is(XmlFieldFilter.IncludeNamespace, "Include"))
        {
            removedIncludes.Add(Reference(element));
        }

        foreach (XmlElement child in element.Children)
        {
            NoteRemoved(child);
        }
    }

    private static string Reference(XmlElement include) =>
        include.TryGetAttribute(string.Empty, "href", out XmlAttribute href) ? Uri.UnescapeDataString(href.Value) : string.Empty;

    private void Leave(FieldNode parent, FieldNode? node)
    {
        if (node is null)
        {
            tally.Unknown(parent);
        }
        else
        {
            tally.Known(node, blanked: false);
        }
    }

    private bool Refuse(FieldNode parent, FieldNode? node, string found)
    {
        refusal = new PolicyRefusal("field_not_listed", node?.Path ?? FilterTally.UnknownPath(parent), RefusalPhrases.Of("only_fields_that_agreement_lists"), RefusalPhrases.Of("that_it_does_not_list", found), RefusalPhrases.Of("leave_field_out_or_have_it_added_to_list"));
        return false;
    }

    private readonly void Cut(int start, int end)
    {
        if (end > start)
        {
            cuts.Add(new XmlRange(start, end));
        }
    }
}
