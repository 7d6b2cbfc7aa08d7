using System.Security.Cryptography;
using System.Text;

namespace Tunduk.Evidence.Signing;

/// <summary>The one allow-list: identifiers, hashes, paddings and keys of every accepted algorithm.</summary>
/// <remarks>Identifiers by XML-DSig 1.1 §6, RFC 4051 and RFC 6931/9231.</remarks>
public static class SignatureAlgorithms
{
    private static readonly Entry[] Entries =
    [
        new(SignatureAlgorithm.RsaSha256, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", HashAlgorithmName.SHA256, 0, false),
        new(SignatureAlgorithm.RsaSha384, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384", HashAlgorithmName.SHA384, 0, false),
        new(SignatureAlgorithm.RsaSha512, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", HashAlgorithmName.SHA512, 0, false),
        new(SignatureAlgorithm.RsaPssSha256, "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1", HashAlgorithmName.SHA256, 0, true),
        new(SignatureAlgorithm.RsaPssSha384, "http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1", HashAlgorithmName.SHA384, 0, true),
        new(SignatureAlgorithm.RsaPssSha512, "http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1", HashAlgorithmName.SHA512, 0, true),
        new(SignatureAlgorithm.EcdsaP256Sha256, "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", HashAlgorithmName.SHA256, 256, false),
        new(SignatureAlgorithm.EcdsaP384Sha384, "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", HashAlgorithmName.SHA384, 384, false),
    ];

    private static readonly byte[][] WeakSignatures = Utf8(
        "http://www.w3.org/2000/09/xmldsig#rsa-sha1", "http://www.w3.org/2000/09/xmldsig#dsa-sha1",
        "http://www.w3.org/2000/09/xmldsig#hmac-sha1", "http://www.w3.org/2001/04/xmldsig-more#rsa-md5",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-ripemd160", "http://www.w3.org/2001/04/xmldsig-more#hmac-md5",
        "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha384",
        "http://www.w3.org/2001/04/xmldsig-more#hmac-sha512", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha224", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha224",
        "http://www.w3.org/2007/05/xmldsig-more#sha1-rsa-MGF1", "http://www.w3.org/2007/05/xmldsig-more#sha224-rsa-MGF1",
        "http://www.w3.org/2007/05/xmldsig-more#md5-rsa-MGF1", "http://www.w3.org/2009/xmldsig11#dsa-sha256");

    private static readonly (byte[] Identifier, HashAlgorithmName Hash)[] Digests =
    [
        (Encoding.UTF8.GetBytes("http://www.w3.org/2001/04/xmlenc#sha256"), HashAlgorithmName.SHA256),
        (Encoding.UTF8.GetBytes("http://www.w3.org/2001/04/xmldsig-more#sha384"), HashAlgorithmName.SHA384),
        (Encoding.UTF8.GetBytes("http://www.w3.org/2001/04/xmlenc#sha512"), HashAlgorithmName.SHA512),
    ];

    private static readonly byte[][] WeakDigests = Utf8(
        "http://www.w3.org/2000/09/xmldsig#sha1", "http://www.w3.org/2001/04/xmldsig-more#md5",
        "http://www.w3.org/2001/04/xmldsig-more#sha224", "http://www.w3.org/2001/04/xmlenc#ripemd160");

    /// <summary>The identifier in XML signatures.</summary>
    public static string Identifier(SignatureAlgorithm algorithm) => Of(algorithm).Uri;

    /// <summary>The hash the algorithm signs.</summary>
    public static HashAlgorithmName Hash(SignatureAlgorithm algorithm) => Of(algorithm).HashName;

    /// <summary>Looks an XML identifier up.</summary>
    public static AlgorithmVerdict TryParse(ReadOnlySpan<byte> identifier, out SignatureAlgorithm algorithm)
    {
        foreach (Entry entry in Entries)
        {
            if (identifier.SequenceEqual(entry.UriUtf8))
            {
                algorithm = entry.Algorithm;
                return AlgorithmVerdict.Allowed;
            }
        }

        algorithm = default;
        return Contains(WeakSignatures, identifier) ? AlgorithmVerdict.Weak : AlgorithmVerdict.Unknown;
    }

    /// <summary>Looks the XML identifier of a digest up.</summary>
    public static AlgorithmVerdict TryParseDigest(ReadOnlySpan<byte> identifier, out HashAlgorithmName hash)
    {
        foreach ((byte[] known, HashAlgorithmName name) in Digests)
        {
            if (identifier.SequenceEqual(known))
            {
                hash = name;
                return AlgorithmVerdict.Allowed;
            }
        }

        hash = default;
        return Contains(WeakDigests, identifier) ? AlgorithmVerdict.Weak : AlgorithmVerdict.Unknown;
    }

    /// <summary>Does this key fit this algorithm: its family, and for ECDSA its curve?</summary>
    public static bool Fits(SignatureAlgorithm algorithm, AsymmetricAlgorithm publicKey)
    {
        Entry entry = Of(algorithm);
        return publicKey switch
        {
            RSA => entry.CurveBits == 0,
            ECDsa => entry.CurveBits == publicKey.KeySize,
            _ => false,
        };
    }

    /// <summary>Signs with a key in memory. A wrong key for the algorithm is a bug and throws.</summary>
    public static byte[] Sign(SignatureAlgorithm algorithm, AsymmetricAlgorithm privateKey, ReadOnlySpan<byte> data)
    {
        Entry entry = Of(algorithm);
        if (!Fits(algorithm, privateKey))
        {
            throw new ArgumentException("The key does not fit the algorithm.", nameof(privateKey));
        }

        return privateKey is RSA rsa
            ? rsa.SignData(data, entry.HashName, entry.Padding)
            : ((ECDsa)privateKey).SignData(data, entry.HashName, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    /// <summary>Verifies a signature over a hash; false for any mismatch, a key that does not fit included.</summary>
    public static bool VerifyHash(
        SignatureAlgorithm algorithm, AsymmetricAlgorithm publicKey, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
    {
        Entry entry = Of(algorithm);
        if (!Fits(algorithm, publicKey))
        {
            return false;
        }

        return publicKey is RSA rsa
            ? signature.Length == (rsa.KeySize + 7) / 8 && rsa.VerifyHash(hash, signature, entry.HashName, entry.Padding)
            : ((ECDsa)publicKey).VerifyHash(hash, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    internal static ReadOnlySpan<byte> DigestIdentifier(HashAlgorithmName hash) =>
        Array.Find(Digests, entry => entry.Hash == hash).Identifier;

    internal static byte[] IdentifierUtf8(SignatureAlgorithm algorithm) => Of(algorithm).UriUtf8;

    internal static int HashLength(HashAlgorithmName hash) =>
        hash == HashAlgorithmName.SHA256 ? 32 : hash == HashAlgorithmName.SHA384 ? 48 : 64;

    internal static int ComputeHash(HashAlgorithmName hash, ReadOnlySpan<byte> data, Span<byte> target) =>
        hash == HashAlgorithmName.SHA256 ? SHA256.HashData(data, target)
            : hash == HashAlgorithmName.SHA384 ? SHA384.HashData(data, target)
            : SHA512.HashData(data, target);

    private static Entry Of(SignatureAlgorithm algorithm) => Entries[(int)algorithm];

    private static bool Contains(byte[][] known, ReadOnlySpan<byte> identifier)
    {
        foreach (byte[] entry in known)
        {
            if (identifier.SequenceEqual(entry))
            {
                return true;
            }
        }

        return false;
    }

    private static byte[][] Utf8(params string[] identifiers) => Array.ConvertAll(identifiers, Encoding.UTF8.GetBytes);

    private sealed class Entry(
        SignatureAlgorithm algorithm, string identifier, HashAlgorithmName hash, int curveBits, bool isPss)
    {
        public SignatureAlgorithm Algorithm => algorithm;

        public string Uri => identifier;

        public byte[] UriUtf8 { get; } = Encoding.UTF8.GetBytes(identifier);

        public HashAlgorithmName HashName => hash;

        public int CurveBits => curveBits;

        public RSASignaturePadding Padding => isPss ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
    }
}
