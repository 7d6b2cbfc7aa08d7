using Tunduk.Adapter.Attachments;

namespace Tunduk.Adapter.Exchange;

/// <summary>A REST message before or after the agreement's lists.</summary>
/// <param name="Method">Method of the request; empty for a response.</param>
/// <param name="RawPath">What follows the service code, with its leading slash, as it stands on the wire; empty for a response.</param>
/// <param name="RawQuery">What follows the question mark; null without one.</param>
/// <param name="Headers">Headers besides X-Road's own, which follow their own rules.</param>
/// <param name="Body">The body; may be empty.</param>
internal sealed record RestMessage(
    string Method,
    string RawPath,
    string? RawQuery,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    RestBody Body)
{
    /// <summary>The value of a header; null without one. Several count as one joined by commas (RFC 9110 §5.3).</summary>
    public string? Header(string name)
    {
        var values = Headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value).ToList();
        return values.Count == 0 ? null : string.Join(", ", values);
    }
}
