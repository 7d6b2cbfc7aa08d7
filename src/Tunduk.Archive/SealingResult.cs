using Tunduk.Evidence.Log;

namespace Tunduk.Archive;

/// <summary>What sealing an epoch did.</summary>
public sealed record SealingResult
{
    /// <summary>The epoch.</summary>
    public required int Epoch { get; init; }

    /// <summary>Records whose keys were wrapped anew: everything of the epoch that was not erased.</summary>
    public long Survivors { get; init; }

    /// <summary>Backups, write-ahead logs and replicas from before this moment cannot be opened with today's keys. Null when the old key was not destroyed.</summary>
    public DateTimeOffset? DestroyedAt { get; init; }

    /// <summary>The entry that says so.</summary>
    public RecordId? Entry { get; init; }

    /// <summary>Why it stopped; the epoch's keys are as good as before, and sealing can be asked for again.</summary>
    public ArchiveFault? Fault { get; init; }
}
