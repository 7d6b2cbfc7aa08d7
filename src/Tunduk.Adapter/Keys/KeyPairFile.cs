using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tunduk.Adapter.Keys;

/// <summary>
/// The one place that reads a certificate with its private key from files, for signing and for TLS alike: PEM in one file or
/// two, PKCS#12, DER. What is wrong with a file is said in words.
/// </summary>
internal static class KeyPairFile
{
    /// <summary>Reads certificate and key.</summary>
    /// <param name="certificateFile">PEM or DER certificate; or PKCS#12, or PEM with both, where <paramref name="keyFile"/> is null.</param>
    /// <param name="keyFile">Private key; readable by its owner alone.</param>
    /// <param name="password">Password of the key or of the PKCS#12 file; null for none.</param>
    /// <param name="pair">Certificate and key.</param>
    /// <param name="fault">Why there are none.</param>
    public static bool TryRead(string certificateFile, string? keyFile, string? password, [NotNullWhen(true)] out KeyPair? pair, [NotNullWhen(false)] out KeyFault? fault)
    {
        pair = null;
        var secretFile = keyFile ?? certificateFile;
        if (!SecretFile.TryRead(secretFile, static bytes => KeyFileContents.IsPublic(bytes), out var secret, out fault))
        {
            return false;
        }

        try
        {
            var content = KeyFileContents.Of(secret);
            if (keyFile is null && content == KeyFileContent.Pkcs12)
            {
                return Pkcs12File.TryRead(certificateFile, secret, password, out pair, out fault);
            }

            if (keyFile is null && content != KeyFileContent.Both)
            {
                fault = KeyFileContents.NoCertificate(certificateFile, content, withKey: true);
                return false;
            }

            if (keyFile is not null && content is not (KeyFileContent.PrivateKey or KeyFileContent.Both or KeyFileContent.Unknown))
            {
                fault = content == KeyFileContent.Certificate && HoldsKey(certificateFile)
                    ? new KeyFault(KeyFaultCode.FileKind, Phrases.Of("Keys.CertificateKeySwappedHolds", certificateFile, keyFile), Phrases.Of("Keys.NameThemOtherWay"))
                    : KeyFileContents.NoKey(keyFile, content);
                return false;
            }

            if (!TryReadCertificates(certificateFile, out var certificates, out fault)
                || !PrivateKeyFile.TryRead(secretFile, secret, password, out var key, out fault))
            {
                return false;
            }

            using (key)
            {
                return TryJoin(certificateFile, secretFile, certificates, key, out pair, out fault);
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>Reads certificates alone: the first is the one meant, the others its chain.</summary>
    public static bool TryReadCertificates(string file, [NotNullWhen(true)] out X509Certificate2Collection? certificates, [NotNullWhen(false)] out KeyFault? fault)
    {
        certificates = null;
        if (!SecretFile.TryRead(file, static _ => true, out var bytes, out fault))
        {
            return false;
        }

        try
        {
            var content = KeyFileContents.Of(bytes);
            if (content is not (KeyFileContent.Certificate or KeyFileContent.Both))
            {
                fault = KeyFileContents.NoCertificate(file, content, withKey: false);
                return false;
            }

            certificates = PemParts.IsPem(bytes) ? PemParts.Certificates(PemParts.Read(bytes)) : [X509CertificateLoader.LoadCertificate(bytes)];
            fault = null;
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            fault = SecretFile.Unreadable(file, exception);
            return false;
        }
        catch (CryptographicException)
        {
            certificates = null;
            fault = new KeyFault(KeyFaultCode.Damaged, Phrases.Of("Keys.NoCertificate", file), Phrases.Of("Keys.TryOpensslX509Noout", file));
            return false;
        }
    }

    /// <summary>Puts a key to the certificate it belongs to; the key may lie in a token.</summary>
    public static bool TryJoin(string certificateFile, string keyName, X509Certificate2Collection certificates, AsymmetricAlgorithm key, [NotNullWhen(true)] out KeyPair? pair, [NotNullWhen(false)] out KeyFault? fault)
    {
        // Chains are found in any order: the certificate meant is the one of the key.
        foreach (var certificate in certificates)
        {
            if (!certificate.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo()))
            {
                continue;
            }

            var own = key is RSA rsa ? certificate.CopyWithPrivateKey(rsa) : certificate.CopyWithPrivateKey((ECDsa)key);
            pair = new KeyPair(own, new X509Certificate2Collection(certificates.Where(other => !ReferenceEquals(other, certificate)).ToArray()));
            fault = null;
            return true;
        }

        pair = null;
        fault = new KeyFault(
            KeyFaultCode.KeyPair,
            Phrases.Of("Keys.KeyNotCertificate", keyName, certificateFile),
            Phrases.Of("Keys.CompareOpensslX509Noout", certificateFile));
        return false;
    }

    private static bool HoldsKey(string file)
    {
        try
        {
            return KeyFileContents.Of(File.ReadAllBytes(file)) == KeyFileContent.PrivateKey;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
