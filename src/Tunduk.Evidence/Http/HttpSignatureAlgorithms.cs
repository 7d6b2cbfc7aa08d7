using Tunduk.Evidence.Signing;

namespace Tunduk.Evidence.Http;

/// <summary>Names of the allow-list's algorithms in HTTP signatures (RFC 9421 §6.2.2). The registry has no others of them.</summary>
public static class HttpSignatureAlgorithms
{
    private static readonly (string Name, SignatureAlgorithm Algorithm)[] Known =
    [
        ("rsa-v1_5-sha256", SignatureAlgorithm.RsaSha256),
        ("rsa-pss-sha512", SignatureAlgorithm.RsaPssSha512),
        ("ecdsa-p256-sha256", SignatureAlgorithm.EcdsaP256Sha256),
        ("ecdsa-p384-sha384", SignatureAlgorithm.EcdsaP384Sha384),
    ];

    /// <summary>The registered name; null where there is none (RSA PKCS#1 with SHA-384 and SHA-512, PSS with SHA-256 and SHA-384).</summary>
    public static string? NameOf(SignatureAlgorithm algorithm) => Array.Find(Known, entry => entry.Algorithm == algorithm).Name;

    /// <summary>Looks a name up. HMAC is weak here: a shared secret proves nothing to a third party.</summary>
    public static AlgorithmVerdict TryParse(string name, out SignatureAlgorithm algorithm)
    {
        foreach ((string known, SignatureAlgorithm value) in Known)
        {
            if (string.Equals(known, name, StringComparison.Ordinal))
            {
                algorithm = value;
                return AlgorithmVerdict.Allowed;
            }
        }

        algorithm = default;
        return name == "hmac-sha256" ? AlgorithmVerdict.Weak : AlgorithmVerdict.Unknown;
    }
}
