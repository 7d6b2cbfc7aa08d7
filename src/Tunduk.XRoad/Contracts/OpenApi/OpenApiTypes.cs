using System.Globalization;
using Tunduk.XRoad.Contracts.Schema;
using Tunduk.XRoad.Contracts.Xsd;

namespace Tunduk.XRoad.Contracts.OpenApi;

// Over 300 lines: one reading of schemas as types.

/// <summary>
/// Schemas of an OpenAPI file as types of the contract model, for agreements, drift and gRPC: objects with members in any order,
/// arrays as repeated members, what allOf, oneOf and anyOf name as members of one object. What values must meet is not here
/// but in the rules (<see cref="JsonRuleCompiler"/>).
/// </summary>
internal sealed class OpenApiTypes(OpenApiReferences references, string file, ImportOptions options, FindingList findings)
{
    private const int MaxAlternatives = 32;
    private const int MaxWork = 100_000;
    private int work;
    private readonly Dictionary<string, ComplexType> objects = new(StringComparer.Ordinal);
    private readonly Dictionary<OpenApiNode, int> numbers = [];
    private readonly Queue<(ComplexType Type, IReadOnlyList<OpenApiNode> Nodes)> pending = [];
    private readonly ComplexType any = new(new QualifiedName("", "any"), new SchemaLocation(file, 0)) { Content = ContentKind.Json, Compiled = true };

    internal sealed record Property(string Name, IReadOnlyList<OpenApiNode> Schemas, bool Required, int Line);

    /// <summary>What a place of a message holds.</summary>
    /// <param name="Type">The type of the value, or of the items of the lists.</param>
    /// <param name="Nillable">The value, or an item, may be null.</param>
    /// <param name="Lists">How many lists stand around it.</param>
    internal sealed record Place(SchemaType Type, bool Nillable, int Lists);

    public HashSet<SchemaType> Broken { get; } = [];

    public void Complete()
    {
        while (pending.TryDequeue(out var item))
        {
            work = 0;
            var properties = new Dictionary<string, Property>(StringComparer.Ordinal);
            foreach (var node in item.Nodes)
            {
                var own = new Dictionary<string, Property>(StringComparer.Ordinal);
                Collect(node, own, 0);
                Merge(properties, own, isFirst: ReferenceEquals(node, item.Nodes[0]));
            }

            item.Type.Closed = item.Nodes.All(node => node["additionalProperties"]?.Text == "false" || node["unevaluatedProperties"]?.Text == "false");
            item.Type.TakesOthers = item.Nodes.Any(node => node["additionalProperties"] is { Text: not "false" } || node["patternProperties"] is not null);
            Build(item.Type, [.. properties.Values]);
        }
    }

    /// <summary>What stands where any of some schemas is.</summary>
    public Place PlaceOf(IReadOnlyList<OpenApiNode> schemas)
    {
        var leaves = new List<OpenApiNode>();
        var nillable = false;
        var seen = new HashSet<OpenApiNode>();
        foreach (var schema in schemas)
        {
            Flatten(schema, leaves, seen, ref nillable);
        }

        leaves = [.. leaves.Distinct()];
        var kinds = leaves.Select(TypeName).Distinct(StringComparer.Ordinal).ToList();
        if (kinds is not [{ } kind])
        {
            return kinds is [_, _] && kinds.Contains("integer", StringComparer.Ordinal) && kinds.Contains("number", StringComparer.Ordinal) ? new Place(BuiltInNumber(), nillable, 0) : new Place(any, nillable, 0);
        }

        switch (kind)
        {
            case "object":
                return new Place(ObjectOf(leaves), nillable, 0);
            case "array" when leaves.Exists(leaf => leaf["items"] is not { Members: not null } || leaf["prefixItems"] is not null):
                return new Place(any, false, 1);
            case "array":
                var items = PlaceOf([.. leaves.Select(leaf => leaf["items"]!)]);
                return items with { Lists = items.Lists + 1 };
            default:
                return new Place(leaves.Count == 1 ? Simple(leaves[0], kind) : Simple(OpenApiNode.Empty, kind), nillable, 0);
        }
    }

    public ComplexType ObjectOf(List<Property> properties, int line)
    {
        var type = new ComplexType(new QualifiedName("", ""), new SchemaLocation(file, line)) { Closed = true };
        Build(type, properties);
        return type;
    }

    public ComplexType ObjectOf(List<(string Name, Place Place, bool Required, int Line)> members, int line)
    {
        var type = new ComplexType(new QualifiedName("", ""), new SchemaLocation(file, line)) { Closed = true };
        var all = new Particle { Kind = ParticleKind.All, Location = type.Location };
        foreach (var member in members)
        {
            all.Children.Add(Leaf(member.Name, member.Place, member.Required, member.Line));
        }

        Finish(type, all);
        return type;
    }

    private ComplexType ObjectOf(IReadOnlyList<OpenApiNode> schemas)
    {
        var key = string.Join(',', schemas.Select(NumberOf).Order());
        if (!objects.TryGetValue(key, out var type))
        {
            type = new ComplexType(new QualifiedName("", ""), At(schemas[0]));
            objects.Add(key, type);
            if (objects.Count > options.MaxTypes)
            {
                findings.Error("schema", Phrases.Of("OpenApi.DescriptionMoreThanObject", options.MaxTypes), At(schemas[0]));
                Broken.Add(type);
            }
            else
            {
                pending.Enqueue((type, schemas));
            }
        }

        return type;
    }

    private int NumberOf(OpenApiNode node)
    {
        numbers.TryAdd(node, numbers.Count);
        return numbers[node];
    }

    // The schemas a value may be of, references followed and alternatives taken apart; what may only be null is no schema of its own.
    private void Flatten(OpenApiNode schema, List<OpenApiNode> leaves, HashSet<OpenApiNode> seen, ref bool nillable)
    {
        schema = references.Follow(schema);
        if (!seen.Add(schema))
        {
            return;
        }

        nillable |= IsNullable(schema);
        if (TypeName(schema) == "null" || leaves.Count > MaxAlternatives || seen.Count > MaxAlternatives * MaxAlternatives)
        {
            nillable |= TypeName(schema) == "null";
            return;
        }

        var alternatives = (schema["oneOf"] ?? schema["anyOf"])?.Items;
        if (alternatives is null || schema["properties"] is not null || schema["allOf"] is not null)
        {
            // allOf of one reference is how 3.0 puts words beside it.
            if (schema is { Members: not null } && schema["allOf"]?.Items is [var only] && schema["properties"] is null && schema["type"] is null && alternatives is null && TypeName(references.Follow(only)) is not ("object" or null))
            {
                Flatten(only, leaves, seen, ref nillable);
                return;
            }

            leaves.Add(schema);
            return;
        }

        foreach (var alternative in alternatives)
        {
            Flatten(alternative, leaves, seen, ref nillable);
        }
    }

    private void Collect(OpenApiNode schema, Dictionary<string, Property> properties, int depth, bool inherited = false)
    {
        schema = references.Follow(schema);
        if (depth > 32 || ++work > MaxWork)
        {
            findings.Error("allOf", Phrases.Of("OpenApi.SchemasValueNestedDeeperThan"), At(schema));
            return;
        }

        foreach (var part in schema["allOf"]?.Items ?? [])
        {
            var of = new Dictionary<string, Property>(StringComparer.Ordinal);
            Collect(part, of, depth + 1, inherited: true);
            foreach (var (name, property) in of)
            {
                properties[name] = properties.TryGetValue(name, out var known) ? Both(known, property) : property;
            }
        }

        var required = (schema["required"]?.Items ?? []).Select(r => r.Text).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, property) in schema["properties"]?.Members ?? [])
        {
            properties[name] = new Property(name, [property], required.Contains(name) || (properties.TryGetValue(name, out var known) && known.Required), property.Line);
        }

        foreach (var name in required.Where(n => n is not null && properties.ContainsKey(n)))
        {
            properties[name!] = properties[name!] with { Required = true };
        }

        // What only some values have is optional.
        var heirs = schema["discriminator"] is not null && !inherited && (schema["oneOf"] ?? schema["anyOf"]) is null ? references.Heirs(schema) : [];
        foreach (var part in heirs.Concat(new[] { schema["then"], schema["else"] }.OfType<OpenApiNode>()).Concat((schema["dependentSchemas"]?.Members ?? []).Select(member => member.Value)))
        {
            Optional(properties, part, depth);
        }

        var alternatives = (schema["oneOf"] ?? schema["anyOf"])?.Items ?? [];
        var merged = new Dictionary<string, Property>(StringComparer.Ordinal);
        for (var i = 0; i < Math.Min(alternatives.Count, MaxAlternatives); i++)
        {
            var of = new Dictionary<string, Property>(StringComparer.Ordinal);
            Collect(alternatives[i], of, depth + 1);
            Merge(merged, of, isFirst: i == 0);
        }

        foreach (var (name, property) in merged)
        {
            properties[name] = properties.TryGetValue(name, out var known) ? Both(known, property) : property;
        }
    }

    private void Optional(Dictionary<string, Property> properties, OpenApiNode part, int depth)
    {
        var of = new Dictionary<string, Property>(StringComparer.Ordinal);
        Collect(part, of, depth + 1, inherited: true);
        foreach (var (name, property) in of)
        {
            properties[name] = properties.TryGetValue(name, out var known) ? Both(known, property) with { Required = known.Required } : property with { Required = false };
        }
    }

    // Of two schemas about the same member the more telling one; where both tell, either may stand there.
    private static Property Both(Property one, Property other) =>
        one with { Schemas = [.. one.Schemas.Concat(other.Schemas).Distinct()], Required = one.Required || other.Required };

    // Alternatives: required is what all of them require.
    private static void Merge(Dictionary<string, Property> into, Dictionary<string, Property> next, bool isFirst)
    {
        foreach (var (name, property) in next)
        {
            into[name] = into.TryGetValue(name, out var known)
                ? known with { Schemas = [.. known.Schemas.Concat(property.Schemas).Distinct()], Required = known.Required && property.Required }
                : property with { Required = property.Required && isFirst };
        }

        foreach (var name in into.Keys.Where(name => !next.ContainsKey(name)).ToList())
        {
            into[name] = into[name] with { Required = false };
        }
    }

    private void Build(ComplexType type, List<Property> properties)
    {
        var all = new Particle { Kind = ParticleKind.All, Location = type.Location };
        foreach (var property in properties)
        {
            all.Children.Add(Leaf(property.Name, property.Schemas.Count == 0 ? new Place(any, false, 0) : PlaceOf(property.Schemas), property.Required, property.Line));
        }

        Finish(type, all);
    }

    private Particle Leaf(string name, Place place, bool required, int line) => new()
    {
        Kind = ParticleKind.Element,
        Min = required ? 1 : 0,
        Max = place.Lists == 1 ? Particle.Unbounded : 1,
        Location = new SchemaLocation(file, line),
        Element = new ElementDeclaration(new QualifiedName("", name), new SchemaLocation(file, line)) { Type = place.Type, Nillable = place.Nillable, Lists = place.Lists },
    };

    private static void Finish(ComplexType type, Particle all)
    {
        type.Particle = all;
        type.Content = ContentKind.Elements;
        type.Compiled = true;
        type.IsJson = true;
        new ContentModelBuilder().Build(type, all);
        for (var i = 0; i < all.Children.Count; i++)
        {
            type.Members[i].Repeated = all.Children[i].Max > 1;
        }
    }

    private static bool IsNullable(OpenApiNode schema) => schema.IsTrue("nullable") ||
        (schema["type"]?.Items?.Any(t => t.Text is "null" or null) ?? false) ||
        (schema["anyOf"] ?? schema["oneOf"])?.Items?.Any(a => a["type"]?.Text == "null") == true;

    // Null where nothing or more than one kind is said.
    private static string? TypeName(OpenApiNode schema)
    {
        if (schema["type"]?.Items is { } names)
        {
            var real = names.Where(name => name.Text is not ("null" or null)).ToList();
            return real.Count == 1 ? real[0].Text : real.Count == 0 ? "null" : null;
        }

        return schema["type"]?.Text
            ?? (schema["properties"] is not null || schema["allOf"] is not null || schema["additionalProperties"] is not null || schema["oneOf"] is not null || schema["anyOf"] is not null ? "object"
            : schema["items"] is not null ? "array"
            : Constant(schema));
    }

    private static string? Constant(OpenApiNode schema)
    {
        var values = schema["const"] is { } constant ? [constant] : schema["enum"]?.Items ?? [];
        return values.Count > 0 && values.All(value => value.IsString) ? "string" : null;
    }

    private static SimpleType BuiltInNumber() => Simple("decimal", JsonForm.Number);

    private static SimpleType Simple(string builtIn, JsonForm form)
    {
        var parent = BuiltInTypes.Find(builtIn)!;
        var type = new SimpleType(new QualifiedName("", ""), new SchemaLocation("built-in", 0)) { Base = parent, Primitive = parent.Primitive, BuiltIn = parent.BuiltIn, WhiteSpace = parent.WhiteSpace, JsonForm = form, Facets = parent.Facets };
        type.Seal();
        return type;
    }

    private SimpleType Simple(OpenApiNode schema, string name)
    {
        var builtIn = (name, schema["format"]?.Text) switch
        {
            ("boolean", _) => "boolean",
            ("integer", "int32") => "int",
            ("integer", "int64") => "long",
            ("integer", _) => "integer",
            ("number", "float") => "float",
            ("number", "double") => "double",
            ("number", _) => "decimal",
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
            facets.Patterns = [pattern];
        }

        if ((schema["const"] is { } constant ? [constant] : schema["enum"]?.Items) is { Count: > 0 } values)
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
            Facets = facets.Enumeration is null && !facets.HasLength && !facets.HasRange && facets.Patterns.Count == 0 ? parent.Facets : facets,
        };
        type.Seal();
        return type;
    }

    private static string? Bound(OpenApiNode? node) =>
        decimal.TryParse(node?.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value.ToString(CultureInfo.InvariantCulture) : null;

    private static long? Number(OpenApiNode? node) =>
        long.TryParse(node?.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    private SchemaLocation At(OpenApiNode node) => new(file, node.Line);
}
