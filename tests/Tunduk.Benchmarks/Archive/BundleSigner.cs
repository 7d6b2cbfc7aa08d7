using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Evidence.Signing;

namespace Tunduk.Benchmarks.Archive;

/// <summary>A key with a certificate, for checkpoints and bundles.</summary>
internal sealed class BundleSigner : IMessageSigner, IDisposable
{
    private readonly RSA key;

    public BundleSigner(string? keyFile = null)
    {
        key = BenchKey.Of(keyFile);
        Certificate = new CertificateRequest("CN=bench", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(10));
    }

    public SignatureAlgorithm Algorithm => SignatureAlgorithm.RsaSha256;

    public X509Certificate2 Certificate { get; }

    public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => new(key.SignData(data.Span, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    public void Dispose()
    {
        Certificate.Dispose();
        key.Dispose();
    }
}
