using Tunduk.Adapter.Attachments;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Contracts.OpenApi;
using Tunduk.XRoad.Contracts.Schema;
using Tunduk.XRoad.Mapping;
using Tunduk.XRoad.Rest;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Exchange.Forms;

/// <summary>The Validate stage of REST by the service's OpenAPI description: the operation that method and path mean, its parameters and its JSON.</summary>
internal static class RestContractCheck
{
    private const int MostFaults = 20;

    /// <summary>Why a request does not meet the description; null: it does, or there is none.</summary>
    public static ExchangeError? Request(Contract? description, string method, RestTarget target, string? contentType, RestBody body, BodyMapping mapping)
    {
        if (description is null)
        {
            return null;
        }

        if (Route(description, method, target) is not { } route)
        {
            return new ExchangeError(ExchangeStage.Validate, ExchangeCodes.ContractViolated)
            {
                Path = "path",
                Expected = string.Join(" or ", description.Operations.Where(operation => operation.Rest is not null).Take(5).Select(operation => $"{operation.Rest!.Method} {operation.Rest.Path}")),
                Found = $"{(method.Length <= 7 ? method : "another method")} and {Segments(target).Count} segments, which the description does not have",
            };
        }

        var faults = new List<MappingFault>();
        var parts = ((ComplexType)route.Operation.Request.Element.Type).Members;
        foreach (var part in parts.Where(part => part.Element is not null))
        {
            var members = (part.Element!.Type as ComplexType)?.Members ?? [];
            switch (part.JsonName)
            {
                case "path":
                    faults.AddRange(members.Where(member => route.Values.ContainsKey(member.JsonName)).Select(member => JsonCheck.CheckText(member.Element!, route.Values[member.JsonName])).OfType<MappingFault>().Select(fault => fault with { Path = "path/" + fault.Path }));
                    break;
                case "body" when body.IsEmpty && part.Required:
                    faults.Add(new MappingFault(MappingCodes.Required, "body", part.Element.Location, "a body", "none"));
                    break;
                case "body" when !body.IsEmpty && IsJson(contentType):
                    faults.AddRange(JsonCheck.Check(part.Element, body.Span, new MappingLimits { MaxDepth = mapping.MaxDepth }).Faults);
                    break;
            }
        }

        Query(parts.FirstOrDefault(part => part.JsonName == "query"), target.RawQuery, route.Operation.Location, faults);
        return faults.Count == 0 ? null : BodyMapping.Refuse([.. faults.Take(MostFaults)]);
    }

    /// <summary>Why the JSON of a successful answer does not meet the description; null: it does, or there is none.</summary>
    public static ExchangeError? Response(Contract? description, string method, RestTarget target, int status, string? contentType, RestBody body, BodyMapping mapping)
    {
        if (description is null || status is < 200 or > 299 || body.IsEmpty || !IsJson(contentType) || Route(description, method, target) is not { } route)
        {
            return null;
        }

        var result = JsonCheck.Check(route.Operation.Response.Element, body.Span, new MappingLimits { MaxDepth = mapping.MaxDepth });
        return result.IsOk ? null : BodyMapping.Refuse(result.Faults);
    }

    // HEAD asks what GET would answer (RFC 9110 §9.3.2).
    private static RestRoute? Route(Contract description, string method, RestTarget target) =>
        RestRoute.Find(description, method, Segments(target)) ?? (method == "HEAD" ? RestRoute.Find(description, "GET", Segments(target)) : null);

    private static List<string> Segments(RestTarget target) =>
        target.RawPath.Trim('/') is { Length: > 0 } path ? [.. path.Split('/').Select(Uri.UnescapeDataString)] : [];

    private static void Query(Member? group, string? raw, SchemaLocation at, List<MappingFault> faults)
    {
        var known = (group?.Element!.Type as ComplexType)?.Members ?? [];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var pair in (raw ?? "").Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var name = Decode(equals < 0 ? pair : pair[..equals]);
            if (known.FirstOrDefault(member => member.JsonName == name) is not { Element: { } parameter } found)
            {
                faults.Add(new MappingFault(MappingCodes.Unknown, "query", at, "a parameter the description has", "another"));
            }
            else if (!seen.Add(name) && !found.Repeated)
            {
                faults.Add(new MappingFault(MappingCodes.Duplicate, "query/" + name, parameter.Location, "the parameter once", "a second one"));
            }
            else if (!found.Repeated && JsonCheck.CheckText(parameter, equals < 0 ? "" : Decode(pair[(equals + 1)..])) is { } fault)
            {
                faults.Add(fault with { Path = "query/" + name });
            }
        }

        faults.AddRange(known.Where(member => member.Required && !seen.Contains(member.JsonName)).Select(member => new MappingFault(MappingCodes.Required, "query/" + member.JsonName, member.Element!.Location, "the parameter", "nothing")));
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

    private static bool IsJson(string? contentType) =>
        MediaType.TryParse(contentType, out var type) && (type.Type == "application/json" || type.Type.EndsWith("+json", StringComparison.Ordinal));
}
