using System.Text.Json;
using System.Xml;
using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Mapping;

/// <summary>Writes the list <c>$content</c>: children as one-member objects in their order, text of mixed content as strings.</summary>
internal sealed class XmlListContent(XmlToJsonMapper mapper, XmlReader reader, Utf8JsonWriter writer, MappingTrace trace)
{
    public void Write(ComplexType type)
    {
        writer.WritePropertyName(XmlToJsonMapper.Content);
        writer.WriteStartArray();
        trace.Push("$content");
        var state = ContentModel.Start;
        var count = 0;
        if (!reader.IsEmptyElement)
        {
            reader.Read();
            while (reader.NodeType != XmlNodeType.EndElement && !reader.EOF)
            {
                if (reader.NodeType != XmlNodeType.Element)
                {
                    Text(type, mapper.MixedText());
                    continue;
                }

                trace.NextItem();
                var index = mapper.Match(type, ref state, ref count);
                if (index < 0)
                {
                    reader.Skip();
                    continue;
                }

                var member = type.Members[index];
                writer.WriteStartObject();
                writer.WritePropertyName(member.EncodedName);
                trace.Push(member.JsonName);
                mapper.Child(member);
                trace.Pop();
                writer.WriteEndObject();
            }
        }

        reader.Read();
        if (!type.Model.IsEnd(state, count))
        {
            mapper.Incomplete(type, state, count);
        }

        trace.Pop();
        writer.WriteEndArray();
    }

    private void Text(ComplexType type, string value)
    {
        if (type.Content == ContentKind.Mixed)
        {
            if (value.Length > 0)
            {
                trace.NextItem();
                writer.WriteStringValue(value);
            }
        }
        else if (!string.IsNullOrWhiteSpace(value))
        {
            trace.Fault(MappingCodes.Unknown, type.Location, Phrases.Of("Mapping.ElementsOnly"), Phrases.Of("Mapping.Text"));
        }
    }
}
