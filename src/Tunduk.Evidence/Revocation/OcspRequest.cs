using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tunduk.Evidence.Revocation;

/// <summary>An OCSP request about one certificate (RFC 6960 §4.1, nonce by RFC 8954).</summary>
public sealed class OcspRequest
{
    /// <summary>Media type of a request.</summary>
    public const string MediaType = "application/ocsp-request";

    /// <summary>Media type of a response.</summary>
    public const string ResponseMediaType = "application/ocsp-response";

    private OcspRequest(byte[] encoded, ReadOnlyMemory<byte> nonce)
    {
        Encoded = encoded;
        Nonce = nonce;
    }

    /// <summary>DER bytes to post.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>The nonce the answer must return; empty without one.</summary>
    public ReadOnlyMemory<byte> Nonce { get; }

    /// <summary>Writes a request.</summary>
    /// <param name="certificate">The certificate in question.</param>
    /// <param name="issuer">Its issuer.</param>
    /// <param name="nonce">Random bytes, 1 to 32; empty for none (cached responders).</param>
    /// <param name="useSha1">
    /// Names the certificate by SHA-1, which is all that older responders know (RFC 5019 §2.1.1). No trust rests on that hash: the
    /// answer is signed, and its certificate is compared again.
    /// </param>
    public static OcspRequest Create(
        X509Certificate2 certificate, X509Certificate2 issuer, ReadOnlyMemory<byte> nonce = default, bool useSha1 = false)
    {
        if (nonce.Length > 32)
        {
            throw new ArgumentException("A nonce has at most 32 bytes.", nameof(nonce));
        }

        HashAlgorithmName hash = useSha1 ? HashAlgorithmName.SHA1 : HashAlgorithmName.SHA256;
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            using (writer.PushSequence())
            using (writer.PushSequence())
            {
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(useSha1 ? RevocationDer.Sha1 : RevocationDer.Sha256);
                    writer.WriteNull();
                }

                writer.WriteOctetString(CryptographicOperations.HashData(hash, issuer.SubjectName.RawData));
                writer.WriteOctetString(CryptographicOperations.HashData(hash, issuer.PublicKey.EncodedKeyValue.RawData));
                writer.WriteInteger(certificate.SerialNumberBytes.Span);
            }

            if (!nonce.IsEmpty)
            {
                WriteNonce(writer, nonce.Span);
            }
        }

        return new OcspRequest(writer.Encode(), nonce);
    }

    private static void WriteNonce(AsnWriter writer, ReadOnlySpan<byte> nonce)
    {
        var value = new AsnWriter(AsnEncodingRules.DER);
        value.WriteOctetString(nonce);
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 2)))
        using (writer.PushSequence())
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(RevocationDer.Nonce);
            writer.WriteOctetString(value.Encode());
        }
    }
}
