using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Signing;
using Tunduk.Archive;
using Tunduk.Evidence.Bundles;

namespace Tunduk.Adapter.Reading;

/// <summary>
/// The trust file the owner hands to auditors: its log, its certificates, the counterparties' as its agreements pin them, and its anchors.
/// It is worth what the way it comes by is worth; a bundle never brings it along.
/// </summary>
internal sealed class OwnerTrust(AdapterConfiguration configuration, SigningKeys keys, IArchive archive)
{
    /// <summary>The trust file as it stands now.</summary>
    public TrustDocument Make()
    {
        var owner = configuration.Options.Own[0].Subsystem;
        return new TrustDocument
        {
            Format = TrustDocument.Version,
            Logs = [new TrustedLogDocument { Origin = archive.Status.Origin, Owner = owner, Certificates = [.. keys.LogKeys.Select(key => key.Certificate.RawData)] }],
            Signers =
            [
                .. keys.All.Select(key => new TrustedSignerDocument { Sha256 = Convert.ToHexStringLower(key.CertificateSha256.Span), Owner = owner })
                    .Concat(Counterparties())
                    .DistinctBy(signer => signer.Sha256),
            ],
            Authorities =
            [
                .. configuration.Options.Trust.Anchors.Select(file => Authority(file, TrustedAuthorityDocument.Signer, TrustedAuthorityDocument.Timestamp))
                    .Concat(configuration.Options.Trust.Timestamps.Authorities.SelectMany(authority => authority.Anchors).Except(configuration.Options.Trust.Anchors)
                        .Select(file => Authority(file, TrustedAuthorityDocument.Timestamp)))
                    .OfType<TrustedAuthorityDocument>(),
            ],
        };
    }

    private IEnumerable<TrustedSignerDocument> Counterparties()
    {
        var folder = configuration.Resolve(configuration.Options.Documents.Agreements);
        var reader = new AgreementReader();
        foreach (var file in Directory.Exists(folder) ? Directory.GetFiles(folder, "*.yaml").Order(StringComparer.Ordinal).ToArray() : [])
        {
            if (reader.Read(Path.GetFileName(file), File.ReadAllBytes(file)).Agreement is not { } agreement)
            {
                continue;
            }

            foreach (var digest in agreement.Certificates.Select(pin => pin.Sha256).OfType<AgreementDigest>())
            {
                yield return new TrustedSignerDocument { Sha256 = digest.ToString(), Owner = agreement.Counterparty.ToString() };
            }
        }
    }

    private TrustedAuthorityDocument? Authority(string file, params string[] uses)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificateFromFile(configuration.Resolve(file));
            return new TrustedAuthorityDocument { Certificate = certificate.RawData, For = uses };
        }
        catch (Exception exception) when (exception is CryptographicException or IOException)
        {
            return null; // the start says so
        }
    }
}
