namespace Tunduk.Archive;

/// <summary>How an append ended.</summary>
public enum AppendOutcome
{
    /// <summary>Durable: on disk, in the log, findable.</summary>
    Appended,

    /// <summary>Nothing was written: an exclusive claim is taken, see <see cref="AppendResult.Existing"/>.</summary>
    Claimed,

    /// <summary>Nothing was written: the linked request has an end already, see <see cref="AppendResult.Record"/> for that end.</summary>
    AlreadyEnded,

    /// <summary>Not known to be durable, see <see cref="AppendResult.Fault"/>. Nothing may be sent or shown.</summary>
    Failed,
}
