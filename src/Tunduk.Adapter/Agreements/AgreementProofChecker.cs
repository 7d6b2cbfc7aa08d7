using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Tunduk.Adapter.Agreements;

/// <summary>Decides whether a text was put in force by who may do so.</summary>
internal sealed class AgreementProofChecker(AgreementStoreOptions options)
{
    private static readonly HashSet<string> Digests = new(StringComparer.Ordinal)
    {
        "2.16.840.1.101.3.4.2.1", // SHA-256
        "2.16.840.1.101.3.4.2.2", // SHA-384
        "2.16.840.1.101.3.4.2.3", // SHA-512
    };

    /// <summary>Who vouches for the text: <c>pin</c>, <c>folder</c> or the signer's subject name; null: nobody.</summary>
    public string? By(AgreementDigest digest, byte[] document, byte[]? signature) => options.Proof switch
    {
        AgreementProof.Folder => "folder",
        AgreementProof.Pinned => Pinned(digest),
        AgreementProof.Signed => Signed(document, signature),
        _ => Pinned(digest) ?? Signed(document, signature),
    };

    private string? Pinned(AgreementDigest digest) => options.Pins.Contains(digest) ? "pin" : null;

    private string? Signed(byte[] document, byte[]? signature)
    {
        if (signature is null || options.Signers.Count == 0)
        {
            return null;
        }

        try
        {
            SignedCms cms = new(new ContentInfo(document), detached: true);
            cms.Decode(Der(signature));
            foreach (SignerInfo signer in cms.SignerInfos)
            {
                // The certificate may be left out of the signature; either way only a configured one counts.
                X509Certificate2? named = options.Signers.FirstOrDefault(c => Matches(signer, c));
                if (named is null || !Digests.Contains(signer.DigestAlgorithm.Value ?? string.Empty))
                {
                    continue;
                }

                // The configured certificate itself is the trust; no chain is built.
                signer.CheckSignature([named], verifySignatureOnly: true);
                return named.Subject;
            }
        }
        catch (CryptographicException)
        {
            // A signature that cannot be read or does not fit vouches for nothing.
        }

        return null;
    }

    private static bool Matches(SignerInfo signer, X509Certificate2 certificate)
    {
        if (signer.Certificate is { } own)
        {
            return own.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span);
        }

        return signer.SignerIdentifier.MatchesCertificate(certificate);
    }

    private static byte[] Der(byte[] signature)
    {
        if (signature.AsSpan().StartsWith("-----BEGIN"u8))
        {
            string text = Encoding.ASCII.GetString(signature);
            return PemEncoding.TryFind(text, out PemFields fields) ? Convert.FromBase64String(text[fields.Base64Data]) : [];
        }

        return signature;
    }
}
