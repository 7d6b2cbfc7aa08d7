using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tunduk.Adapter.Keys;

/// <summary>Reads PKCS#12 files of every age: 3DES, RC2-40, AES, with and without MAC. RC4 does not load under OpenSSL 3.</summary>
internal static class Pkcs12File
{
    private const int WrongPassword = unchecked((int)0x80070056); // ERROR_INVALID_PASSWORD, on every platform.

    /// <summary>pbeWithSHAAnd128BitRC4 and pbeWithSHAAnd40BitRC4 (RFC 7292 appendix C) in DER, but for their last byte.</summary>
    private static ReadOnlySpan<byte> Rc4 => [0x06, 0x0A, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x0C, 0x01];

    /// <summary>Reads certificate and key.</summary>
    /// <param name="file">Name, for the words of a fault.</param>
    /// <param name="content">The file's bytes.</param>
    /// <param name="password">Password; null for none.</param>
    /// <param name="pair">Certificate and key.</param>
    /// <param name="fault">Why there are none.</param>
    public static bool TryRead(string file, byte[] content, string? password, [NotNullWhen(true)] out KeyPair? pair, [NotNullWhen(false)] out KeyFault? fault)
    {
        pair = null;
        try
        {
            var found = X509CertificateLoader.LoadPkcs12Collection(content, password, X509KeyStorageFlags.EphemeralKeySet);
            var own = found.Where(certificate => certificate.HasPrivateKey).ToList();
            if (own.Count != 1)
            {
                fault = own.Count == 0
                    ? new KeyFault(KeyFaultCode.Pkcs12Keys, Phrases.Of("Keys.HoldsNoCertificatePrivate", file), Phrases.Of("Keys.ExportAgainPrivateKey"))
                    : new KeyFault(KeyFaultCode.Pkcs12Keys, Phrases.Of("Keys.HoldsPrivateKeysCertificate", file, own.Count), Phrases.Of("Keys.SplitOpensslPkcs12Nodes", file));
                return false;
            }

            var others = new X509Certificate2Collection(found.Where(certificate => !certificate.HasPrivateKey).ToArray());
            pair = new KeyPair(own[0], others);
            fault = null;
            return true;
        }
        catch (Pkcs12LoadLimitExceededException)
        {
            fault = new KeyFault(KeyFaultCode.Pkcs12Iterations, Phrases.Of("Keys.AsksMoreRoundsPassword", file), Phrases.Of("Keys.ExportAgainNameNew", Convert(file, legacy: false)));
        }
        catch (CryptographicException exception) when (exception.HResult == WrongPassword)
        {
            fault = password is null
                ? new KeyFault(KeyFaultCode.PasswordMissing, Phrases.Of("Keys.PasswordNoneConfigured", file), Phrases.Of("Keys.NamePasswordFilePasswordVariable"))
                : new KeyFault(KeyFaultCode.PasswordWrong, Phrases.Of("Keys.PasswordWrong", file), Phrases.Of("Keys.TryOpensslPkcs12Noout", file));
        }
        catch (CryptographicException)
        {
            fault = UsesRc4(content)
                ? new KeyFault(KeyFaultCode.Pkcs12Rc4, Phrases.Of("Keys.EncryptedRC4DoesNot", file), Phrases.Of("Keys.ConvertItAndNameTheNewFile", Convert(file, legacy: true)))
                : new KeyFault(KeyFaultCode.Damaged, Phrases.Of("Keys.DamagedNamedPkcs12", file), Phrases.Of("Keys.TryOpensslPkcs12Noout", file));
        }

        return false;
    }

    /// <summary>The command that makes a new file of an old one; the key lies open between the two steps, for its owner alone.</summary>
    private static string Convert(string file, bool legacy) =>
        $"(umask 077; openssl pkcs12 {(legacy ? "-legacy " : "")}-in {file} -nodes -out OPEN.pem && openssl pkcs12 -export -in OPEN.pem -out NEW.p12; shred -u OPEN.pem)";

    private static bool UsesRc4(ReadOnlySpan<byte> content)
    {
        for (var at = content.IndexOf(Rc4); at >= 0; at = content.IndexOf(Rc4))
        {
            content = content[(at + Rc4.Length)..];
            if (content is [1 or 2, ..])
            {
                return true;
            }
        }

        return false;
    }
}
