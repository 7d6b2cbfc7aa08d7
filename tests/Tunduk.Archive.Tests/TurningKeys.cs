using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Tests;

/// <summary>Checkpoint keys of which one takes over from another while the archive is open.</summary>
internal sealed class TurningKeys(KeySigner first) : ICheckpointKeys
{
    private readonly List<KeySigner> all = [first];
    private volatile KeySigner current = first;

    public ICheckpointSigner Current => current;

    /// <summary>Earlier keys do not answer, as a token that was taken out.</summary>
    public bool OldIsBroken { get; set; }

    public void Turn(KeySigner next)
    {
        all.Add(next);
        current = next;
    }

    public ICheckpointSigner? Find(LogKey key) => OldIsBroken ? new SilentKeys(all[0]).Current : all.Find(signer => LogKey.Of(signer).Equals(key));
}

/// <summary>A key that does not answer.</summary>
internal sealed class SilentKeys(KeySigner silent) : ICheckpointKeys, ICheckpointSigner
{
    public ICheckpointSigner Current => this;

    public string Algorithm => silent.Algorithm;

    public ReadOnlyMemory<byte> PublicKey => silent.PublicKey;

    public ICheckpointSigner? Find(LogKey key) => null;

    public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> checkpointBytes, CancellationToken cancellationToken) => throw new TimeoutException("The token does not answer.");
}

/// <summary>A key that fails by an exception the archive has never heard of, as a token's queue may.</summary>
internal sealed class OddKeys(KeySigner signer) : ICheckpointKeys, ICheckpointSigner
{
    private volatile bool isBroken;

    public bool IsBroken
    {
        get => isBroken;
        set => isBroken = value;
    }

    public ICheckpointSigner Current => this;

    public string Algorithm => signer.Algorithm;

    public ReadOnlyMemory<byte> PublicKey => signer.PublicKey;

    public ICheckpointSigner? Find(LogKey key) => this;

    public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> checkpointBytes, CancellationToken cancellationToken) =>
        isBroken ? throw new OddException() : signer.SignAsync(checkpointBytes, cancellationToken);

    private sealed class OddException : Exception;
}
