namespace Tunduk.Evidence.Log;

/// <summary>The keys that may sign a log's checkpoints: which one does now may change while the log is open.</summary>
public interface ICheckpointKeys
{
    /// <summary>The key that signs from now on.</summary>
    ICheckpointSigner Current { get; }

    /// <summary>A signer with an earlier key, so that the key before can sign its own replacement; null where it is not at hand any more.</summary>
    ICheckpointSigner? Find(LogKey key);
}
