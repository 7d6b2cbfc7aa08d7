using Tunduk.Evidence.Signing;

namespace Tunduk.Evidence.Log;

/// <summary>The names under which checkpoints carry the project's signature algorithms; anything else is refused.</summary>
public static class CheckpointAlgorithm
{
    public const string RsaPkcs1Sha256 = "rsa-pkcs1-sha256";
    public const string RsaPkcs1Sha384 = "rsa-pkcs1-sha384";
    public const string RsaPkcs1Sha512 = "rsa-pkcs1-sha512";
    public const string RsaPssSha256 = "rsa-pss-sha256";
    public const string RsaPssSha384 = "rsa-pss-sha384";
    public const string RsaPssSha512 = "rsa-pss-sha512";

    /// <summary>ECDSA, curve P-256; the signature is r ‖ s, 64 bytes.</summary>
    public const string EcdsaP256Sha256 = "ecdsa-p256-sha256";

    /// <summary>ECDSA, curve P-384; the signature is r ‖ s, 96 bytes.</summary>
    public const string EcdsaP384Sha384 = "ecdsa-p384-sha384";

    private static readonly (string Name, SignatureAlgorithm Algorithm)[] Names =
    [
        (RsaPkcs1Sha256, SignatureAlgorithm.RsaSha256),
        (RsaPkcs1Sha384, SignatureAlgorithm.RsaSha384),
        (RsaPkcs1Sha512, SignatureAlgorithm.RsaSha512),
        (RsaPssSha256, SignatureAlgorithm.RsaPssSha256),
        (RsaPssSha384, SignatureAlgorithm.RsaPssSha384),
        (RsaPssSha512, SignatureAlgorithm.RsaPssSha512),
        (EcdsaP256Sha256, SignatureAlgorithm.EcdsaP256Sha256),
        (EcdsaP384Sha384, SignatureAlgorithm.EcdsaP384Sha384),
    ];

    public static bool IsKnown(string name) => TryGet(name, out _);

    public static string NameOf(SignatureAlgorithm algorithm) => Array.Find(Names, n => n.Algorithm == algorithm).Name;

    public static bool TryGet(string name, out SignatureAlgorithm algorithm)
    {
        (string? found, algorithm) = Array.Find(Names, n => n.Name == name);
        return found is not null;
    }
}
