using System.Text;
using System.Text.Json;
using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Mapping;

/// <summary>
/// Holds JSON against a type read from OpenAPI, in one pass: required members, kinds, facets, and members beyond
/// <c>additionalProperties: false</c>. What the description leaves open (oneOf, lists of lists) passes unchecked.
/// </summary>
public static class JsonCheck
{
    /// <summary>Checks a whole document.</summary>
    /// <param name="element">The root of a message, or one of its parts.</param>
    /// <param name="json">The document.</param>
    /// <param name="limits">Depth and number of faults.</param>
    public static MappingResult Check(ElementDeclaration element, ReadOnlySpan<byte> json, MappingLimits? limits = null)
    {
        limits ??= new MappingLimits();
        var trace = new MappingTrace(limits);
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = limits.MaxDepth });
        try
        {
            reader.Read();
            Value(element, ref reader, trace);
            while (reader.Read())
            {
                // What follows the document is told by the reader.
            }
        }
        catch (JsonException e)
        {
            trace.Fault(MappingCodes.MalformedJson, element.Location, "JSON", $"an error at line {e.LineNumber + 1}");
        }

        return trace.Result();
    }

    /// <summary>Checks one text: a value of a path or of a query.</summary>
    /// <param name="element">The parameter.</param>
    /// <param name="text">Its value, decoded.</param>
    public static MappingFault? CheckText(ElementDeclaration element, string text)
    {
        if (element.Type is not SimpleType simple)
        {
            return null;
        }

        var violation = SimpleValue.Check(simple, SimpleValue.Normalize(simple, text));
        return violation.IsNone ? null : new MappingFault(violation.Code, element.Name.Local, element.Location, violation.Expected, $"text of {text.Length} characters");
    }

    private static void Value(ElementDeclaration element, ref Utf8JsonReader reader, MappingTrace trace)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            if (!element.Nillable && element.Type is not ComplexType { Content: ContentKind.Any })
            {
                trace.Fault(MappingCodes.NotNillable, element.Location, "a value", "null");
            }
        }
        else if (element.Type is SimpleType simple)
        {
            Scalar(simple, element.Location, ref reader, trace);
        }
        else if (element.Type is ComplexType { Content: not ContentKind.Any } type)
        {
            Object(type, element.Location, ref reader, trace);
        }
        else
        {
            reader.Skip();
        }
    }

    private static void Object(ComplexType type, SchemaLocation at, ref Utf8JsonReader reader, MappingTrace trace)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            trace.Fault(MappingCodes.Type, at, "an object", Kind(reader.TokenType));
            reader.Skip();
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Name(ref reader);
            reader.Read();
            if (name is null || !seen.Add(name))
            {
                trace.Fault(name is null ? MappingCodes.Character : MappingCodes.Duplicate, at, name is null ? "a name of whole characters" : "the member once", name is null ? "a lone surrogate" : "a second one", name);
                reader.Skip();
                continue;
            }

            var index = type.MemberTable.Find(Encoding.UTF8.GetBytes(name));
            if (index < 0)
            {
                if (type.Closed)
                {
                    trace.Fault(MappingCodes.Unknown, at, "a member the description has", "another", name);
                }

                reader.Skip();
                continue;
            }

            trace.Push(name);
            Member(type.Members[index], ref reader, trace);
            trace.Pop();
        }

        foreach (var member in type.Members.Where(member => member.Required && !seen.Contains(member.JsonName)))
        {
            trace.Fault(MappingCodes.Required, member.Element!.Location, "the member", "nothing", member.JsonName);
        }
    }

    private static void Member(Member member, ref Utf8JsonReader reader, MappingTrace trace)
    {
        if (!member.Repeated)
        {
            Value(member.Element!, ref reader, trace);
            return;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            trace.Fault(MappingCodes.Type, member.Element!.Location, "an array", Kind(reader.TokenType));
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            trace.NextItem();
            Value(member.Element!, ref reader, trace);
        }
    }

    private static void Scalar(SimpleType type, SchemaLocation at, ref Utf8JsonReader reader, MappingTrace trace)
    {
        var expected = type.JsonForm switch
        {
            JsonForm.Boolean => reader.TokenType is JsonTokenType.True or JsonTokenType.False,
            JsonForm.Number => reader.TokenType == JsonTokenType.Number,
            _ => reader.TokenType == JsonTokenType.String,
        };
        if (!expected)
        {
            trace.Fault(MappingCodes.Type, at, type.JsonForm switch { JsonForm.Boolean => "true or false", JsonForm.Number => "a number", _ => "a string" }, Kind(reader.TokenType));
            reader.Skip();
            return;
        }

        if (reader.TokenType is JsonTokenType.True or JsonTokenType.False)
        {
            return;
        }

        var text = reader.TokenType == JsonTokenType.Number ? Encoding.UTF8.GetString(reader.ValueSpan) : Name(ref reader);
        if (text is null)
        {
            trace.Fault(MappingCodes.Character, at, "a text of whole characters", "a lone surrogate");
            return;
        }

        // A number in another notation (1e2, 1.0) is the same number to JSON Schema.
        if (reader.TokenType == JsonTokenType.Number && type.Primitive == Primitive.Integer && decimal.TryParse(text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var whole) && whole == decimal.Truncate(whole))
        {
            text = decimal.Truncate(whole).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        var violation = SimpleValue.Check(type, SimpleValue.Normalize(type, text));
        if (!violation.IsNone)
        {
            trace.Fault(violation.Code, at, violation.Expected, $"{Kind(reader.TokenType)} of {text.Length} characters");
        }
    }

    private static string? Name(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string Kind(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.Null => "null",
        _ => "a truth value",
    };
}
