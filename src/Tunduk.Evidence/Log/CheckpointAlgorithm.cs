namespace Tunduk.Evidence.Log;

/// <summary>The signature algorithms a checkpoint may name; anything else is refused.</summary>
public static class CheckpointAlgorithm
{
    public const string RsaPkcs1Sha256 = "rsa-pkcs1-sha256";
    public const string RsaPssSha256 = "rsa-pss-sha256";

    /// <summary>ECDSA, curve P-256; the signature is r ‖ s, 64 bytes.</summary>
    public const string EcdsaP256Sha256 = "ecdsa-p256-sha256";

    /// <summary>ECDSA, curve P-384; the signature is r ‖ s, 96 bytes.</summary>
    public const string EcdsaP384Sha384 = "ecdsa-p384-sha384";

    public static bool IsKnown(string name) => name is RsaPkcs1Sha256 or RsaPssSha256 or EcdsaP256Sha256 or EcdsaP384Sha384;
}
