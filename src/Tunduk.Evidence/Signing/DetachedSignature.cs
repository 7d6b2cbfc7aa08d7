using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Evidence.Trust;

namespace Tunduk.Evidence.Signing;

// Over 300 lines: what is written and what is accepted of one CMS form, side by side.

/// <summary>
/// CMS detached signatures (RFC 5652) over exact bytes, for messages that are sent with nothing added. Signed attributes: content
/// type, message digest, signing time, the signer's certificate (RFC 5035) and the context.
/// </summary>
public static class DetachedSignature
{
    /// <summary>Signed attribute with the context, a UTF8String; the arc is a UUID of this project (X.667).</summary>
    private const string ContextOid = "2.25.183093018371604862951930518823607117713";
    private const string Data = "1.2.840.113549.1.7.1";
    private const string SignedData = "1.2.840.113549.1.7.2";
    private const string ContentType = "1.2.840.113549.1.9.3";
    private const string MessageDigest = "1.2.840.113549.1.9.4";
    private const string SigningTime = "1.2.840.113549.1.9.5";
    private const string SigningCertificate = "1.2.840.113549.1.9.16.2.47";

    /// <summary>Signs exact bytes; the key never leaves its holder.</summary>
    /// <returns>The SignedData in DER, with the certificate and without the content.</returns>
    public static async ValueTask<byte[]> CreateAsync(
        ReadOnlyMemory<byte> content, DetachedContext context, DateTimeOffset signingTime, IMessageSigner signer,
        CancellationToken cancellationToken)
    {
        byte[] attributes = WriteAttributes(content.Span, context, signingTime, signer);
        byte[] signature = await signer.SignAsync(attributes, cancellationToken);
        if (CmsAlgorithms.IsEcdsa(signer.Algorithm))
        {
            signature = ToDer(signature);
        }

        return WriteSignedData(attributes, signature, signer);
    }

    /// <summary>Verifies a signature over exact bytes.</summary>
    /// <param name="content">The bytes.</param>
    /// <param name="context">What they are.</param>
    /// <param name="cms">SignedData in DER.</param>
    /// <param name="trust">Who may sign.</param>
    /// <param name="moment">The moment at which the certificate must have been valid.</param>
    public static DetachedVerification Verify(
        ReadOnlySpan<byte> content, DetachedContext context, ReadOnlySpan<byte> cms, SignerTrust trust, DateTimeOffset moment)
    {
        var signed = new SignedCms(new ContentInfo(content.ToArray()), detached: true);
        try
        {
            if (HasContent(cms.ToArray()))
            {
                return new DetachedVerification(DetachedFault.NotDetached);
            }

            signed.Decode(cms);
            return Verify(signed, content, context, trust, moment);
        }
        catch (Exception fault) when (fault is CryptographicException or AsnContentException)
        {
            return new DetachedVerification(DetachedFault.Malformed);
        }
    }

    /// <summary>Does the SignedData carry content? The framework's reader does not tell when it was given some.</summary>
    private static bool HasContent(byte[] cms)
    {
        var whole = new AsnReader(cms, AsnEncodingRules.DER);
        AsnReader info = whole.ReadSequence();
        whole.ThrowIfNotEmpty();
        info.ReadObjectIdentifier();
        AsnReader signedData = info.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0)).ReadSequence();
        signedData.ReadInteger();
        signedData.ReadSetOf();
        AsnReader encapsulated = signedData.ReadSequence();
        encapsulated.ReadObjectIdentifier();
        return encapsulated.HasData;
    }

    private static DetachedVerification Verify(
        SignedCms signed, ReadOnlySpan<byte> content, DetachedContext context, SignerTrust trust, DateTimeOffset moment)
    {
        if (signed.SignerInfos.Count != 1 || signed.Certificates.Count != 1
            || signed.SignerInfos[0].Certificate is not { } certificate || signed.SignerInfos[0].CounterSignerInfos.Count != 0)
        {
            return new DetachedVerification(DetachedFault.SignerCount);
        }

        SignerInfo info = signed.SignerInfos[0];
        if (!CmsAlgorithms.TryParse(info.SignatureAlgorithm.Value, info.DigestAlgorithm.Value, out SignatureAlgorithm algorithm))
        {
            return new DetachedVerification(DetachedFault.Algorithm);
        }

        if (!HasContext(info, context, certificate, out DateTimeOffset time))
        {
            return new DetachedVerification(DetachedFault.Context);
        }

        if (!trust.TryTrust(certificate.RawDataMemory.Span, moment, out TrustedSigner? signer, out TrustFault fault))
        {
            return new DetachedVerification(DetachedFault.Untrusted, fault);
        }

        if (moment < signer.NotBefore || moment > signer.NotAfter)
        {
            return new DetachedVerification(DetachedFault.CertificatePeriod);
        }

        if (!SignatureAlgorithms.Fits(algorithm, signer.PublicKey))
        {
            return new DetachedVerification(DetachedFault.Algorithm);
        }

        Span<byte> digest = stackalloc byte[64];
        int length = SignatureAlgorithms.ComputeHash(SignatureAlgorithms.Hash(algorithm), content, digest);
        if (!Single(info, MessageDigest, out AsnEncodedData? claimed)
            || !CryptographicOperations.FixedTimeEquals(((Pkcs9MessageDigest)claimed!).MessageDigest, digest[..length]))
        {
            return new DetachedVerification(DetachedFault.Digest);
        }

        try
        {
            info.CheckSignature(verifySignatureOnly: true);
        }
        catch (CryptographicException)
        {
            return new DetachedVerification(DetachedFault.Signature);
        }

        return new DetachedVerification(DetachedFault.None, TrustFault.None, signer, algorithm, time);
    }

    private static bool HasContext(SignerInfo info, DetachedContext context, X509Certificate2 certificate, out DateTimeOffset time)
    {
        time = default;
        if (!Single(info, ContextOid, out AsnEncodedData? named) || !Single(info, SigningTime, out AsnEncodedData? claimed)
            || !Single(info, ContentType, out AsnEncodedData? type) || !Single(info, SigningCertificate, out AsnEncodedData? bound)
            || info.SignedAttributes.Count != 5)
        {
            return false;
        }

        time = new DateTimeOffset(((Pkcs9SigningTime)claimed!).SigningTime.ToUniversalTime(), TimeSpan.Zero);
        return named!.RawData.AsSpan().SequenceEqual(EncodeContext(context))
            && ((Pkcs9ContentType)type!).ContentType.Value == Data
            && bound!.RawData.AsSpan().SequenceEqual(EncodeCertificate(certificate));
    }

    private static bool Single(SignerInfo info, string oid, out AsnEncodedData? value)
    {
        value = null;
        int count = 0;
        foreach (CryptographicAttributeObject attribute in info.SignedAttributes)
        {
            if (attribute.Oid.Value == oid)
            {
                count++;
                value = attribute.Values.Count == 1 ? attribute.Values[0] : null;
            }
        }

        return count == 1 && value is not null;
    }

    private static byte[] WriteAttributes(
        ReadOnlySpan<byte> content, DetachedContext context, DateTimeOffset signingTime, IMessageSigner signer)
    {
        Span<byte> digest = stackalloc byte[64];
        int length = SignatureAlgorithms.ComputeHash(SignatureAlgorithms.Hash(signer.Algorithm), content, digest);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSetOf())
        {
            Attribute(writer, ContentType, Oid(Data));
            var time = new AsnWriter(AsnEncodingRules.DER);
            time.WriteUtcTime(signingTime.ToUniversalTime());
            Attribute(writer, SigningTime, time.Encode());
            var octets = new AsnWriter(AsnEncodingRules.DER);
            octets.WriteOctetString(digest[..length]);
            Attribute(writer, MessageDigest, octets.Encode());
            Attribute(writer, SigningCertificate, EncodeCertificate(signer.Certificate));
            Attribute(writer, ContextOid, EncodeContext(context));
        }

        return writer.Encode();
    }

    private static byte[] WriteSignedData(byte[] attributes, byte[] signature, IMessageSigner signer)
    {
        HashAlgorithmName hash = SignatureAlgorithms.Hash(signer.Algorithm);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(SignedData);
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            using (writer.PushSequence())
            {
                writer.WriteInteger(1);
                using (writer.PushSetOf())
                {
                    CmsAlgorithms.WriteHash(writer, hash);
                }

                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(Data);
                }

                using (writer.PushSetOf(new Asn1Tag(TagClass.ContextSpecific, 0)))
                {
                    writer.WriteEncodedValue(signer.Certificate.RawDataMemory.Span);
                }

                using (writer.PushSetOf())
                using (writer.PushSequence())
                {
                    writer.WriteInteger(1);
                    using (writer.PushSequence())
                    {
                        writer.WriteEncodedValue(signer.Certificate.IssuerName.RawData);
                        writer.WriteInteger(signer.Certificate.SerialNumberBytes.Span);
                    }

                    CmsAlgorithms.WriteHash(writer, hash);

                    // RFC 5652 §5.4: signed as SET OF, carried as [0] IMPLICIT.
                    byte[] carried = [.. attributes];
                    carried[0] = 0xA0;
                    writer.WriteEncodedValue(carried);
                    CmsAlgorithms.WriteSignature(writer, signer.Algorithm);
                    writer.WriteOctetString(signature);
                }
            }
        }

        return writer.Encode();
    }

    private static void Attribute(AsnWriter writer, string oid, byte[] value)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(oid);
            using (writer.PushSetOf())
            {
                writer.WriteEncodedValue(value);
            }
        }
    }

    private static byte[] Oid(string oid)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteObjectIdentifier(oid);
        return writer.Encode();
    }

    private static byte[] EncodeContext(DetachedContext context)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteCharacterString(
            UniversalTagNumber.UTF8String,
            context switch
            {
                DetachedContext.SoapRequest => "urn:tunduk-adapter:detached:1:soap-request",
                DetachedContext.SoapResponse => "urn:tunduk-adapter:detached:1:soap-response",
                DetachedContext.RestRequest => "urn:tunduk-adapter:detached:1:rest-request",
                DetachedContext.Bundle => "urn:tunduk-adapter:detached:1:bundle",
                DetachedContext.Approval => "urn:tunduk-adapter:detached:1:approval",
                _ => "urn:tunduk-adapter:detached:1:rest-response",
            });
        return writer.Encode();
    }

    /// <summary>SigningCertificateV2 with one ESSCertIDv2 of SHA-256 (the default, so not written) and no issuer.</summary>
    private static byte[] EncodeCertificate(X509Certificate2 certificate)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence())
        using (writer.PushSequence())
        {
            writer.WriteOctetString(SHA256.HashData(certificate.RawDataMemory.Span));
        }

        return writer.Encode();
    }

    private static byte[] ToDer(ReadOnlySpan<byte> joined)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            Integer(writer, joined[..(joined.Length / 2)]);
            Integer(writer, joined[(joined.Length / 2)..]);
        }

        return writer.Encode();
    }

    private static void Integer(AsnWriter writer, ReadOnlySpan<byte> unsigned)
    {
        ReadOnlySpan<byte> trimmed = unsigned.TrimStart((byte)0);
        writer.WriteIntegerUnsigned(trimmed.IsEmpty ? [0] : trimmed);
    }
}
