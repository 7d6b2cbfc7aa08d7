using System.Diagnostics.CodeAnalysis;

namespace Tunduk.Evidence.Http;

/// <summary>
/// What a REST request is for: the service and the raw path and query after the service code. The security servers change the
/// address, so this travels in the header <c>tunduk-target</c> and is compared byte for byte with what arrived.
/// </summary>
public readonly record struct HttpTarget
{
    private HttpTarget(string service, string pathAndQuery)
    {
        Service = service;
        PathAndQuery = pathAndQuery;
    }

    /// <summary>The service identifier as it stands in the address, percent-encoded: <c>sandbox/GOV/70009001/registry/persons</c>.</summary>
    public string Service { get; }

    /// <summary>The raw path and query after the service code: empty, or beginning with <c>/</c> or <c>?</c>.</summary>
    public string PathAndQuery { get; }

    /// <summary>Makes a target of raw text. Nothing is decoded, encoded or normalised.</summary>
    public static bool TryCreate(string service, string pathAndQuery, out HttpTarget target)
    {
        bool isGood = service.Length > 0 && StructuredValue.IsPrintable(service) && StructuredValue.IsPrintable(pathAndQuery)
            && !service.AsSpan().ContainsAny(" ?#") && !pathAndQuery.AsSpan().ContainsAny(" #")
            && (pathAndQuery.Length == 0 || pathAndQuery[0] is '/' or '?');
        target = isGood ? new HttpTarget(service, pathAndQuery) : default;
        return isGood;
    }

    /// <summary>Reads the header: a dictionary of exactly the strings <c>service</c> and <c>path</c>.</summary>
    public static bool TryParse(string header, out HttpTarget target)
    {
        target = default;
        return StructuredField.TryParseDictionary(header, out StructuredDictionary? members, out _)
            && members.Count == 2 && !members.HasRepeatedKeys
            && TryText(members, "service", out string? service) && TryText(members, "path", out string? path)
            && TryCreate(service, path, out target);
    }

    /// <summary>The header's value.</summary>
    public override string ToString() =>
        Service is null
            ? ""
            : string.Concat(
                "service=", StructuredField.Serialize(new StructuredItem(StructuredValue.FromString(Service))),
                ", path=", StructuredField.Serialize(new StructuredItem(StructuredValue.FromString(PathAndQuery))));

    private static bool TryText(StructuredDictionary members, string key, [NotNullWhen(true)] out string? text)
    {
        text = members.TryGet(key, out StructuredMember? member) && member is { Value.Type: StructuredType.String, Parameters.Count: 0 }
            ? member.Value.Text
            : null;
        return text is not null;
    }
}
