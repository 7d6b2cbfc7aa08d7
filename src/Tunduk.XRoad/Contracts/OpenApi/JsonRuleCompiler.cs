using System.Globalization;
using System.Text.RegularExpressions;
using Tunduk.XRoad.Contracts.JsonRules;
using Tunduk.XRoad.Contracts.Schema;
using Tunduk.XRoad.Contracts.Xsd;

namespace Tunduk.XRoad.Contracts.OpenApi;

// Over 300 lines: every keyword of JSON Schema has its one place in it.

/// <summary>
/// Compiles the schemas of one side of an OpenAPI file to rules: OpenAPI 3.0's own dialect and JSON Schema 2020-12 of 3.1 alike.
/// What cannot be checked is an error with its line, never a value let through.
/// </summary>
internal sealed class JsonRuleCompiler(OpenApiReferences references, string file, bool is31, MessageSide side, ImportOptions options, FindingList findings)
{
    // Rules that look at the same value, one in another.
    private const int MaxInPlace = 64;

    private static readonly HashSet<string> Refused = new(StringComparer.Ordinal) { "$dynamicRef", "$recursiveRef", "unevaluatedItems", "dependencies" };

    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "$ref", "$schema", "$id", "$anchor", "$dynamicAnchor", "$comment", "$defs", "$vocabulary", "definitions",
        "type", "nullable", "enum", "const", "format", "title", "description", "default", "example", "examples", "deprecated", "readOnly", "writeOnly", "xml", "externalDocs",
        "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern", "contentEncoding", "contentMediaType", "contentSchema",
        "items", "prefixItems", "contains", "minContains", "maxContains", "minItems", "maxItems", "uniqueItems",
        "properties", "required", "additionalProperties", "patternProperties", "propertyNames", "minProperties", "maxProperties", "dependentRequired", "dependentSchemas", "unevaluatedProperties",
        "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "discriminator",
    };

    private readonly Dictionary<OpenApiNode, JsonRule> rules = [];
    private readonly Queue<(JsonRule Rule, OpenApiNode Node)> pending = [];
    private readonly Dictionary<JsonRule, int> depths = [];

    /// <summary>The rule of a schema; complete after <see cref="Complete"/>.</summary>
    public JsonRule Of(OpenApiNode schema)
    {
        // A schema that is nothing but a reference is the schema it names. Beside a reference, 3.0 reads nothing (§4.7.23).
        string? name = null;
        for (var hops = 0; hops < 32 && schema["$ref"] is not null && (!is31 || schema.Members!.All(member => member.Key is "$ref" or "description" or "summary" || member.Key.StartsWith("x-", StringComparison.Ordinal))); hops++)
        {
            name = OpenApiReferences.NameOf(schema["$ref"]!.Text);
            schema = references.Target(schema, say: true) ?? Nothing;
        }

        if (!rules.TryGetValue(schema, out var rule))
        {
            rule = new JsonRule(At(schema));
            rules.Add(schema, rule);
            if (rules.Count > options.MaxTypes)
            {
                findings.Error("schema", Phrases.Of("OpenApi.DescriptionMoreThanSchemas", options.MaxTypes), At(schema));
            }
            else
            {
                pending.Enqueue((rule, schema));
            }
        }

        rule.Name ??= name;
        return rule;
    }

    /// <summary>A rule for an object made of parts: what they are called, their rules, and which must be there.</summary>
    public JsonRule ObjectOf(IReadOnlyList<(string Name, JsonRule Rule, bool Required)> parts, SchemaLocation at)
    {
        var rule = new JsonRule(at) { Kinds = JsonKinds.Object, Additional = Never(at) };
        SetProperties(rule, [.. parts.Select(part => KeyValuePair.Create(part.Name, part.Rule))]);
        rule.Required = [.. parts.Where(part => part.Required).Select(part => part.Name)];
        return rule;
    }

    /// <summary>A rule for a list of values of another.</summary>
    public static JsonRule AnyOf(IReadOnlyList<JsonRule> rules, SchemaLocation at) => rules.Count == 1 ? rules[0] : new JsonRule(at) { AnyOf = rules };

    public void Complete()
    {
        while (pending.TryDequeue(out var item))
        {
            Fill(item.Rule, item.Node);
        }

        foreach (var rule in rules.Values.ToList())
        {
            Depth(rule, 0);
        }
    }

    private static readonly OpenApiNode Nothing = OpenApiNode.Empty;

    private static JsonRule Never(SchemaLocation at) => new(at) { Kinds = JsonKinds.None };

    private void Fill(JsonRule rule, OpenApiNode node)
    {
        if (node.Members is null)
        {
            // true and false are schemas of 3.1; an empty place in YAML is no schema, and lets everything in.
            rule.Kinds = node.Text == "false" ? JsonKinds.None : JsonKinds.All;
            if (node.Items is not null || (node.Text is not null && node.Text is not ("true" or "false")))
            {
                findings.Error("schema", Phrases.Of("OpenApi.SchemaObject"), At(node));
            }

            return;
        }

        foreach (var (word, value) in node.Members)
        {
            if (Refused.Contains(word) || (word == "items" && value.Items is not null))
            {
                findings.Error(word, Phrases.Of("OpenApi.CannotCheckedHereWrite"), new SchemaLocation(file, value.Line));
            }
            else if (!Known.Contains(word) && !word.StartsWith("x-", StringComparison.Ordinal))
            {
                findings.Warning(word.Length <= 40 ? word : "schema", Phrases.Of("OpenApi.NoKeywordOpenAPISchemas"), new SchemaLocation(file, value.Line));
            }
        }

        rule.Title = node["title"]?.Text ?? node["description"]?.Text;
        rule.NullPasses = !is31 && node.IsTrue("nullable");
        if (is31 && node["nullable"] is not null)
        {
            findings.Warning("nullable", Phrases.Of("OpenApi.NoKeywordOpenAPI3"), new SchemaLocation(file, node.Line));
        }

        rule.Kinds = Kinds(node);
        Values(rule, node);
        Numbers(rule, node);
        Strings(rule, node);
        Arrays(rule, node);
        Objects(rule, node);
        rule.AllOf = [.. (is31 && node["$ref"] is not null && references.Target(node, say: true) is { } target ? [Of(target)] : Array.Empty<JsonRule>()), .. List(node, "allOf")];
        rule.AnyOf = List(node, "anyOf");
        rule.OneOf = List(node, "oneOf");
        rule.Not = Sub(node, "not");
        rule.If = Sub(node, "if");
        rule.Then = rule.If is null ? null : Sub(node, "then");
        rule.Else = rule.If is null ? null : Sub(node, "else");
        Discriminator(rule, node);
    }

    private JsonKinds Kinds(OpenApiNode node)
    {
        if (node["type"] is not { } type)
        {
            return JsonKinds.All;
        }

        var kinds = JsonKinds.None;
        foreach (var name in type.Items?.Select(item => item.Text ?? "null") ?? [type.Text ?? "null"])
        {
            var kind = name switch
            {
                "null" => JsonKinds.Null,
                "boolean" => JsonKinds.Boolean,
                "object" => JsonKinds.Object,
                "array" => JsonKinds.Array,
                "number" => JsonKinds.Number,
                "integer" => JsonKinds.Integer,
                "string" => JsonKinds.String,
                _ => JsonKinds.None,
            };
            if (kind == JsonKinds.None)
            {
                findings.Error("type", Phrases.Of("OpenApi.NoneNullBooleanObject"), new SchemaLocation(file, type.Line));
            }

            kinds |= kind;
        }

        return kinds;
    }

    private static void Values(JsonRule rule, OpenApiNode node)
    {
        if (node["const"] is { } constant)
        {
            rule.IsConst = true;
            rule.Values = [constant.ToJson()];
        }
        else if (node["enum"]?.Items is { } values)
        {
            rule.Values = [.. values.Select(value => value.ToJson())];
        }

        // Both: what meets both.
        if (rule.IsConst && node["enum"]?.Items is { } also)
        {
            var permitted = also.Select(value => JsonCanonical.Of(value.ToJson())).ToHashSet(StringComparer.Ordinal);
            rule.Values = [.. rule.Values!.Where(value => permitted.Contains(JsonCanonical.Of(value)))];
        }

        rule.ValueSet = rule.Values?.Select(JsonCanonical.Of).ToHashSet(StringComparer.Ordinal);
    }

    private void Numbers(JsonRule rule, OpenApiNode node)
    {
        rule.Minimum = Number(node, "minimum");
        rule.Maximum = Number(node, "maximum");

        // A flag beside the bound in 3.0, a bound of its own in 3.1.
        if (is31 && node["exclusiveMinimum"]?.Text is "true" or "false")
        {
            findings.Error("exclusiveMinimum", Phrases.Of("OpenApi.OpenAPI31Number"), new SchemaLocation(file, node.Line));
        }
        else if (node.IsTrue("exclusiveMinimum"))
        {
            (rule.ExclusiveMinimum, rule.Minimum) = (rule.Minimum, null);
        }
        else
        {
            rule.ExclusiveMinimum = node["exclusiveMinimum"]?.Text == "false" ? null : Number(node, "exclusiveMinimum");
        }

        if (is31 && node["exclusiveMaximum"]?.Text is "true" or "false")
        {
            findings.Error("exclusiveMaximum", Phrases.Of("OpenApi.OpenAPI31Number"), new SchemaLocation(file, node.Line));
        }
        else if (node.IsTrue("exclusiveMaximum"))
        {
            (rule.ExclusiveMaximum, rule.Maximum) = (rule.Maximum, null);
        }
        else
        {
            rule.ExclusiveMaximum = node["exclusiveMaximum"]?.Text == "false" ? null : Number(node, "exclusiveMaximum");
        }

        rule.MultipleOf = Number(node, "multipleOf");
        if ((rule.Kinds & JsonKinds.Integer) != 0 && (rule.Kinds & JsonKinds.String) == 0 && node["format"]?.Text is "int32" or "int64")
        {
            var type = BuiltInTypes.Find(node["format"]!.Text == "int32" ? "int" : "long")!;
            _ = JsonNumber.TryParse(type.Facets.MinInclusive, out var low);
            _ = JsonNumber.TryParse(type.Facets.MaxInclusive, out var high);
            rule.Minimum = rule.Minimum is { } min && min.Against(low) > 0 ? min : low;
            rule.Maximum = rule.Maximum is { } max && max.Against(high) < 0 ? max : high;
        }
    }

    private void Strings(JsonRule rule, OpenApiNode node)
    {
        rule.MinLength = Count(node, "minLength");
        rule.MaxLength = Count(node, "maxLength");
        rule.Format = node["format"]?.Text ?? (node["contentEncoding"]?.Text == "base64" ? "byte" : null);
        rule.FormatType = rule.Format switch
        {
            "date" => BuiltInTypes.Find("date"),
            "date-time" => BuiltInTypes.Find("dateTime"),
            "byte" => BuiltInTypes.Find("base64Binary"),
            _ => null,
        };
        if (node["pattern"] is { Text: { } pattern } at)
        {
            rule.Pattern = pattern;
            rule.Expression = Compile("pattern", pattern, at);
        }
    }

    private Regex? Compile(string word, string pattern, OpenApiNode at)
    {
        var expression = pattern.Length > options.MaxPatternLength ? null : JsonPattern.Compile(pattern);
        if (expression is null)
        {
            findings.Error(word, Phrases.Of("OpenApi.PatternNoRegularExpression", options.MaxPatternLength), new SchemaLocation(file, at.Line));
        }

        return expression;
    }

    private void Arrays(JsonRule rule, OpenApiNode node)
    {
        rule.Prefix = List(node, "prefixItems");
        rule.Items = Sub(node, "items");
        rule.Contains = Sub(node, "contains");
        rule.MinContains = Count(node, "minContains");
        rule.MaxContains = Count(node, "maxContains");
        rule.MinItems = Count(node, "minItems");
        rule.MaxItems = Count(node, "maxItems");
        rule.Unique = node.IsTrue("uniqueItems");
    }

    private void Objects(JsonRule rule, OpenApiNode node)
    {
        SetProperties(rule, [.. (node["properties"]?.Members ?? []).Select(member => KeyValuePair.Create(member.Key, Of(member.Value)))]);

        // What only one side sends is not asked of the other (OpenAPI 3.0.3 §4.7.24.2).
        var notAsked = side == MessageSide.Request ? "readOnly" : "writeOnly";
        rule.Required = [.. (node["required"]?.Items ?? []).Select(item => item.Text).OfType<string>().Distinct(StringComparer.Ordinal)
            .Where(name => node["properties"]?[name] is not { } property || !(property.IsTrue(notAsked) || (references.Target(property, say: false)?.IsTrue(notAsked) ?? false)))];
        rule.Additional = Sub(node, "additionalProperties");
        rule.Patterns = [.. (node["patternProperties"]?.Members ?? [])
            .Select(member => (member.Key, Expression: Compile("patternProperties", member.Key, member.Value), Rule: Of(member.Value)))
            .Where(member => member.Expression is not null)
            .Select(member => new JsonRulePattern(member.Key, member.Expression!, member.Rule))];
        rule.PropertyNames = Sub(node, "propertyNames");
        rule.MinProperties = Count(node, "minProperties");
        rule.MaxProperties = Count(node, "maxProperties");
        rule.DependentRequired = [.. (node["dependentRequired"]?.Members ?? []).Select(member => KeyValuePair.Create(member.Key, (IReadOnlyList<string>)[.. (member.Value.Items ?? []).Select(item => item.Text).OfType<string>()]))];
        rule.DependentRules = [.. (node["dependentSchemas"]?.Members ?? []).Select(member => KeyValuePair.Create(member.Key, Of(member.Value)))];
        rule.Unevaluated = Sub(node, "unevaluatedProperties");
    }

    private void Discriminator(JsonRule rule, OpenApiNode node)
    {
        if (node["discriminator"] is not { } discriminator)
        {
            return;
        }

        if (discriminator["propertyName"]?.Text is not { } property)
        {
            findings.Error("discriminator", Phrases.Of("OpenApi.NamesNoMemberPropertyName"), new SchemaLocation(file, discriminator.Line));
            return;
        }

        rule.Discriminator = property;
        var mapping = new Dictionary<string, JsonRule>(StringComparer.Ordinal);
        var alternatives = (node["oneOf"] ?? node["anyOf"])?.Items;
        foreach (var alternative in alternatives ?? references.Heirs(node))
        {
            // A name stands for a schema of its own; one written in its place has none and is chosen by nothing.
            if (OpenApiReferences.NameOf(alternative["$ref"]?.Text) is { } name)
            {
                mapping[name] = Of(alternative);
            }
        }

        foreach (var (value, target) in discriminator["mapping"]?.Members ?? [])
        {
            if (references.ByNameOrReference(target.Text, target, out var found))
            {
                mapping[value] = Of(found);
            }
        }

        if (mapping.Count == 0)
        {
            findings.Warning("discriminator", Phrases.Of("OpenApi.ChoosesAmongNothingNo"), new SchemaLocation(file, discriminator.Line));
            rule.Discriminator = null;
        }

        rule.Mapping = mapping;
    }

    private IReadOnlyList<JsonRule> List(OpenApiNode node, string word)
    {
        if (node[word] is { Items: null } wrong)
        {
            findings.Error(word, Phrases.Of("OpenApi.ListSchemas"), new SchemaLocation(file, wrong.Line));
        }

        return [.. (node[word]?.Items ?? []).Select(Of)];
    }

    private JsonRule? Sub(OpenApiNode node, string word) => node[word] is { Items: null } sub ? Of(sub) : null;

    private long? Count(OpenApiNode node, string word)
    {
        if (node[word] is not { } value)
        {
            return null;
        }

        if (JsonNumber.TryParse(value.Text, out var number) && number.IsWhole && number.Mantissa.Sign >= 0)
        {
            return long.TryParse(value.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : long.MaxValue;
        }

        findings.Error(word, Phrases.Of("OpenApi.NoWholeNumber"), new SchemaLocation(file, value.Line));
        return null;
    }

    private JsonNumber? Number(OpenApiNode node, string word)
    {
        if (node[word] is not { } value)
        {
            return null;
        }

        if (!value.IsString && JsonNumber.TryParse(value.Text, out var number))
        {
            return number;
        }

        findings.Error(word, Phrases.Of("OpenApi.NoNumberMostCharacters", JsonNumber.MaxLength), new SchemaLocation(file, value.Line));
        return null;
    }

    private static void SetProperties(JsonRule rule, IReadOnlyList<KeyValuePair<string, JsonRule>> properties)
    {
        rule.Properties = properties;
        rule.ByName = new Dictionary<string, JsonRule>(properties, StringComparer.Ordinal);
    }

    // Levels of rules about one value below this one; endless where a schema asks itself about the same value.
    private int Depth(JsonRule rule, int level)
    {
        if (depths.TryGetValue(rule, out var known))
        {
            if (known < 0 || level + known > MaxInPlace)
            {
                findings.Error("allOf", known < 0 ? Phrases.Of("OpenApi.SchemaContainsItselfWithout") : Phrases.Of("OpenApi.SchemasValueNestedDeeper", MaxInPlace), rule.Location);
            }

            return Math.Max(known, 0);
        }

        if (level > MaxInPlace)
        {
            findings.Error("allOf", Phrases.Of("OpenApi.SchemasValueNestedDeeper", MaxInPlace), rule.Location);
            return 0;
        }

        depths[rule] = -1;
        var depth = 0;
        foreach (var part in rule.InPlace())
        {
            depth = Math.Max(depth, 1 + Depth(part, level + 1));
        }

        return depths[rule] = depth;
    }

    private SchemaLocation At(OpenApiNode node) => new(file, node.Line);
}
