namespace Tunduk.Archive;

/// <summary>
/// Gets time-stamps (RFC 3161) for checkpoints from an authority, verifies them against what is configured, and gathers what is needed to judge them
/// later.
/// </summary>
public interface ICheckpointTimestamper
{
    /// <summary>Name of the authority as reports show it.</summary>
    string Name { get; }

    /// <summary>Whether there is an authority to ask now. Default true; false is as if there were no time-stamper, until it is true again.</summary>
    bool IsOn => true;

    /// <summary>A verified time-stamp over SHA-256 of a signed checkpoint.</summary>
    /// <exception cref="IOException">The authority gave no valid answer; the next checkpoint is tried again.</exception>
    ValueTask<CheckpointTimestamp> StampAsync(ReadOnlyMemory<byte> sha256, CancellationToken cancellationToken);
}
