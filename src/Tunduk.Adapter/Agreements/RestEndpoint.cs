using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Tunduk.XRoad.Rest;

namespace Tunduk.Adapter.Agreements;

/// <summary>
/// A method and a path template of a REST service, as agreements and OpenAPI write them: <c>GET /persons/{pin}</c>. What
/// stands in braces is a value and has to be on the request's list as <c>path/pin</c>; everything else is compared exactly.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RestEndpoint
{
    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"];

    private readonly string? text;

    private RestEndpoint(string method, string template)
    {
        Method = method;
        text = method + " " + template;
        Segments = template.Trim('/') is { Length: > 0 } path ? path.Split('/') : [];
    }

    public string Method { get; }

    /// <summary>The segments of the template; a value is <c>{name}</c>.</summary>
    public IReadOnlyList<string> Segments { get; }

    /// <summary>Names of the values.</summary>
    public IEnumerable<string> Parameters => Segments.Where(IsParameter).Select(static s => s[1..^1]);

    public static bool TryParse(string? value, out RestEndpoint endpoint, [NotNullWhen(false)] out string? fault)
    {
        endpoint = default;
        string[] parts = (value ?? string.Empty).Split(' ', 2, StringSplitOptions.TrimEntries);
        if (parts.Length != 2 || !Methods.Contains(parts[0], StringComparer.Ordinal))
        {
            fault = Phrases.Of("Agreements.EndpointMethodSpacePath", string.Join(", ", Methods));
            return false;
        }

        string path = parts[1];
        if (!path.StartsWith('/') || path.Contains("//", StringComparison.Ordinal) || path.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c) || c is '?' or '#' or '\\' or '%'))
        {
            fault = Phrases.Of("Agreements.PathEndpointBeginsSlash");
            return false;
        }

        RestEndpoint parsed = new(parts[0], path);
        foreach (string segment in parsed.Segments)
        {
            if (!IsParameter(segment) && (segment is "." or ".." || segment.AsSpan().ContainsAny('{', '}', '*')))
            {
                fault = Phrases.Of("Agreements.SegmentTextNameBraces");
                return false;
            }
        }

        if (parsed.Parameters.Distinct(StringComparer.Ordinal).Count() != parsed.Parameters.Count())
        {
            fault = Phrases.Of("Agreements.PathNamesValueTwice");
            return false;
        }

        endpoint = parsed;
        fault = null;
        return true;
    }

    /// <summary>Whether the endpoint is meant; the values by name.</summary>
    /// <param name="method">As received.</param>
    /// <param name="segments">Raw segments of the path, without an empty last one.</param>
    /// <param name="values">Names of the values in the order of the path.</param>
    public bool Matches(string method, IReadOnlyList<string> segments, out IReadOnlyList<string> values)
    {
        values = [];
        if (method != Method || segments.Count != Segments.Count)
        {
            return false;
        }

        for (int i = 0; i < segments.Count; i++)
        {
            if (!IsParameter(Segments[i]) && !(RestPath.TryDecode(segments[i], out string decoded) && decoded == Segments[i]))
            {
                return false;
            }
        }

        values = [.. Parameters];
        return true;
    }

    /// <summary>Whether one request could be meant by both: values stand at the same places, whatever their names.</summary>
    public bool MeansSameAs(RestEndpoint other)
    {
        if (Method != other.Method || Segments.Count != other.Segments.Count)
        {
            return false;
        }

        for (int i = 0; i < Segments.Count; i++)
        {
            if (IsParameter(Segments[i]) != IsParameter(other.Segments[i]) || (!IsParameter(Segments[i]) && Segments[i] != other.Segments[i]))
            {
                return false;
            }
        }

        return true;
    }

    public bool Equals(RestEndpoint other) => text == other.text;

    public override int GetHashCode() => text?.GetHashCode(StringComparison.Ordinal) ?? 0;

    public override string ToString() => text ?? string.Empty;

    private static bool IsParameter(string segment) => segment.Length > 2 && segment[0] == '{' && segment[^1] == '}' && !segment[1..^1].AsSpan().ContainsAny('{', '}');
}
