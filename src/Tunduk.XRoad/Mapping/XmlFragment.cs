using System.Text;
using System.Xml;
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

    /// <summary>Reads the element with the namespaces in scope, so that prefixes in its values keep their meaning.</summary>
    public static string Read(XmlReader reader, MappingLimits limits, MappingTrace trace)
    {
        var text = new StringBuilder();
        using (var writer = XmlWriter.Create(text, WriterSettings))
        {
            var scope = (reader as IXmlNamespaceResolver)?.GetNamespacesInScope(XmlNamespaceScope.ExcludeXml);
            Copy(reader, writer, scope, limits, trace);
        }

        return text.ToString();
    }

    /// <summary>Checks XML text from JSON and returns it rewritten; null when it is not one well-formed element.</summary>
    public static (QualifiedName Name, string Xml)? Check(string xml, MappingLimits limits, MappingTrace trace)
    {
        try
        {
            using var reader = XmlReader.Create(new StringReader(xml), new XmlReaderSettings
            {
                DtdProcessing = DtdProcessing.Prohibit,
                XmlResolver = null,
                IgnoreComments = true,
                IgnoreProcessingInstructions = true,
                ConformanceLevel = ConformanceLevel.Document,
            });
            reader.MoveToContent();
            var name = new QualifiedName(reader.NamespaceURI, reader.LocalName);
            var text = new StringBuilder();
            using (var writer = XmlWriter.Create(text, WriterSettings))
            {
                Copy(reader, writer, null, limits, trace);
            }

            while (reader.Read())
            {
                // To the end, so that a second element or rubbish is found.
            }

            return (name, text.ToString());
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private static void Copy(XmlReader reader, XmlWriter writer, IDictionary<string, string>? scope, MappingLimits limits, MappingTrace trace)
    {
        var start = reader.Depth;
        while (true)
        {
            if (reader.Depth - start > limits.MaxDepth)
            {
                trace.Fault(MappingCodes.TooDeep, default, $"at most {limits.MaxDepth} levels", "more");
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
    private static bool StartElement(XmlReader reader, XmlWriter writer, IDictionary<string, string>? scope)
    {
        writer.WriteStartElement(reader.Prefix, reader.LocalName, reader.NamespaceURI);
        if (scope is not null)
        {
            foreach (var (prefix, ns) in scope)
            {
                if (prefix.Length > 0 && prefix != reader.Prefix)
                {
                    writer.WriteAttributeString("xmlns", prefix, "http://www.w3.org/2000/xmlns/", ns);
                }
            }
        }

        var empty = reader.IsEmptyElement;
        while (reader.MoveToNextAttribute())
        {
            var declared = reader.NamespaceURI == "http://www.w3.org/2000/xmlns/";
            if (!declared || scope is null)
            {
                writer.WriteAttributeString(reader.Prefix, reader.LocalName, reader.NamespaceURI, reader.Value);
            }
        }

        reader.MoveToElement();
        if (empty)
        {
            writer.WriteFullEndElement();
        }

        return empty;
    }
}
