using Tunduk.Adapter.Filtering;

namespace Tunduk.Adapter.Agreements;

/// <summary>The compiled lists of one service.</summary>
internal sealed record ServiceFields(FieldList Request, FieldList Response, FieldList RestBody)
{
    private static readonly string[] OutsideBody = ["path", "query", "header"];

    /// <summary>Null where wildcards multiply beyond what is compiled.</summary>
    public static ServiceFields? Compile(FieldRules request, FieldRules response, ContractFields? contract)
    {
        if (!FieldList.TryForRequest(request, contract?.Request.Select(static f => f.Path), contract?.RequestShape ?? MessageShape.ByMessage, out FieldList? requestFields)
            || !FieldList.TryForResponse(response, request, contract?.Response.Select(static f => f.Path), contract?.ResponseShape ?? MessageShape.ByMessage, out FieldList? responseFields)
            || !FieldList.TryForRequest(OfBody(request), contract is { Endpoint: not null } ? Body(contract.Request.Select(static f => f.Path)) : null, contract is { Endpoint: not null } ? MessageShape.Flat : MessageShape.ByMessage, out FieldList? body))
        {
            return null;
        }

        return contract is { MapsXml: true } ? new ServiceFields(requestFields.ForMappedXml(XmlTexts(contract.Request)), responseFields.ForMappedXml(XmlTexts(contract.Response)), body) : new ServiceFields(requestFields, responseFields, body);
    }

    private static IEnumerable<string> XmlTexts(IReadOnlyList<ContractField> fields) => fields.Where(static field => field.IsXmlText).Select(static field => field.Path.Text);

    /// <summary>The rules of a REST request that are about its body.</summary>
    private static FieldRules OfBody(FieldRules rules) => rules with
    {
        Allow = Body(rules.Allow),
        Blank = Body(rules.Blank),
        Remove = Body(rules.Remove),
        Refuse = Body(rules.Refuse),
    };

    private static FieldPath[] Body(IEnumerable<FieldPath> paths) =>
    [
        .. paths
            .Where(static p => !OutsideBody.Contains(p.Names[0], StringComparer.Ordinal))
            .Select(static p => p.Names[0] == "body" && p.Names.Count > 1 ? FieldPath.Parse("/" + string.Join('/', p.Names.Skip(1))) : p)
            .Where(static p => p.Names[0] != "body"),
    ];

    /// <summary>Whether a compilation can fail: only wildcards before the end multiply.</summary>
    public static bool MayMultiply(params ReadOnlySpan<FieldRules> rules)
    {
        foreach (FieldRules r in rules)
        {
            if (r.Allow.Concat(r.Remove).Concat(r.Refuse).Concat(r.Blank).Any(static p => p.Names.Contains("*", StringComparer.Ordinal)))
            {
                return true;
            }
        }

        return false;
    }
}
