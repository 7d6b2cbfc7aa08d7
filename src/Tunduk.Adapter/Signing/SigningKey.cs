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

    /// <summary>A person's key from PEM files, with the algorithm that fits it; throws what reading them throws.</summary>
    public static SigningKey FromPem(string name, string certificateFile, string keyFile)
    {
        var certificate = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
        AsymmetricAlgorithm key = (AsymmetricAlgorithm?)certificate.GetRSAPrivateKey() ?? certificate.GetECDsaPrivateKey() ?? throw new CryptographicException("The key is neither RSA nor EC.");
        var algorithm = key is RSA ? SignatureAlgorithm.RsaSha256 : key.KeySize == 384 ? SignatureAlgorithm.EcdsaP384Sha384 : SignatureAlgorithm.EcdsaP256Sha256;
        return SignatureAlgorithms.Fits(algorithm, key) ? new SigningKey(name, certificate, key, algorithm) : throw new CryptographicException("The key is too weak, or of another curve.");
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
