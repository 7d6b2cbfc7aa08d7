using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tunduk.Adapter.Keys;

/// <summary>What a file that somebody named as key or certificate really holds.</summary>
internal enum KeyFileContent
{
    /// <summary>Nothing that is known here.</summary>
    Unknown,

    /// <summary>Certificates alone.</summary>
    Certificate,

    /// <summary>A private key alone, encrypted or not.</summary>
    PrivateKey,

    /// <summary>Certificates and private keys, in PEM.</summary>
    Both,

    /// <summary>PKCS#12.</summary>
    Pkcs12,

    /// <summary>A certificate request.</summary>
    Request,

    /// <summary>A public key.</summary>
    PublicKey,

    /// <summary>A PKCS#7 bundle of certificates.</summary>
    Bundle,

    /// <summary>Text in UTF-16, as some editors of Windows save it.</summary>
    Utf16,
}

/// <summary>Tells the contents of key files apart, and says in words what to do with the wrong one.</summary>
internal static class KeyFileContents
{
    /// <summary>Looks at a file's bytes.</summary>
    public static KeyFileContent Of(ReadOnlySpan<byte> content)
    {
        if (content is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            return KeyFileContent.Utf16;
        }

        return PemParts.IsPem(content) ? OfPem(content) : OfDer(content);
    }

    /// <summary>True where nothing in the file is secret: who may read it does not matter.</summary>
    public static bool IsPublic(ReadOnlySpan<byte> content) =>
        Of(content) is KeyFileContent.Certificate or KeyFileContent.Request or KeyFileContent.PublicKey or KeyFileContent.Bundle;

    /// <summary>A file that stands where certificate and key are looked for together, or the certificate alone.</summary>
    /// <param name="file">Its name.</param>
    /// <param name="content">What it holds.</param>
    /// <param name="withKey">The key is looked for in it too.</param>
    public static KeyFault NoCertificate(string file, KeyFileContent content, bool withKey) => content switch
    {
        KeyFileContent.Certificate => Fault(Phrases.Of("Keys.HoldsCertificateNoPrivate", file), Phrases.Of("Keys.NamePrivateKeyFile")),
        KeyFileContent.PrivateKey => Fault(Phrases.Of("Keys.HoldsPrivateKeyNo", file), Phrases.Of("Keys.NameCertificateCertificateFile", file)),
        KeyFileContent.Pkcs12 => Fault(Phrases.Of("Keys.Pkcs12File", file), Phrases.Of("Keys.NameCertificateLeaveKey")),
        KeyFileContent.Request => Fault(Phrases.Of("Keys.HoldsCertificateRequestNo", file), Phrases.Of("Keys.SendAuthorityNameCertificate")),
        KeyFileContent.PublicKey => Fault(Phrases.Of("Keys.HoldsPublicKeyNo", file), Phrases.Of("Keys.GiveCertificatePemDer")),
        KeyFileContent.Bundle => Fault(Phrases.Of("Keys.Pkcs7BundleCertificates", file), Phrases.Of("Keys.ConvertNameNewFile", file)),
        KeyFileContent.Utf16 => Utf16(file),
        _ => withKey
            ? Fault(Phrases.Of("Keys.NeitherPkcs12Nor", file), Phrases.Of("Keys.GivePkcs12File"))
            : Fault(Phrases.Of("Keys.HoldsNoCertificate", file), Phrases.Of("Keys.GiveCertificatePemDer")),
    };

    /// <summary>A file that stands where the private key is looked for.</summary>
    public static KeyFault NoKey(string file, KeyFileContent content) => content switch
    {
        KeyFileContent.Certificate => Fault(Phrases.Of("Keys.HoldsCertificateNoPrivate", file), Phrases.Of("Keys.NameCertificatePrivateKey")),
        KeyFileContent.Pkcs12 => Fault(Phrases.Of("Keys.Pkcs12File", file), Phrases.Of("Keys.NameCertificateLeaveKey")),
        KeyFileContent.Request => Fault(Phrases.Of("Keys.HoldsCertificateRequestNoPrivate", file), Phrases.Of("Keys.NameKeyRequestMade")),
        KeyFileContent.PublicKey => Fault(Phrases.Of("Keys.HoldsPublicHalfKey", file), Phrases.Of("Keys.NameFilePrivateKey")),
        KeyFileContent.Bundle => Fault(Phrases.Of("Keys.Pkcs7BundleCertificatesHolds", file), Phrases.Of("Keys.NameFilePrivateKey")),
        KeyFileContent.Utf16 => Utf16(file),
        _ => Fault(Phrases.Of("Keys.HoldsNoPrivateKey", file), Phrases.Of("Keys.GiveFilePrivateKey")),
    };

    private static KeyFault Utf16(string file) => Fault(Phrases.Of("Keys.TextUtf16", file), Phrases.Of("Keys.ConvertNameNewFileIconv", file));

    private static KeyFault Fault(string problem, string remedy) => new(KeyFaultCode.FileKind, problem, remedy);

    private static KeyFileContent OfPem(ReadOnlySpan<byte> content)
    {
        // A key that is not whole is a key all the same: its label says so.
        var hasKey = content.IndexOf("PRIVATE KEY-----"u8) >= 0;
        var labels = PemParts.Read(content).Select(part => part.Label).ToList();
        var hasCertificate = labels.Exists(label => label is "CERTIFICATE" or "X509 CERTIFICATE");
        return hasKey ? hasCertificate ? KeyFileContent.Both : KeyFileContent.PrivateKey
            : hasCertificate ? KeyFileContent.Certificate
            : labels.Exists(label => label.EndsWith("CERTIFICATE REQUEST", StringComparison.Ordinal)) ? KeyFileContent.Request
            : labels.Exists(label => label.EndsWith("PUBLIC KEY", StringComparison.Ordinal)) ? KeyFileContent.PublicKey
            : labels.Exists(label => label is "PKCS7" or "CMS") ? KeyFileContent.Bundle
            : KeyFileContent.Unknown;
    }

    private static KeyFileContent OfDer(ReadOnlySpan<byte> content)
    {
        if (PrivateKeyFile.IsPkcs12(content))
        {
            return KeyFileContent.Pkcs12;
        }

        if (PrivateKeyFile.IsDer(content))
        {
            return KeyFileContent.PrivateKey;
        }

        return KindOf(content) switch
        {
            X509ContentType.Cert => KeyFileContent.Certificate,
            X509ContentType.Pkcs7 => KeyFileContent.Bundle,
            _ => IsRequest(content) ? KeyFileContent.Request : KeyFileContent.Unknown,
        };
    }

    private static X509ContentType KindOf(ReadOnlySpan<byte> content)
    {
        try
        {
            return X509Certificate2.GetCertContentType(content);
        }
        catch (CryptographicException)
        {
            return X509ContentType.Unknown;
        }
    }

    private static bool IsRequest(ReadOnlySpan<byte> content)
    {
        try
        {
            CertificateRequest.LoadSigningRequest(content, HashAlgorithmName.SHA256, out _, CertificateRequestLoadOptions.SkipSignatureValidation);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
