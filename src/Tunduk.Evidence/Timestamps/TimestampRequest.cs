using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;

namespace Tunduk.Evidence.Timestamps;

/// <summary>A request for a time-stamp over SHA-256 (RFC 3161 §2.4.1). The authority's certificate is always asked for.</summary>
public sealed class TimestampRequest
{
    /// <summary>Media type of a request.</summary>
    public const string MediaType = "application/timestamp-query";

    /// <summary>Media type of a response.</summary>
    public const string ResponseMediaType = "application/timestamp-reply";

    private TimestampRequest(ReadOnlyMemory<byte> sha256, ReadOnlyMemory<byte> nonce, string? policy, byte[] encoded)
    {
        Sha256 = sha256;
        Nonce = nonce;
        Policy = policy;
        Encoded = encoded;
    }

    /// <summary>DER bytes to post.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>What is stamped.</summary>
    public ReadOnlyMemory<byte> Sha256 { get; }

    /// <summary>The nonce, a positive integer, most significant byte first.</summary>
    public ReadOnlyMemory<byte> Nonce { get; }

    /// <summary>The policy asked for; null leaves it to the authority.</summary>
    public string? Policy { get; }

    /// <summary>Writes a request.</summary>
    /// <param name="sha256">SHA-256 of what is stamped.</param>
    /// <param name="nonce">Random bytes, 8 to 32; the first bit is cleared so that every authority reads one positive number.</param>
    /// <param name="policy">Object identifier of a policy.</param>
    public static TimestampRequest Create(ReadOnlyMemory<byte> sha256, ReadOnlyMemory<byte> nonce, string? policy = null)
    {
        if (sha256.Length != 32 || nonce.Length is < 8 or > 32)
        {
            throw new ArgumentException("SHA-256 has 32 bytes and a nonce 8 to 32.", sha256.Length != 32 ? nameof(sha256) : nameof(nonce));
        }

        byte[] number = nonce.ToArray();
        number[0] = (byte)((number[0] & 0x7F) | 0x40);
        Rfc3161TimestampRequest request = Rfc3161TimestampRequest.CreateFromHash(
            sha256, HashAlgorithmName.SHA256, policy is null ? null : new Oid(policy), number, requestSignerCertificates: true);
        return new TimestampRequest(sha256, number, policy, request.Encode());
    }
}
