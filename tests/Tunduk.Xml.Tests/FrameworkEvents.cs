using System.Text;
using System.Xml;

namespace Tunduk.Xml.Tests;

/// <summary>The same document as the framework's reader and as the tape see it, in one notation.</summary>
internal static class FrameworkEvents
{
    public static string? OfFramework(byte[] document)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
        var events = new StringBuilder();
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(document), settings);
            while (reader.Read())
            {
                Append(events, reader);
            }
        }
        catch (XmlException)
        {
            return null;
        }

        return events.ToString();
    }

    public static string? OfTape(byte[] document)
    {
        if (!XmlTape.TryParse(document, out XmlTape? tape, out _))
        {
            return null;
        }

        using (tape)
        {
            var events = new StringBuilder();
            Append(events, tape.Root);
            return events.ToString();
        }
    }

    /// <summary>"UTF8" is no name of IANA's: the framework refuses it, the parser of security servers and ours take it for what it means.</summary>
    public static bool SaysUtf8WithoutHyphen(byte[] document) => document.AsSpan(0, Math.Min(document.Length, 64)).IndexOf("encoding=\"utf8\""u8) >= 0;

    /// <summary>The framework reads names by the fourth edition of XML 1.0, whose alphabet is smaller.</summary>
    public static bool HasFifthEditionName(byte[] document)
    {
        if (!XmlTape.TryParse(document, out XmlTape? tape, out _))
        {
            return false;
        }

        using (tape)
        {
            return HasFifthEditionName(tape.Root);
        }
    }

    private static bool HasFifthEditionName(XmlElement element) =>
        IsNew(element.LocalName) || IsNew(element.Prefix)
        || element.Attributes.Any(a => IsNew(a.LocalName) || IsNew(a.Prefix))
        || element.Children.Any(HasFifthEditionName);

    private static bool IsNew(string name) => name.Length > 0 && (!name.All(XmlConvert.IsNCNameChar) || !XmlConvert.IsStartNCNameChar(name[0]));

    private static void Append(StringBuilder events, XmlReader reader)
    {
        switch (reader.NodeType)
        {
            case XmlNodeType.Element:
                bool isEmpty = reader.IsEmptyElement;
                events.Append('<').Append(reader.NamespaceURI).Append('|').Append(reader.Prefix).Append('|').Append(reader.LocalName);
                while (reader.MoveToNextAttribute())
                {
                    if (reader.NamespaceURI != "http://www.w3.org/2000/xmlns/")
                    {
                        AppendAttribute(events, reader.NamespaceURI, reader.LocalName, reader.Value);
                    }
                }

                events.Append('>');
                if (isEmpty)
                {
                    events.Append("</>");
                }

                break;
            case XmlNodeType.EndElement:
                events.Append("</>");
                break;
            case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace:
            case XmlNodeType.Whitespace when reader.Depth > 0:
                events.Append(reader.Value);
                break;
        }
    }

    private static void Append(StringBuilder events, XmlElement element)
    {
        events.Append('<').Append(element.NamespaceUri).Append('|').Append(element.Prefix).Append('|').Append(element.LocalName);
        foreach (XmlAttribute attribute in element.Attributes)
        {
            AppendAttribute(events, attribute.NamespaceUri, attribute.LocalName, attribute.Value);
        }

        events.Append('>');
        XmlTape tape = element.Tape;
        int end = element.Node.Next;
        for (int i = element.Index + 1; i < end; i = tape.Nodes[i].Next)
        {
            ref XmlNode node = ref tape.Nodes[i];
            ReadOnlySpan<byte> raw = tape.Source.Span[node.InnerStart..node.InnerEnd];
            byte[] decoded = new byte[raw.Length];
            switch (node.Kind)
            {
                case XmlNodeKind.Element:
                    Append(events, new XmlElement(tape, i));
                    break;
                case XmlNodeKind.Text:
                    events.Append(Encoding.UTF8.GetString(decoded, 0, XmlText.Decode(raw, isAttribute: false, decoded)));
                    break;
                case XmlNodeKind.Cdata:
                    events.Append(Encoding.UTF8.GetString(decoded, 0, XmlText.DecodeLineEnds(raw, decoded)));
                    break;
            }
        }

        events.Append("</>");
    }

    private static void AppendAttribute(StringBuilder events, string space, string name, string value) =>
        events.Append(' ').Append(space).Append('|').Append(name).Append("=[").Append(value).Append(']');
}
