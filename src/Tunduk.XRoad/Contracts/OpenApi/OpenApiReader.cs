using System.Text;
using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Contracts.OpenApi;

/// <summary>
/// Reads OpenAPI 3.0 and 3.1. Each operation's request is an object with the members of its path, query and header
/// parameters (<c>path</c>, <c>query</c>, <c>header</c>) and its JSON body (<c>body</c>); its response is the JSON body
/// of the first successful answer.
/// </summary>
internal sealed class OpenApiReader(ImportOptions options, FindingList findings)
{
    private static readonly string[] Methods = ["get", "post", "put", "patch", "delete", "head", "options"];

    public static bool LooksLike(ReadOnlySpan<byte> content)
    {
        var start = Encoding.UTF8.GetString(content[..Math.Min(content.Length, 4_096)]).TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
        return start.StartsWith('{') || start.StartsWith("openapi", StringComparison.Ordinal) || start.StartsWith("swagger", StringComparison.Ordinal) ||
            (!start.StartsWith('<') && start.Contains("openapi:", StringComparison.Ordinal));
    }

    public Contract? Read(ReadOnlyMemory<byte> content, string fileName)
    {
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(content.Span).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            findings.Error("openapi", "The file is not UTF-8.", new SchemaLocation(fileName, 0));
            return null;
        }

        if (OpenApiNode.Parse(text, fileName, options, findings) is not { } root)
        {
            return null;
        }

        var version = root["openapi"]?.Text ?? "";
        if (!version.StartsWith("3.0", StringComparison.Ordinal) && !version.StartsWith("3.1", StringComparison.Ordinal))
        {
            findings.Error("openapi", "The file is not an OpenAPI 3.0 or 3.1 description.", new SchemaLocation(fileName, root.Line));
            return null;
        }

        var compiler = new OpenApiTypes(root, fileName, options, findings);
        var drafts = new List<OperationDraft>();
        foreach (var (path, item) in root["paths"]?.Members ?? [])
        {
            foreach (var (method, operation) in item.Members ?? [])
            {
                if (Methods.Contains(method) && operation.Members is not null)
                {
                    drafts.Add(Operation(root, compiler, path, method, item, operation, fileName));
                }
            }
        }

        foreach (var twice in drafts.GroupBy(draft => draft.ServiceCode, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            findings.Warning("operationId", $"'{twice.Key}' names {twice.Count()} operations; they are told apart by method and path.", twice.Last().Location);
        }

        compiler.Complete();
        var operations = new ContractFinisher(compiler.Broken, findings, "").Finish(drafts);
        if (operations.Count == 0)
        {
            findings.Error("paths", "The description has no operation that can be used.", new SchemaLocation(fileName, root.Line));
            return null;
        }

        return new Contract(ContractKind.OpenApi, fileName, "", operations);
    }

    private OperationDraft Operation(OpenApiNode root, OpenApiTypes types, string path, string method, OpenApiNode item, OpenApiNode operation, string file)
    {
        var at = new SchemaLocation(file, operation.Line);
        var name = operation["operationId"]?.Text ?? method + path.Replace('/', '_').Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal);
        var groups = new Dictionary<string, List<OpenApiTypes.Property>>(StringComparer.Ordinal);
        foreach (var parameter in (item["parameters"]?.Items ?? []).Concat(operation["parameters"]?.Items ?? []))
        {
            var node = types.Follow(parameter);
            if (node["in"]?.Text is not ("path" or "query" or "header"))
            {
                findings.Warning("parameters", $"A parameter in '{(node["in"]?.Text is { Length: < 20 } where ? where : "?")}' is not mapped.", new SchemaLocation(file, node.Line));
            }

            if (node["in"]?.Text is ("path" or "query" or "header") and { } place && node["name"]?.Text is { } parameterName)
            {
                if (!groups.TryGetValue(place, out var list))
                {
                    list = [];
                    groups.Add(place, list);
                }

                list.RemoveAll(p => p.Name == parameterName);
                list.Add(new OpenApiTypes.Property(parameterName, node["schema"], place == "path" || node.IsTrue("required"), node.Line));
            }
        }

        var request = new List<(string Name, SchemaType Type, bool Required, int Line)>();
        foreach (var place in (string[])["path", "query", "header"])
        {
            if (groups.TryGetValue(place, out var list))
            {
                request.Add((place, types.ObjectOf(list, operation.Line), list.Exists(p => p.Required), operation.Line));
            }
        }

        if (operation["requestBody"] is { } body && JsonContent(types.Follow(body)) is { } schema)
        {
            request.Add(("body", types.TypeOf(schema, out _), types.Follow(body).IsTrue("required"), schema.Line));
        }

        var success = operation["responses"]?.Members?.FirstOrDefault(r => r.Key.StartsWith('2')).Value ?? operation["responses"]?["default"];
        var response = success is null ? null : JsonContent(types.Follow(success));
        var nillable = false;
        return new OperationDraft(
            name,
            VersionOf(root),
            new ElementDeclaration(new QualifiedName("", name), at) { Type = types.ObjectOf(request, operation.Line) },
            new ElementDeclaration(new QualifiedName("", name + "Response"), at)
            {
                Type = response is null ? types.ObjectOf(new List<OpenApiTypes.Property>(), operation.Line) : types.TypeOf(response, out nillable),
                Nillable = nillable,
            })
        {
            Title = operation["summary"]?.Text,
            Rest = new RestBinding(method.ToUpperInvariant(), path),
            Location = at,
        };
    }

    /// <summary>X-Road REST services carry no version; the description's own is not one.</summary>
    private static string? VersionOf(OpenApiNode root) => root["info"]?["x-road-service-version"]?.Text;

    private static OpenApiNode? JsonContent(OpenApiNode node)
    {
        var content = node["content"]?.Members;
        return content?.FirstOrDefault(c => c.Key.StartsWith("application/json", StringComparison.Ordinal)).Value?["schema"] ??
            content?.FirstOrDefault(c => c.Key.Contains("json", StringComparison.Ordinal) || c.Key == "*/*").Value?["schema"];
    }
}
