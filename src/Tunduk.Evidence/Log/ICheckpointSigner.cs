namespace Tunduk.Evidence.Log;

/// <summary>
/// Signs checkpoints and changes of their key, nothing else. The bytes handed over begin with the line <c>tunduk-checkpoint/1</c> or
/// <c>tunduk-key-change/1</c>, contexts no other signed object of this system begins with; an implementation refuses anything else.
/// </summary>
public interface ICheckpointSigner
{
    /// <summary>A name of <see cref="CheckpointAlgorithm"/>, e.g. <c>rsa-pkcs1-sha256</c>.</summary>
    string Algorithm { get; }

    /// <summary>The public key as DER SubjectPublicKeyInfo.</summary>
    ReadOnlyMemory<byte> PublicKey { get; }

    ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> checkpointBytes, CancellationToken cancellationToken);
}
