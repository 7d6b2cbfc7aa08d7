using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Tunduk.XRoad.Rest;

/// <summary>
/// X-Road-Request-Hash (PR-REST 4.3): base64 of SHA-512 over the raw digests SHA-512(header part) and SHA-512(body); without a body,
/// base64 of SHA-512(header part). The header part holds X-Road-Request-Id, which the security server invents for each call, so an
/// information system cannot predict the hash; simulators and tests can.
/// </summary>
public static class RestMessageHash
{
    /// <summary>
    /// The header part of a request: <c>VERB CRLF path[?query] CRLF</c>, then <c>Name:Value CRLF</c> for each header that is not
    /// dropped, in order. The caller appends x-road-request-id (and x-road-id, when it was made) last.
    /// </summary>
    public static byte[] RequestPart(string method, string rawTarget, IEnumerable<KeyValuePair<string, string>> headers) =>
        Part($"{method}\r\n{rawTarget}\r\n", headers);

    /// <summary>The header part of a response: <c>code CRLF reason CRLF</c> and the headers.</summary>
    public static byte[] ResponsePart(int status, string reason, IEnumerable<KeyValuePair<string, string>> headers) =>
        Part($"{status}\r\n{reason}\r\n", headers);

    /// <summary>The hash of a whole message.</summary>
    /// <param name="headerPart">Of <see cref="RequestPart"/>.</param>
    /// <param name="bodySha512">Digest of the body; empty when the message has none.</param>
    public static string Compute(ReadOnlySpan<byte> headerPart, ReadOnlySpan<byte> bodySha512)
    {
        Span<byte> digests = stackalloc byte[SHA512.HashSizeInBytes * 2];
        SHA512.HashData(headerPart, digests);
        if (bodySha512.IsEmpty)
        {
            return Convert.ToBase64String(digests[..SHA512.HashSizeInBytes]);
        }

        bodySha512.CopyTo(digests[SHA512.HashSizeInBytes..]);
        return Convert.ToBase64String(SHA512.HashData(digests));
    }

    private static byte[] Part(string first, IEnumerable<KeyValuePair<string, string>> headers)
    {
        ArrayBufferWriter<byte> output = new(512);
        Encoding.UTF8.GetBytes(first, output);
        foreach ((string name, string value) in headers)
        {
            if (RestHeaderNames.IsDropped(name))
            {
                continue;
            }

            Encoding.UTF8.GetBytes(name, output);
            output.Write(":"u8);
            Encoding.UTF8.GetBytes(value, output);
            output.Write("\r\n"u8);
        }

        return output.WrittenSpan.ToArray();
    }
}
