using System.Security.Cryptography;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Tests;

/// <summary>Signs checkpoints with a key made for the test.</summary>
internal sealed class KeySigner : ICheckpointSigner, IDisposable
{
    private readonly AsymmetricAlgorithm key;

    private KeySigner(AsymmetricAlgorithm key, string algorithm)
    {
        this.key = key;
        Algorithm = algorithm;
        PublicKey = key.ExportSubjectPublicKeyInfo();
    }

    public string Algorithm { get; }

    public ReadOnlyMemory<byte> PublicKey { get; }

    public static KeySigner P256() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256), CheckpointAlgorithm.EcdsaP256Sha256);

    public static KeySigner P384() => new(ECDsa.Create(ECCurve.NamedCurves.nistP384), CheckpointAlgorithm.EcdsaP384Sha384);

    public static KeySigner Rsa(bool pss = false) => new(RSA.Create(2048), pss ? CheckpointAlgorithm.RsaPssSha256 : CheckpointAlgorithm.RsaPkcs1Sha256);

    public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> checkpointBytes, CancellationToken cancellationToken)
    {
        (checkpointBytes.Span.StartsWith("tunduk-checkpoint/1\n"u8) || checkpointBytes.Span.StartsWith("tunduk-key-change/1\n"u8)).ShouldBeTrue();
        return ValueTask.FromResult(key switch
        {
            RSA rsa => rsa.SignData(checkpointBytes.Span, HashAlgorithmName.SHA256,
                Algorithm == CheckpointAlgorithm.RsaPssSha256 ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1),
            ECDsa ec => ec.SignData(checkpointBytes.Span, Algorithm == CheckpointAlgorithm.EcdsaP256Sha256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA384),
            _ => throw new InvalidOperationException(),
        });
    }

    public void Dispose() => key.Dispose();
}
