using Tunduk.Archive.Sealing;
using Tunduk.Archive.Searching;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Stores;

/// <summary>One connection for reading; used by one thread at a time. Every call reads what is committed when it is made.</summary>
internal interface IStoreReader
{
    /// <summary>Entries that match, newest first. <paramref name="terms"/>: for each search term its keyed hashes under every index key.</summary>
    SearchPage Find(SearchQuery query, IReadOnlyList<IReadOnlyList<byte[]>> terms, SearchLimits limits);

    /// <summary>Exact bytes of a leaf; null if there is no such entry.</summary>
    byte[]? Leaf(RecordId record);

    /// <summary>The same where the row of its log is at hand.</summary>
    byte[]? Leaf(LogRow log, long index);

    /// <summary>The sealed part; null where there is none or it was erased.</summary>
    StoredSeal? Seal(RecordId record);

    /// <summary>
    /// Entries of those of these records that are there, each with its sealed values, without chunks; null where it has none or they were erased. All of
    /// them are in memory at once.
    /// </summary>
    IReadOnlyList<ValuesRow> Values(IReadOnlyCollection<RecordId> records);

    /// <summary>Those of these records that have a sealed part which was not erased.</summary>
    IReadOnlyCollection<RecordId> Sealed(IReadOnlyCollection<RecordId> records);

    /// <summary>The entry that ended a request; null if none.</summary>
    EndRow? FindEnd(RecordId request);

    /// <summary>Every log in the database, in the order they were begun.</summary>
    IReadOnlyList<LogRow> Logs();

    /// <summary>Entries of a log: one more than its highest index.</summary>
    long Size(LogRow log);

    /// <summary>Stored checkpoints of a log whose number is greater, in the order they were stored.</summary>
    IReadOnlyList<CheckpointRow> Checkpoints(LogRow log, long after, int limit);

    /// <summary>The checkpoint of a log that was stored last; null where there is none.</summary>
    CheckpointRow? NewestCheckpoint(LogRow log);

    /// <summary>Leaves of the entries that name checkpoint keys: the first entry and every key change, in order.</summary>
    IReadOnlyList<byte[]> KeyLeaves(LogRow log);

    /// <summary>Entries [first, first + count) that are there, in order.</summary>
    IReadOnlyList<EntryRow> Entries(LogRow log, long first, int count);

    /// <summary>For requests [first, first + count) of a log: index of the request, once for every entry that ends it.</summary>
    IReadOnlyList<long> Ends(LogRow log, long first, int count);

    /// <summary>Which of the entries [first, first + count) are marked as open requests.</summary>
    IReadOnlyList<long> OpenRequests(LogRow log, long first, int count);

    bool IsOpen(RecordId record);

    /// <summary>A stored tile; null if it is not there.</summary>
    TileRow? Tile(LogRow log, int level, long number);

    /// <summary>Every stored tile above the leaves.</summary>
    IEnumerable<TileRow> UpperTiles(LogRow log);

    /// <summary>Numbers of stored tiles of leaves that are below 0, or this one and above.</summary>
    IReadOnlyList<long> LeafTilesBeyond(LogRow log, long number);

    /// <summary>Hashes of full subtrees from stored tiles, of at least this many entries; tiles of the log that are known are not read again. Valid as long as this reader.</summary>
    INodeSource Nodes(LogRow log, long size = 0, TileCache? known = null);

    /// <summary>
    /// Sealed parts of the entries [first, first + count) that have one and were not erased, in order, one in memory at a time. Their rows lie
    /// between these times (microseconds). While it is enumerated nothing else may be asked.
    /// </summary>
    IEnumerable<(long Index, StoredSeal Seal)> Seals(LogRow log, long first, int count, long earliest, long latest);

    /// <summary>Which of these entries a search hash of theirs does not lead to: index and hash, each pair once; their rows lie between these times.</summary>
    IReadOnlyCollection<long> MissingTerms(LogRow log, IReadOnlyList<(long Index, byte[] Mac)> terms, long earliest, long latest);

    /// <summary>Search rows of all logs as they are stored, one in memory at a time: one of so many pieces of about the same size. While it is enumerated nothing else may be asked.</summary>
    IEnumerable<TermRow> Terms(int piece, int pieces);

    /// <summary>Counts rows of the whole database.</summary>
    /// <param name="sealedToo">Whether sealed parts are counted: to count them is to read them.</param>
    RowCounts Counts(bool sealedToo);

    /// <summary>Lets the database check its own files; a line for everything it finds.</summary>
    IReadOnlyList<string> CheckFile(int max);

    /// <summary>Sealed parts of an epoch after a position, in order; <paramref name="next"/> is the position to go on from, null at the end.</summary>
    IReadOnlyList<SealedKeyRow> SealedKeys(int epoch, long after, int limit, out long? next);
}

/// <summary>An entry's leaf, and its sealed part without chunks where it still has one.</summary>
internal sealed record ValuesRow(RecordId Record, byte[] Leaf, StoredSeal? Values);

/// <summary>A log in the database.</summary>
internal sealed record LogRow(int Number, LogId Id, string Origin);

/// <summary>A stored checkpoint: what the row says, and its note.</summary>
internal sealed record CheckpointRow(long Number, long Size, long Time, string Note);

/// <summary>A stored tile. Lengths are not checked.</summary>
internal sealed record TileRow(int Level, long Number, byte[] Hashes, byte[] Root);

/// <summary>An entry's row: the leaf, and the columns beside it that repeat it for search. Shape: null where there is no such row.</summary>
internal readonly record struct EntryRow(
    long Index, long Time, long Kind, ShapeRow? Shape, bool HasLink, LogId LinkLog, long LinkIndex, byte[] Leaf, byte[] Hash)
{
    /// <summary>Number of the shape.</summary>
    public long ShapeId { get; init; }

    /// <summary>Time that the search rows of the entry carry; 0 where they carry none.</summary>
    public long TermTime { get; init; }
}

/// <summary>A search row. Lengths are not checked.</summary>
internal readonly record struct TermRow(byte[] Mac, long Shape, long Seq, long Time);

/// <summary>What a shape stands for; a name that is not there is empty.</summary>
internal sealed record ShapeRow(long Kind, long Role, long Signature, string? Counterparty, string? Own, string? Service, string? Agreement, string? Stage, string? Code)
{
    private static readonly string[] Names = ["counterparty", "own", "service", "agreement", "stage", "code"];

    /// <summary>A statement that reads a shape with its names.</summary>
    public static string Sql(string id) =>
        $"SELECT s.kind, s.role, s.signature, {string.Join(", ", Names.Select(static n => $"CASE WHEN s.{n} = 0 THEN NULL ELSE coalesce((SELECT text FROM name WHERE id = s.{n}), '') END"))} FROM shape s WHERE s.id = {id}";

    public bool Fits(LogEntry entry) =>
        Kind == (long)entry.Kind && Role == (long)entry.Role && Signature == (long)entry.Signature
        && Counterparty == entry.Counterparty && Own == entry.OwnSubsystem && Service == entry.Service
        && Agreement == entry.Agreement && Stage == entry.Stage && Code == entry.Code;
}

/// <summary>A record key as it is wrapped now.</summary>
internal readonly record struct SealedKeyRow(RecordId Record, UInt128 SealId, byte[] Wrapped);

/// <summary>Rows of the whole database, to find those that belong to no entry.</summary>
internal sealed record RowCounts(long Entries, long Open, long Sealed, long Chunks);
