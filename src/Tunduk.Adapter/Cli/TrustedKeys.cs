using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Adapter.Configuration;

namespace Tunduk.Adapter.Cli;

/// <summary>What an archive is held against: the certificates the configuration names, never what the archive brings along.</summary>
/// <param name="CheckpointKeys">Public keys (SubjectPublicKeyInfo) that may have signed checkpoints.</param>
internal sealed record TrustedKeys(IReadOnlyList<ReadOnlyMemory<byte>> CheckpointKeys)
{
    /// <summary>The configured IS certificates; private keys are not read.</summary>
    public static TrustedKeys Of(AdapterConfiguration configuration)
    {
        var keys = new List<ReadOnlyMemory<byte>>();
        foreach (var options in configuration.Options.Keys.Values.Where(options => options.Key is not null))
        {
            try
            {
                using var certificate = X509CertificateLoader.LoadCertificateFromFile(configuration.Resolve(options.Certificate));
                keys.Add(certificate.PublicKey.ExportSubjectPublicKeyInfo());
            }
            catch (CryptographicException)
            {
                // Not readable as a certificate: the report then says that the signer is not established.
            }
        }

        return new TrustedKeys(keys);
    }
}
