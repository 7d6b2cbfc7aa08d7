using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Tunduk.XRoad.Contracts.JsonRules;

/// <summary>One text for equal JSON values: members by name, numbers by value (JSON Schema 2020-12 core §4.2.2).</summary>
internal static class JsonCanonical
{
    /// <summary>The text of the value the reader stands on; the reader is left on its last token.</summary>
    /// <exception cref="InvalidOperationException">A text holds a lone surrogate.</exception>
    public static string Of(ref Utf8JsonReader reader)
    {
        var text = new StringBuilder();
        Write(ref reader, text);
        return text.ToString();
    }

    /// <summary>The text of a document.</summary>
    public static string Of(string json)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json), new JsonReaderOptions { MaxDepth = 1_000 });
        reader.Read();
        return Of(ref reader);
    }

    private static void Write(ref Utf8JsonReader reader, StringBuilder text)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var members = new List<(string Name, string Value)>();
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var name = reader.GetString()!;
                    reader.Read();
                    members.Add((name, Of(ref reader)));
                }

                members.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
                text.Append('{').AppendJoin(',', members.Select(member => Quoted(member.Name) + ":" + member.Value)).Append('}');
                break;
            case JsonTokenType.StartArray:
                text.Append('[');
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    Write(ref reader, text);
                    text.Append(',');
                }

                text.Append(']');
                break;
            case JsonTokenType.String:
                text.Append(Quoted(reader.GetString()!));
                break;
            case JsonTokenType.Number:
                text.Append(JsonNumber.TryParse(reader.ValueSpan, out var number) ? number.ToString() : Encoding.ASCII.GetString(reader.ValueSpan));
                break;
            default:
                text.Append(reader.TokenType == JsonTokenType.True ? "true" : reader.TokenType == JsonTokenType.False ? "false" : "null");
                break;
        }
    }

    // The length first: no text can imitate another.
    private static string Quoted(string text) => string.Create(CultureInfo.InvariantCulture, $"\"{text.Length}:{text}\"");
}
