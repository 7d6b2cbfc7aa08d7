using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Evidence.Trust;

namespace Tunduk.Evidence.Timestamps;

/// <summary>Verifies RFC 3161 responses and stored tokens. Chains are built to configured anchors, as of the token's time; nothing is fetched.</summary>
/// <remarks>LIMIT: revocation of the authority's certificate is not asked here; ask it with the answer's <c>Authority</c>.</remarks>
public static class TimestampVerifier
{
    /// <summary>Largest response read: 256 KiB.</summary>
    public const int MaximumLength = 256 * 1024;

    private const string Stamping = "1.3.6.1.5.5.7.3.8";

    private static readonly string[] Hashes = ["2.16.840.1.101.3.4.2.1", "2.16.840.1.101.3.4.2.2", "2.16.840.1.101.3.4.2.3"];

    /// <summary>Signatures in tokens: RSA (named with or without its hash), PSS, ECDSA with SHA-2.</summary>
    private static readonly string[] Signatures =
    [
        "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10", "1.2.840.113549.1.1.11", "1.2.840.113549.1.1.12", "1.2.840.113549.1.1.13",
        "1.2.840.10045.4.3.2", "1.2.840.10045.4.3.3", "1.2.840.10045.4.3.4",
    ];

    /// <summary>Verifies the answer to a request.</summary>
    /// <param name="response">TimeStampResp in DER.</param>
    /// <param name="request">The request.</param>
    /// <param name="trust">Which authorities count.</param>
    /// <param name="requestedAt">When the request went out.</param>
    /// <param name="now">When the answer came.</param>
    public static TimestampVerification VerifyResponse(
        ReadOnlyMemory<byte> response, TimestampRequest request, TimestampTrust trust, DateTimeOffset requestedAt, DateTimeOffset now)
    {
        if (response.Length > MaximumLength)
        {
            return Refuse(TimestampFault.TooLarge);
        }

        ReadOnlyMemory<byte> token;
        try
        {
            TimestampFault refused = ReadStatus(response, out token);
            if (refused != TimestampFault.None)
            {
                return Refuse(refused);
            }
        }
        catch (AsnContentException)
        {
            return Refuse(TimestampFault.Malformed);
        }

        TimestampVerification result = Verify(token, request.Sha256, trust, now, request);
        TimeSpan early = requestedAt - result.Time;
        return result.IsValid && early > trust.AllowedSkew + result.Accuracy
            ? Refuse(TimestampFault.BeforeRequest) with { SkewSeconds = early.TotalSeconds }
            : result;
    }

    /// <summary>Verifies a stored token over a digest.</summary>
    /// <param name="token">TimeStampToken in DER.</param>
    /// <param name="digest">SHA-256, SHA-384 or SHA-512 of what is stamped; the token says which.</param>
    /// <param name="trust">Which authorities count.</param>
    /// <param name="now">The moment of the check.</param>
    public static TimestampVerification VerifyToken(
        ReadOnlyMemory<byte> token, ReadOnlyMemory<byte> digest, TimestampTrust trust, DateTimeOffset now) =>
        token.Length > MaximumLength ? Refuse(TimestampFault.TooLarge) : Verify(token, digest, trust, now, null);

    private static TimestampVerification Verify(
        ReadOnlyMemory<byte> encoded, ReadOnlyMemory<byte> digest, TimestampTrust trust, DateTimeOffset now, TimestampRequest? request)
    {
        try
        {
            if (!Rfc3161TimestampToken.TryDecode(encoded, out Rfc3161TimestampToken? token, out int consumed) || consumed != encoded.Length)
            {
                return Refuse(WhyUnreadable(encoded));
            }

            Rfc3161TimestampTokenInfo info = token.TokenInfo;
            SignedCms cms = token.AsSignedCms();
            if (Array.IndexOf(Hashes, info.HashAlgorithmId.Value) < 0)
            {
                return Refuse(TimestampFault.ImprintAlgorithm);
            }

            if (!CryptographicOperations.FixedTimeEquals(info.GetMessageHash().Span, digest.Span))
            {
                return Refuse(TimestampFault.Imprint);
            }

            if (request is not null && !SameNumber(info.GetNonce(), request.Nonce))
            {
                return Refuse(TimestampFault.Nonce);
            }

            if ((request?.Policy is { } asked && asked != info.PolicyId.Value)
                || (trust.Policies.Count > 0 && !trust.Policies.Contains(info.PolicyId.Value, StringComparer.Ordinal)))
            {
                return Refuse(TimestampFault.Policy);
            }

            return CheckSigner(token, cms, info, trust, now) with { Token = encoded };
        }
        catch (Exception exception) when (exception is CryptographicException or AsnContentException)
        {
            return Refuse(TimestampFault.Malformed);
        }
    }

    /// <summary>The framework reads no token whose signer may not stamp; which of its reasons it was is told apart here.</summary>
    private static TimestampFault WhyUnreadable(ReadOnlyMemory<byte> encoded)
    {
        var cms = new SignedCms();
        cms.Decode(encoded.Span);
        if (!Rfc3161TimestampTokenInfo.TryDecode(cms.ContentInfo.Content, out Rfc3161TimestampTokenInfo? info, out _)
            || cms.SignerInfos.Count != 1 || cms.SignerInfos[0].Certificate is not { } authority)
        {
            return TimestampFault.Malformed;
        }

        return !IsForStampingOnly(authority) ? TimestampFault.CertificateUsage
            : info.Timestamp < new DateTimeOffset(authority.NotBefore) || info.Timestamp > new DateTimeOffset(authority.NotAfter) ? TimestampFault.CertificatePeriod
            : TimestampFault.Malformed;
    }

    private static TimestampVerification CheckSigner(
        Rfc3161TimestampToken token, SignedCms cms, Rfc3161TimestampTokenInfo info, TimestampTrust trust, DateTimeOffset now)
    {
        SignerInfo signer = cms.SignerInfos[0];
        if (Array.IndexOf(Hashes, signer.DigestAlgorithm.Value) < 0 || Array.IndexOf(Signatures, signer.SignatureAlgorithm.Value) < 0)
        {
            return Refuse(TimestampFault.SignatureAlgorithm);
        }

        X509Certificate2? authority = signer.Certificate ?? FindConfigured(signer, trust);
        if (authority is null)
        {
            return Refuse(TimestampFault.CertificateMissing);
        }

        TimestampVerification refused = new() { CertificateSerial = authority.SerialNumber };
        if (!IsForStampingOnly(authority))
        {
            return refused with { Fault = TimestampFault.CertificateUsage };
        }

        TrustFault weak = KeyRules.Check(authority, KeyRules.LeastRsaBits, out AsymmetricAlgorithm? key);
        key?.Dispose();
        if (weak != TrustFault.None)
        {
            return refused with { Fault = weak == TrustFault.KeyUsage ? TimestampFault.CertificateUsage : TimestampFault.CertificateKey };
        }

        if (info.Timestamp < new DateTimeOffset(authority.NotBefore) || info.Timestamp > new DateTimeOffset(authority.NotAfter))
        {
            return refused with { Fault = TimestampFault.CertificatePeriod };
        }

        if (!Chains(authority, cms.Certificates, trust, info.Timestamp))
        {
            return refused with { Fault = TimestampFault.Untrusted };
        }

        // Checks the signature, the signed attributes and that ESSCertID(V2) names this certificate (RFC 5816).
        if (!token.VerifySignatureForHash(info.GetMessageHash().Span, info.HashAlgorithmId, out _, [authority]))
        {
            return refused with { Fault = TimestampFault.Signature };
        }

        TimeSpan accuracy = info.AccuracyInMicroseconds is { } microseconds ? TimeSpan.FromMicroseconds(microseconds) : TimeSpan.Zero;
        if (accuracy > trust.MaximumAccuracy)
        {
            return Refuse(TimestampFault.Accuracy) with { Accuracy = accuracy };
        }

        TimeSpan ahead = info.Timestamp - now;
        if (ahead > trust.AllowedSkew + accuracy)
        {
            return Refuse(TimestampFault.InFuture) with { SkewSeconds = ahead.TotalSeconds };
        }

        return new TimestampVerification
        {
            Time = info.Timestamp,
            Accuracy = accuracy,
            Policy = info.PolicyId.Value,
            SerialNumber = Convert.ToHexString(info.GetSerialNumber().Span),
            Authority = authority,
        };
    }

    /// <summary>PKIStatusInfo, and the token (RFC 3161 §2.4.2).</summary>
    private static TimestampFault ReadStatus(ReadOnlyMemory<byte> response, out ReadOnlyMemory<byte> token)
    {
        token = default;
        var outer = new AsnReader(response, AsnEncodingRules.DER);
        AsnReader sequence = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        AsnReader status = sequence.ReadSequence();
        bool isGranted = status.TryReadInt32(out int code) && code is 0 or 1;
        if (isGranted)
        {
            token = sequence.ReadEncodedValue();
            sequence.ThrowIfNotEmpty();
            return TimestampFault.None;
        }

        if (status.HasData && status.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence))
        {
            status.ReadEncodedValue();
        }

        return status.HasData ? FaultOf(status.ReadBitString(out _)) : TimestampFault.Refused;
    }

    /// <summary>PKIFailureInfo: the bit that is set.</summary>
    private static TimestampFault FaultOf(ReadOnlySpan<byte> bits)
    {
        static bool Has(ReadOnlySpan<byte> set, int bit) => bit / 8 < set.Length && (set[bit / 8] & (0x80 >> (bit % 8))) != 0;

        return Has(bits, 0) ? TimestampFault.RefusedAlgorithm
            : Has(bits, 2) || Has(bits, 5) ? TimestampFault.RefusedRequest
            : Has(bits, 14) ? TimestampFault.RefusedTimeNotAvailable
            : Has(bits, 15) ? TimestampFault.RefusedPolicy
            : Has(bits, 16) ? TimestampFault.RefusedExtension
            : Has(bits, 25) ? TimestampFault.RefusedSystemFailure
            : TimestampFault.Refused;
    }

    private static X509Certificate2? FindConfigured(SignerInfo signer, TimestampTrust trust)
    {
        foreach (X509Certificate2 certificate in trust.Anchors.Concat(trust.Intermediates))
        {
            if (signer.SignerIdentifier.MatchesCertificate(certificate))
            {
                return certificate;
            }
        }

        return null;
    }

    /// <summary>RFC 3161 §2.3: the one extended key usage, and critical.</summary>
    private static bool IsForStampingOnly(X509Certificate2 certificate)
    {
        foreach (X509Extension extension in certificate.Extensions)
        {
            if (extension is X509EnhancedKeyUsageExtension usage)
            {
                return usage.Critical && usage.EnhancedKeyUsages.Count == 1 && usage.EnhancedKeyUsages[0].Value == Stamping;
            }
        }

        return false;
    }

    private static bool Chains(X509Certificate2 authority, X509Certificate2Collection sent, TimestampTrust trust, DateTimeOffset time)
    {
        if (trust.Anchors.Any(anchor => anchor.RawDataMemory.Span.SequenceEqual(authority.RawDataMemory.Span)))
        {
            return true;
        }

        if (trust.Anchors.Count == 0)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(trust.Anchors);
        chain.ChainPolicy.ExtraStore.AddRange(trust.Intermediates);
        chain.ChainPolicy.ExtraStore.AddRange(sent);
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.VerificationTime = time.UtcDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(Stamping));
        return chain.Build(authority)
            && chain.ChainElements.All(element => trust.Anchors.Contains(element.Certificate) || KeyRules.IsStrongSignature(element.Certificate));
    }

    private static bool SameNumber(ReadOnlyMemory<byte>? found, ReadOnlyMemory<byte> expected) =>
        found is { } nonce && nonce.Span.TrimStart((byte)0).SequenceEqual(expected.Span.TrimStart((byte)0));

    private static TimestampVerification Refuse(TimestampFault fault) => new() { Fault = fault };
}
