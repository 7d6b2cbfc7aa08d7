using System.Text.Json;
using Tunduk.XRoad.Contracts.Proto;
using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Contracts.OpenApi;

// Over 300 lines: one keyword list; every facet has its one place in it.

/// <summary>Writes the JSON form of types as JSON Schema 2020-12, named types as components that refer to each other.</summary>
internal sealed class JsonSchemaWriter(Utf8JsonWriter writer)
{
    private readonly Dictionary<ComplexType, string> names = [];
    private readonly Queue<ComplexType> pending = [];
    private readonly HashSet<string> taken = new(StringComparer.Ordinal);

    /// <summary>Writes what is still to be described, as members of <c>components/schemas</c>.</summary>
    public void Components()
    {
        while (pending.TryDequeue(out var type))
        {
            writer.WritePropertyName(names[type]);
            Object(type);
        }
    }

    public void Element(ElementDeclaration element)
    {
        if (!element.Nillable)
        {
            Type(element.Type, element.Title, element.Name.Local);
            return;
        }

        writer.WriteStartObject();
        writer.WriteStartArray("anyOf");
        Type(element.Type, element.Title, element.Name.Local);
        writer.WriteStartObject();
        writer.WriteString("type", "null");
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void Type(SchemaType type, string? title, string name)
    {
        switch (type)
        {
            case ComplexType { Content: ContentKind.Any }:
                Text("One XML element", title);
                break;
            case ComplexType { IsObject: false } value:
                Simple(value.SimpleContent!, title);
                break;
            case ComplexType { Derived.Count: > 0 } family:
                writer.WriteStartObject();
                writer.WriteStartArray("anyOf");
                foreach (var variant in family.Derived.Prepend(family).Where(t => !t.Abstract))
                {
                    Reference(variant, name, null);
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
                break;
            case ComplexType complex:
                Reference(complex, name, title);
                break;
            default:
                Simple((SimpleType)type, title);
                break;
        }
    }

    private void Reference(ComplexType type, string name, string? title)
    {
        if (!names.TryGetValue(type, out var known))
        {
            var wish = ProtoBuilder.Identifier(type.Name.Local.Length > 0 ? type.Name.Local : name, "type");
            known = UniqueNames.Take(taken, wish, "_");

            names.Add(type, known);
            pending.Enqueue(type);
        }

        writer.WriteStartObject();
        writer.WriteString("$ref", "#/components/schemas/" + known);
        Title(title);
        writer.WriteEndObject();
    }

    private void Object(ComplexType type)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "object");
        writer.WriteStartObject("properties");
        if (type.Base is not null || type.Derived.Count > 0)
        {
            writer.WriteStartObject("$type");
            writer.WriteString("const", type.TypeName);
            writer.WriteEndObject();
        }

        foreach (var attribute in type.Attributes)
        {
            writer.WritePropertyName(attribute.JsonName);
            Simple(attribute.Type, null);
        }

        if (type.Content == ContentKind.Simple)
        {
            writer.WritePropertyName("$");
            Simple(type.SimpleContent!, null);
        }
        else if (type.ContentAsList)
        {
            writer.WritePropertyName("$content");
            List(type);
        }
        else
        {
            foreach (var member in type.Members)
            {
                writer.WritePropertyName(member.JsonName);
                Member(member);
            }
        }

        writer.WriteEndObject();
        var required = type.Attributes.Where(a => a.Required).Select(a => a.JsonName)
            .Concat(type.ContentAsList ? [] : type.Members.Where(m => m.Required).Select(m => m.JsonName)).ToList();
        if (required.Count > 0)
        {
            writer.WriteStartArray("required");
            required.ForEach(writer.WriteStringValue);
            writer.WriteEndArray();
        }

        if (type.AnyAttribute is null)
        {
            writer.WriteBoolean("additionalProperties", false);
        }

        writer.WriteEndObject();
    }

    private void Member(Member member)
    {
        if (member.Repeated)
        {
            writer.WriteStartObject();
            writer.WriteString("type", "array");
            writer.WritePropertyName("items");
        }

        Item(member);
        if (member.Repeated)
        {
            writer.WriteEndObject();
        }
    }

    private void Item(Member member)
    {
        if (member.Element is { } element)
        {
            Element(element);
        }
        else
        {
            Text("One XML element", null);
        }
    }

    private void List(ComplexType type)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "array");
        writer.WriteStartObject("items");
        writer.WriteStartArray("anyOf");
        if (type.Content == ContentKind.Mixed || type.Members.Count == 0)
        {
            Text(null, null);
        }

        foreach (var member in type.Members)
        {
            writer.WriteStartObject();
            writer.WriteString("type", "object");
            writer.WriteStartObject("properties");
            writer.WritePropertyName(member.JsonName);
            Item(member);
            writer.WriteEndObject();
            writer.WriteStartArray("required");
            writer.WriteStringValue(member.JsonName);
            writer.WriteEndArray();
            writer.WriteBoolean("additionalProperties", false);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void Text(string? description, string? title)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "string");
        Title(title);
        if (description is not null)
        {
            writer.WriteString("description", description);
        }

        writer.WriteEndObject();
    }

    private void Title(string? title)
    {
        if (title is not null)
        {
            writer.WriteString("title", title);
        }
    }

    private void Simple(SimpleType type, string? title)
    {
        writer.WriteStartObject();
        Title(title);
        if (type.Variety == SimpleVariety.List)
        {
            writer.WriteString("type", "array");
            writer.WritePropertyName("items");
            Simple(type.ItemType!, null);
            writer.WriteEndObject();
            return;
        }

        switch (type.JsonForm)
        {
            case JsonForm.Boolean:
                writer.WriteString("type", "boolean");
                break;
            case JsonForm.Number when type.Primitive == Primitive.Integer:
                writer.WriteString("type", "integer");
                Bound("minimum", type.Facets.MinInclusive);
                Bound("maximum", type.Facets.MaxInclusive);
                Bound("exclusiveMinimum", type.Facets.MinExclusive);
                Bound("exclusiveMaximum", type.Facets.MaxExclusive);
                break;
            case JsonForm.Number:
                writer.WriteStartArray("type");
                writer.WriteStringValue("number");
                writer.WriteStringValue("string");
                writer.WriteEndArray();
                break;
            default:
                Strings(type);
                break;
        }

        if (type.Facets.Enumeration is { } values && type.JsonForm == JsonForm.String)
        {
            writer.WriteStartArray("enum");
            foreach (var value in values)
            {
                writer.WriteStringValue(value);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private void Bound(string name, string? value)
    {
        if (value is not null && DecimalText.IsDecimal(value, integer: false))
        {
            Span<char> token = stackalloc char[value.Length + 2];
            writer.WritePropertyName(name);
            writer.WriteRawValue(token[..DecimalText.ToJsonToken(value, token)], skipInputValidation: true);
        }
    }

    private void Strings(SimpleType type)
    {
        writer.WriteString("type", "string");
        var format = type switch
        {
            { Variety: not SimpleVariety.Atomic } => null,
            { BuiltIn: "long" } => "int64",
            { BuiltIn: "unsignedLong" } => "uint64",
            { Primitive: Primitive.Decimal or Primitive.Integer } => "decimal",
            { Primitive: Primitive.Date } => "date",
            _ => null,
        };
        if (format is not null)
        {
            writer.WriteString("format", format);
        }

        if (type is { Variety: SimpleVariety.Atomic, Primitive: Primitive.Base64Binary })
        {
            writer.WriteString("contentEncoding", "base64");
        }
        else if (type is { Variety: SimpleVariety.Atomic, Primitive: Primitive.String or Primitive.AnySimple or Primitive.AnyUri })
        {
            Length("minLength", type.Facets.Length ?? type.Facets.MinLength);
            Length("maxLength", type.Facets.Length ?? type.Facets.MaxLength);
            if (type.Facets.Patterns.Count > 0 && IsCommonPattern(type.Facets.Patterns[^1]))
            {
                writer.WriteString("pattern", "^(?:" + type.Facets.Patterns[^1] + ")$");
            }
        }
    }

    private void Length(string name, long? value)
    {
        if (value is { } length)
        {
            writer.WriteNumber(name, length);
        }
    }

    /// <summary>Whether a pattern means the same in XSD and in ECMA-262: nothing but what both have.</summary>
    private static bool IsCommonPattern(string pattern)
    {
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            if (c == '\\' && (i + 1 == pattern.Length || !"d.-\\[](){}*+?|".Contains(pattern[++i])))
            {
                return false;
            }

            if (c is '^' or '$' && (i == 0 || pattern[i - 1] != '['))
            {
                return false;
            }

            if (c == '-' && i + 1 < pattern.Length && pattern[i + 1] == '[')
            {
                return false;
            }
        }

        return true;
    }
}
