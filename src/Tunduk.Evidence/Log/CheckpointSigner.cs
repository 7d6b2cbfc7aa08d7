using System.Security.Cryptography.X509Certificates;
using Tunduk.Evidence.Signing;

namespace Tunduk.Evidence.Log;

/// <summary>Signs checkpoints and changes of their key with the IS signing key, and nothing else.</summary>
public sealed class CheckpointSigner(IMessageSigner signer) : ICheckpointSigner
{
    private static readonly byte[] Checkpoint = System.Text.Encoding.ASCII.GetBytes(CheckpointNote.Context + "\n");
    private static readonly byte[] Change = System.Text.Encoding.ASCII.GetBytes(KeyChange.Context + "\n");

    public string Algorithm => CheckpointAlgorithm.NameOf(signer.Algorithm);

    public ReadOnlyMemory<byte> PublicKey { get; } = signer.Certificate.PublicKey.ExportSubjectPublicKeyInfo();

    /// <summary>The certificate of the key.</summary>
    public X509Certificate2 Certificate => signer.Certificate;

    public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> checkpointBytes, CancellationToken cancellationToken) =>
        checkpointBytes.Span.StartsWith(Checkpoint) || checkpointBytes.Span.StartsWith(Change)
            ? signer.SignAsync(checkpointBytes, cancellationToken)
            : throw new ArgumentException("These bytes are neither a checkpoint nor a change of its key.", nameof(checkpointBytes));
}
