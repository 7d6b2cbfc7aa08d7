using System.Globalization;
using System.Text.Json;
using Tunduk.XRoad.Contracts.OpenApi;

namespace Tunduk.XRoad.Contracts.JsonRules;

// Over 300 lines: one keyword list, like the compiler that reads it.

/// <summary>Writes rules as JSON Schema 2020-12, of either dialect they were read from; named ones as components. What is not permitted is left out.</summary>
internal sealed class JsonRuleWriter(Utf8JsonWriter writer, HashSet<string> taken)
{
    private readonly Dictionary<(JsonRule Rule, PermittedFields Permitted), string> names = [];
    private readonly Queue<(JsonRule Rule, PermittedFields Permitted)> pending = [];

    /// <summary>Writes what is still to be described, as members of <c>components/schemas</c>.</summary>
    public void Components()
    {
        while (pending.TryDequeue(out var item))
        {
            writer.WritePropertyName(names[item]);
            Body(item.Rule, item.Permitted);
        }
    }

    /// <summary>Writes a rule, or a reference to it.</summary>
    public void Write(JsonRule rule, PermittedFields permitted)
    {
        if (rule.Name is null)
        {
            Body(rule, permitted);
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("$ref", Component(rule, permitted));
        writer.WriteEndObject();
    }

    private string Component(JsonRule rule, PermittedFields permitted)
    {
        if (!names.TryGetValue((rule, permitted), out var name))
        {
            name = UniqueNames.Take(taken, Proto.ProtoBuilder.Identifier(rule.Name ?? "", "type"), "_");
            names.Add((rule, permitted), name);
            pending.Enqueue((rule, permitted));
        }

        return "#/components/schemas/" + name;
    }

    private void Body(JsonRule rule, PermittedFields permitted)
    {
        if (rule.NullPasses)
        {
            // Null passes whatever else is said.
            writer.WriteStartObject();
            writer.WriteStartArray("anyOf");
            writer.WriteStartObject();
            writer.WriteString("type", "null");
            writer.WriteEndObject();
            writer.WriteStartObject();
            Keywords(rule, permitted);
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
            return;
        }

        if (rule.Kinds == JsonKinds.None)
        {
            writer.WriteBooleanValue(false);
            return;
        }

        writer.WriteStartObject();
        Keywords(rule, permitted);
        writer.WriteEndObject();
    }

    private void Keywords(JsonRule rule, PermittedFields permitted)
    {
        if (rule.Title is not null)
        {
            writer.WriteString("title", rule.Title);
        }

        Kinds(rule.Kinds);
        if (rule.Values is { } values)
        {
            writer.WriteStartArray("enum");
            foreach (var value in values)
            {
                writer.WriteRawValue(value);
            }

            writer.WriteEndArray();
        }

        Scalars(rule);
        Rules("prefixItems", rule.Prefix, permitted);
        Rule("items", rule.Items, permitted);
        Rule("contains", rule.Contains, permitted);
        Count("minContains", rule.MinContains);
        Count("maxContains", rule.MaxContains);
        Count("minItems", rule.MinItems);
        Count("maxItems", rule.MaxItems);
        if (rule.Unique)
        {
            writer.WriteBoolean("uniqueItems", true);
        }

        Members(rule, permitted);
        Rules("allOf", rule.AllOf, permitted);
        Rules("anyOf", rule.AnyOf, permitted);
        Rules("oneOf", rule.OneOf, permitted);
        Rule("not", rule.Not, permitted);
        Rule("if", rule.If, permitted);
        Rule("then", rule.Then, permitted);
        Rule("else", rule.Else, permitted);
        Discriminator(rule, permitted);
    }

    private void Kinds(JsonKinds kinds)
    {
        if (kinds == JsonKinds.All)
        {
            return;
        }

        var types = new List<string>();
        foreach (var (kind, name) in new[] { (JsonKinds.Object, "object"), (JsonKinds.Array, "array"), (JsonKinds.String, "string"), (JsonKinds.Boolean, "boolean"), (JsonKinds.Null, "null") })
        {
            if (kinds.HasFlag(kind))
            {
                types.Add(name);
            }
        }

        if ((kinds & JsonKinds.Number) != 0)
        {
            types.Add(kinds.HasFlag(JsonKinds.Fraction) ? "number" : "integer");
        }

        if (types.Count == 1)
        {
            writer.WriteString("type", types[0]);
            return;
        }

        writer.WriteStartArray("type");
        types.ForEach(writer.WriteStringValue);
        writer.WriteEndArray();
    }

    private void Scalars(JsonRule rule)
    {
        Number("minimum", rule.Minimum);
        Number("maximum", rule.Maximum);
        Number("exclusiveMinimum", rule.ExclusiveMinimum);
        Number("exclusiveMaximum", rule.ExclusiveMaximum);
        Number("multipleOf", rule.MultipleOf);
        Count("minLength", rule.MinLength);
        Count("maxLength", rule.MaxLength);
        if (rule.Pattern is not null)
        {
            writer.WriteString("pattern", rule.Pattern);
        }

        if (rule.Format == "byte")
        {
            writer.WriteString("contentEncoding", "base64");
        }
        else if (rule.Format is not null)
        {
            writer.WriteString("format", rule.Format);
        }
    }

    private void Members(JsonRule rule, PermittedFields permitted)
    {
        var members = rule.Properties.Where(member => permitted.Member(member.Key) is not null).ToList();
        if (members.Count > 0)
        {
            writer.WriteStartObject("properties");
            foreach (var (name, member) in members)
            {
                writer.WritePropertyName(name);
                Write(member, permitted.Member(name)!);
            }

            writer.WriteEndObject();
        }

        Texts("required", [.. rule.Required.Where(name => permitted.Member(name) is not null)]);
        if (rule.Patterns.Count > 0)
        {
            writer.WriteStartObject("patternProperties");
            foreach (var pattern in rule.Patterns)
            {
                writer.WritePropertyName(pattern.Pattern);
                Write(pattern.Rule, permitted);
            }

            writer.WriteEndObject();
        }

        Rule("additionalProperties", rule.Additional, permitted);
        Rule("propertyNames", rule.PropertyNames, permitted);
        Count("minProperties", ReferenceEquals(permitted, PermittedFields.All) ? rule.MinProperties : null);
        Count("maxProperties", rule.MaxProperties);
        if (rule.DependentRequired.Count > 0)
        {
            writer.WriteStartObject("dependentRequired");
            foreach (var (name, others) in rule.DependentRequired)
            {
                Texts(name, [.. others.Where(other => permitted.Member(other) is not null)], always: true);
            }

            writer.WriteEndObject();
        }

        if (rule.DependentRules.Count > 0)
        {
            writer.WriteStartObject("dependentSchemas");
            foreach (var (name, dependent) in rule.DependentRules)
            {
                writer.WritePropertyName(name);
                Write(dependent, permitted);
            }

            writer.WriteEndObject();
        }

        Rule("unevaluatedProperties", rule.Unevaluated, permitted);
    }

    private void Discriminator(JsonRule rule, PermittedFields permitted)
    {
        if (rule.Discriminator is null || permitted.Member(rule.Discriminator) is null)
        {
            return;
        }

        writer.WriteStartObject("discriminator");
        writer.WriteString("propertyName", rule.Discriminator);
        writer.WriteStartObject("mapping");
        foreach (var (value, target) in rule.Mapping)
        {
            writer.WriteString(value, Component(target, permitted));
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void Rule(string word, JsonRule? rule, PermittedFields permitted)
    {
        if (rule is not null)
        {
            writer.WritePropertyName(word);
            Write(rule, permitted);
        }
    }

    private void Rules(string word, IReadOnlyList<JsonRule> rules, PermittedFields permitted)
    {
        if (rules.Count > 0)
        {
            writer.WriteStartArray(word);
            foreach (var rule in rules)
            {
                Write(rule, permitted);
            }

            writer.WriteEndArray();
        }
    }

    private void Texts(string word, IReadOnlyList<string> texts, bool always = false)
    {
        if (texts.Count > 0 || always)
        {
            writer.WriteStartArray(word);
            foreach (var text in texts)
            {
                writer.WriteStringValue(text);
            }

            writer.WriteEndArray();
        }
    }

    private void Count(string word, long? count)
    {
        if (count is { } value)
        {
            writer.WriteNumber(word, value);
        }
    }

    private void Number(string word, JsonNumber? number)
    {
        if (number is { } value)
        {
            writer.WritePropertyName(word);
            writer.WriteRawValue(value.Exponent == 0 ? value.Mantissa.ToString(CultureInfo.InvariantCulture) : value.ToString(), skipInputValidation: true);
        }
    }
}
