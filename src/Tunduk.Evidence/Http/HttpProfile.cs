using System.Collections.Frozen;
using System.Globalization;

namespace Tunduk.Evidence.Http;

/// <summary>What the REST profile covers, once for the signer and the verifier.</summary>
internal static class HttpProfile
{
    private static readonly StructuredParameters OfRequest = StructuredParameters.Of(("req", StructuredValue.True));

    private static readonly StructuredParameters OfRequestSignature = StructuredParameters.Of(
        ("req", StructuredValue.True), ("key", StructuredValue.FromString(HttpSignatureNames.RequestLabel)));

    /// <summary>Header fields a request may have, each at most once; the first two it must have.</summary>
    public static readonly string[] RequestHeaders =
    [
        HttpSignatureNames.Client, HttpSignatureNames.Id, HttpSignatureNames.UserId, HttpSignatureNames.Issue,
        HttpSignatureNames.RepresentedParty, HttpSignatureNames.ContentType, HttpSignatureNames.ContentDigest,
        HttpSignatureNames.Checkpoint, HttpSignatureNames.Target,
    ];

    /// <summary>Header fields of a response that are covered.</summary>
    public static readonly string[] ResponseHeaders = [HttpSignatureNames.ContentType, HttpSignatureNames.ContentDigest];

    /// <summary>Most further header fields one signature covers.</summary>
    public const int MostListed = 32;

    // Of one connection, or written by every hand on the way.
    private static readonly FrozenSet<string> OfTheWay = FrozenSet.ToFrozenSet(
        [
            "accept-encoding", "age", "authorization", "connection", "content-length", "date", "expect", "host", "keep-alive", "proxy-authenticate",
            "proxy-authorization", "server", "te", "trailer", "transfer-encoding", "upgrade", "user-agent", "via",
            HttpSignatureNames.Signature, HttpSignatureNames.SignatureInput, HttpSignatureNames.ContentType, HttpSignatureNames.ContentDigest,
        ],
        StringComparer.Ordinal);

    /// <summary>
    /// Whether a header field may be one that the parties agreed on: not the profile's own, not X-Road's (security servers set those), not of
    /// the way. In lower case, as components are named.
    /// </summary>
    public static bool MayBeListed(string name)
    {
        foreach (char c in name)
        {
            if (!StructuredValue.IsTokenCharacter(c) || c is ':' or '/' or (>= 'A' and <= 'Z'))
            {
                return false;
            }
        }

        return name.Length > 0 && !name.StartsWith("x-road-", StringComparison.Ordinal) && !name.StartsWith("tunduk-", StringComparison.Ordinal) && !OfTheWay.Contains(name);
    }

    /// <summary>
    /// Adds further header fields of a message as components, in the order of their names; what may not be listed, and what the message does
    /// not have or has empty, is left out.
    /// </summary>
    /// <param name="names">Their names, in lower case.</param>
    /// <param name="fields">The message's.</param>
    /// <param name="components">Where they go.</param>
    /// <returns>The one that cannot be covered: one too many, or no text of a header. Null: all were added.</returns>
    public static (string Name, bool IsTooMany)? AddListed(IEnumerable<string> names, HttpFields fields, List<HttpComponent> components)
    {
        int covered = 0;
        foreach (string name in names.Where(MayBeListed).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            if (fields.Joined(name) is not { Length: > 0 } value)
            {
                continue;
            }

            bool isTooMany = ++covered > MostListed;
            if (isTooMany || !HttpFieldText.IsWritable(value))
            {
                return (name, isTooMany);
            }

            components.Add(Header(name, value));
        }

        return null;
    }

    public static bool ForwardsBody(string method) =>
        method is not ("GET" or "HEAD" or "DELETE" or "OPTIONS" or "TRACE");

    public static HttpComponent Method(string method) => new(Component(HttpSignatureNames.Method), method);

    public static HttpComponent Status(int status) =>
        new(Component(HttpSignatureNames.Status), status.ToString("000", CultureInfo.InvariantCulture));

    public static HttpComponent Header(string name, string value) => new(Component(name), value);

    /// <summary>The components that bind a response to its request.</summary>
    public static IEnumerable<HttpComponent> Binding(RestRequestBinding request)
    {
        yield return new(new StructuredItem(Known(HttpSignatureNames.Id), OfRequest), request.Id);
        yield return new(new StructuredItem(Known(HttpSignatureNames.Client), OfRequest), request.Client);
        yield return new(new StructuredItem(Known(HttpSignatureNames.Target), OfRequest), request.Target.ToString());
        if (!request.Signature.IsEmpty)
        {
            yield return RequestSignature(request.Signature);
        }
    }

    /// <summary>The component that binds a response to its request's signature.</summary>
    public static HttpComponent RequestSignature(ReadOnlyMemory<byte> value) => new(
        new StructuredItem(Known(HttpSignatureNames.Signature), OfRequestSignature),
        string.Concat(":", Convert.ToBase64String(value.Span), ":"));

    public static string KeyId(ReadOnlySpan<byte> sha256) => Convert.ToHexStringLower(sha256);

    private static StructuredItem Component(string name) => new(Known(name));

    private static StructuredValue Known(string name) => StructuredValue.OfText(StructuredType.String, name);
}
