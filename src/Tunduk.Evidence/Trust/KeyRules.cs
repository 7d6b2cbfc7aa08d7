using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tunduk.Evidence.Trust;

/// <summary>What a signer's key and certificate must be like, however the trust in them came about.</summary>
public static class KeyRules
{
    /// <summary>Bits of the shortest RSA key that signs.</summary>
    public const int LeastRsaBits = 2048;

    private const int LeastExponent = 65537;

    /// <summary>Signature algorithms of certificates that a chain may rest on: RSA with SHA-2, RSA-PSS, ECDSA with SHA-2.</summary>
    private static readonly string[] StrongSignatures =
    [
        "1.2.840.113549.1.1.11", "1.2.840.113549.1.1.12", "1.2.840.113549.1.1.13", "1.2.840.113549.1.1.10",
        "1.2.840.10045.4.3.2", "1.2.840.10045.4.3.3", "1.2.840.10045.4.3.4",
    ];

    private static readonly string[] Curves = ["1.2.840.10045.3.1.7", "1.3.132.0.34"];

    /// <summary>Extensions that this library or the framework's chain building applies.</summary>
    private static readonly string[] KnownExtensions =
    [
        "2.5.29.14", "2.5.29.15", "2.5.29.17", "2.5.29.18", "2.5.29.19", "2.5.29.30", "2.5.29.31", "2.5.29.32", "2.5.29.33", "2.5.29.35",
        "2.5.29.36", "2.5.29.37", "2.5.29.54", "1.3.6.1.5.5.7.1.1", "1.3.6.1.5.5.7.1.3",
    ];

    /// <summary>True where a critical extension of the certificate is not known: whoever verifies strictly refuses it.</summary>
    public static bool HasUnknownCritical(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        foreach (X509Extension extension in certificate.Extensions)
        {
            if (extension.Critical && Array.IndexOf(KnownExtensions, extension.Oid?.Value) < 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a key may sign at all: RSA of so many bits with an exponent of 65537 or more, P-256, P-384.</summary>
    /// <param name="key">The key, or its public half.</param>
    /// <param name="minimumRsaBits">The least length of RSA keys.</param>
    public static bool IsStrong(AsymmetricAlgorithm key, int minimumRsaBits = LeastRsaBits) => key switch
    {
        RSA rsa => rsa.KeySize >= minimumRsaBits && Exponent(rsa) >= LeastExponent,
        ECDsa ec => ec.ExportParameters(includePrivateParameters: false).Curve is { IsNamed: true } curve && Array.IndexOf(Curves, curve.Oid.Value) >= 0,
        _ => false,
    };

    /// <summary>Whether the certificate's key usage allows signatures: digitalSignature, nonRepudiation, or no such extension (RFC 5280 §4.2.1.3).</summary>
    public static bool AllowsSignatures(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        const X509KeyUsageFlags Signing = X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation;
        foreach (X509Extension extension in certificate.Extensions)
        {
            if (extension is X509KeyUsageExtension usage && (usage.KeyUsages & Signing) == X509KeyUsageFlags.None)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the authority signed the certificate by an algorithm that a chain may rest on: SHA-2, with RSA or ECDSA.</summary>
    public static bool IsStrongSignature(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return Array.IndexOf(StrongSignatures, certificate.SignatureAlgorithm.Value) >= 0;
    }

    internal static TrustFault Check(X509Certificate2 certificate, int minimumRsaBits, out AsymmetricAlgorithm? key)
    {
        key = null;
        if (!AllowsSignatures(certificate))
        {
            return TrustFault.KeyUsage;
        }

        try
        {
            AsymmetricAlgorithm? found = (AsymmetricAlgorithm?)certificate.GetRSAPublicKey() ?? certificate.GetECDsaPublicKey();
            if (found is null || !IsStrong(found, minimumRsaBits))
            {
                found?.Dispose();
                return found is null ? TrustFault.UnsupportedKey : TrustFault.WeakKey;
            }

            key = found;
            return TrustFault.None;
        }
        catch (CryptographicException)
        {
            return TrustFault.UnsupportedKey;
        }
    }

    private static long Exponent(RSA rsa)
    {
        ReadOnlySpan<byte> exponent = rsa.ExportParameters(false).Exponent;
        Span<byte> wide = stackalloc byte[8];
        if (exponent.Length > 7)
        {
            return long.MaxValue;
        }

        exponent.CopyTo(wide[(8 - exponent.Length)..]);
        return BinaryPrimitives.ReadInt64BigEndian(wide);
    }
}
