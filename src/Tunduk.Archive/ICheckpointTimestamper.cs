namespace Tunduk.Archive;

/// <summary>
/// Gets time-stamps (RFC 3161) for checkpoints from an authority, verifies them against what is configured, and gathers what is needed to judge them
/// later.
/// </summary>
public interface ICheckpointTimestamper
{
    /// <summary>Name of the authority as reports show it.</summary>
    string Name { get; }

    /// <summary>A verified time-stamp over SHA-256 of a signed checkpoint.</summary>
    /// <exception cref="IOException">The authority gave no valid answer; the next checkpoint is tried again.</exception>
    ValueTask<CheckpointTimestamp> StampAsync(ReadOnlyMemory<byte> sha256, CancellationToken cancellationToken);
}
