using Tunduk.Archive.Sealing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Writing;

/// <summary>One entry with everything that is committed with it.</summary>
internal sealed class StoreRow
{
    public required LogEntry Entry { get; init; }
    public required byte[] Leaf { get; init; }
    public required LogHash LeafHash { get; init; }
    public required PreparedSeal? Seal { get; init; }

    /// <summary>Keyed hashes this entry is found by.</summary>
    public required IReadOnlyList<byte[]> Terms { get; init; }

    /// <summary>Claims to write; a taken name passes to this entry.</summary>
    public required IReadOnlyList<StoreClaim> Claims { get; init; }

    /// <summary>Request: bytes reserved for its end.</summary>
    public int? OpensReserve { get; init; }

    /// <summary>The request this entry ends.</summary>
    public RecordId? Closes { get; init; }
}

/// <summary>A claimed name as stored.</summary>
/// <param name="Mac">Keyed hash of the name.</param>
/// <param name="Until">When it lapses; null: never.</param>
/// <param name="Before">Who had the name when this was decided; null: nobody. A store that several write to holds the claim against it.</param>
internal readonly record struct StoreClaim(byte[] Mac, long? Until, RecordId? Before);
