using System.Security.Cryptography;
using System.Text;

namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>A REST request on its way between the servers (PR-REST §4): filtered headers, raw path and query.</summary>
internal sealed class RestRequest
{
    public required string Verb { get; init; }

    public required ParticipantId Client { get; init; }

    public required ServedId Service { get; init; }

    /// <summary>What stands after the service code, with its slash, as it came; may be empty.</summary>
    public required string Path { get; init; }

    /// <summary>The query with its question mark, as it came; may be empty.</summary>
    public required string Query { get; init; }

    /// <summary>The whole path of the request, as it came.</summary>
    public required string Target { get; init; }

    /// <summary>The headers that cross, in order, x-road-request-id last (and x-road-id after it where the server made it).</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; }

    public required string Id { get; init; }

    public required string RequestId { get; init; }

    /// <summary>The body where it was read whole, which is so where bodies are logged.</summary>
    public ReadOnlyMemory<byte>? Body { get; init; }

    /// <summary>The body where it is relayed as it comes.</summary>
    public Stream? BodyStream { get; init; }

    /// <summary>
    /// The value of X-Road-Request-Hash (PR-REST §4.3): SHA-512 over the raw digests of header part and body; without a
    /// body over the header part alone, once.
    /// </summary>
    public string Hash(ReadOnlySpan<byte> bodyDigest)
    {
        var text = new StringBuilder().Append(Verb).Append("\r\n").Append(Target).Append(Query).Append("\r\n");
        foreach ((string name, string value) in Headers)
        {
            text.Append(name).Append(':').Append(value).Append("\r\n");
        }

        byte[] header = SHA512.HashData(Encoding.UTF8.GetBytes(text.ToString()));
        return bodyDigest.IsEmpty
            ? Convert.ToBase64String(header)
            : Convert.ToBase64String(SHA512.HashData([.. header, .. bodyDigest]));
    }
}
