using Tunduk.Evidence.Log;

namespace Tunduk.Archive;

/// <summary>
/// The request log of one adapter instance.
/// </summary>
/// <remarks>
/// State and durability. An entry is either in the log for ever or not at all. When <see cref="AppendAsync"/> answers
/// <see cref="AppendOutcome.Appended"/>, the entry, its sealed part, its index rows, its claims and the tree state are on
/// disk (synced) together; it is found by search and get at once, and survives SIGKILL and power loss. When it answers
/// <see cref="AppendOutcome.Failed"/> or is cancelled, the entry may or may not exist; if it exists and is a request, recovery
/// gives it an <see cref="EntryKind.OutcomeUnknown"/> entry. After a failed write or sync every append is refused until the
/// store was closed, reopened and recovered; that happens by itself on a later append, never by repeating the failed sync.
/// Within the log entry times never decrease. Reads see every acknowledged append. All members are safe for concurrent use.
/// </remarks>
public interface IArchive : IAsyncDisposable
{
    /// <summary>The log that appends go to.</summary>
    LogId Log { get; }

    /// <summary>A snapshot for health and doctor.</summary>
    ArchiveStatus Status { get; }

    /// <summary>
    /// Takes other settings while it is open: the next checkpoint goes by them, new anchors get the newest checkpoint at once, and removed ones
    /// try what waits for them once more.
    /// </summary>
    /// <exception cref="ArgumentException">Something is wrong with them (<see cref="ArchivePolicy.Validate"/>); nothing has changed.</exception>
    void Take(ArchivePolicy policy);

    /// <summary>
    /// Appends one entry and returns when it is durable. Cancelling stops the wait, not the write. The space of the answer's
    /// entry is reserved with a request's entry, so that an end can be appended when new requests are refused as
    /// <c>archive_full</c>.
    /// </summary>
    ValueTask<AppendResult> AppendAsync(EntryDraft draft, CancellationToken cancellationToken);

    /// <summary>Finds entries, newest first. The caller has appended the access entry before.</summary>
    ValueTask<SearchPage> SearchAsync(SearchQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// Lets the archive search ahead of its readers, on a thread of its own, so that the first search after an opening takes as long as any other: a bounded
    /// number of searches and lookups, over within a minute, whose findings are thrown away. Nothing is shown to anybody, so there is no access entry. Null when that was done or
    /// cut short (by cancelling, or because the archive closes, which waits for the search it is at); else the fault that ended it. Never throws.
    /// </summary>
    ValueTask<ArchiveFault?> WarmSearchesAsync(CancellationToken cancellationToken);

    /// <summary>Opens one record with what is left of its sealed part; null if there is none with this id. The caller has appended the access entry before.</summary>
    ValueTask<ArchiveRecord?> GetAsync(RecordId record, CancellationToken cancellationToken);

    /// <summary>The entry that ended a request; null while it has none.</summary>
    ValueTask<ArchiveRecord?> GetEndAsync(RecordId request, CancellationToken cancellationToken);

    /// <summary>Those of these records that have a sealed part which was not erased as a whole. Nothing is opened.</summary>
    ValueTask<IReadOnlyCollection<RecordId>> FindSealedAsync(IReadOnlyCollection<RecordId> records, CancellationToken cancellationToken);

    /// <summary>
    /// Erases sealed values: of records as a whole or by field, with salts, wrapped key, chunks and search rows, in one transaction with the
    /// entry that says so. The log keeps every entry and stays provable. Approvals and holds are the caller's to check.
    /// </summary>
    ValueTask<ErasureResult> EraseAsync(ErasureRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Waits for the turn to place a hold, or to look at the holds and then erase; of several adapters of one database one has it at a time. Never throws but for
    /// cancelling: see <see cref="RetentionTurn.Fault"/>.
    /// </summary>
    ValueTask<RetentionTurn> EnterRetentionAsync(CancellationToken cancellationToken);

    /// <summary>Cleans the store's files of what was erased and gives the room back; false where something is left to the store (a reader in the way, a server's own log).</summary>
    ValueTask<bool> CleanAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Seals an epoch: everything that was not erased gets its record key wrapped anew, and the old epoch key is destroyed, so that no
    /// backup, write-ahead log or replica from before can be opened with today's keys.
    /// </summary>
    ValueTask<SealingResult> SealEpochAsync(int epoch, CancellationToken cancellationToken);

    /// <summary>Recomputes and checks everything; never changes anything.</summary>
    ValueTask<VerifyReport> VerifyAsync(VerifyOptions options, CancellationToken cancellationToken);

    /// <summary>Signs a checkpoint now if entries arrived since the last one, and returns the newest.</summary>
    ValueTask<SignedCheckpoint> CheckpointAsync(CancellationToken cancellationToken);

    /// <summary>The newest checkpoint that was signed and published; null in a log that has none yet. Its hash rides in signed messages.</summary>
    SignedCheckpoint? LatestCheckpoint { get; }

    /// <summary>
    /// Has a checkpoint of any log of the database time-stamped, if it was not already, so that what is proved by it can still be judged when its
    /// certificate has expired. False where no authority is configured or none answers; then it is a claim of the adapter's clock.
    /// </summary>
    ValueTask<bool> StampAsync(SignedCheckpoint checkpoint, CancellationToken cancellationToken);

    /// <summary>Proves that a record is in the tree of the newest checkpoint (one is signed first if it is too old); checked before it is returned.</summary>
    ValueTask<InclusionProof?> ProveAsync(RecordId record, CancellationToken cancellationToken);

    /// <summary>
    /// Opens records of one log with their proofs to one checkpoint, in the order given, for whoever takes evidence along. The caller has appended
    /// the access entry before. Records that are not there, or that the checkpoint does not cover, are left out.
    /// </summary>
    IAsyncEnumerable<RecordDisclosure> DiscloseAsync(IReadOnlyList<RecordId> records, SignedCheckpoint checkpoint, CancellationToken cancellationToken);

    /// <summary>The newest checkpoint of any log in the database; one is signed first where entries of the own log are newer. Null for a log that is not there or has none.</summary>
    ValueTask<SignedCheckpoint?> CheckpointOfAsync(LogId log, CancellationToken cancellationToken);

    /// <summary>Proves that the tree of a smaller size is the beginning of a checkpoint's tree (RFC 6962 §2.1.2); null when the log is not there or the sizes do not fit.</summary>
    ValueTask<IReadOnlyList<LogHash>?> ProveConsistencyAsync(LogId log, long size, SignedCheckpoint checkpoint, CancellationToken cancellationToken);
}
