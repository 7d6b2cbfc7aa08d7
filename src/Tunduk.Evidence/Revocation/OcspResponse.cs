using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tunduk.Evidence.Revocation;

// Over 300 lines: the strict reading of one structure (RFC 6960), in its order.

/// <summary>
/// Verifies OCSP responses (RFC 6960 §3.2, §4.2): about this certificate, signed by its issuer or by a responder the issuer itself has
/// certified for OCSP signing, in time, and for our nonce. Nothing is fetched.
/// </summary>
/// <remarks>
/// LIMIT: a delegated responder's own revocation is not asked (most carry id-pkix-ocsp-nocheck); a responder key that leaked is trusted
/// until its certificate ends.
/// </remarks>
public static class OcspResponse
{
    /// <summary>Largest response read: 256 KiB.</summary>
    public const int MaximumLength = 256 * 1024;

    private const string Basic = "1.3.6.1.5.5.7.48.1.1";
    private const string OcspSigning = "1.3.6.1.5.5.7.3.9";

    /// <summary>Verifies a response. Bad input is a result, never an exception.</summary>
    public static RevocationAnswer Verify(ReadOnlyMemory<byte> response, OcspCheck check)
    {
        if (response.Length > MaximumLength)
        {
            return Refuse(RevocationFault.TooLarge);
        }

        try
        {
            return Read(response, check);
        }
        catch (Exception fault) when (fault is AsnContentException or CryptographicException)
        {
            return Refuse(RevocationFault.Malformed);
        }
    }

    private static RevocationAnswer Read(ReadOnlyMemory<byte> response, OcspCheck check)
    {
        var outer = new AsnReader(response, AsnEncodingRules.DER);
        AsnReader sequence = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        ReadOnlySpan<byte> status = sequence.ReadEnumeratedBytes().Span;
        if (status is not [0])
        {
            return Refuse(status is [var code] ? StatusFault(code) : RevocationFault.UnknownResponse);
        }

        AsnReader bytes = sequence.ReadSequence(RevocationDer.Context(0)).ReadSequence();
        sequence.ThrowIfNotEmpty();
        if (bytes.ReadObjectIdentifier() != Basic)
        {
            return Refuse(RevocationFault.UnknownResponse);
        }

        RevocationDer.Signed signed = RevocationDer.ReadSigned(bytes.ReadOctetString(), out AsnReader rest);
        var data = new AsnReader(signed.Tbs, AsnEncodingRules.DER);
        AsnReader tbs = data.ReadSequence();
        if (tbs.PeekTag().HasSameClassAndValue(RevocationDer.Context(0)))
        {
            tbs.ReadEncodedValue();
        }

        ReadOnlyMemory<byte> responderId = tbs.ReadEncodedValue();
        DateTimeOffset producedAt = tbs.ReadGeneralizedTime();
        AsnReader responses = tbs.ReadSequence();
        RevocationFault fault = FindSigner(signed, responderId, rest, producedAt, check, out X509Certificate2? responder);
        if (fault == RevocationFault.None)
        {
            fault = CheckNonce(tbs, check);
        }

        if (fault != RevocationFault.None)
        {
            return Refuse(fault);
        }

        RevocationAnswer? answer = null;
        while (responses.HasData)
        {
            AsnReader single = responses.ReadSequence();
            if (!IsCertificate(single.ReadSequence(), check))
            {
                continue;
            }

            if (answer is not null)
            {
                return Refuse(RevocationFault.OtherCertificate);
            }

            answer = ReadSingle(single) with { ProducedAt = producedAt, Responder = responder };
        }

        return answer is null ? Refuse(RevocationFault.OtherCertificate) : CheckTime(answer, check);
    }

    private static RevocationFault StatusFault(byte status) => status switch
    {
        1 => RevocationFault.MalformedRequest,
        2 => RevocationFault.InternalError,
        3 => RevocationFault.TryLater,
        5 => RevocationFault.SignatureRequired,
        6 => RevocationFault.Unauthorized,
        _ => RevocationFault.UnknownResponse,
    };

    /// <summary>The issuer, or a certificate in the response that the issuer signed for this purpose (RFC 6960 §4.2.2.2).</summary>
    private static RevocationFault FindSigner(
        RevocationDer.Signed signed,
        ReadOnlyMemory<byte> responderId,
        AsnReader rest,
        DateTimeOffset producedAt,
        OcspCheck check,
        out X509Certificate2? responder)
    {
        responder = null;
        if (Names(responderId, check.Issuer))
        {
            RevocationFault own = RevocationDer.Verify(signed, check.Issuer);

            // Another key may answer under the issuer's name; it must then be in the response with the issuer's signature.
            if (own != RevocationFault.Signature || !rest.HasData)
            {
                return own;
            }
        }

        var fault = RevocationFault.WrongIssuer;
        AsnReader? certificates = rest.HasData ? rest.ReadSequence(RevocationDer.Context(0)).ReadSequence() : null;
        for (int i = 0; i < 8 && certificates is { HasData: true }; i++)
        {
            ReadOnlyMemory<byte> der = certificates.ReadEncodedValue();
            X509Certificate2 candidate = X509CertificateLoader.LoadCertificate(der.Span);
            if (!Names(responderId, candidate)
                || !candidate.IssuerName.RawData.AsSpan().SequenceEqual(check.Issuer.SubjectName.RawData)
                || RevocationDer.Verify(RevocationDer.ReadSigned(der, out _), check.Issuer) != RevocationFault.None)
            {
                candidate.Dispose();
                continue;
            }

            fault = CheckResponder(candidate, producedAt, check);
            fault = fault == RevocationFault.None ? RevocationDer.Verify(signed, candidate) : fault;
            if (fault == RevocationFault.None)
            {
                responder = candidate;
                return fault;
            }

            candidate.Dispose();
        }

        return fault;
    }

    private static RevocationFault CheckResponder(X509Certificate2 responder, DateTimeOffset producedAt, OcspCheck check)
    {
        bool isForOcsp = false;
        foreach (X509Extension extension in responder.Extensions)
        {
            switch (extension)
            {
                case X509EnhancedKeyUsageExtension usage:
                    isForOcsp = usage.EnhancedKeyUsages.Cast<Oid>().Any(oid => oid.Value == OcspSigning);
                    break;
                case X509KeyUsageExtension key
                    when !key.KeyUsages.HasFlag(X509KeyUsageFlags.DigitalSignature) && !key.KeyUsages.HasFlag(X509KeyUsageFlags.NonRepudiation):
                    return RevocationFault.KeyUsage;
            }
        }

        DateTimeOffset from = new(responder.NotBefore);
        DateTimeOffset until = new(responder.NotAfter);
        return !isForOcsp ? RevocationFault.KeyUsage
            : producedAt < from - check.AllowedSkew || producedAt > until || check.Now > until + check.AllowedSkew ? RevocationFault.ResponderPeriod
            : RevocationFault.None;
    }

    /// <summary>ResponderID ::= [1] Name or [2] SHA-1 of the public key.</summary>
    private static bool Names(ReadOnlyMemory<byte> responderId, X509Certificate2 certificate)
    {
        var reader = new AsnReader(responderId, AsnEncodingRules.DER);
        if (reader.PeekTag().HasSameClassAndValue(RevocationDer.Context(1)))
        {
            return reader.ReadSequence(RevocationDer.Context(1)).ReadEncodedValue().Span.SequenceEqual(certificate.SubjectName.RawData);
        }

        AsnReader inner = reader.ReadSequence(RevocationDer.Context(2));
#pragma warning disable S4790 // RFC 6960 §4.2.1 names the key by SHA-1; no trust rests on it, the signature is verified.
        return inner.ReadOctetString().AsSpan().SequenceEqual(
            CryptographicOperations.HashData(HashAlgorithmName.SHA1, certificate.PublicKey.EncodedKeyValue.RawData));
#pragma warning restore S4790
    }

    private static RevocationFault CheckNonce(AsnReader tbs, OcspCheck check)
    {
        bool hasNonce = false;
        if (tbs.HasData)
        {
            AsnReader extensions = tbs.ReadSequence(RevocationDer.Context(1)).ReadSequence();
            foreach ((string oid, bool isCritical, byte[] value) in RevocationDer.ReadExtensions(extensions))
            {
                if (oid != RevocationDer.Nonce)
                {
                    if (isCritical)
                    {
                        return RevocationFault.CriticalExtension;
                    }

                    continue;
                }

                byte[] nonce = new AsnReader(value, AsnEncodingRules.DER).ReadOctetString();
                if (!check.Nonce.IsEmpty && !check.Nonce.Span.SequenceEqual(nonce))
                {
                    return RevocationFault.NonceDiffers;
                }

                hasNonce = true;
            }
        }

        return check.NonceRequired && !hasNonce ? RevocationFault.NonceMissing : RevocationFault.None;
    }

    /// <summary>Is this CertID ours? Computed anew with the hash it names, SHA-1 or SHA-256.</summary>
    private static bool IsCertificate(AsnReader certId, OcspCheck check)
    {
        string oid = certId.ReadSequence().ReadObjectIdentifier();
        HashAlgorithmName hash = oid switch
        {
            RevocationDer.Sha1 => HashAlgorithmName.SHA1,
            RevocationDer.Sha256 => HashAlgorithmName.SHA256,
            _ => default,
        };
        return hash.Name is not null
            && certId.ReadOctetString().AsSpan().SequenceEqual(CryptographicOperations.HashData(hash, check.Issuer.SubjectName.RawData))
            && certId.ReadOctetString().AsSpan().SequenceEqual(CryptographicOperations.HashData(hash, check.Issuer.PublicKey.EncodedKeyValue.RawData))
            && certId.ReadIntegerBytes().Span.SequenceEqual(check.Certificate.SerialNumberBytes.Span);
    }

    private static RevocationAnswer ReadSingle(AsnReader single)
    {
        Asn1Tag tag = single.PeekTag();
        var answer = new RevocationAnswer { Status = RevocationStatus.Good };
        switch (tag.TagValue)
        {
            case 0:
                single.ReadNull(RevocationDer.Context(0));
                break;
            case 1:
                AsnReader revoked = single.ReadSequence(RevocationDer.Context(1));
                answer = answer with { Status = RevocationStatus.Revoked, RevokedAt = revoked.ReadGeneralizedTime() };
                if (revoked.HasData)
                {
                    answer = answer with { Reason = RevocationDer.ReadReason(revoked.ReadSequence(RevocationDer.Context(0))) };
                }

                break;
            default:
                single.ReadNull(RevocationDer.Context(2));
                answer = answer with { Status = RevocationStatus.Unknown };
                break;
        }

        answer = answer with { ThisUpdate = single.ReadGeneralizedTime() };
        if (single.HasData && single.PeekTag().HasSameClassAndValue(RevocationDer.Context(0)))
        {
            answer = answer with { NextUpdate = single.ReadSequence(RevocationDer.Context(0)).ReadGeneralizedTime() };
        }

        if (single.HasData
            && RevocationDer.ReadExtensions(single.ReadSequence(RevocationDer.Context(1)).ReadSequence()).Any(extension => extension.IsCritical))
        {
            return Refuse(RevocationFault.CriticalExtension);
        }

        return answer;
    }

    private static RevocationAnswer CheckTime(RevocationAnswer answer, OcspCheck check)
    {
        if (answer.Fault != RevocationFault.None)
        {
            return answer;
        }

        DateTimeOffset latest = answer.ThisUpdate > answer.ProducedAt ? answer.ThisUpdate : answer.ProducedAt!.Value;
        if (latest - check.Now > check.AllowedSkew)
        {
            return Refuse(RevocationFault.NotYetValid) with { SkewSeconds = (latest - check.Now).TotalSeconds };
        }

        DateTimeOffset end = answer.NextUpdate ?? answer.ThisUpdate + check.MaximumAge;
        return check.Now - end > check.AllowedSkew
            ? Refuse(RevocationFault.Stale) with { SkewSeconds = (check.Now - end).TotalSeconds, ThisUpdate = answer.ThisUpdate, NextUpdate = answer.NextUpdate }
            : answer;
    }

    private static RevocationAnswer Refuse(RevocationFault fault) => new() { Fault = fault };
}
