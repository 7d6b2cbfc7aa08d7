using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Tunduk.Evidence.Signing;

/// <summary>Algorithm identifiers of the allow-list in CMS (RFC 5754, RFC 4056).</summary>
internal static class CmsAlgorithms
{
    public const string Pss = "1.2.840.113549.1.1.10";
    private const string RsaEncryption = "1.2.840.113549.1.1.1";
    private const string Mgf1 = "1.2.840.113549.1.1.8";

    private static readonly (SignatureAlgorithm Algorithm, string Oid)[] Signatures =
    [
        (SignatureAlgorithm.RsaSha256, "1.2.840.113549.1.1.11"),
        (SignatureAlgorithm.RsaSha384, "1.2.840.113549.1.1.12"),
        (SignatureAlgorithm.RsaSha512, "1.2.840.113549.1.1.13"),
        (SignatureAlgorithm.EcdsaP256Sha256, "1.2.840.10045.4.3.2"),
        (SignatureAlgorithm.EcdsaP384Sha384, "1.2.840.10045.4.3.3"),
    ];

    private static readonly (HashAlgorithmName Hash, string Oid)[] Hashes =
    [
        (HashAlgorithmName.SHA256, "2.16.840.1.101.3.4.2.1"),
        (HashAlgorithmName.SHA384, "2.16.840.1.101.3.4.2.2"),
        (HashAlgorithmName.SHA512, "2.16.840.1.101.3.4.2.3"),
    ];

    public static bool IsPss(SignatureAlgorithm algorithm) =>
        algorithm is SignatureAlgorithm.RsaPssSha256 or SignatureAlgorithm.RsaPssSha384 or SignatureAlgorithm.RsaPssSha512;

    public static bool IsEcdsa(SignatureAlgorithm algorithm) =>
        algorithm is SignatureAlgorithm.EcdsaP256Sha256 or SignatureAlgorithm.EcdsaP384Sha384;

    public static string HashOid(HashAlgorithmName hash) => Array.Find(Hashes, entry => entry.Hash == hash).Oid;

    /// <summary>The algorithm of a signer's two identifiers; RSA may be named with or without its hash.</summary>
    public static bool TryParse(string? signatureOid, string? digestOid, out SignatureAlgorithm algorithm)
    {
        algorithm = default;
        HashAlgorithmName hash = Array.Find(Hashes, entry => entry.Oid == digestOid).Hash;
        if (hash.Name is null)
        {
            return false;
        }

        if (signatureOid is Pss or RsaEncryption)
        {
            int offset = hash == HashAlgorithmName.SHA256 ? 0 : hash == HashAlgorithmName.SHA384 ? 1 : 2;
            algorithm = (signatureOid == Pss ? SignatureAlgorithm.RsaPssSha256 : SignatureAlgorithm.RsaSha256) + offset;
            return true;
        }

        int at = Array.FindIndex(Signatures, entry => entry.Oid == signatureOid);
        algorithm = at < 0 ? default : Signatures[at].Algorithm;
        return at >= 0 && SignatureAlgorithms.Hash(algorithm) == hash;
    }

    public static void WriteHash(AsnWriter writer, HashAlgorithmName hash)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(HashOid(hash));
        }
    }

    public static void WriteSignature(AsnWriter writer, SignatureAlgorithm algorithm)
    {
        using (writer.PushSequence())
        {
            if (!IsPss(algorithm))
            {
                writer.WriteObjectIdentifier(Array.Find(Signatures, entry => entry.Algorithm == algorithm).Oid);
                if (!IsEcdsa(algorithm))
                {
                    writer.WriteNull();
                }

                return;
            }

            writer.WriteObjectIdentifier(Pss);
            WritePssParameters(writer, SignatureAlgorithms.Hash(algorithm));
        }
    }

    /// <summary>RFC 4055 §3.1: hash, MGF1 with the same hash, salt as long as the hash.</summary>
    private static void WritePssParameters(AsnWriter writer, HashAlgorithmName hash)
    {
        using (writer.PushSequence())
        {
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            {
                WriteHash(writer, hash);
            }

            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 1)))
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(Mgf1);
                WriteHash(writer, hash);
            }

            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 2)))
            {
                writer.WriteInteger(SignatureAlgorithms.HashLength(hash));
            }
        }
    }
}
