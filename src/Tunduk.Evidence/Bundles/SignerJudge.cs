using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Evidence.Log;
using Tunduk.Evidence.Revocation;
using Tunduk.Evidence.Signing;
using Tunduk.Evidence.Timestamps;
using Tunduk.Evidence.Trust;

namespace Tunduk.Evidence.Bundles;

/// <summary>
/// Finds out who signed the checkpoints and the manifest, and judges the certificate at the time that a trusted time-stamp proves, so
/// that a certificate that expired since still counts and one that was used after its end does not.
/// </summary>
internal sealed class SignerJudge(BundleCheckOptions options, EvidenceShelf shelf, Action<BundleFinding> fail, List<string> statements)
{
    // Revocation data fetched for a time-stamped moment is a little younger than the moment, or somewhat older.
    private static readonly TimeSpan RevocationReach = TimeSpan.FromDays(1);
    private readonly Dictionary<string, (TrustedSigner Signer, DateTimeOffset Moment)> signers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> stamped = new(StringComparer.Ordinal);

    /// <summary>Until when a log's records existed at the latest, by a trusted time-stamp; null where none says so.</summary>
    public DateTimeOffset? NotLaterThan(LogId log) =>
        stamped.Where(pair => pair.Key.EndsWith("/" + log, StringComparison.Ordinal)).Select(static pair => (DateTimeOffset?)pair.Value).FirstOrDefault();

    /// <summary>Judges one checkpoint; true when the trust file establishes its signer.</summary>
    public bool Checkpoint(SignedCheckpoint note, bool isMain)
    {
        string name = Phrases.Of("Bundles.TheCheckpointOfSizeOf", note.Size, note.Origin);
        if (options.Trust is not { } trust)
        {
            // The log's own certificate makes it consistent, not credible.
            if (!shelf.Certificates.Any(certificate => CheckpointNote.Verify(note, certificate.PublicKey.ExportSubjectPublicKeyInfo())))
            {
                fail(new BundleFinding("checkpoint_signature", Phrases.Of("Bundles.SignedNoCertificateBundle", name)));
            }

            return false;
        }

        if (!trust.Allows(note.Algorithm))
        {
            fail(new BundleFinding("checkpoint_algorithm", Phrases.Of("Bundles.SignedTrustFileDoes", name, note.Algorithm)));
            return false;
        }

        if (trust.SignersOf(note.Origin, shelf.Certificates) is not { } allowed)
        {
            fail(new BundleFinding("log_not_trusted", Phrases.Of("Bundles.TrustFileDoesNotName", note.Origin)));
            return false;
        }

        DateTimeOffset? stamp = Stamp(note, trust);
        DateTimeOffset moment = stamp ?? note.Time;
        TrustedSigner? signer = Find(note, allowed, trust, moment);
        if (signer is null)
        {
            fail(new BundleFinding("checkpoint_signer", Phrases.Of("Bundles.SignedNobodyTrustFile", name)));
            return false;
        }

        bool inTime = CheckTime(name, signer, stamp, moment, trust);
        bool ok = CheckRevocation(name, signer, moment, trust) && inTime;
        if (isMain)
        {
            signers[note.Origin] = (signer, moment);
            if (stamp is { } time)
            {
                stamped[note.Origin] = time;
            }

            statements.Add(Phrases.Of("Bundles.SignedTreeEntries", trust.OwnerOf(note.Origin), signer.Certificate.Subject, note.Origin, note.Size, stamp is { } t ? Phrases.Of("Bundles.NotLaterThanTime", Time(t)) : Phrases.Of("Bundles.ClaimedAdapterClockNo", Time(note.Time))));
        }

        return ok;
    }

    /// <summary>Judges the manifest's signature: it must be of a signer whose checkpoint is in the bundle.</summary>
    public void Manifest(byte[] manifest, byte[] signature, BundleManifest content, IEnumerable<SignedCheckpoint> checkpoints)
    {
        IEnumerable<PinnedCertificate> pins = options.Trust is null
            ? shelf.Certificates.Where(certificate => checkpoints.Any(note => CheckpointNote.Verify(note, certificate.PublicKey.ExportSubjectPublicKeyInfo())))
                .Select(static certificate => new PinnedCertificate(certificate.GetCertHash(System.Security.Cryptography.HashAlgorithmName.SHA256)))
            : signers.Values.Select(static pair => new PinnedCertificate(pair.Signer.Sha256));
        SignerTrust trust = new(pins.DistinctBy(static pin => Convert.ToHexString(pin.Sha256.Span)));
        DetachedVerification result = DetachedSignature.Verify(manifest, DetachedContext.Bundle, signature, trust, content.Made);
        if (!result.IsValid)
        {
            fail(new BundleFinding("manifest_signature", Phrases.Of("Bundles.ManifestSignatureDoesNot", result.Fault)));
        }
    }

    // The earliest trusted time-stamp over exactly this note.
    private DateTimeOffset? Stamp(SignedCheckpoint note, BundleTrust trust)
    {
        byte[] digest = note.Hash.ToArray();
        DateTimeOffset? earliest = null;
        foreach (byte[] token in shelf.TokensOver(digest))
        {
            TimestampVerification result = TimestampVerifier.VerifyToken(token, digest, trust.Timestamps, options.Now);
            if (result.IsValid && (earliest is null || result.Time < earliest))
            {
                earliest = result.Time;
            }
        }

        if (earliest is null && trust.RequireTimestamp)
        {
            fail(new BundleFinding("timestamp_missing", Phrases.Of("Bundles.NoTimeStampTrusted", note.Size)));
        }

        return earliest;
    }

    private TrustedSigner? Find(SignedCheckpoint note, SignerTrust allowed, BundleTrust trust, DateTimeOffset moment)
    {
        foreach (byte[] der in trust.CertificatesOf(note.Origin).Concat(shelf.Certificates.Select(static certificate => certificate.RawData)))
        {
            if (allowed.TryTrust(der, moment, out TrustedSigner? signer, out _) && CheckpointNote.Verify(note, signer.Certificate.PublicKey.ExportSubjectPublicKeyInfo()))
            {
                return signer;
            }
        }

        return null;
    }

    private bool CheckTime(string name, TrustedSigner signer, DateTimeOffset? stamp, DateTimeOffset moment, BundleTrust trust)
    {
        if (moment < signer.NotBefore || moment > signer.NotAfter)
        {
            fail(new BundleFinding("checkpoint_signer_period", Phrases.Of("Bundles.SignedWhenCertificateNot", name)));
            return false;
        }

        if (stamp is null && options.Now > signer.NotAfter)
        {
            fail(new BundleFinding("checkpoint_time_unproven", Phrases.Of("Bundles.CertificateExpiredNoTime", name)));
            return false;
        }

        return stamp is not null || !trust.RequireTimestamp;
    }

    // A pinned certificate follows its pin, unless revocation data is required and an authority could give some; one issued under an authority is
    // asked about at the moment of the signature.
    private bool CheckRevocation(string name, TrustedSigner signer, DateTimeOffset moment, BundleTrust trust)
    {
        bool isSelfIssued = signer.Certificate.SubjectName.RawData.AsSpan().SequenceEqual(signer.Certificate.IssuerName.RawData);
        if (signer.IsPinned && (isSelfIssued || !trust.RequireRevocation))
        {
            return true;
        }

        // The chain of a pinned certificate was not judged: only an authority of the trust file itself may speak of it.
        RevocationAnswer? answer = null;
        foreach (X509Certificate2 issuer in trust.SignerAnchors.Concat(signer.IsPinned ? [] : shelf.Certificates).Where(issuer => issuer.SubjectName.RawData.AsSpan().SequenceEqual(signer.Certificate.IssuerName.RawData)))
        {
            answer ??= Ask(signer.Certificate, issuer, moment);
        }

        if (answer is null)
        {
            if (trust.RequireRevocation)
            {
                fail(new BundleFinding("revocation_missing", Phrases.Of("Bundles.BundleNoRevocationData", name)));
            }

            return !trust.RequireRevocation;
        }

        if (answer.IsRevokedAt(moment) || answer.Status == RevocationStatus.Unknown)
        {
            fail(new BundleFinding("signer_revoked", Phrases.Of("Bundles.CertificateRevokedUnknownAuthority", name)));
            return false;
        }

        return true;
    }

    private RevocationAnswer? Ask(X509Certificate2 certificate, X509Certificate2 issuer, DateTimeOffset moment)
    {
        foreach (byte[] response in shelf.OcspResponses)
        {
            RevocationAnswer answer = OcspResponse.Verify(response, new OcspCheck { Certificate = certificate, Issuer = issuer, Now = moment, AllowedSkew = RevocationReach });
            if (answer.Fault == RevocationFault.None)
            {
                return answer;
            }
        }

        foreach (byte[] der in shelf.RevocationLists)
        {
            if (RevocationList.TryRead(der, issuer, out RevocationList? list, out _) && list.Find(certificate, moment, RevocationReach, RevocationReach) is { Fault: RevocationFault.None } answer)
            {
                return answer;
            }
        }

        return null;
    }

    private static string Time(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
