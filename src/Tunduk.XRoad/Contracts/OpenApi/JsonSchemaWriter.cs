using System.Text.Json;
using Tunduk.XRoad.Contracts.JsonRules;
using Tunduk.XRoad.Contracts.Proto;
using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Contracts.OpenApi;

// Over 300 lines: one keyword list; every facet has its one place in it.

/// <summary>Writes the JSON form of types as JSON Schema 2020-12, named types as components that refer to each other.</summary>
internal sealed class JsonSchemaWriter(Utf8JsonWriter writer)
{
    private readonly Dictionary<(ComplexType Type, PermittedFields Permitted), string> names = [];
    private readonly Queue<(ComplexType Type, PermittedFields Permitted)> pending = [];
    private readonly HashSet<string> taken = new(StringComparer.Ordinal);
    private JsonRuleWriter? rules;

    /// <summary>Writes what is still to be described, as members of <c>components/schemas</c>.</summary>
    public void Components()
    {
        while (pending.TryDequeue(out var item))
        {
            writer.WritePropertyName(names[item]);
            Object(item.Type, item.Permitted);
        }

        rules?.Components();
    }

    public void Element(ElementDeclaration element, PermittedFields permitted)
    {
        if (element.Rule is { } rule)
        {
            rules ??= new JsonRuleWriter(writer, taken);
            rules.Write(rule, permitted);
            return;
        }

        if (!element.Nillable)
        {
            Type(element.Type, permitted, element.Title, element.Name.Local);
            return;
        }

        writer.WriteStartObject();
        writer.WriteStartArray("anyOf");
        Type(element.Type, permitted, element.Title, element.Name.Local);
        writer.WriteStartObject();
        writer.WriteString("type", "null");
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void Type(SchemaType type, PermittedFields permitted, string? title, string name)
    {
        switch (type)
        {
            case ComplexType { Content: ContentKind.Any }:
                Text(Phrases.Of("OpenApi.XmlElement"), title);
                break;
            case ComplexType { IsObject: false } value:
                Simple(value.SimpleContent!, title);
                break;
            case ComplexType { Derived.Count: > 0 } family:
                writer.WriteStartObject();
                writer.WriteStartArray("anyOf");
                foreach (var variant in family.Derived.Prepend(family).Where(t => !t.Abstract))
                {
                    Reference(variant, permitted, name, null);
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
                break;
            case ComplexType complex:
                Reference(complex, permitted, name, title);
                break;
            default:
                Simple((SimpleType)type, title);
                break;
        }
    }

    private void Reference(ComplexType type, PermittedFields permitted, string name, string? title)
    {
        if (!names.TryGetValue((type, permitted), out var known))
        {
            var wish = ProtoBuilder.Identifier(type.Name.Local.Length > 0 ? type.Name.Local : name, "type");
            known = UniqueNames.Take(taken, wish, "_");

            names.Add((type, permitted), known);
            pending.Enqueue((type, permitted));
        }

        writer.WriteStartObject();
        writer.WriteString("$ref", "#/components/schemas/" + known);
        Title(title);
        writer.WriteEndObject();
    }

    private void Object(ComplexType type, PermittedFields permitted)
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

        var attributes = type.Attributes.Where(a => permitted.Member(a.JsonName) is not null).ToList();
        foreach (var attribute in attributes)
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
            List(type, permitted);
        }
        else
        {
            foreach (var member in type.Members)
            {
                if (permitted.Member(member.JsonName) is { } within)
                {
                    writer.WritePropertyName(member.JsonName);
                    Member(member, within);
                }
            }
        }

        writer.WriteEndObject();
        var required = attributes.Where(a => a.Required).Select(a => a.JsonName)
            .Concat(type.ContentAsList ? [] : type.Members.Where(m => m.Required && permitted.Member(m.JsonName) is not null).Select(m => m.JsonName)).ToList();
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

    private void Member(Member member, PermittedFields permitted)
    {
        if (member.Repeated)
        {
            writer.WriteStartObject();
            writer.WriteString("type", "array");
            writer.WritePropertyName("items");
        }

        Item(member, permitted);
        if (member.Repeated)
        {
            writer.WriteEndObject();
        }
    }

    private void Item(Member member, PermittedFields permitted)
    {
        if (member.Element is { } element)
        {
            Element(element, permitted);
        }
        else
        {
            Text(Phrases.Of("OpenApi.XmlElement"), null);
        }
    }

    private void List(ComplexType type, PermittedFields permitted)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "array");
        writer.WriteStartObject("items");
        writer.WriteStartArray("anyOf");
        var members = type.Members.Where(m => permitted.Member(m.JsonName) is not null).ToList();
        if (type.Content == ContentKind.Mixed || members.Count == 0)
        {
            Text(null, null);
        }

        foreach (var member in members)
        {
            writer.WriteStartObject();
            writer.WriteString("type", "object");
            writer.WriteStartObject("properties");
            writer.WritePropertyName(member.JsonName);
            Item(member, permitted.Member(member.JsonName)!);
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
