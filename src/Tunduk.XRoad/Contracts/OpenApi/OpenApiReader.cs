using System.Text;
using Tunduk.XRoad.Contracts.JsonRules;
using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Contracts.OpenApi;

/// <summary>
/// Reads OpenAPI 3.0 and 3.1. Each operation's request is an object with the members of its path, query and header
/// parameters (<c>path</c>, <c>query</c>, <c>header</c>) and its JSON body (<c>body</c>); its response is the JSON body
/// of any successful answer.
/// </summary>
internal sealed class OpenApiReader(ImportOptions options, FindingList findings)
{
    private static readonly string[] Methods = ["get", "post", "put", "patch", "delete", "head", "options"];

    private static readonly string[] BesideMethods = ["parameters", "summary", "description", "servers", "$ref"];

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
            findings.Error("openapi", Phrases.Of("OpenApi.FileNotUtf8"), new SchemaLocation(fileName, 0));
            return null;
        }

        if (OpenApiNode.Parse(text, fileName, options, findings) is not { } root)
        {
            return null;
        }

        var version = root["openapi"]?.Text ?? "";
        if (!version.StartsWith("3.0", StringComparison.Ordinal) && !version.StartsWith("3.1", StringComparison.Ordinal))
        {
            findings.Error("openapi", Phrases.Of("OpenApi.FileNotOpenAPI3"), new SchemaLocation(fileName, root.Line));
            return null;
        }

        var context = new Context(root, fileName, version.StartsWith("3.1", StringComparison.Ordinal), options, findings);
        var drafts = new List<OperationDraft>();
        if (root["paths"] is { Members: null } paths)
        {
            findings.Error("paths", Phrases.Of("OpenApi.NoObjectNothingRead"), context.At(paths));
        }

        foreach (var (path, given) in root["paths"]?.Members?.Where(member => !member.Key.StartsWith("x-", StringComparison.Ordinal)) ?? [])
        {
            var item = context.References.Follow(given);
            if (item.Members is null)
            {
                findings.Error("paths", Phrases.Of("OpenApi.PathNoOperationsNo"), context.At(item));
            }

            foreach (var (method, operation) in item.Members ?? [])
            {
                if (Methods.Contains(method) && operation.Members is not null)
                {
                    drafts.Add(Operation(root, context, path, method, item, operation));
                }
                else if (Methods.Contains(method))
                {
                    findings.Error("paths", Phrases.Of("OpenApi.OperationNoObjectLeft", method), context.At(operation));
                }
                else if (!BesideMethods.Contains(method) && !method.StartsWith("x-", StringComparison.Ordinal))
                {
                    findings.Warning("paths", Phrases.Of("OpenApi.NoMethodXRoad", Short(method)), context.At(operation));
                }
            }
        }

        foreach (var twice in drafts.GroupBy(draft => draft.ServiceCode, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            findings.Warning("operationId", Phrases.Of("OpenApi.NamesOperationsToldApart", twice.Key, twice.Count()), twice.Last().Location);
        }

        context.Complete();
        var operations = new ContractFinisher(context.Types.Broken, findings, "").Finish(drafts);
        if (operations.Count == 0)
        {
            findings.Error("paths", Phrases.Of("OpenApi.DescriptionNoOperationCan"), new SchemaLocation(fileName, root.Line));
            return null;
        }

        return new Contract(ContractKind.OpenApi, fileName, "", operations);
    }

    private OperationDraft Operation(OpenApiNode root, Context context, string path, string method, OpenApiNode item, OpenApiNode operation)
    {
        var at = context.At(operation);
        var name = operation["operationId"]?.Text ?? method + path.Replace('/', '_').Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal);
        var parameters = new OpenApiParameters(context.References, context.File, findings);
        parameters.Read(item["parameters"]);
        parameters.Read(operation["parameters"]);
        parameters.CheckPath(path, operation);
        var parts = parameters.Parts(context.Types, context.Request, operation.Line);
        string? bodyType = null;
        string? onlyAsHttp = parameters.Unmapped;
        if (operation["requestBody"] is { } reference)
        {
            var body = context.References.Follow(reference);
            if (JsonContent(body) is { } content)
            {
                bodyType = content.Key;
                var schema = content.Value["schema"] ?? OpenApiNode.Empty;
                parts.Add(new Part("body", context.Types.PlaceOf([schema]), context.Request.Of(schema), body.IsTrue("required"), body.Line));
            }
            else if (body["content"]?.Members is [{ } other, ..])
            {
                findings.Warning("requestBody", Phrases.Of("OpenApi.BodyNoJsonPassed", Short(other.Key)), context.At(body));
                onlyAsHttp ??= body.IsTrue("required") ? Phrases.Of("OpenApi.BodyNoJson") : null;
            }
        }

        var (response, answers, nothing) = Response(context, operation, name, at);
        return new OperationDraft(name, VersionOf(root), Request(context, parts, name, at), response)
        {
            Title = operation["summary"]?.Text,
            Errors = Errors(context, operation, name, at),
            Rest = new RestBinding(method.ToUpperInvariant(), path) { Answers = Answers(context, operation), Parameters = parameters.All, BodyType = bodyType, OnlyAsHttp = onlyAsHttp ?? answers, AnswersNothing = nothing },
            Location = at,
        };
    }

    // path, query, header and body: each with the rule it is held against when it comes alone.
    private static ElementDeclaration Request(Context context, List<Part> parts, string name, SchemaLocation at)
    {
        var type = context.Types.ObjectOf([.. parts.Select(part => (part.Name, part.Place, part.Required, part.Line))], at.Line);
        foreach (var part in parts)
        {
            type.Members.First(member => member.JsonName == part.Name).Element!.Rule = part.Rule;
        }

        return new ElementDeclaration(new QualifiedName("", name), at) { Type = type, Rule = context.Request.ObjectOf([.. parts.Select(part => (part.Name, part.Rule, part.Required))], at) };
    }

    // All JSON of successful answers: which of them comes is the provider's choice.
    private (ElementDeclaration Element, string? OnlyAsHttp, bool Nothing) Response(Context context, OpenApiNode operation, string name, SchemaLocation at)
    {
        var members = operation["responses"]?.Members ?? [];
        var successes = members.Where(member => member.Key.StartsWith('2')).Select(member => context.References.Follow(member.Value)).ToList();
        if (successes.Count == 0 && operation["responses"]?["default"] is { } otherwise)
        {
            successes.Add(context.References.Follow(otherwise));
        }

        var schemas = successes.Select(JsonContent).Where(content => content is not null).Select(content => content!.Value.Value["schema"] ?? OpenApiNode.Empty).ToList();
        string? onlyAsHttp = null;
        if (successes.Find(success => JsonContent(success) is null && success["content"]?.Members?.Count > 0) is { } other)
        {
            findings.Warning("responses", Phrases.Of("OpenApi.AnswerNoJsonPassed", Short(other["content"]!.Members![0].Key)), context.At(other));
            onlyAsHttp = Phrases.Of("OpenApi.AnswerNoJson");
        }

        var element = new ElementDeclaration(new QualifiedName("", name + "Response"), at);
        if (schemas.Count == 0)
        {
            // An answer without a body is the empty object.
            element.Type = context.Types.ObjectOf(new List<OpenApiTypes.Property>(), at.Line);
            element.Rule = context.Response.ObjectOf([], at);
            return (element, onlyAsHttp, true);
        }

        var place = context.Types.PlaceOf(schemas);
        element.Type = place.Type;
        element.Nillable = place.Nillable;
        element.Lists = place.Lists;
        element.Rule = JsonRuleCompiler.AnyOf([.. schemas.Select(context.Response.Of).Distinct()], at);
        return (element, onlyAsHttp, false);
    }

    private static List<RestAnswer> Answers(Context context, OpenApiNode operation) =>
    [
        .. (operation["responses"]?.Members ?? []).Where(member => IsStatus(member.Key)).Select(member =>
        {
            var content = context.References.Follow(member.Value)["content"]?.Members;
            return new RestAnswer(member.Key, content?.Count > 0 && content.All(type => IsJson(type.Key)));
        }),
    ];

    // Of an error agreements name members; its values are not held against the schema, and so what cannot be read of it blocks nothing.
    private static ElementDeclaration? Errors(Context context, OpenApiNode operation, string name, SchemaLocation at)
    {
        var schemas = (operation["responses"]?.Members ?? []).Where(member => IsStatus(member.Key) && !member.Key.StartsWith('2'))
            .Select(member => JsonContent(context.Quiet.Follow(member.Value))?.Value["schema"]).OfType<OpenApiNode>().ToList();
        return schemas.Count == 0 ? null : new ElementDeclaration(new QualifiedName("", name + "Error"), at) { Type = context.Errors.PlaceOf(schemas).Type };
    }

    // Beside statuses extensions (x-…) may stand.
    private static bool IsStatus(string key) => key == "default" || (key.Length == 3 && char.IsAsciiDigit(key[0]));

    /// <summary>X-Road REST services carry no version; the description's own is not one.</summary>
    private static string? VersionOf(OpenApiNode root) => root["info"]?["x-road-service-version"]?.Text;

    private static string Short(string text) => text.Length <= 60 ? text : text[..60];

    private static KeyValuePair<string, OpenApiNode>? JsonContent(OpenApiNode node)
    {
        var content = node["content"]?.Members;
        var json = content?.Where(c => IsJson(c.Key)).ToList() ?? [];
        json = json.Count > 0 ? json : content?.Where(c => c.Key is "*/*" or "application/*").ToList() ?? [];
        return json.Count == 0 ? null : json.OrderBy(c => c.Key.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) ? 0 : 1).First();
    }

    private static bool IsJson(string mediaType)
    {
        var type = mediaType.Split(';')[0].Trim();
        return type.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase) || type.Equals("text/json", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>One of <c>path</c>, <c>query</c>, <c>header</c> and <c>body</c>.</summary>
    internal sealed record Part(string Name, OpenApiTypes.Place Place, JsonRule Rule, bool Required, int Line);

    private sealed class Context
    {
        public Context(OpenApiNode root, string file, bool is31, ImportOptions options, FindingList findings)
        {
            File = file;
            References = new OpenApiReferences(root, file, findings);
            Types = new OpenApiTypes(References, file, options, findings);
            var unsaid = new FindingList();
            Quiet = new OpenApiReferences(root, file, unsaid);
            Errors = new OpenApiTypes(Quiet, file, options, unsaid);
            Request = new JsonRuleCompiler(References, file, is31, MessageSide.Request, options, findings);
            Response = new JsonRuleCompiler(References, file, is31, MessageSide.Response, options, findings);
        }

        public string File { get; }

        public OpenApiReferences References { get; }

        public OpenApiTypes Types { get; }

        /// <summary>References whose faults are not said.</summary>
        public OpenApiReferences Quiet { get; }

        /// <summary>Types of answers that are no successes.</summary>
        public OpenApiTypes Errors { get; }

        public JsonRuleCompiler Request { get; }

        public JsonRuleCompiler Response { get; }

        public SchemaLocation At(OpenApiNode node) => new(File, node.Line);

        public void Complete()
        {
            Types.Complete();
            Errors.Complete();
            Request.Complete();
            Response.Complete();
        }
    }
}
