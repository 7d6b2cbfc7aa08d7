using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Writing;

/// <summary>
/// Where a log is written. One writer uses it, one call at a time.
/// </summary>
/// <remarks>
/// <see cref="CommitAsync"/> is atomic and durable: when it returns, the whole batch survives power loss; when it throws, the
/// batch is on disk as a whole or not at all and the caller cannot know which. After it threw, nothing but Dispose may be called;
/// a fresh store must be opened, and its <see cref="OpenAsync"/> says what is there. A store never repeats a failed sync. A
/// <see cref="StoreConflictException"/> alone says that nothing was written: another writer took a claimed name in between, or somebody touched the store's files.
/// </remarks>
internal interface ILogStore : IAsyncDisposable
{
    /// <summary>
    /// Takes the lock, checks settings, reads them back and loads the newest log of this writer; null when it has none here.
    /// </summary>
    ValueTask<StoreState?> OpenAsync(CancellationToken cancellationToken);

    /// <summary>It is not the store it should be: closing it leaves what is there as it was found, for whoever puts it right.</summary>
    void LeaveAsFound()
    {
    }

    /// <summary>Begins a log in the same store; its first entry follows with the first commit.</summary>
    ValueTask CreateLogAsync(LogId log, string origin, CancellationToken cancellationToken);

    /// <summary>Who holds these names: newest first for each mac that is taken.</summary>
    ValueTask<IReadOnlyList<ClaimRow>> FindClaimsAsync(IReadOnlyList<byte[]> macs, CancellationToken cancellationToken);

    /// <summary>The entry that ended a request; null if none, or if there is no such request.</summary>
    ValueTask<EndRow?> FindEndAsync(RecordId request, CancellationToken cancellationToken);

    /// <summary>Whether the store holds this entry.</summary>
    ValueTask<LogEntry?> FindEntryAsync(RecordId record, CancellationToken cancellationToken);

    ValueTask CommitAsync(StoreBatch batch, CancellationToken cancellationToken);

    /// <summary>Lines of this erasure journal that were applied here; 0 if none.</summary>
    ValueTask<long> FindAppliedAsync(LogId journal, CancellationToken cancellationToken);

    /// <summary>
    /// Removes what erased values left behind in the store's files, a piece at a time, since appends wait for it; <paramref name="deep"/>
    /// takes as long as copying the store does.
    /// </summary>
    ValueTask<ScrubState> ScrubAsync(bool deep, CancellationToken cancellationToken);

    /// <summary>Drops claims that lapsed before a time; a bounded number a call.</summary>
    ValueTask PurgeClaimsAsync(long before, CancellationToken cancellationToken);
}

/// <summary>What a store holds when it is opened.</summary>
internal sealed record StoreState(
    LogId Log, string Origin, long Size, DateTimeOffset LastTime, LogTree Tree, IReadOnlyList<OpenRequest> OpenRequests,
    IReadOnlyList<SignedCheckpoint> NewestCheckpoints, int NewestEpoch, INodeSource Nodes, LogKey? NamedKey)
{
    /// <summary>The checkpoint key that entries in order name last: leaves of the first one and of every key change.</summary>
    public static LogKey? KeyOf(IEnumerable<byte[]> leaves) =>
        leaves.Reverse().Select(static leaf => EntryDecoder.TryDecode(leaf, out LogEntry? entry, out _) ? LogKey.NamedBy(entry!) : null).FirstOrDefault(static key => key is not null);
}

/// <summary>A request that has no end yet.</summary>
internal readonly record struct OpenRequest(RecordId Record, int Reserve);

/// <summary>A claimed name that was found.</summary>
internal readonly record struct ClaimRow(byte[] Mac, RecordId Record, long? Until);

/// <summary>The end of a request.</summary>
internal readonly record struct EndRow(RecordId Record, EntryKind Kind, UInt128 SealId, DateTimeOffset Time);
