using Tunduk.Adapter.Filtering;

namespace Tunduk.Adapter.Agreements;

/// <summary>The compiled lists of one service.</summary>
internal sealed record ServiceFields(FieldList Request, FieldList Response)
{
    /// <summary>Null where wildcards multiply beyond what is compiled.</summary>
    public static ServiceFields? Compile(FieldRules request, FieldRules response, ContractFields? contract) =>
        FieldList.TryForRequest(request, contract?.Request.Select(static f => f.Path), contract?.RequestShape ?? MessageShape.ByMessage, out FieldList? requestFields)
        && FieldList.TryForResponse(response, request, contract?.Response.Select(static f => f.Path), contract?.ResponseShape ?? MessageShape.ByMessage, out FieldList? responseFields)
            ? contract is { MapsXml: true } ? new ServiceFields(requestFields.ForMappedXml(), responseFields.ForMappedXml()) : new ServiceFields(requestFields, responseFields)
            : null;

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
