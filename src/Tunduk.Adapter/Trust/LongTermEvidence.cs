using System.Security.Cryptography.X509Certificates;
using Tunduk.Adapter.Signing;
using Tunduk.Archive;

namespace Tunduk.Adapter.Trust;

/// <summary>
/// What is needed to judge a time-stamp and the checkpoint under it when nobody answers any more: the chains of the authority and of
/// the checkpoint's signer, and what their authorities say of revocation now (ARCHIVE "Log").
/// </summary>
/// <param name="counterparties">Anchors, intermediates and revocation services.</param>
/// <param name="timestamps">Anchors of the time-stamping authorities.</param>
internal sealed class LongTermEvidence(CounterpartyTrust counterparties, TimestampService timestamps)
{
    /// <summary>Gathers it. What nobody answers is left out: the time-stamp stands without it.</summary>
    /// <param name="certificates">The time-stamping authority's certificate and the checkpoint's signer.</param>
    public async Task<IReadOnlyList<PayloadPart>> GatherAsync(params X509Certificate2[] certificates)
    {
        var parts = new List<PayloadPart>();
        foreach (var link in certificates.SelectMany(ChainOf).DistinctBy(link => link.Thumbprint, StringComparer.Ordinal))
        {
            parts.Add(new PayloadPart($"chain-{parts.Count + 1}", "application/pkix-cert", link.RawData));
            if (link.SubjectName.RawData.AsSpan().SequenceEqual(link.IssuerName.RawData))
            {
                continue; // Nobody revokes a root.
            }

            var decision = await counterparties.Revocation.CheckOwnAsync(link);
            foreach (var answer in decision.Evidence)
            {
                parts.Add(answer with { Name = $"revocation-{parts.Count + 1}" });
            }
        }

        return parts;
    }

    /// <summary>As far as it can be built offline of what is configured.</summary>
    private List<X509Certificate2> ChainOf(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(counterparties.Anchors.Concat(timestamps.Anchors.Select(anchor => anchor.Anchor)).ToArray());
        chain.ChainPolicy.ExtraStore.AddRange(counterparties.Intermediates);
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.Build(certificate);
        return [.. chain.ChainElements.Select(element => X509CertificateLoader.LoadCertificate(element.Certificate.RawData))];
    }
}
