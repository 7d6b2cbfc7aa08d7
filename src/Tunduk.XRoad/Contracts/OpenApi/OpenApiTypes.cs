using System.Globalization;
using System.Text.RegularExpressions;
using Tunduk.XRoad.Contracts.Schema;
using Tunduk.XRoad.Contracts.Xsd;

namespace Tunduk.XRoad.Contracts.OpenApi;

/// <summary>
/// Schemas of an OpenAPI file as types of the contract model: objects with members in any order, arrays as repeated
/// members, allOf as one object. What JSON Schema has beyond that is accepted unchecked, with a note.
/// </summary>
internal sealed class OpenApiTypes(OpenApiNode root, string file, ImportOptions options, FindingList findings)
{
    private readonly Dictionary<OpenApiNode, ComplexType> objects = [];
    private readonly Queue<(ComplexType Type, OpenApiNode Node)> pending = [];
    private readonly ComplexType any = new(new QualifiedName("", "any"), new SchemaLocation(file, 0)) { Content = ContentKind.Any, Compiled = true };

    // Said and not silently passed over.
    private static readonly HashSet<string> Unchecked = new(StringComparer.Ordinal)
    {
        "not", "if", "then", "else", "patternProperties", "propertyNames", "dependentSchemas", "dependentRequired", "unevaluatedProperties", "unevaluatedItems",
        "$dynamicRef", "prefixItems", "contains", "multipleOf", "minProperties", "maxProperties", "minItems", "maxItems", "uniqueItems", "const",
    };

    internal sealed record Property(string Name, OpenApiNode? Schema, bool Required, int Line);

    public HashSet<SchemaType> Broken { get; } = [];

    /// <summary>Follows local references; a reference that leads nowhere, to another file or in a circle gives an empty schema with a finding.</summary>
    public OpenApiNode Follow(OpenApiNode node)
    {
        var hops = 0;
        while (node["$ref"]?.Text is { } reference)
        {
            hops++;
            OpenApiNode? target = reference.StartsWith("#/", StringComparison.Ordinal) ? root : null;
            foreach (var part in reference.StartsWith("#/", StringComparison.Ordinal) ? reference[2..].Split('/') : [])
            {
                target = target?[part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)];
            }

            if (target is null || hops > 32)
            {
                findings.Error("$ref", hops > 32 ? "References form a circle." : "The reference leads outside the file or to nothing; nothing is fetched.", At(node));
                break;
            }

            node = target;
        }

        return node;
    }

    public void Complete()
    {
        while (pending.TryDequeue(out var item))
        {
            var properties = new Dictionary<string, Property>(StringComparer.Ordinal);
            Collect(item.Node, properties, 0);
            item.Type.Closed = item.Node["additionalProperties"]?.Text == "false";
            Build(item.Type, [.. properties.Values]);
        }
    }

    /// <summary>The type of a schema; arrays at this place are not members and become anything.</summary>
    public SchemaType TypeOf(OpenApiNode schema, out bool nillable)
    {
        schema = Follow(schema);
        nillable = IsNullable(schema);
        foreach (var (word, _) in (schema.Members ?? []).Where(member => Unchecked.Contains(member.Key)))
        {
            findings.Warning(word, "It is not checked; what it says about values or members is left to the service.", At(schema));
        }

        if ((schema["oneOf"] ?? schema["anyOf"]) is { } alternatives)
        {
            var real = (alternatives.Items ?? []).Where(a => Follow(a)["type"]?.Text != "null").ToList();
            if (real.Count == 1)
            {
                return TypeOf(real[0], out _);
            }

            findings.Note("oneOf", "Alternatives are not told apart; any value is accepted there.", At(schema));
            return any;
        }

        switch (TypeName(schema))
        {
            case "object":
                return ObjectOf(schema);
            case "array":
                findings.Note("array", "A list in this place is accepted as it is, without a check of its items.", At(schema));
                return any;
            case "string" or "integer" or "number" or "boolean":
                return Simple(schema, TypeName(schema)!);
            default:
                return schema["properties"] is not null || schema["allOf"] is not null ? ObjectOf(schema) : any;
        }
    }

    public ComplexType ObjectOf(List<Property> properties, int line)
    {
        var type = new ComplexType(new QualifiedName("", ""), new SchemaLocation(file, line));
        Build(type, properties);
        return type;
    }

    public ComplexType ObjectOf(List<(string Name, SchemaType Type, bool Required, int Line)> members, int line)
    {
        var type = new ComplexType(new QualifiedName("", ""), new SchemaLocation(file, line));
        var all = new Particle { Kind = ParticleKind.All, Location = type.Location };
        foreach (var member in members)
        {
            all.Children.Add(Leaf(member.Name, member.Type, false, member.Required, false, member.Line));
        }

        Finish(type, all);
        return type;
    }

    private ComplexType ObjectOf(OpenApiNode schema)
    {
        if (!objects.TryGetValue(schema, out var type))
        {
            type = new ComplexType(new QualifiedName("", ""), At(schema));
            objects.Add(schema, type);
            if (objects.Count > options.MaxTypes)
            {
                findings.Error("schema", $"The description has more than {options.MaxTypes} object types.", At(schema));
                Broken.Add(type);
            }
            else
            {
                pending.Enqueue((type, schema));
            }
        }

        return type;
    }

    private void Collect(OpenApiNode schema, Dictionary<string, Property> properties, int depth)
    {
        schema = Follow(schema);
        if (depth > 32)
        {
            findings.Error("allOf", "allOf is nested deeper than 32, or in a circle.", At(schema));
            return;
        }

        foreach (var part in schema["allOf"]?.Items ?? [])
        {
            Collect(part, properties, depth + 1);
        }

        var required = (schema["required"]?.Items ?? []).Select(r => r.Text).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, property) in schema["properties"]?.Members ?? [])
        {
            properties[name] = new Property(name, property, required.Contains(name), property.Line);
        }

        foreach (var name in required.Where(n => n is not null && properties.ContainsKey(n)))
        {
            properties[name!] = properties[name!] with { Required = true };
        }
    }

    private void Build(ComplexType type, List<Property> properties)
    {
        var all = new Particle { Kind = ParticleKind.All, Location = type.Location };
        foreach (var property in properties)
        {
            var schema = property.Schema is null ? null : Follow(property.Schema);
            var repeated = schema is not null && TypeName(schema) == "array";
            var item = repeated ? schema!["items"] : schema;
            var nillable = false;
            var of = item is null ? any : TypeOf(item, out nillable);
            all.Children.Add(Leaf(property.Name, of, repeated, property.Required, nillable, property.Line));
        }

        Finish(type, all);
    }

    private Particle Leaf(string name, SchemaType type, bool repeated, bool required, bool nillable, int line) => new()
    {
        Kind = ParticleKind.Element,
        Min = required ? 1 : 0,
        Max = repeated ? Particle.Unbounded : 1,
        Location = new SchemaLocation(file, line),
        Element = new ElementDeclaration(new QualifiedName("", name), new SchemaLocation(file, line)) { Type = type, Nillable = nillable },
    };

    private static void Finish(ComplexType type, Particle all)
    {
        type.Particle = all;
        type.Content = ContentKind.Elements;
        type.Compiled = true;
        new ContentModelBuilder().Build(type, all);
        for (var i = 0; i < all.Children.Count; i++)
        {
            type.Members[i].Repeated = all.Children[i].Max > 1;
        }
    }

    private static bool IsNullable(OpenApiNode schema) => schema.IsTrue("nullable") ||
        (schema["type"]?.Items?.Any(t => t.Text is "null" or null) ?? false) ||
        (schema["anyOf"] ?? schema["oneOf"])?.Items?.Any(a => a["type"]?.Text == "null") == true;

    private static string? TypeName(OpenApiNode schema) =>
        schema["type"]?.Text ?? schema["type"]?.Items?.FirstOrDefault(t => t.Text is not ("null" or null))?.Text;

    private SimpleType Simple(OpenApiNode schema, string name)
    {
        var builtIn = (name, schema["format"]?.Text) switch
        {
            ("boolean", _) => "boolean",
            ("integer", "int32") => "int",
            ("integer", "int64") => "long",
            ("integer", _) => "integer",
            ("number", _) => "double",
            ("string", "date") => "date",
            ("string", "date-time") => "dateTime",
            ("string", "byte") => "base64Binary",
            _ => "string",
        };
        var parent = BuiltInTypes.Find(builtIn)!;
        var facets = parent.Facets.Copy();
        facets.MinLength = Number(schema["minLength"]) ?? facets.MinLength;
        facets.MaxLength = Number(schema["maxLength"]) ?? facets.MaxLength;
        if (name is "integer" or "number")
        {
            // OpenAPI 3.0 makes a bound exclusive by a flag beside it, 3.1 by a number of its own.
            var (low, high) = (Bound(schema["minimum"]), Bound(schema["maximum"]));
            facets.MinExclusive = schema.IsTrue("exclusiveMinimum") ? low : Bound(schema["exclusiveMinimum"]);
            facets.MaxExclusive = schema.IsTrue("exclusiveMaximum") ? high : Bound(schema["exclusiveMaximum"]);
            facets.MinInclusive = schema.IsTrue("exclusiveMinimum") ? null : low ?? parent.Facets.MinInclusive;
            facets.MaxInclusive = schema.IsTrue("exclusiveMaximum") ? null : high ?? parent.Facets.MaxInclusive;
        }

        if (name == "string" && schema["pattern"]?.Text is { } pattern)
        {
            Pattern(facets, pattern, At(schema));
        }

        if (schema["enum"]?.Items is { Count: > 0 } values)
        {
            facets.Enumeration = [.. values.Where(v => v.Text is not null).Select(v => v.Text!)];
            facets.EnumerationSet = new HashSet<string>(facets.Enumeration, StringComparer.Ordinal);
        }

        var type = new SimpleType(new QualifiedName("", ""), At(schema))
        {
            Base = parent,
            Primitive = parent.Primitive,
            BuiltIn = parent.BuiltIn,
            WhiteSpace = parent.WhiteSpace,
            JsonForm = name is "integer" or "number" ? JsonForm.Number : parent.JsonForm,
            Facets = facets.Enumeration is null && !facets.HasLength && !facets.HasRange && facets.Expressions.Count == 0 ? parent.Facets : facets,
        };
        type.Seal();
        return type;
    }

    private static string? Bound(OpenApiNode? node) =>
        decimal.TryParse(node?.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value.ToString(CultureInfo.InvariantCulture) : null;

    // ECMA-262 patterns without look-around and back-references, which cannot be matched in linear time.
    private void Pattern(Facets facets, string pattern, SchemaLocation at)
    {
        try
        {
            if (pattern.Length > options.MaxPatternLength)
            {
                throw new NotSupportedException();
            }

            facets.Expressions = [new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1))];
            facets.Patterns = [pattern];
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            findings.Warning("pattern", "The pattern is not checked: it is too long, or looks around or back, which takes no bounded time.", at);
        }
    }

    private static long? Number(OpenApiNode? node) =>
        long.TryParse(node?.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    private SchemaLocation At(OpenApiNode node) => new(file, node.Line);
}
