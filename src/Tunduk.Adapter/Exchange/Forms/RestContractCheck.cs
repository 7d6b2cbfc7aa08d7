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
    private const int FirstError = 400;

    /// <summary>Why a request does not meet the description; null: it does, or there is none.</summary>
    public static ExchangeError? Request(Contract? description, string method, RestTarget target, IReadOnlyList<KeyValuePair<string, string>> headers, RestBody body, BodyMapping mapping)
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
                Expected = string.Join(RefusalPhrases.Of("or"), description.Operations.Where(operation => operation.Rest is not null).Take(5).Select(operation => $"{operation.Rest!.Method} {operation.Rest.Path}")),
                Found = RefusalPhrases.Of("and_segments_which_description_does_not", method.Length <= 7 ? method : RefusalPhrases.Of("another_method"), Segments(target).Count),
            };
        }

        var contentType = headers.LastOrDefault(header => header.Key.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)).Value;
        var faults = new List<MappingFault>();
        var parts = ((ComplexType)route.Operation.Request.Element.Type).Members;
        foreach (var part in parts.Where(part => part.Element is not null))
        {
            var members = (part.Element!.Type as ComplexType)?.Members ?? [];
            switch (part.JsonName)
            {
                case "path":
                    foreach (var member in members.Where(member => route.Values.ContainsKey(member.JsonName)))
                    {
                        Values(member, "path", [route.Values[member.JsonName]], Separator(route.Operation, "path", member.JsonName), faults);
                    }

                    break;
                case "header":
                    Headers(members, headers, faults);
                    break;
                case "body" when body.IsEmpty && part.Required:
                    faults.Add(new MappingFault(MappingCodes.Required, "body", part.Element.Location, Phrases.Of("Forms.Body"), "none"));
                    break;
                case "body" when !body.IsEmpty && IsJson(contentType):
                    faults.AddRange(JsonCheck.Check(part.Element, body.Span, new MappingLimits { MaxDepth = mapping.MaxDepth }).Faults);
                    break;
            }
        }

        Query(parts.FirstOrDefault(part => part.JsonName == "query"), target.RawQuery, route.Operation, faults);
        return faults.Count == 0 ? null : BodyMapping.Refuse([.. faults.Take(MostFaults)]);
    }

    /// <summary>
    /// Why an answer does not meet the description; null: it does, or there is none. An error is any that HTTP has: of its body passes
    /// what the agreement lists.
    /// </summary>
    public static ExchangeError? Response(Contract? description, string method, RestTarget target, int status, string? contentType, RestBody body, BodyMapping mapping)
    {
        if (description is null || status >= FirstError || Route(description, method, target) is not { Operation: { Rest: { } rest } operation })
        {
            return null;
        }

        if (rest.AnswerOf(status) is not { } answer)
        {
            return rest.Answers.Count == 0 ? null : new ExchangeError(ExchangeStage.Validate, ExchangeCodes.ContractViolated)
            {
                Path = "status",
                Expected = RefusalPhrases.Of("answer_description_has", string.Join(", ", rest.Answers.Take(10).Select(known => known.Status))),
                Found = $"{status}",
            };
        }

        if (status > 299)
        {
            return null;
        }

        if (body.IsEmpty)
        {
            // HTTP gives some answers no body, whatever is described.
            var mayBeEmpty = !answer.IsJson || method == "HEAD" || (status is 204 or 205 && answer.Status == $"{status}");
            return mayBeEmpty ? null : BodyMapping.Refuse([new MappingFault(MappingCodes.Required, "body", operation.Response.Element.Location, Phrases.Of("Forms.Body"), "none")]);
        }

        if (!IsJson(contentType))
        {
            return null;
        }

        var result = JsonCheck.Check(operation.Response.Element, body.Span, new MappingLimits { MaxDepth = mapping.MaxDepth });
        return result.IsOk ? null : BodyMapping.Refuse(result.Faults);
    }

    // HEAD asks what GET would answer (RFC 9110 §9.3.2).
    private static RestRoute? Route(Contract description, string method, RestTarget target) =>
        RestRoute.Find(description, method, Segments(target)) ?? (method == "HEAD" ? RestRoute.Find(description, "GET", Segments(target)) : null);

    private static List<string> Segments(RestTarget target) =>
        target.RawPath.Trim('/') is { Length: > 0 } path ? [.. path.Split('/').Select(Uri.UnescapeDataString)] : [];

    private static void Query(Member? group, string? raw, Operation operation, List<MappingFault> faults)
    {
        var known = (group?.Element!.Type as ComplexType)?.Members ?? [];
        var given = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var pair in (raw ?? "").Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var name = Decode(equals < 0 ? pair : pair[..equals]);
            if (known.FirstOrDefault(member => member.JsonName == name) is not { Element: { } parameter } found)
            {
                faults.Add(new MappingFault(MappingCodes.Unknown, "query", operation.Location, Phrases.Of("Forms.ParameterDescription"), "another"));
            }
            else if (!given.TryAdd(name, [equals < 0 ? "" : Decode(pair[(equals + 1)..])]))
            {
                if (!found.Repeated || Separator(operation, "query", name) is not null)
                {
                    faults.Add(new MappingFault(MappingCodes.Duplicate, "query/" + name, parameter.Location, Phrases.Of("Forms.ParameterOnce"), Phrases.Of("Forms.Second")));
                }

                given[name].Add(equals < 0 ? "" : Decode(pair[(equals + 1)..]));
            }
        }

        foreach (var member in known.Where(member => given.ContainsKey(member.JsonName)))
        {
            Values(member, "query", given[member.JsonName], Separator(operation, "query", member.JsonName), faults);
        }

        faults.AddRange(known.Where(member => member.Required && !given.ContainsKey(member.JsonName)).Select(member => new MappingFault(MappingCodes.Required, "query/" + member.JsonName, member.Element!.Location, Phrases.Of("Forms.Parameter"), "nothing")));
    }

    private static void Headers(IReadOnlyList<Member> members, IReadOnlyList<KeyValuePair<string, string>> headers, List<MappingFault> faults)
    {
        foreach (var member in members)
        {
            var values = headers.Where(header => header.Key.Equals(member.JsonName, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value).ToList();
            if (values.Count > 0)
            {
                Values(member, "header", values, ',', faults);
            }
            else if (member.Required)
            {
                faults.Add(new MappingFault(MappingCodes.Required, "header/" + member.JsonName, member.Element!.Location, Phrases.Of("Forms.Header"), "nothing"));
            }
        }
    }

    // A list as it stands in an address: one value for each, or all in one with a separator.
    private static void Values(Member member, string place, IReadOnlyList<string> texts, char? separator, List<MappingFault> faults)
    {
        var element = member.Element!;
        var fault = element.Lists == 0
            ? JsonCheck.CheckText(element, string.Join(',', texts))
            : JsonCheck.CheckTexts(element, separator is { } between ? [.. texts.SelectMany(text => text.Split(between))] : texts);
        if (fault is not null)
        {
            faults.Add(fault with { Path = place + "/" + fault.Path });
        }
    }

    private static char? Separator(Operation operation, string place, string name) =>
        operation.Rest!.Parameters.FirstOrDefault(parameter => parameter.Place == place && parameter.Name == name)?.Separator;

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

    /// <summary>Whether a media type is JSON.</summary>
    public static bool IsJson(string? contentType) =>
        MediaType.TryParse(contentType, out var type) && (type.Type == "application/json" || type.Type.EndsWith("+json", StringComparison.Ordinal));
}
