using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;

namespace Tunduk.Adapter.Sandbox.Pki;

/// <summary>
/// Answers RFC 3161 requests: nonce repeated, policy <see cref="PolicyOid"/> (the sandbox's mark), random serial number,
/// signing certificate bound by ESSCertIDv2 (RFC 5816). Digests SHA-256, SHA-384 and SHA-512. Faults on demand.
/// </summary>
internal sealed class TimeStampAuthority(DevelopmentAuthority authority, TimeProvider time)
{
    public const string PolicyOid = SandboxMarker.PolicyOid;

    private const string TstInfoOid = "1.2.840.113549.1.9.16.1.4";
    private const string SigningCertificateV2Oid = "1.2.840.113549.1.9.16.2.47";
    private const int BadAlgorithm = 0;
    private const int BadRequest = 2;
    private const int BadDataFormat = 5;
    private const int UnacceptedPolicy = 15;
    private const int SystemFailure = 25;

    public TimeStampFault Fault { get; set; }

    /// <summary>Answers one DER-encoded TimeStampReq with a DER-encoded TimeStampResp, whatever the request holds.</summary>
    public byte[] Respond(ReadOnlyMemory<byte> encoded)
    {
        switch (Fault)
        {
            case TimeStampFault.Rejection:
                return Rejection(SystemFailure);
            case TimeStampFault.Garbage:
                return RandomNumberGenerator.GetBytes(64);
            default:
                break;
        }

        if (!Rfc3161TimestampRequest.TryDecode(encoded, out Rfc3161TimestampRequest? request, out int consumed)
            || consumed != encoded.Length)
        {
            return Rejection(BadDataFormat);
        }

        int digestLength = request.HashAlgorithmId.Value switch
        {
            "2.16.840.1.101.3.4.2.1" => SHA256.HashSizeInBytes,
            "2.16.840.1.101.3.4.2.2" => SHA384.HashSizeInBytes,
            "2.16.840.1.101.3.4.2.3" => SHA512.HashSizeInBytes,
            _ => 0,
        };
        if (digestLength == 0)
        {
            return Rejection(BadAlgorithm);
        }

        if (request.GetMessageHash().Length != digestLength)
        {
            return Rejection(BadRequest);
        }

        return request.RequestedPolicyId is { } policy && policy.Value != PolicyOid ? Rejection(UnacceptedPolicy) : Granted(request);
    }

    private static byte[] Rejection(int failInfo)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence())
        {
            writer.WriteInteger(2); // rejection
            // PKIFailureInfo is a named BIT STRING (RFC 4210 §5.2.3): bit n is the fault, DER drops trailing zeros.
            byte[] bits = new byte[(failInfo / 8) + 1];
            bits[^1] = (byte)(0x80 >> (failInfo % 8));
            writer.WriteBitString(bits, unusedBitCount: 7 - (failInfo % 8));
        }

        return writer.Encode();
    }

    private byte[] Granted(Rfc3161TimestampRequest request)
    {
        byte[] imprint = request.GetMessageHash().ToArray();
        if (Fault == TimeStampFault.WrongImprint)
        {
            imprint[0] ^= 1;
        }

        byte[]? nonce = request.GetNonce()?.ToArray();
        if (nonce is not null && Fault == TimeStampFault.WrongNonce)
        {
            nonce[^1] ^= 1;
        }

        byte[] serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x3F) | 0x40);
        DateTimeOffset now = time.GetUtcNow();
        var info = new Rfc3161TimestampTokenInfo(
            new Oid(PolicyOid), request.HashAlgorithmId, imprint, serial,
            Fault == TimeStampFault.WrongTime ? now - TimeSpan.FromDays(1) : now,
            accuracyInMicroseconds: 1_000_000, isOrdering: false,
            nonce is null || Fault == TimeStampFault.NoNonce ? (ReadOnlyMemory<byte>?)null : nonce);

        X509Certificate2 certificate = (Fault == TimeStampFault.WrongSigner ? authority.Ocsp : authority.Tsa).Certificate;
        var signer = new CmsSigner(SubjectIdentifierType.IssuerAndSerialNumber, certificate)
        {
            DigestAlgorithm = new Oid("2.16.840.1.101.3.4.2.1"),
            IncludeOption = request.RequestSignerCertificate ? X509IncludeOption.EndCertOnly : X509IncludeOption.None,
        };
        signer.SignedAttributes.Add(new AsnEncodedData(new Oid(SigningCertificateV2Oid), SigningCertificate(certificate)));
        var cms = new SignedCms(new ContentInfo(new Oid(TstInfoOid), info.Encode()));
        cms.ComputeSignature(signer, silent: true);

        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteInteger(0); // granted
            }

            writer.WriteEncodedValue(cms.Encode());
        }

        return writer.Encode();
    }

    // RFC 5816 §2.2.2: SigningCertificateV2 { certs { ESSCertIDv2 { certHash } } }, SHA-256 by default.
    private static byte[] SigningCertificate(X509Certificate2 certificate)
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
}
