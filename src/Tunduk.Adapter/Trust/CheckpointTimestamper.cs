using System.Security.Cryptography.X509Certificates;
using Tunduk.Archive;

namespace Tunduk.Adapter.Trust;

/// <summary>
/// The archive's time-stamps on checkpoints, by the authorities configured now, in turn (<see cref="TimestampService"/>), with what
/// it takes to judge them years later (<see cref="LongTermEvidence"/>).
/// </summary>
/// <param name="timestamps">The authorities of now.</param>
/// <param name="evidence">Where chains and revocation data come from now.</param>
/// <param name="signer">Certificate of the key that signs checkpoints.</param>
internal sealed class CheckpointTimestamper(Func<TimestampService> timestamps, Func<LongTermEvidence> evidence, Func<X509Certificate2> signer) : ICheckpointTimestamper
{
    public string Name => timestamps().LastAuthority ?? "Trust:Timestamps";

    public bool IsOn => timestamps().IsOn;

    public async ValueTask<CheckpointTimestamp> StampAsync(ReadOnlyMemory<byte> sha256, CancellationToken cancellationToken)
    {
        try
        {
            var stamp = await timestamps().StampAsync(sha256, cancellationToken);
            return stamp.Verified is { } verified
                ? new CheckpointTimestamp(verified.Token, verified.Time, await evidence().GatherAsync(verified.Authority is { } authority ? [authority, signer()] : [signer()]))
                : throw new IOException(string.Join("; ", stamp.Attempts));
        }
        catch (ObjectDisposedException exception)
        {
            throw new IOException(Phrases.Of("Trust.AuthoritiesChangedMeanwhile"), exception); // The next checkpoint asks those of now.
        }
    }
}
