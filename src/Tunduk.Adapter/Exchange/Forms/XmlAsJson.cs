using System.Buffers;
using System.Text.Json;
using Tunduk.Xml;

namespace Tunduk.Adapter.Exchange.Forms;

/// <summary>
/// The content of an XML element as JSON by the message alone, for the archive and the search of persons: names without
/// namespaces, repeated elements as arrays, attributes as <c>@name</c>, text beside them as <c>$</c>. What a contract would
/// say about types nobody knows here: every value is a text.
/// </summary>
internal static class XmlAsJson
{
    /// <summary>Writes the content; null when it is nested deeper than allowed.</summary>
    public static ReadOnlyMemory<byte>? Write(XmlElement element, int maxDepth)
    {
        var output = new ArrayBufferWriter<byte>(element.OuterRange.Length + 64);
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { MaxDepth = maxDepth, SkipValidation = true }))
        {
            if (!WriteObject(json, element, maxDepth))
            {
                return null;
            }
        }

        return output.WrittenMemory;
    }

    private static bool WriteValue(Utf8JsonWriter json, XmlElement element, int depth)
    {
        if (!element.Children.Any() && !HasAttributes(element))
        {
            json.WriteStringValue(element.TextUtf8.Span);
            return true;
        }

        return WriteObject(json, element, depth);
    }

    private static bool WriteObject(Utf8JsonWriter json, XmlElement element, int depth)
    {
        // An object and the array it stands in.
        if (depth < 2)
        {
            return false;
        }

        json.WriteStartObject();
        foreach (var attribute in element.Attributes)
        {
            json.WriteString("@" + attribute.LocalName, attribute.ValueUtf8.Span);
        }

        var names = new List<string>();
        var groups = new Dictionary<string, List<XmlElement>>(StringComparer.Ordinal);
        foreach (var child in element.Children)
        {
            if (!groups.TryGetValue(child.LocalName, out var group))
            {
                groups[child.LocalName] = group = [];
                names.Add(child.LocalName);
            }

            group.Add(child);
        }

        foreach (var name in names)
        {
            json.WritePropertyName(name);
            if (!WriteGroup(json, groups[name], depth))
            {
                return false;
            }
        }

        var text = element.TextUtf8.Span;
        if (text.IndexOfAnyExcept(" \t\r\n"u8) >= 0)
        {
            json.WriteString("$"u8, text);
        }

        json.WriteEndObject();
        return true;
    }

    private static bool WriteGroup(Utf8JsonWriter json, List<XmlElement> group, int depth)
    {
        if (group.Count == 1)
        {
            return WriteValue(json, group[0], depth - 1);
        }

        json.WriteStartArray();
        foreach (var item in group)
        {
            if (!WriteValue(json, item, depth - 2))
            {
                return false;
            }
        }

        json.WriteEndArray();
        return true;
    }

    private static bool HasAttributes(XmlElement element)
    {
        foreach (var attribute in element.Attributes)
        {
            if (attribute.NamespaceUri != Filtering.XmlFieldFilter.InstanceNamespace)
            {
                return true;
            }
        }

        return false;
    }
}
