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
}
