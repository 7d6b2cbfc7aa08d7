using Tunduk.Evidence.Log;

namespace Tunduk.Evidence.Bundles;

/// <summary>The hash of a checkpoint as a receiver of a signed message has it.</summary>
/// <param name="Hash">SHA-256 of the signed note.</param>
/// <param name="Where">Who has it, and in which record.</param>
/// <param name="Sender">Subsystem that sent the message; null where that is not known.</param>
/// <param name="Time">When the receiver archived it, by the receiver's clock.</param>
public sealed record SeenCheckpoint(LogHash Hash, string Where, string? Sender, DateTimeOffset? Time)
{
    /// <summary>The receiver's log, whose entry keeps the hash; null where a hash was written down alone.</summary>
    public LogId? Log { get; init; }

    /// <summary>The receiver's own subsystem; null where that is not known.</summary>
    public string? Receiver { get; init; }

    /// <summary>
    /// The logs that are a counterparty's: they keep checkpoints that one of these owners sent, and none of them owns the log. Such a log
    /// cannot stand among theirs; what is missing of the owners' own may not pass for one.
    /// </summary>
    /// <param name="seen">What came to somebody.</param>
    /// <param name="isOwner">Whether a subsystem is one of the owners.</param>
    /// <returns>Log ids as they end an origin.</returns>
    public static HashSet<string> CounterpartyLogs(IEnumerable<SeenCheckpoint> seen, Func<string, bool> isOwner)
    {
        ArgumentNullException.ThrowIfNull(seen);
        ArgumentNullException.ThrowIfNull(isOwner);
        return
        [
            .. seen.Where(peer => peer is { Log: not null, Sender: { } sender, Receiver: { } receiver } && isOwner(sender) && !isOwner(receiver))
                .Select(static peer => peer.Log!.Value.ToString()),
        ];
    }
}
