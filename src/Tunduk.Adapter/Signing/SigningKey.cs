using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Evidence.Signing;

namespace Tunduk.Adapter.Signing;

/// <summary>One IS signing key. It is handed only to code that prepares the project's own signed objects.</summary>
internal sealed class SigningKey : IMessageSigner, IDisposable
{
    private readonly AsymmetricAlgorithm key;

    public SigningKey(string name, X509Certificate2 certificate, AsymmetricAlgorithm key, SignatureAlgorithm algorithm)
    {
        Name = name;
        Certificate = certificate;
        this.key = key;
        Algorithm = algorithm;
        CertificateSha256 = certificate.GetCertHash(HashAlgorithmName.SHA256);
    }

    public string Name { get; }

    public X509Certificate2 Certificate { get; }

    /// <summary>SHA-256 of the certificate.</summary>
    public ReadOnlyMemory<byte> CertificateSha256 { get; }

    public SignatureAlgorithm Algorithm { get; }

    public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) =>
        new(SignatureAlgorithms.Sign(Algorithm, key, data.Span));

    public void Dispose()
    {
        key.Dispose();
        Certificate.Dispose();
    }
}
