using Tunduk.Evidence.Log;

namespace Tunduk.Archive;

/// <summary>State of an archive at one moment.</summary>
public sealed record ArchiveStatus
{
    public required LogId Log { get; init; }
    public required string Origin { get; init; }

    /// <summary>Acknowledged entries.</summary>
    public required long Size { get; init; }

    /// <summary>Size that the head store vouches for; <see cref="Size"/> minus this is the lag.</summary>
    public required long HeadSize { get; init; }

    /// <summary>Size of the newest published checkpoint; 0 if none.</summary>
    public required long CheckpointSize { get; init; }
    public DateTimeOffset? CheckpointTime { get; init; }

    /// <summary>Requests that have no end yet.</summary>
    public required int OpenRequests { get; init; }

    /// <summary>Why appends are refused now; null when they are not.</summary>
    public ArchiveFault? Refusing { get; init; }

    /// <summary>Faults that do not refuse appends: an anchor that cannot be reached, a checkpoint that cannot be signed.</summary>
    public IReadOnlyList<ArchiveFault> Warnings { get; init; } = [];

    /// <summary>Free bytes on the archive's volume; <see cref="long.MaxValue"/> where it cannot be asked (PostgreSQL).</summary>
    public long FreeBytes { get; init; }

    /// <summary>Time the writer has spent on appends since the start, erasures not counted.</summary>
    public TimeSpan Busy { get; init; }

    /// <summary>Time since the start in which an erasure that was ready waited for appends before it.</summary>
    public TimeSpan ErasuresWaited { get; init; }

    /// <summary>How far the anchors have come since the start: files, addresses, the time-stamping authority. Empty where there is none.</summary>
    public IReadOnlyList<AnchorStatus> Anchors { get; init; } = [];

    /// <summary>Entries no anchor has a receipt for; all of them where there is no anchor.</summary>
    public long AnchorLag => Size - (Furthest?.Size ?? 0);

    /// <summary>Up to where a rewrite by the owner is excluded by what the anchors have taken, in one sentence.</summary>
    public string RewriteStatement => Furthest is { } anchor
        ? Phrases.Of("Archive.RewriteOwnerExcludedUp", anchor.Size - 1, anchor.Name, anchor.Time)
        : Anchors.FirstOrDefault(static sent => sent.Size > 0) is { } sent
            ? Phrases.Of("Archive.CheckpointsUpEntrySent", sent.Size - 1, sent.Name)
            : Phrases.Of("Archive.NoAnchorTakenCheckpoint");

    private AnchorStatus? Furthest => Anchors.Where(static anchor => anchor is { IsReceipted: true, Size: > 0 }).MaxBy(static anchor => anchor.Size);
}
