using Tunduk.Evidence.Log;

namespace Tunduk.Archive;

/// <summary>What an erasure did. Only with <see cref="Fault"/> null everything asked for is gone.</summary>
public sealed record ErasureResult
{
    /// <summary>Records that lost values.</summary>
    public int Erased { get; init; }

    /// <summary>Records that had nothing of what was asked for.</summary>
    public int Nothing { get; init; }

    /// <summary>Ids that are in no log here.</summary>
    public IReadOnlyList<RecordId> Unknown { get; init; } = [];

    /// <summary>The entries that say so.</summary>
    public IReadOnlyList<RecordId> Entries { get; init; } = [];

    /// <summary>Seal epochs of what was erased. Until such an epoch is sealed, a backup from before can still be opened with today's keys.</summary>
    public IReadOnlyList<int> Epochs { get; init; } = [];

    /// <summary>Whether the store's own files hold no trace of the ciphertext any more. False: a reader was in the way; the store cleans up within a minute of the next append, and when it closes.</summary>
    public bool FilesClean { get; init; }

    /// <summary>Why it stopped; what was counted before is done.</summary>
    public ArchiveFault? Fault { get; init; }
}
