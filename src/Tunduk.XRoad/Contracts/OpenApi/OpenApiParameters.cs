using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Contracts.OpenApi;

/// <summary>The parameters of one operation: those of its path, overridden by its own.</summary>
internal sealed class OpenApiParameters(OpenApiReferences references, string file, FindingList findings)
{
    private static readonly string[] Places = ["path", "query", "header"];

    // OpenAPI 3.0.3 §4.7.12.1: as parameters they mean nothing; X-Road's own have a place of their own.
    private static readonly HashSet<string> Ignored = new(StringComparer.OrdinalIgnoreCase) { "Accept", "Content-Type", "Authorization" };

    private readonly List<(RestParameter Parameter, OpenApiNode Schema, bool Required, int Line)> found = [];

    public IReadOnlyList<RestParameter> All => [.. found.Select(parameter => parameter.Parameter)];

    /// <summary>Why no request can be made from JSON; null where one can.</summary>
    public string? Unmapped { get; private set; }

    public void Read(OpenApiNode? list)
    {
        if (list is { Items: null })
        {
            findings.Error("parameters", Phrases.Of("OpenApi.NoListNothingRead"), new SchemaLocation(file, list.Line));
        }

        var before = found.Select(known => known.Parameter).ToList();
        foreach (var given in list?.Items ?? [])
        {
            var node = references.Follow(given);
            var place = node["in"]?.Text ?? "";
            var name = node["name"]?.Text;
            if (name is null || (place == "header" && (Ignored.Contains(name) || name.StartsWith("X-Road-", StringComparison.OrdinalIgnoreCase))))
            {
                continue;
            }

            var required = place == "path" || node.IsTrue("required");
            if (!Places.Contains(place))
            {
                Leave(node, Phrases.Of("OpenApi.ParameterNotMapped", place.Length is > 0 and < 20 ? place : "?"), required, Phrases.Of("OpenApi.RequiredParameterNoPath"));
                continue;
            }

            var schema = node["schema"] ?? OpenApiNode.Empty;
            var kind = references.Follow(schema);
            var isObject = kind["properties"] is not null || kind["type"]?.Text == "object";
            if (node["content"] is not null || isObject)
            {
                Leave(node, Phrases.Of("OpenApi.ParameterObjectNoForm", name.Length <= 40 ? name : "?"), required, Phrases.Of("OpenApi.RequiredParameterObject"));
                continue;
            }

            // Lists of a query and of a header have forms of their own; what stands in a path's segment is the value and nothing beside it.
            var style = node["style"]?.Text;
            if (style is not null && (style is not ("simple" or "form" or "spaceDelimited" or "pipeDelimited") || (style == "simple") != (place != "query")))
            {
                Leave(node, Phrases.Of("OpenApi.ParameterStyleNotWritten", name.Length <= 40 ? name : "?"), required, Phrases.Of("OpenApi.RequiredParameterStyleNot"));
                continue;
            }

            if (found.Exists(known => known.Parameter.Place == place && known.Parameter.Name == name && !before.Contains(known.Parameter)))
            {
                findings.Warning("parameters", Phrases.Of("OpenApi.ParameterDescribedTwiceList", name.Length <= 40 ? name : "?"), new SchemaLocation(file, node.Line));
            }

            found.RemoveAll(known => known.Parameter.Place == place && known.Parameter.Name == name);
            found.Add((new RestParameter(place, name, Separator(place, node)), schema, required, node.Line));
        }
    }

    /// <summary>Each name of the path's template has its parameter, and the other way round.</summary>
    public void CheckPath(string path, OpenApiNode operation)
    {
        if (!path.StartsWith('/') || path.AsSpan().ContainsAny('?', '#'))
        {
            findings.Error("paths", Phrases.Of("OpenApi.PathBeginsNeitherQuery"), new SchemaLocation(file, operation.Line));
        }

        foreach (var stray in found.FindAll(known => known.Parameter.Place == "path" && !path.Split('/').Contains("{" + known.Parameter.Name + "}")))
        {
            findings.Warning("parameters", Phrases.Of("OpenApi.ParameterNoPlacePath", stray.Parameter.Name.Length <= 40 ? stray.Parameter.Name : "?"), new SchemaLocation(file, stray.Line));
            found.Remove(stray);
        }

        foreach (var part in path.Split('/').Where(part => part.Contains('{', StringComparison.Ordinal)))
        {
            var whole = part.Length > 2 && part[0] == '{' && part.IndexOf('}', StringComparison.Ordinal) == part.Length - 1;
            if (!whole)
            {
                findings.Error("paths", Phrases.Of("OpenApi.SegmentPathHoldsMore"), new SchemaLocation(file, operation.Line));
            }
            else if (!found.Exists(known => known.Parameter.Place == "path" && known.Parameter.Name == part[1..^1]))
            {
                found.Add((new RestParameter("path", part[1..^1], null), OpenApiNode.Typed("string"), true, operation.Line));
                findings.Warning("paths", Phrases.Of("OpenApi.PathParameterNotDescribed", part.Length <= 42 ? part[1..^1] : "?"), new SchemaLocation(file, operation.Line));
            }
        }
    }

    /// <summary>One part for each place that has parameters.</summary>
    public List<OpenApiReader.Part> Parts(OpenApiTypes types, JsonRuleCompiler rules, int line)
    {
        var parts = new List<OpenApiReader.Part>();
        foreach (var place in Places)
        {
            var list = found.Where(parameter => parameter.Parameter.Place == place).ToList();
            if (list.Count == 0)
            {
                continue;
            }

            var type = types.ObjectOf([.. list.Select(parameter => new OpenApiTypes.Property(parameter.Parameter.Name, [parameter.Schema], parameter.Required, parameter.Line))], line);
            foreach (var (parameter, schema, _, _) in list)
            {
                type.Members.First(member => member.JsonName == parameter.Name).Element!.Rule = rules.Of(schema);
            }

            var rule = rules.ObjectOf([.. list.Select(parameter => (parameter.Parameter.Name, rules.Of(parameter.Schema), parameter.Required))], new SchemaLocation(file, line));
            parts.Add(new OpenApiReader.Part(place, new OpenApiTypes.Place(type, false, 0), rule, list.Exists(parameter => parameter.Required), line));
        }

        return parts;
    }

    // A list: repeated for each value (form with explode, the default of a query), or in one value with a separator.
    private static char? Separator(string place, OpenApiNode node)
    {
        var style = node["style"]?.Text ?? (place == "query" ? "form" : "simple");
        return (style, node["explode"]?.Text ?? (style == "form" ? "true" : "false")) switch
        {
            ("form", "true") => null,
            ("spaceDelimited", _) => ' ',
            ("pipeDelimited", _) => '|',
            _ => ',',
        };
    }

    private void Leave(OpenApiNode node, string message, bool required, string why)
    {
        findings.Warning("parameters", message, new SchemaLocation(file, node.Line));
        Unmapped ??= required ? why : null;
    }
}
