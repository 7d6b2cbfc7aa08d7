using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;

namespace Tunduk.Evidence.Bundles;

/// <summary>What a bundle brings along to judge signatures with. Nothing here is trusted for being here.</summary>
internal sealed class EvidenceShelf(Action<BundleFinding> fail)
{
    private const int MaxItems = 10_000;
    private const long MaxBytes = 128L << 20;

    // Each is tried on every checkpoint: a bundle of one archive needs a handful.
    private const int MaxCertificates = 1_000;
    private readonly Dictionary<string, List<byte[]>> tokens = new(StringComparer.Ordinal);
    private int items;
    private long bytes;

    /// <summary>Certificates: signers' own, and what may complete a chain.</summary>
    public X509Certificate2Collection Certificates { get; } = [];

    /// <summary>OCSP responses.</summary>
    public List<byte[]> OcspResponses { get; } = [];

    /// <summary>Revocation lists.</summary>
    public List<byte[]> RevocationLists { get; } = [];

    /// <summary>Time-stamp tokens that say they are over this digest; whether they are, and whose, is for the verifier.</summary>
    public IReadOnlyList<byte[]> TokensOver(ReadOnlySpan<byte> digest) => tokens.GetValueOrDefault(Convert.ToHexString(digest)) ?? [];

    public void Add(BundledEvidence item)
    {
        bytes += item.Content.Length;
        if (++items > MaxItems || bytes > MaxBytes || Certificates.Count > MaxCertificates)
        {
            throw new BundleFaultException("evidence_too_much", Phrases.Of("Bundles.BundleBringsMoreThanItems", MaxItems, MaxCertificates, MaxBytes));
        }

        switch (item.Kind)
        {
            case BundledEvidence.Certificate:
                try
                {
                    Certificates.Add(X509CertificateLoader.LoadCertificate(item.Content));
                }
                catch (CryptographicException)
                {
                    fail(new BundleFinding("evidence_malformed", Phrases.Of("Bundles.CertificateBundleCannotRead"), item.Record));
                }

                break;
            case BundledEvidence.Ocsp:
                OcspResponses.Add(item.Content);
                break;
            case BundledEvidence.RevocationList:
                RevocationLists.Add(item.Content);
                break;
            case BundledEvidence.Timestamp:
                AddToken(item.Content);
                break;
            default:
                fail(new BundleFinding("evidence_malformed", Phrases.Of("Bundles.ItemEvidenceNoKnown"), item.Record));
                break;
        }
    }

    // A token that cannot be read covers nothing.
    private void AddToken(byte[] token)
    {
        try
        {
            if (Rfc3161TimestampToken.TryDecode(token, out Rfc3161TimestampToken? decoded, out _))
            {
                string digest = Convert.ToHexString(decoded.TokenInfo.GetMessageHash().Span);
                (CollectionsMarshal.GetValueRefOrAddDefault(tokens, digest, out _) ??= []).Add(token);
            }
        }
        catch (CryptographicException)
        {
            fail(new BundleFinding("evidence_malformed", Phrases.Of("Bundles.TimeStampBundleCannot")));
        }
    }
}
