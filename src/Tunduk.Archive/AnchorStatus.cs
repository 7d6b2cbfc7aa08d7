namespace Tunduk.Archive;

/// <summary>How far an anchor has come since the start.</summary>
/// <param name="Name">The file, the address, or the time-stamping authority.</param>
/// <param name="IsReceipted">Whether the anchor says that it has the checkpoint (a synced file, an HTTPS answer, a time-stamp); syslog never does.</param>
/// <param name="Size">Entries of the newest checkpoint it took; 0 before the first.</param>
/// <param name="Time">When that checkpoint was signed by the adapter's clock; of a time-stamp, the authority's time.</param>
/// <param name="Waiting">Checkpoints that wait to be sent.</param>
/// <param name="Dropped">Checkpoints that were given up for newer ones, which cover them.</param>
/// <param name="Fault">Why the last attempt failed; null when it did not.</param>
public sealed record AnchorStatus(string Name, bool IsReceipted, long Size, DateTimeOffset? Time, int Waiting, long Dropped, ArchiveFault? Fault);
