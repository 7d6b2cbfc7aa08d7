using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Tunduk.Xml;

namespace Tunduk.Adapter.Filtering;

/// <summary>
/// Takes what a sender could still say with out of an element that was filtered: a prefix and the reference to a part
/// are texts of the sender's choice that no list names. One conventional prefix for a namespace stays as it is, so that
/// what common toolkits write leaves byte for byte; any other is replaced by one of ours. References to parts are
/// numbered. LIMIT: a prefix in the text of a QName field keeps its old name; such a field names nothing after it.
/// </summary>
internal static partial class XmlNeutral
{
    private const string Xsi = XmlFieldFilter.InstanceNamespace;

    /// <summary>What an attachment is called that a field refers to; a number follows.</summary>
    private const string PartName = "part-";

    /// <summary>Gives the element as it may leave, and the new names of the parts it refers to by their old ones.</summary>
    public static ReadOnlyMemory<byte> Apply(ReadOnlyMemory<byte> xml, out IReadOnlyDictionary<string, string> renamed)
    {
        var parts = new Dictionary<string, string>(StringComparer.Ordinal);
        renamed = parts;
        if (!XmlTape.TryParse(xml, out var tape, out _))
        {
            throw new InvalidOperationException("what was filtered is well formed");
        }

        using (tape)
        {
            var kept = new Dictionary<string, string>(StringComparer.Ordinal);
            if (IsPlain(tape.Root, kept))
            {
                return xml;
            }

            var writer = new Writer(tape.Source, parts);
            writer.Root(tape.Root);
            return writer.Written;
        }
    }

    // One prefix for each namespace in the whole message, each of those that toolkits make, and no reference to a part.
    private static bool IsPlain(XmlElement element, Dictionary<string, string> kept)
    {
        if (element.Is(XmlFieldFilter.IncludeNamespace, "Include") || !Declared(element, kept))
        {
            return false;
        }

        foreach (XmlElement child in element.Children)
        {
            if (!IsPlain(child, kept))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Declared(XmlElement element, Dictionary<string, string> kept)
    {
        ReadOnlySpan<byte> source = element.Tape.Source.Span;
        int at = element.NameRange.End;
        while (XmlStartTagAttribute.TryRead(source, ref at, out XmlStartTagAttribute written))
        {
            if (!written.IsDeclaration)
            {
                continue;
            }

            string name = Encoding.UTF8.GetString(source[written.Start..written.ValueStart]).Trim();
            int equals = name.IndexOf('=', StringComparison.Ordinal);
            name = name[..equals].TrimEnd();
            string prefix = name.Length > 6 ? name[6..] : string.Empty;
            string uri = written.Value(source);
            if (prefix.Length == 0)
            {
                continue;
            }

            if (!Conventional().IsMatch(prefix) || (kept.TryGetValue(uri, out string? earlier) && earlier != prefix))
            {
                return false;
            }

            kept[uri] = prefix;
        }

        return true;
    }

    [GeneratedRegex("^([a-z]|ns|tns|xsi|xsd|xs|xop|xmime|soap|soapenv|SOAP-ENV|env|SOAP-ENC|xro|xrd|xroad|iden|prod|web|ser|urn|req|res|impl|typ|types|dto|v)[0-9]{0,2}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Conventional();

    private sealed class Writer(ReadOnlyMemory<byte> source, Dictionary<string, string> parts)
    {
        private readonly ArrayBufferWriter<byte> output = new(source.Length + 256);
        private readonly Dictionary<string, string> prefixes = new(StringComparer.Ordinal) { [Xsi] = "xsi", [XmlFieldFilter.SchemaNamespace] = "xsd", [XmlFieldFilter.IncludeNamespace] = "xop" };
        private readonly List<string> used = [];

        public ReadOnlyMemory<byte> Written => output.WrittenMemory;

        public void Root(XmlElement root)
        {
            Collect(root);
            Element(root, string.Empty, isRoot: true);
        }

        private void Collect(XmlElement element)
        {
            if (element.Prefix.Length > 0)
            {
                Use(element.NamespaceUri);
            }

            foreach (XmlAttribute attribute in element.Attributes)
            {
                if (attribute.Prefix.Length > 0)
                {
                    Use(attribute.NamespaceUri);
                }

                if (attribute.Is(Xsi, "type") && TypeName(element, attribute) is ({ Length: > 0 } uri, _))
                {
                    Use(uri);
                }
            }

            foreach (XmlElement child in element.Children)
            {
                Collect(child);
            }
        }

        private void Use(string uri)
        {
            if (used.Contains(uri))
            {
                return;
            }

            used.Add(uri);
            prefixes.TryAdd(uri, "n" + (used.Count(u => prefixes.TryGetValue(u, out string? p) && p[0] == 'n') + 1).ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        private static (string? Uri, string Local) TypeName(XmlElement element, XmlAttribute attribute)
        {
            string text = attribute.Value.Trim();
            int colon = text.IndexOf(':', StringComparison.Ordinal);
            return element.TryResolvePrefix(colon < 0 ? string.Empty : text[..colon], out string uri) ? (uri, text[(colon + 1)..]) : (null, text[(colon + 1)..]);
        }

        private void Element(XmlElement element, string defaultNamespace, bool isRoot = false)
        {
            string name = Name(element.Prefix, element.NamespaceUri, element.LocalName);
            Write("<");
            Write(name);
            if (isRoot)
            {
                foreach (string uri in used)
                {
                    Declare(":" + prefixes[uri], uri);
                }
            }

            if (element.Prefix.Length == 0 && element.NamespaceUri != defaultNamespace)
            {
                defaultNamespace = element.NamespaceUri;
                Declare(string.Empty, defaultNamespace);
            }

            bool isInclude = element.Is(XmlFieldFilter.IncludeNamespace, "Include");
            foreach (XmlAttribute attribute in element.Attributes)
            {
                Write(" ");
                Write(Name(attribute.Prefix, attribute.NamespaceUri, attribute.LocalName));
                Write("=");
                XmlRange value = attribute.ValueRange;
                if (isInclude && attribute.Is(string.Empty, "href"))
                {
                    Write($"\"cid:{Part(attribute.Value)}\"");
                }
                else if (attribute.Is(Xsi, "type") && TypeName(element, attribute) is (var uri, var local))
                {
                    Write($"\"{(uri is { Length: > 0 } ? prefixes[uri] + ":" : string.Empty)}{local}\"");
                }
                else
                {
                    output.Write(source.Span[(value.Start - 1)..(value.End + 1)]);
                }
            }

            if (element.IsEmptyTag)
            {
                Write("/>");
                return;
            }

            Write(">");
            int at = element.InnerRange.Start;
            foreach (XmlElement child in element.Children)
            {
                output.Write(source.Span[at..child.OuterRange.Start]);
                Element(child, defaultNamespace);
                at = child.OuterRange.End;
            }

            output.Write(source.Span[at..element.InnerRange.End]);
            Write("</");
            Write(name);
            Write(">");
        }

        private string Part(string href)
        {
            string id = Uri.UnescapeDataString(href.StartsWith("cid:", StringComparison.OrdinalIgnoreCase) ? href[4..] : href);
            if (!parts.TryGetValue(id, out string? name))
            {
                parts[id] = name = PartName + (parts.Count + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
            }

            return name;
        }

        private string Name(string prefix, string uri, string local) =>
            prefix.Length == 0 || prefix == "xml" ? (prefix.Length == 0 ? local : "xml:" + local) : prefixes[uri] + ":" + local;

        private void Declare(string suffix, string uri)
        {
            Write($" xmlns{suffix}=\"");
            Write(uri.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace("\"", "&quot;", StringComparison.Ordinal));
            Write("\"");
        }

        private void Write(string text) => Encoding.UTF8.GetBytes(text, output);
    }
}
