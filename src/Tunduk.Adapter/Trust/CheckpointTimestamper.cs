using Tunduk.Archive;

namespace Tunduk.Adapter.Trust;

/// <summary>The archive's time-stamps on checkpoints, by the authorities configured now, in turn (<see cref="TimestampService"/>).</summary>
internal sealed class CheckpointTimestamper(Func<TimestampService> timestamps) : ICheckpointTimestamper
{
    public string Name => timestamps().LastAuthority ?? "Trust:Timestamps";

    public async ValueTask<CheckpointTimestamp> StampAsync(ReadOnlyMemory<byte> sha256, CancellationToken cancellationToken)
    {
        TimestampStamp stamp;
        try
        {
            stamp = await timestamps().StampAsync(sha256, cancellationToken);
        }
        catch (ObjectDisposedException exception)
        {
            throw new IOException("the authorities were changed meanwhile", exception); // The next checkpoint asks those of now.
        }

        return stamp.Verified is { } verified
            ? new CheckpointTimestamp(verified.Token, verified.Time, [])
            : throw new IOException(string.Join("; ", stamp.Attempts));
    }
}
