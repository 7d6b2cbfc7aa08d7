using System.Text;
using System.Xml;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Mapping;

/// <summary>An element that the contract does not describe (<c>xs:any</c>, <c>xs:anyType</c>), as XML text of its own.</summary>
internal static class XmlFragment
{
    private static readonly XmlWriterSettings WriterSettings = new()
    {
        OmitXmlDeclaration = true,
        ConformanceLevel = ConformanceLevel.Fragment,
        NewLineHandling = NewLineHandling.Entitize,
    };

    private static readonly XmlReaderSettings ReaderSettings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    /// <summary>Reads the element with the namespaces in scope, so that prefixes in its values keep their meaning.</summary>
    public static string Read(XmlReader reader, MappingLimits limits, MappingTrace trace)
    {
        var scope = (reader as IXmlNamespaceResolver)?.GetNamespacesInScope(XmlNamespaceScope.ExcludeXml);
        var xml = Copy(reader, null, limits, trace);

        // A prefix in a value (xsi:type, a QName) is not seen as used; its declaration is carried along.
        var needed = scope?.Where(n => n.Key.Length > 0 && xml.Contains(n.Key + ":", StringComparison.Ordinal) &&
            !xml.Contains("xmlns:" + n.Key + "=", StringComparison.Ordinal)).ToList();
        if (needed is not { Count: > 0 })
        {
            return xml;
        }

        using var again = XmlReader.Create(new StringReader(xml), ReaderSettings);
        again.MoveToContent();
        return Copy(again, needed, limits, trace);
    }

    /// <summary>Checks XML text from JSON and returns it rewritten; null when it is not one well-formed element.</summary>
    public static (QualifiedName Name, string Xml, bool Nil)? Check(string xml, MappingLimits limits, MappingTrace trace)
    {
        try
        {
            using var reader = XmlReader.Create(new StringReader(xml), ReaderSettings);
            reader.MoveToContent();
            var name = new QualifiedName(reader.NamespaceURI, reader.LocalName);
            var nil = reader.GetAttribute("nil", MessageTags.Xsi)?.Trim() is "true" or "1";
            var copy = Copy(reader, null, limits, trace);
            while (reader.Read())
            {
                // To the end, so that a second element or rubbish is found.
            }

            return (name, copy, nil);
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private static string Copy(XmlReader reader, List<KeyValuePair<string, string>>? scope, MappingLimits limits, MappingTrace trace)
    {
        var text = new StringBuilder();
        using (var writer = XmlWriter.Create(text, WriterSettings))
        {
            Copy(reader, writer, scope, limits, trace);
        }

        return text.ToString();
    }

    private static void Copy(XmlReader reader, XmlWriter writer, List<KeyValuePair<string, string>>? scope, MappingLimits limits, MappingTrace trace)
    {
        var start = reader.Depth;
        while (true)
        {
            if (reader.Depth - start > limits.MaxDepth)
            {
                trace.Fault(MappingCodes.TooDeep, default, Phrases.Of("Mapping.MostLevels", limits.MaxDepth), Phrases.Of("Mapping.More"));
                throw new MappingAbortException();
            }

            var ends = false;
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    ends = StartElement(reader, writer, reader.Depth == start ? scope : null);
                    break;
                case XmlNodeType.EndElement:
                    writer.WriteFullEndElement();
                    ends = true;
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace:
                    writer.WriteString(reader.Value);
                    break;
            }

            var done = ends && reader.Depth == start;
            if (!reader.Read() || done)
            {
                return;
            }
        }
    }

    /// <summary>True when the element is empty and therefore ended too.</summary>
    private static bool StartElement(XmlReader reader, XmlWriter writer, List<KeyValuePair<string, string>>? scope)
    {
        writer.WriteStartElement(reader.Prefix, reader.LocalName, reader.NamespaceURI);
        if (scope is not null)
        {
            foreach (var (prefix, ns) in scope)
            {
                writer.WriteAttributeString("xmlns", prefix, "http://www.w3.org/2000/xmlns/", ns);
            }
        }

        var empty = reader.IsEmptyElement;
        while (reader.MoveToNextAttribute())
        {
            writer.WriteAttributeString(reader.Prefix, reader.LocalName, reader.NamespaceURI, reader.Value);
        }

        reader.MoveToElement();
        if (empty)
        {
            writer.WriteFullEndElement();
        }

        return empty;
    }
}
