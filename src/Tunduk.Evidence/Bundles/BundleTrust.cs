using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Tunduk.Evidence.Log;
using Tunduk.Evidence.Timestamps;
using Tunduk.Evidence.Trust;

namespace Tunduk.Evidence.Bundles;

/// <summary>A trust file, read: the only source of anchors. Nothing inside a bundle is ever one.</summary>
public sealed class BundleTrust
{
    /// <summary>Longest trust file.</summary>
    public const int MaxBytes = 4 << 20;

    private readonly TrustDocument document;
    private readonly X509Certificate2Collection signerAnchors = [];
    private readonly List<PinnedCertificate> messagePins = [];

    private BundleTrust(TrustDocument document) => this.document = document;

    /// <summary>Which time-stamping authorities count.</summary>
    public TimestampTrust Timestamps { get; private set; } = new() { Anchors = [] };

    /// <summary>Whether a checkpoint without a trusted time-stamp fails.</summary>
    public bool RequireTimestamp => document.RequireTimestamp;

    /// <summary>Whether a chained signer without revocation data of its time fails.</summary>
    public bool RequireRevocation => document.RequireRevocation;

    /// <summary>Roots of signers.</summary>
    public X509Certificate2Collection SignerAnchors => signerAnchors;

    /// <summary>Reads a trust file; null with every fault named.</summary>
    public static BundleTrust? Read(ReadOnlySpan<byte> json, out IReadOnlyList<string> faults)
    {
        List<string> found = [];
        faults = found;
        if (json.Length > MaxBytes)
        {
            found.Add(Phrases.Of("Bundles.TrustFileLongerThan", MaxBytes));
            return null;
        }

        TrustDocument? document;
        try
        {
            document = BundleFormat.Read<TrustDocument>(json);
        }
        catch (JsonException exception)
        {
            found.Add(Phrases.Of("Bundles.TrustFileNotForm", exception.Path ?? "$"));
            return null;
        }

        if (document is not { Format: TrustDocument.Version })
        {
            found.Add(Phrases.Of("Bundles.FormatNot", TrustDocument.Version));
            return null;
        }

        BundleTrust trust = new(document);
        trust.Load(found);
        return found.Count == 0 ? trust : null;
    }

    /// <summary>Writes a trust file.</summary>
    public static byte[] Write(TrustDocument document) => JsonSerializer.SerializeToUtf8Bytes(document, new JsonSerializerOptions(BundleFormat.Json) { WriteIndented = true });

    /// <summary>The owner of a log; null where the file does not name the origin.</summary>
    public string? OwnerOf(string origin) => Find(origin)?.Owner;

    /// <summary>Who may sign this log's checkpoints; <paramref name="intermediates"/> may complete a chain and are trusted in nothing.</summary>
    public SignerTrust? SignersOf(string origin, X509Certificate2Collection intermediates) => Find(origin) is not { } log ? null : new SignerTrust(
        log.Certificates.Select(static der => new PinnedCertificate(SHA256.HashData(der))).DistinctBy(static pin => Convert.ToHexString(pin.Sha256.Span)),
        log.Subject is null ? [] : signerAnchors,
        intermediates,
        certificate => log.Subject is not null && string.Equals(certificate.Subject, log.Subject, StringComparison.Ordinal));

    /// <summary>Certificates of a log's signers as the file itself gives them.</summary>
    public IReadOnlyList<byte[]> CertificatesOf(string origin) => Find(origin)?.Certificates ?? [];

    /// <summary>Who may sign messages.</summary>
    public SignerTrust MessageSigners(X509Certificate2Collection intermediates) => new(messagePins, signerAnchors, intermediates);

    /// <summary>Whether checkpoints may be signed so.</summary>
    public bool Allows(string algorithm) => document.Algorithms.Count == 0 || document.Algorithms.Contains(algorithm, StringComparer.Ordinal);

    private TrustedLogDocument? Find(string origin) => document.Logs.FirstOrDefault(log => string.Equals(log.Origin, origin, StringComparison.Ordinal));

    private void Load(List<string> faults)
    {
        X509Certificate2Collection stamps = [];
        foreach (TrustedAuthorityDocument authority in document.Authorities)
        {
            X509Certificate2? root = Certificate(authority.Certificate, "authorities", faults);
            if (root is null)
            {
                continue;
            }

            foreach (string use in authority.For)
            {
                switch (use)
                {
                    case TrustedAuthorityDocument.Signer:
                        signerAnchors.Add(root);
                        break;
                    case TrustedAuthorityDocument.Timestamp:
                        stamps.Add(root);
                        break;
                    default:
                        faults.Add(Phrases.Of("Bundles.AuthoritiesSignerTimestamp"));
                        break;
                }
            }
        }

        Timestamps = new TimestampTrust { Anchors = stamps };
        foreach (TrustedLogDocument log in document.Logs)
        {
            if (!CheckpointNote.IsOrigin(log.Origin) || document.Logs.Count(other => string.Equals(other.Origin, log.Origin, StringComparison.Ordinal)) > 1)
            {
                faults.Add(Phrases.Of("Bundles.LogsOriginNoneStands"));
            }

            foreach (byte[] der in log.Certificates)
            {
                Certificate(der, "logs", faults)?.Dispose();
            }
        }

        foreach (TrustedSignerDocument signer in document.Signers)
        {
            byte[] digest = new byte[32];
            if (signer.Sha256.Length != 64 || Convert.FromHexString(signer.Sha256, digest, out _, out _) != System.Buffers.OperationStatus.Done)
            {
                faults.Add(Phrases.Of("Bundles.SignersSha256Not64"));
            }
            else if (messagePins.TrueForAll(pin => !pin.Sha256.Span.SequenceEqual(digest)))
            {
                messagePins.Add(new PinnedCertificate(digest, signer.From, signer.Until));
            }
        }

        foreach (string algorithm in document.Algorithms.Where(static name => !CheckpointAlgorithm.IsKnown(name)))
        {
            faults.Add(Phrases.Of("Bundles.AlgorithmsNotKnown", algorithm));
        }
    }

    private static X509Certificate2? Certificate(byte[] der, string where, List<string> faults)
    {
        try
        {
            return X509CertificateLoader.LoadCertificate(der);
        }
        catch (CryptographicException)
        {
            faults.Add(Phrases.Of("Bundles.CertificateCannotRead", where));
            return null;
        }
    }
}
