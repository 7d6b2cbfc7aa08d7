namespace Tunduk.Evidence.Signing;

/// <summary>The signature algorithms the project makes and accepts. The list is closed; anything else is refused by name.</summary>
public enum SignatureAlgorithm
{
    /// <summary>RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 §8.2).</summary>
    RsaSha256,

    /// <summary>RSASSA-PKCS1-v1_5 with SHA-384.</summary>
    RsaSha384,

    /// <summary>RSASSA-PKCS1-v1_5 with SHA-512.</summary>
    RsaSha512,

    /// <summary>RSASSA-PSS with SHA-256, MGF1 with the same hash, salt as long as the hash (RFC 8017 §8.1).</summary>
    RsaPssSha256,

    /// <summary>RSASSA-PSS with SHA-384.</summary>
    RsaPssSha384,

    /// <summary>RSASSA-PSS with SHA-512.</summary>
    RsaPssSha512,

    /// <summary>ECDSA over P-256 with SHA-256; the value is r and s joined (IEEE P1363).</summary>
    EcdsaP256Sha256,

    /// <summary>ECDSA over P-384 with SHA-384.</summary>
    EcdsaP384Sha384,
}
