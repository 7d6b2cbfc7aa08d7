using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tunduk.Evidence.Trust;

/// <summary>
/// Who may sign for one counterparty: certificates pinned by digest, and anchors with a rule for the subject. Nothing is ever
/// downloaded; the machine's own roots count for nothing. Results are cached by certificate; one instance serves all threads.
/// </summary>
/// <remarks>Revocation is not asked here: nothing of this library goes out. Ask it with the signer's <c>Chain</c>.</remarks>
public sealed class SignerTrust
{
    private const int MaxCached = 1024;
    private readonly ConcurrentDictionary<CertificateDigest, TrustedSigner> cache = new();
    private readonly Dictionary<CertificateDigest, PinnedCertificate> pins;
    private readonly X509Certificate2Collection anchors;
    private readonly X509Certificate2Collection intermediates;
    private readonly Func<X509Certificate2, bool>? subjectRule;
    private readonly int minimumRsaBits;

    /// <summary>Builds a trust set.</summary>
    /// <param name="pins">Certificates trusted by digest, self-signed ones included.</param>
    /// <param name="anchors">Roots of authorities.</param>
    /// <param name="intermediates">Certificates that may complete a chain to an anchor; not trusted by themselves.</param>
    /// <param name="subjectRule">Asked of certificates that chain to an anchor: is this the counterparty? Null accepts any.</param>
    /// <param name="minimumRsaBits">Least RSA key, at least 2,048 (default).</param>
    public SignerTrust(
        IEnumerable<PinnedCertificate>? pins = null,
        X509Certificate2Collection? anchors = null,
        X509Certificate2Collection? intermediates = null,
        Func<X509Certificate2, bool>? subjectRule = null,
        int minimumRsaBits = 2048)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(minimumRsaBits, 2048);
        this.pins = (pins ?? []).ToDictionary(pin => CertificateDigest.From(pin.Sha256.Span));
        this.anchors = anchors ?? [];
        this.intermediates = intermediates ?? [];
        this.subjectRule = subjectRule;
        this.minimumRsaBits = minimumRsaBits;
    }

    /// <summary>Is this digest pinned here?</summary>
    public bool IsPinned(ReadOnlySpan<byte> sha256) => sha256.Length == 32 && pins.ContainsKey(CertificateDigest.From(sha256));

    /// <summary>Finds out whether a certificate may sign; the moment is the caller's to compare with the signer's period.</summary>
    /// <param name="der">The certificate as received.</param>
    /// <param name="now">The moment a chain is built for, when it is not cached.</param>
    /// <param name="signer">The result.</param>
    /// <param name="fault">Why there is none.</param>
    public bool TryTrust(
        ReadOnlySpan<byte> der, DateTimeOffset now, [NotNullWhen(true)] out TrustedSigner? signer, out TrustFault fault) =>
        TryTrust(der, now, out signer, out fault, out _);

    /// <summary>As above, and explains a refusal.</summary>
    /// <param name="der">The certificate as received.</param>
    /// <param name="now">The moment a chain is built for, when it is not cached.</param>
    /// <param name="signer">The result.</param>
    /// <param name="fault">Why there is none.</param>
    /// <param name="chain">Refused: what chain was found; null where the bytes are no certificate.</param>
    public bool TryTrust(
        ReadOnlySpan<byte> der,
        DateTimeOffset now,
        [NotNullWhen(true)] out TrustedSigner? signer,
        out TrustFault fault,
        out TrustChain? chain)
    {
        chain = null;
        Span<byte> sha256 = stackalloc byte[32];
        SHA256.HashData(der, sha256);
        CertificateDigest digest = CertificateDigest.From(sha256);
        fault = TrustFault.None;
        if (cache.TryGetValue(digest, out signer))
        {
            return true;
        }

        X509Certificate2 certificate;
        try
        {
            certificate = X509CertificateLoader.LoadCertificate(der);
        }
        catch (CryptographicException)
        {
            fault = TrustFault.Malformed;
            return false;
        }

        // What follows the certificate in the bytes would not be covered by what the loader read.
        fault = certificate.RawDataMemory.Span.SequenceEqual(der)
            ? Examine(certificate, digest, sha256.ToArray(), now, out signer, out chain)
            : TrustFault.Malformed;
        if (signer is null)
        {
            certificate.Dispose();
            return false;
        }

        if (cache.Count < MaxCached)
        {
            signer = cache.GetOrAdd(digest, signer);
        }

        return true;
    }

    private TrustFault Examine(
        X509Certificate2 certificate,
        CertificateDigest digest,
        byte[] sha256,
        DateTimeOffset now,
        out TrustedSigner? signer,
        out TrustChain chain)
    {
        signer = null;
        chain = TrustChain.Of([certificate]);
        IReadOnlyList<X509Certificate2> certificates = [certificate];
        if (KeyRules.HasUnknownCritical(certificate))
        {
            return TrustFault.CriticalExtension;
        }

        pins.TryGetValue(digest, out PinnedCertificate? pin);
        DateTimeOffset from = Utc(certificate.NotBefore);
        DateTimeOffset until = Utc(certificate.NotAfter);
        if (pin is not null)
        {
            from = Later(from, pin.From);
            until = Earlier(until, pin.Until);
        }
        else
        {
            TrustFault chained = BuildChain(certificate, now, ref from, ref until, ref chain, ref certificates);
            if (chained != TrustFault.None)
            {
                return chained;
            }
        }

        TrustFault fault = KeyRules.Check(certificate, minimumRsaBits, out AsymmetricAlgorithm? key);
        if (key is not null)
        {
            signer = new TrustedSigner(certificate, sha256, key, from, until, pin is not null, certificates);
        }

        return fault;
    }

    private TrustFault BuildChain(
        X509Certificate2 certificate,
        DateTimeOffset now,
        ref DateTimeOffset from,
        ref DateTimeOffset until,
        ref TrustChain found,
        ref IReadOnlyList<X509Certificate2> certificates)
    {
        if (anchors.Count == 0)
        {
            return TrustFault.Untrusted;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(anchors);
        chain.ChainPolicy.ExtraStore.AddRange(intermediates);
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        bool isTrusted = chain.Build(certificate);
        found = TrustChain.Of(chain);

        // An expired certificate is reported as expired by the caller, with the period; every other fault is distrust.
        bool onlyTime = !isTrusted && chain.ChainStatus.Length > 0
            && Array.TrueForAll(chain.ChainStatus, status => status.Status == X509ChainStatusFlags.NotTimeValid);
        if (!isTrusted && !onlyTime)
        {
            return TrustFault.Untrusted;
        }

        foreach (X509ChainElement element in chain.ChainElements)
        {
            from = Later(from, Utc(element.Certificate.NotBefore));
            until = Earlier(until, Utc(element.Certificate.NotAfter));
            if (!anchors.Contains(element.Certificate) && !KeyRules.IsStrongSignature(element.Certificate))
            {
                return TrustFault.WeakChain;
            }
        }

        // Copies: the chain disposes its own.
        certificates = [.. chain.ChainElements.Select(element => X509CertificateLoader.LoadCertificate(element.Certificate.RawData))];
        return subjectRule is null || subjectRule(certificate) ? TrustFault.None : TrustFault.Untrusted;
    }

    /// <summary>The framework gives a certificate's times as local times.</summary>
    private static DateTimeOffset Utc(DateTime local) => new(local.ToUniversalTime());

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset? b) => b > a ? b.Value : a;

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset? b) => b < a ? b.Value : a;

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct CertificateDigest(ulong A, ulong B, ulong C, ulong D)
    {
        public static CertificateDigest From(ReadOnlySpan<byte> sha256)
        {
            if (sha256.Length != 32)
            {
                throw new ArgumentException("A SHA-256 digest has 32 bytes.", nameof(sha256));
            }

            ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(sha256);
            return new CertificateDigest(words[0], words[1], words[2], words[3]);
        }
    }
}
