using System.Security.Cryptography.X509Certificates;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Keys;

namespace Tunduk.Adapter.Certificates;

/// <summary>
/// From the settings of a TLS certificate to the certificate, by the one loader of key files (<see cref="KeyPairFile"/>). What
/// cannot be read is a fault that names setting, file and cure.
/// </summary>
internal static class CertificateLoader
{
    /// <summary>Loads the pair; null with at least one fault added.</summary>
    public static X509Certificate2? Load(CertificateFiles files, Func<string, string> resolve, List<SettingFault> faults)
    {
        if (!SecretFile.TryReadLine(files.PasswordFile is { } file ? resolve(file) : null, null, out var password, out var fault)
            || !KeyPairFile.TryRead(resolve(files.Certificate), files.Key is { } key ? resolve(key) : null, password, out var pair, out fault))
        {
            faults.Add(fault.Of(files.Key is null ? files.CertificateSetting : files.KeySetting));
            return null;
        }

        foreach (var other in pair.Others)
        {
            other.Dispose();
        }

        return pair.Certificate;
    }

    /// <summary>The other certificates of a PEM file: what a listener sends along so that its peer can build the chain.</summary>
    public static X509Certificate2Collection Chain(CertificateFiles files, Func<string, string> resolve)
    {
        if (files.Key is not { } key
            || !SecretFile.TryReadLine(files.PasswordFile is { } file ? resolve(file) : null, null, out var password, out _)
            || !KeyPairFile.TryRead(resolve(files.Certificate), resolve(key), password, out var pair, out _))
        {
            return [];
        }

        // The certificate of the key may stand anywhere in the file; a peer is sent the others.
        pair.Certificate.Dispose();
        return pair.Others;
    }
}
