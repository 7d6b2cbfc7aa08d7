using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Evidence.Log;
using Tunduk.Evidence.Signing;

namespace Tunduk.Adapter.Signing;

/// <summary>One IS signing key. It signs messages and checkpoints, never bytes of a caller's choosing.</summary>
internal sealed class SigningKey : IMessageSigner, ICheckpointSigner, IDisposable
{
    private static readonly byte[] CheckpointContext = "tunduk-checkpoint/1"u8.ToArray();
    private readonly AsymmetricAlgorithm key;

    public SigningKey(string name, X509Certificate2 certificate, AsymmetricAlgorithm key, SignatureAlgorithm algorithm)
    {
        Name = name;
        Certificate = certificate;
        this.key = key;
        Algorithm = algorithm;
        CertificateSha256 = certificate.GetCertHash(HashAlgorithmName.SHA256);
        PublicKey = certificate.PublicKey.ExportSubjectPublicKeyInfo();
        CheckpointSignature = key is RSA
            ? SignatureAlgorithm.RsaSha256
            : key.KeySize == 384 ? SignatureAlgorithm.EcdsaP384Sha384 : SignatureAlgorithm.EcdsaP256Sha256;
    }

    public string Name { get; }

    public X509Certificate2 Certificate { get; }

    /// <summary>SHA-256 of the certificate.</summary>
    public ReadOnlyMemory<byte> CertificateSha256 { get; }

    public SignatureAlgorithm Algorithm { get; }

    public ReadOnlyMemory<byte> PublicKey { get; }

    string ICheckpointSigner.Algorithm => CheckpointSignature switch
    {
        SignatureAlgorithm.RsaSha256 => CheckpointAlgorithm.RsaPkcs1Sha256,
        SignatureAlgorithm.EcdsaP256Sha256 => CheckpointAlgorithm.EcdsaP256Sha256,
        _ => CheckpointAlgorithm.EcdsaP384Sha384,
    };

    private SignatureAlgorithm CheckpointSignature { get; }

    public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) =>
        new(SignatureAlgorithms.Sign(Algorithm, key, data.Span));

    /// <summary>Signs a whole message detached (CMS), for counterparties that take no embedded signature.</summary>
    public byte[] SignDetached(ReadOnlyMemory<byte> message, DateTimeOffset time) =>
        DetachedSignature.Create(message, Certificate, key, time);

    ValueTask<byte[]> ICheckpointSigner.SignAsync(ReadOnlyMemory<byte> checkpointBytes, CancellationToken cancellationToken) =>
        checkpointBytes.Span.StartsWith(CheckpointContext)
            ? new(SignatureAlgorithms.Sign(CheckpointSignature, key, checkpointBytes.Span))
            : throw new ArgumentException("not a checkpoint", nameof(checkpointBytes));

    public void Dispose()
    {
        key.Dispose();
        Certificate.Dispose();
    }
}
