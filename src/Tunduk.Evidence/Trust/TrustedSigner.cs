using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tunduk.Evidence.Trust;

/// <summary>A certificate that may sign, with its key ready for use. Shared between threads and never disposed by users.</summary>
public sealed class TrustedSigner
{
    internal TrustedSigner(
        X509Certificate2 certificate, byte[] sha256, AsymmetricAlgorithm publicKey, DateTimeOffset notBefore, DateTimeOffset notAfter,
        bool isPinned, IReadOnlyList<X509Certificate2> chain)
    {
        Certificate = certificate;
        Sha256 = sha256;
        PublicKey = publicKey;
        NotBefore = notBefore;
        NotAfter = notAfter;
        IsPinned = isPinned;
        Chain = chain;
    }

    /// <summary>The certificate.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>SHA-256 of its DER form.</summary>
    public ReadOnlyMemory<byte> Sha256 { get; }

    /// <summary>Start of what the certificate, its chain and its pin allow together.</summary>
    public DateTimeOffset NotBefore { get; }

    /// <summary>End of what the certificate, its chain and its pin allow together.</summary>
    public DateTimeOffset NotAfter { get; }

    /// <summary>Trusted by its digest; otherwise by a chain to an anchor.</summary>
    public bool IsPinned { get; }

    /// <summary>From the certificate up to the anchor; a pinned certificate stands alone. Whose revocation may be asked.</summary>
    public IReadOnlyList<X509Certificate2> Chain { get; }

    /// <summary>The key; verifying with one key object from several threads is safe with OpenSSL and CNG.</summary>
    internal AsymmetricAlgorithm PublicKey { get; }
}
