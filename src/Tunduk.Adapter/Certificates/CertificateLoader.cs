using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Adapter.Configuration;

namespace Tunduk.Adapter.Certificates;

/// <summary>
/// Reads a certificate with its private key from PEM files or PKCS#12 (3DES, RC2-40, AES): the one loader for signing
/// keys, TLS client certificates and listeners. What cannot be read is a fault that names setting, file and cure.
/// </summary>
internal static class CertificateLoader
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private const int InvalidPassword = unchecked((int)0x80070056); // ERROR_INVALID_PASSWORD, as the framework reports it on every system.

    /// <summary>Loads the pair; null with at least one fault added.</summary>
    public static X509Certificate2? Load(CertificateFiles files, Func<string, string> resolve, List<SettingFault> faults)
    {
        var secret = resolve(files.Key ?? files.Certificate);
        var secretSetting = files.Key is null ? files.CertificateSetting : files.KeySetting;
        if (!File.Exists(secret) || !File.Exists(resolve(files.Certificate)))
        {
            faults.Add(new SettingFault(files.CertificateSetting, "certificate or key file is missing", "Name files that exist; relative paths start at the configuration file's folder."));
            return null;
        }

        if (IsOpenToOthers(secret))
        {
            faults.Add(new SettingFault(secretSetting, "others than its owner can read the key file", "chmod 600 the file; consider whether the key is still secret."));
            return null;
        }

        try
        {
            var password = files.PasswordFile is { } file ? File.ReadLines(resolve(file)).FirstOrDefault() : null;
            var certificate = files.Key is null
                ? X509CertificateLoader.LoadPkcs12FromFile(secret, password, X509KeyStorageFlags.EphemeralKeySet)
                : password is null
                    ? X509Certificate2.CreateFromPemFile(resolve(files.Certificate), secret)
                    : X509Certificate2.CreateFromEncryptedPemFile(resolve(files.Certificate), password, secret);
            if (certificate.HasPrivateKey)
            {
                return certificate;
            }

            certificate.Dispose();
            faults.Add(new SettingFault(secretSetting, "the file holds no private key", "Export certificate and key together."));
        }
        catch (CryptographicException exception)
        {
            faults.Add(files.Key is null ? Unreadable(files, exception) : new SettingFault(secretSetting, "the key cannot be read, or does not belong to the certificate", "Check the password file, and that certificate and key are a pair in PEM."));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            faults.Add(new SettingFault(secretSetting, "a file of the key cannot be read", "Let the adapter's user read it, and nobody else."));
        }

        return null;
    }

    /// <summary>The certificates behind the first one of a PEM file: what a listener sends along so that its peer can build the chain.</summary>
    public static X509Certificate2Collection Chain(CertificateFiles files, Func<string, string> resolve)
    {
        var chain = new X509Certificate2Collection();
        if (files.Key is not null)
        {
            chain.ImportFromPemFile(resolve(files.Certificate));
            chain.RemoveAt(0);
        }

        return chain;
    }

    /// <summary>True when group or others can read or write a file that holds a secret.</summary>
    public static bool IsOpenToOthers(string path) =>
        !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0;

    private static SettingFault Unreadable(CertificateFiles files, CryptographicException exception) => exception.HResult == InvalidPassword
        ? new SettingFault(files.CertificateSetting, $"the password does not open {files.Certificate}", "Correct the first line of the password file.")
        : new SettingFault(
            files.CertificateSetting,
            $"{files.Certificate} is no PKCS#12 file, or is encrypted by an algorithm no longer in use (RC4)",
            $"Convert it: openssl pkcs12 -legacy -in {files.Certificate} -nodes | openssl pkcs12 -export -out {Path.GetFileNameWithoutExtension(files.Certificate)}-aes.p12 ; or to PEM: openssl pkcs12 -legacy -in {files.Certificate} -nodes.");
}
