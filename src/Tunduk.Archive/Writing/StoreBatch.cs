using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Writing;

/// <summary>What one transaction commits: all of it or nothing.</summary>
internal sealed class StoreBatch
{
    public required LogId Log { get; init; }

    /// <summary>The size the log must have: a second writer is found by it.</summary>
    public required long ExpectedSize { get; init; }
    public List<StoreRow> Rows { get; } = [];
    public List<LogTree.Tile> Tiles { get; } = [];
    public List<SignedCheckpoint> Checkpoints { get; } = [];
    public List<StoreErasure> Erasures { get; } = [];
    public List<StoreRewrap> Rewraps { get; } = [];

    /// <summary>Where the erasure journal stands once the batch is durable.</summary>
    public JournalMark? Journal { get; set; }
}

/// <summary>Sealed values of a record that go.</summary>
/// <param name="Record">The record.</param>
/// <param name="Rest">What is left of the values, encrypted anew; null: nothing, the wrapped key goes too. Chunks always go.</param>
/// <param name="Terms">Search hashes that no longer lead to the record; null: all of them, whatever they are.</param>
/// <param name="Claims">Claims that go unless they still guard against replay; null: all of them.</param>
/// <param name="Now">Time that claims are held against.</param>
internal sealed record StoreErasure(RecordId Record, SealedRest? Rest, IReadOnlyList<byte[]>? Terms, IReadOnlyList<byte[]>? Claims, long Now);

/// <summary>What replaces the values of a record that lost some: exactly as long as what was there.</summary>
/// <param name="Before">The wrapped key that must still stand there.</param>
/// <param name="WrappedKey">A new record key, wrapped.</param>
/// <param name="Values">The values that are left, under the new key.</param>
internal sealed record SealedRest(byte[] Before, byte[] WrappedKey, byte[] Values);

/// <summary>A record key under the next key of its epoch.</summary>
internal sealed record StoreRewrap(RecordId Record, byte[] Wrapped, byte[] Next);

/// <summary>How many lines of an erasure journal a database has seen.</summary>
internal readonly record struct JournalMark(LogId Journal, long Applied);
