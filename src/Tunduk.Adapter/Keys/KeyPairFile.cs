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
        if (!SecretFile.TryRead(secretFile, out var secret, out fault))
        {
            return false;
        }

        try
        {
            if (keyFile is null && !PemParts.IsPem(secret))
            {
                return PrivateKeyFile.IsPkcs12(secret)
                    ? Pkcs12File.TryRead(certificateFile, secret, password, out pair, out fault)
                    : Refuse($"{certificateFile} is neither PKCS#12 nor PEM", "Give a PKCS#12 file, or name the private key as Key.", out fault);
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
        try
        {
            var content = File.ReadAllBytes(file);
            if (!PemParts.IsPem(content))
            {
                certificates = [X509CertificateLoader.LoadCertificate(content)];
                fault = null;
                return true;
            }

            var parts = PemParts.Read(content);
            certificates = PemParts.Certificates(parts);
            if (certificates.Count > 0)
            {
                fault = null;
                return true;
            }

            var hint = parts.Any(part => part.Label.EndsWith("CERTIFICATE REQUEST", StringComparison.Ordinal))
                ? "it holds a certificate request: name the certificate that the authority answered with"
                : parts.Any(part => part.Label.EndsWith("PRIVATE KEY", StringComparison.Ordinal)) ? "it holds a private key: are Certificate and Key swapped?" : "it holds no certificate";
            certificates = null;
            return Refuse($"{file}: {hint}", "Give the certificate in PEM or DER.", out fault);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            fault = new KeyFault(KeyFaultCode.FileMissing, $"{file} cannot be read ({exception.GetType().Name})", "Check the path, and that the adapter's user may read the file.");
            return false;
        }
        catch (CryptographicException)
        {
            certificates = null;
            fault = new KeyFault(KeyFaultCode.Damaged, $"{file} is no certificate", $"Try it: openssl x509 -in {file} -noout -subject");
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
            $"the key {keyName} is not that of the certificate {certificateFile}",
            $"Compare: openssl x509 -in {certificateFile} -noout -pubkey and openssl pkey -in KEY -pubout must print the same.");
        return false;
    }

    private static bool Refuse(string problem, string remedy, out KeyFault fault)
    {
        fault = new KeyFault(KeyFaultCode.FileKind, problem, remedy);
        return false;
    }
}
