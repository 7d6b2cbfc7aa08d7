using Tunduk.Evidence.Log;

namespace Tunduk.Archive;

/// <summary>What is to be erased, and the entry that says so.</summary>
public sealed record ErasureRequest
{
    /// <summary>The records, of any log in the database. Those that have nothing left to erase are counted and skipped.</summary>
    public required IReadOnlyList<RecordId> Records { get; init; }

    /// <summary>
    /// Paths of values to erase, each with everything below it (<c>request/pin</c>, <c>response/address</c>, <c>$userId</c>). Null: the whole
    /// sealed part of every record. With a path of the message, all payload parts go too, and every digest or signature kept as a
    /// fact, because they repeat the value; so does every search hash that no remaining value gives.
    /// </summary>
    public IReadOnlyList<string>? Paths { get; init; }

    /// <summary>
    /// The entry to append, of kind <see cref="EntryKind.Erasure"/> or <see cref="EntryKind.RetentionRun"/>, with code, facts and basis as the
    /// caller wants them, without a subject: the archive writes there a line for each record (<see cref="Tunduk.Evidence.Log.ErasureLine"/>). Many records
    /// need several entries; the ones after the first have kind, stage and code only.
    /// </summary>
    public required EntryDraft Entry { get; init; }

    /// <summary>
    /// This is a piece of more that follows: the store's files are not cleaned yet. Whoever says so calls <see cref="IArchive.CleanAsync"/> after
    /// the last piece; where that never happens the store cleans up by itself within a minute of the next append.
    /// </summary>
    public bool MoreFollow { get; init; }
}
