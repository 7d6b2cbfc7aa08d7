using System.Security.Cryptography.X509Certificates;
using Tunduk.Evidence.Signing;

namespace Tunduk.Evidence.Log;

/// <summary>Signs checkpoints with the IS signing key, and nothing but checkpoints.</summary>
public sealed class CheckpointSigner(IMessageSigner signer) : ICheckpointSigner
{
    private static readonly byte[] Context = System.Text.Encoding.ASCII.GetBytes(CheckpointNote.Context + "\n");

    public string Algorithm => CheckpointAlgorithm.NameOf(signer.Algorithm);

    public ReadOnlyMemory<byte> PublicKey { get; } = signer.Certificate.PublicKey.ExportSubjectPublicKeyInfo();

    /// <summary>The certificate of the key.</summary>
    public X509Certificate2 Certificate => signer.Certificate;

    public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> checkpointBytes, CancellationToken cancellationToken) =>
        checkpointBytes.Span.StartsWith(Context)
            ? signer.SignAsync(checkpointBytes, cancellationToken)
            : throw new ArgumentException("These bytes are no checkpoint.", nameof(checkpointBytes));
}
