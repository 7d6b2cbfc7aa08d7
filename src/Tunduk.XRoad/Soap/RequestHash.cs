using System.Security.Cryptography;

namespace Tunduk.XRoad.Soap;

/// <summary>
/// The hash of the request that a provider's security server puts into the response (PR-MESS 2.3): base64 of SHA-512 over the raw
/// bytes of the SOAP part of the request, byte order mark included.
/// </summary>
/// <param name="Value">Base64 as it stood in the header.</param>
/// <param name="AlgorithmId">The digest's URI.</param>
public readonly record struct RequestHash(string Value, string AlgorithmId)
{
    public const string Sha512 = "http://www.w3.org/2001/04/xmlenc#sha512";

    public static RequestHash Compute(ReadOnlySpan<byte> rawSoapPart) => FromDigest(SHA512.HashData(rawSoapPart));

    /// <summary>From the 64 bytes of a digest that was computed while the part went by.</summary>
    public static RequestHash FromDigest(ReadOnlySpan<byte> sha512) => new(Convert.ToBase64String(sha512), Sha512);

    /// <summary>True when the hash is SHA-512 and the same bytes as <paramref name="sha512"/>; compared in fixed time.</summary>
    public bool Matches(ReadOnlySpan<byte> sha512)
    {
        if (AlgorithmId != Sha512 || Value is null || sha512.Length != SHA512.HashSizeInBytes || Value.Length > 256)
        {
            return false;
        }

        Span<byte> decoded = stackalloc byte[192];
        return Convert.TryFromBase64String(Value, decoded, out int written)
            && CryptographicOperations.FixedTimeEquals(decoded[..written], sha512);
    }
}
