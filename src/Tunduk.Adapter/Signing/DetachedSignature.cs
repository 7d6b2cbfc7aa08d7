using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;

namespace Tunduk.Adapter.Signing;

/// <summary>
/// CMS detached signature (RFC 5652) over the exact bytes of a message, for counterparties that take nothing in the
/// message itself. Its signed attributes hold the signing time; the certificate rides along.
/// </summary>
internal static class DetachedSignature
{
    /// <summary>Signs.</summary>
    public static byte[] Create(ReadOnlyMemory<byte> message, X509Certificate2 certificate, AsymmetricAlgorithm key, DateTimeOffset time)
    {
        var cms = new SignedCms(new ContentInfo(message.ToArray()), detached: true);
        var signer = new CmsSigner(SubjectIdentifierType.IssuerAndSerialNumber, certificate, key)
        {
            DigestAlgorithm = new Oid(key.KeySize == 384 ? "2.16.840.1.101.3.4.2.2" : "2.16.840.1.101.3.4.2.1"),
            IncludeOption = X509IncludeOption.EndCertOnly,
        };
        signer.SignedAttributes.Add(new Pkcs9SigningTime(time.UtcDateTime));
        cms.ComputeSignature(signer, silent: true);
        return cms.Encode();
    }

    /// <summary>True when the signature is over these bytes and by the certificate of this SHA-256.</summary>
    public static bool Verify(ReadOnlyMemory<byte> message, ReadOnlyMemory<byte> signature, ReadOnlyMemory<byte> certificateSha256)
    {
        try
        {
            var cms = new SignedCms(new ContentInfo(message.ToArray()), detached: true);
            cms.Decode(signature.Span);
            if (cms.SignerInfos is not [{ Certificate: { } certificate }]
                || !certificate.GetCertHash(HashAlgorithmName.SHA256).AsSpan().SequenceEqual(certificateSha256.Span))
            {
                return false;
            }

            // Who the certificate is was settled by its digest; here only bytes and key are.
            cms.CheckSignature(verifySignatureOnly: true);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
