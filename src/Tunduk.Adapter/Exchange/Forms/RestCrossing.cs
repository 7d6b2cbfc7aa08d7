using System.Collections.Frozen;
using Tunduk.Evidence.Http;
using Tunduk.XRoad.Rest;

namespace Tunduk.Adapter.Exchange.Forms;

/// <summary>X-Road's own headers of a REST message, and those of its signature; all others follow <see cref="RestPolicy"/>.</summary>
internal static class RestCrossing
{
    private const int LongestHash = 88;

    private static readonly FrozenSet<string> SetByServers = FrozenSet.ToFrozenSet(
        [RestHeaderNames.Id, RestHeaderNames.Client, RestHeaderNames.Service, RestHeaderNames.RequestId, RestHeaderNames.RequestHash],
        StringComparer.OrdinalIgnoreCase);

    // Who the caller is to this adapter, and how it wants the bytes packed: nobody beyond is asked or told.
    private static readonly FrozenSet<string> OfThisHop = FrozenSet.ToFrozenSet(["authorization", "accept-encoding"], StringComparer.OrdinalIgnoreCase);

    /// <summary>The headers that are neither X-Road's nor of our signature: those are written anew from their values.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Others(IEnumerable<KeyValuePair<string, string>> headers) =>
        [.. headers.Where(header => !header.Key.StartsWith("x-road-", StringComparison.OrdinalIgnoreCase) && !IsSignature(header.Key) && !OfThisHop.Contains(header.Key))];

    /// <summary>What security servers set on an answer: identifiers that were compared, an id and a hash; a text in their place does not pass.</summary>
    public static IEnumerable<KeyValuePair<string, string>> OfServers(IEnumerable<KeyValuePair<string, string>> headers) =>
        headers.Where(header => SetByServers.Contains(header.Key) && IsOfServers(header.Key, header.Value));

    private static bool IsOfServers(string name, string value) =>
        name.Equals(RestHeaderNames.RequestId, StringComparison.OrdinalIgnoreCase) ? Guid.TryParse(value, out _)
        : !name.Equals(RestHeaderNames.RequestHash, StringComparison.OrdinalIgnoreCase) || (value.Length <= LongestHash && System.Buffers.Text.Base64.IsValid(value) && Convert.FromBase64String(value).Length is 28 or 32 or 48 or 64);

    /// <summary>The headers with the signature's set in place of those of the same name.</summary>
    public static List<KeyValuePair<string, string>> With(IEnumerable<KeyValuePair<string, string>> headers, IReadOnlyList<HttpHeaderField> set)
    {
        var names = set.Select(field => field.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [.. headers.Where(header => !names.Contains(header.Key)), .. set.Select(field => KeyValuePair.Create(field.Name, field.Value))];
    }

    /// <summary>As the signature library takes them.</summary>
    public static IReadOnlyList<HttpHeaderField> Fields(IEnumerable<KeyValuePair<string, string>> headers) =>
        [.. headers.Select(header => new HttpHeaderField(header.Key, header.Value))];

    /// <summary>A header that belongs to the body.</summary>
    public static bool IsContent(string name) => name.StartsWith("content-", StringComparison.OrdinalIgnoreCase);

    private static bool IsSignature(string name) =>
        name.StartsWith("tunduk-", StringComparison.OrdinalIgnoreCase)
        || name.Equals(HttpSignatureNames.Signature, StringComparison.OrdinalIgnoreCase)
        || name.Equals(HttpSignatureNames.SignatureInput, StringComparison.OrdinalIgnoreCase)
        || name.Equals(HttpSignatureNames.ContentDigest, StringComparison.OrdinalIgnoreCase);
}
