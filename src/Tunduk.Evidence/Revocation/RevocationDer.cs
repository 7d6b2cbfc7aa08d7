using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tunduk.Evidence.Revocation;

/// <summary>DER that OCSP, CRLs and certificates share, and signatures over it.</summary>
internal static class RevocationDer
{
    public const string Sha1 = "1.3.14.3.2.26";
    public const string Sha256 = "2.16.840.1.101.3.4.2.1";
    public const string Nonce = "1.3.6.1.5.5.7.48.1.2";
    private const string Pss = "1.2.840.113549.1.1.10";

    private static readonly (string Oid, HashAlgorithmName Hash)[] Signatures =
    [
        ("1.2.840.113549.1.1.11", HashAlgorithmName.SHA256), ("1.2.840.113549.1.1.12", HashAlgorithmName.SHA384),
        ("1.2.840.113549.1.1.13", HashAlgorithmName.SHA512), ("1.2.840.10045.4.3.2", HashAlgorithmName.SHA256),
        ("1.2.840.10045.4.3.3", HashAlgorithmName.SHA384), ("1.2.840.10045.4.3.4", HashAlgorithmName.SHA512),
    ];

    private static readonly (string Oid, HashAlgorithmName Hash)[] Hashes =
    [
        (Sha256, HashAlgorithmName.SHA256), ("2.16.840.1.101.3.4.2.2", HashAlgorithmName.SHA384),
        ("2.16.840.1.101.3.4.2.3", HashAlgorithmName.SHA512),
    ];

    public static Asn1Tag Context(int number) => new(TagClass.ContextSpecific, number);

    /// <summary>The three parts of a signed structure: SEQUENCE { tbs, algorithm, signature }, and what follows.</summary>
    public static Signed ReadSigned(ReadOnlyMemory<byte> der, out AsnReader rest)
    {
        var whole = new AsnReader(der, AsnEncodingRules.DER);
        rest = whole.ReadSequence();
        whole.ThrowIfNotEmpty();
        ReadOnlyMemory<byte> tbs = rest.ReadEncodedValue();
        ReadOnlyMemory<byte> algorithm = rest.ReadEncodedValue();
        return new Signed(tbs, algorithm, rest.ReadBitString(out int unused), unused);
    }

    public static RevocationFault Verify(Signed signed, X509Certificate2 signer)
    {
        AsnReader reader = new AsnReader(signed.Algorithm, AsnEncodingRules.DER).ReadSequence();
        string oid = reader.ReadObjectIdentifier();
        HashAlgorithmName hash = oid == Pss ? PssHash(reader) : Array.Find(Signatures, entry => entry.Oid == oid).Hash;
        if (hash.Name is null || signed.UnusedBits != 0)
        {
            return RevocationFault.SignatureAlgorithm;
        }

        try
        {
            bool isEc = oid.StartsWith("1.2.840.10045.", StringComparison.Ordinal);
            using RSA? rsa = isEc ? null : signer.GetRSAPublicKey();
            using ECDsa? ec = isEc ? signer.GetECDsaPublicKey() : null;
            if (rsa is { KeySize: < 2048 } or { KeySize: > 16384 } || (rsa is null && ec is null))
            {
                return RevocationFault.SignatureAlgorithm;
            }

            bool isGood = rsa is not null
                ? rsa.VerifyData(signed.Tbs.Span, signed.Signature, hash, oid == Pss ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1)
                : ec!.VerifyData(signed.Tbs.Span, signed.Signature, hash, DSASignatureFormat.Rfc3279DerSequence);
            return isGood ? RevocationFault.None : RevocationFault.Signature;
        }
        catch (CryptographicException)
        {
            return RevocationFault.Signature;
        }
    }

    /// <summary>Time ::= UTCTime or GeneralizedTime (RFC 5280 §4.1.2.5).</summary>
    public static DateTimeOffset ReadTime(AsnReader reader) =>
        reader.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime) ? reader.ReadUtcTime() : reader.ReadGeneralizedTime();

    /// <summary>Extensions ::= SEQUENCE OF SEQUENCE { OID, critical DEFAULT FALSE, OCTET STRING }.</summary>
    public static IEnumerable<(string Oid, bool IsCritical, byte[] Value)> ReadExtensions(AsnReader extensions)
    {
        while (extensions.HasData)
        {
            AsnReader extension = extensions.ReadSequence();
            string oid = extension.ReadObjectIdentifier();
            bool isCritical = extension.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean) && extension.ReadBoolean();
            byte[] value = extension.ReadOctetString();
            extension.ThrowIfNotEmpty();
            yield return (oid, isCritical, value);
        }
    }

    public static X509RevocationReason ReadReason(AsnReader reader)
    {
        byte value = reader.ReadEnumeratedBytes().Span[^1];
        return value <= 10 ? (X509RevocationReason)value : X509RevocationReason.Unspecified;
    }

    /// <summary>RFC 4055 §3.1; only with MGF1 of the same hash and a salt of its length, which is what the framework verifies.</summary>
    private static HashAlgorithmName PssHash(AsnReader algorithm)
    {
        AsnReader parameters = algorithm.ReadSequence();
        if (!parameters.HasData || !parameters.PeekTag().HasSameClassAndValue(Context(0)))
        {
            return default;
        }

        string oid = parameters.ReadSequence(Context(0)).ReadSequence().ReadObjectIdentifier();
        return Array.Find(Hashes, entry => entry.Oid == oid).Hash;
    }

    /// <summary>A structure and its signature.</summary>
    internal sealed record Signed(ReadOnlyMemory<byte> Tbs, ReadOnlyMemory<byte> Algorithm, byte[] Signature, int UnusedBits);
}
