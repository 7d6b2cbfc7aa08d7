using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tunduk.Adapter.Sandbox.Pki;

/// <summary>
/// Answers OCSP requests (RFC 6960) about certificates of the <see cref="DevelopmentAuthority"/>: good, revoked, or unknown;
/// the nonce is repeated; the answer is signed by the delegated responder. Faults on demand.
/// </summary>
internal sealed class OcspResponder(DevelopmentAuthority authority, TimeProvider time)
{
    private const string BasicResponseOid = "1.3.6.1.5.5.7.48.1.1";
    private const string NonceOid = "1.3.6.1.5.5.7.48.1.2";
    private const string Sha256WithRsaOid = "1.2.840.113549.1.1.11";
    private static readonly TimeSpan Freshness = TimeSpan.FromHours(1);
    private static readonly Asn1Tag Context0 = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag Context1 = new(TagClass.ContextSpecific, 1, isConstructed: true);

    /// <summary>What goes wrong with the next answers; <see cref="OcspFault.Hang"/> is the HTTP endpoint's to act out.</summary>
    public OcspFault Fault { get; set; }

    /// <summary>Answers one DER-encoded OCSPRequest with a DER-encoded OCSPResponse, whatever the request holds.</summary>
    public byte[] Respond(ReadOnlyMemory<byte> request)
    {
        switch (Fault)
        {
            case OcspFault.TryLater:
                return Status(OcspStatus.TryLater);
            case OcspFault.InternalError:
                return Status(OcspStatus.InternalError);
            case OcspFault.Garbage:
                return RandomNumberGenerator.GetBytes(64);
            default:
                break;
        }

        try
        {
            (List<CertificateId> asked, byte[]? nonce) = Read(request);
            return asked.Count == 0 ? Status(OcspStatus.MalformedRequest) : Success(asked, nonce);
        }
        catch (AsnContentException)
        {
            return Status(OcspStatus.MalformedRequest);
        }
    }

    private static (List<CertificateId> Asked, byte[]? Nonce) Read(ReadOnlyMemory<byte> request)
    {
        AsnReader tbs = new AsnReader(request, AsnEncodingRules.DER).ReadSequence().ReadSequence();
        while (tbs.PeekTag().TagClass == TagClass.ContextSpecific)
        {
            tbs.ReadEncodedValue(); // version, requestorName
        }

        var asked = new List<CertificateId>();
        AsnReader list = tbs.ReadSequence();
        while (list.HasData)
        {
            ReadOnlyMemory<byte> encoded = list.ReadSequence().ReadEncodedValue();
            AsnReader id = new AsnReader(encoded, AsnEncodingRules.DER).ReadSequence();
            string algorithm = id.ReadSequence().ReadObjectIdentifier();
            asked.Add(new CertificateId(encoded, algorithm, id.ReadOctetString(), id.ReadOctetString(), id.ReadInteger()));
        }

        byte[]? nonce = null;
        if (tbs.HasData && tbs.PeekTag().HasSameClassAndValue(new Asn1Tag(TagClass.ContextSpecific, 2)))
        {
            AsnReader extensions = tbs.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 2)).ReadSequence();
            while (extensions.HasData)
            {
                AsnReader extension = extensions.ReadSequence();
                string oid = extension.ReadObjectIdentifier();
                if (extension.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean))
                {
                    extension.ReadBoolean();
                }

                byte[] value = extension.ReadOctetString();
                if (oid == NonceOid)
                {
                    nonce = value;
                }
            }
        }

        return (asked, nonce);
    }

    private static byte[] Status(OcspStatus status)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEnumeratedValue(status);
        }

        return writer.Encode();
    }

    private byte[] Success(List<CertificateId> asked, byte[]? nonce)
    {
        byte[] basic = Basic(asked, nonce);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEnumeratedValue(OcspStatus.Successful);
            using (writer.PushSequence(Context0))
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(BasicResponseOid);
                writer.WriteOctetString(basic);
            }
        }

        return writer.Encode();
    }

    private byte[] Basic(List<CertificateId> asked, byte[]? nonce)
    {
        X509Certificate2 signer = (Fault switch { OcspFault.WrongResponder => authority.Tsa, OcspFault.ResponderToBeAsked => authority.OcspToBeAsked, _ => authority.Ocsp }).Certificate;
        byte[] data = ResponseData(asked, nonce, signer);
        byte[] signature;
        using (RSA key = signer.GetRSAPrivateKey()!)
        {
            signature = key.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }

        if (Fault == OcspFault.WrongSignature)
        {
            signature[^1] ^= 1;
        }

        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(data);
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(Sha256WithRsaOid);
                writer.WriteNull();
            }

            writer.WriteBitString(signature);
            using (writer.PushSequence(Context0))
            using (writer.PushSequence())
            {
                writer.WriteEncodedValue(signer.RawDataMemory.Span);
            }
        }

        return writer.Encode();
    }

    private byte[] ResponseData(List<CertificateId> asked, byte[]? nonce, X509Certificate2 signer)
    {
        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset thisUpdate = Fault == OcspFault.Stale ? now - TimeSpan.FromDays(1) - Freshness : now;
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence(Context1))
            {
                writer.WriteEncodedValue(signer.SubjectName.RawData); // responderID byName
            }

            writer.WriteGeneralizedTime(now, omitFractionalSeconds: true);
            using (writer.PushSequence())
            {
                foreach (CertificateId id in asked)
                {
                    Single(writer, id, thisUpdate);
                }
            }

            if (nonce is not null && Fault != OcspFault.NoNonce)
            {
                WriteNonce(writer, nonce);
            }
        }

        return writer.Encode();
    }

    private void WriteNonce(AsnWriter writer, byte[] nonce)
    {
        byte[] answered = (byte[])nonce.Clone();
        if (Fault == OcspFault.WrongNonce)
        {
            answered[^1] ^= 1;
        }

        using (writer.PushSequence(Context1))
        using (writer.PushSequence())
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(NonceOid);
            writer.WriteOctetString(answered);
        }
    }

    private void Single(AsnWriter writer, CertificateId id, DateTimeOffset thisUpdate)
    {
        using (writer.PushSequence())
        {
            if (Fault == OcspFault.WrongCertificate)
            {
                WriteOtherSerial(writer, id);
            }
            else
            {
                writer.WriteEncodedValue(id.Encoded.Span);
            }

            string serial = id.SerialHex();
            if (!IsOurs(id) || !authority.Register.Knows(serial))
            {
                writer.WriteNull(new Asn1Tag(TagClass.ContextSpecific, 2));
            }
            else if (authority.Register.FindRevocation(serial) is { } revocation)
            {
                using (writer.PushSequence(Context1))
                {
                    writer.WriteGeneralizedTime(revocation.At, omitFractionalSeconds: true);
                    using (writer.PushSequence(Context0))
                    {
                        writer.WriteEnumeratedValue(revocation.Reason);
                    }
                }
            }
            else
            {
                writer.WriteNull(new Asn1Tag(TagClass.ContextSpecific, 0));
            }

            writer.WriteGeneralizedTime(thisUpdate, omitFractionalSeconds: true);
            using (writer.PushSequence(Context0))
            {
                writer.WriteGeneralizedTime(thisUpdate + Freshness, omitFractionalSeconds: true);
            }
        }
    }

    private static void WriteOtherSerial(AsnWriter writer, CertificateId id)
    {
        AsnReader reader = new AsnReader(id.Encoded, AsnEncodingRules.DER).ReadSequence();
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(reader.ReadEncodedValue().Span);
            writer.WriteEncodedValue(reader.ReadEncodedValue().Span);
            writer.WriteEncodedValue(reader.ReadEncodedValue().Span);
            writer.WriteInteger(id.Serial + 1);
        }
    }

    private bool IsOurs(CertificateId id)
    {
        // The asker chooses the digest that names the issuer; RFC 5019 §2.1.1 prescribes SHA-1 here. It identifies, it
        // protects nothing: a wrong match only yields an answer about a serial number that we issued ourselves.
        HashAlgorithmName? algorithm = id.Algorithm switch
        {
            "1.3.14.3.2.26" => HashAlgorithmName.SHA1,
            "2.16.840.1.101.3.4.2.1" => HashAlgorithmName.SHA256,
            "2.16.840.1.101.3.4.2.2" => HashAlgorithmName.SHA384,
            "2.16.840.1.101.3.4.2.3" => HashAlgorithmName.SHA512,
            _ => null,
        };
        X509Certificate2 root = authority.Root.Certificate;
        return algorithm is { } known
            && CryptographicOperations.HashData(known, root.SubjectName.RawData).AsSpan().SequenceEqual(id.NameHash)
            && CryptographicOperations.HashData(known, root.PublicKey.EncodedKeyValue.RawData).AsSpan().SequenceEqual(id.KeyHash);
    }

    private enum OcspStatus
    {
        Successful = 0,
        MalformedRequest = 1,
        InternalError = 2,
        TryLater = 3,
    }

    private sealed record CertificateId(
        ReadOnlyMemory<byte> Encoded, string Algorithm, byte[] NameHash, byte[] KeyHash, BigInteger Serial)
    {
        // As X509Certificate2.SerialNumber writes it: big-endian, a sign octet included.
        public string SerialHex() => Convert.ToHexString(Serial.ToByteArray(isUnsigned: false, isBigEndian: true));
    }
}
