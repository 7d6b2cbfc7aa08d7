using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Stores;

/// <summary>
/// Hashes of full subtrees of one log: from stored tiles, and beyond the last full tile from the leaves themselves. Reads a bounded
/// number of rows a node. One thread at a time.
/// </summary>
/// <param name="tile">Hashes of a full tile as stored, by level and number; null where it is not there.</param>
/// <param name="hashes">Hashes [start, start + count) of a level: of leaves on level 0, roots of the tiles below above it.</param>
internal sealed class StoredNodes(Func<int, long, byte[]?> tile, Func<int, long, int, IReadOnlyList<LogHash>> hashes) : INodeSource
{
    private const int CacheLimit = 64;
    private readonly Dictionary<(int Level, long Number), LogHash[]> cache = [];

    public LogHash Node(int level, long index)
    {
        int tileLevel = level / LogTree.TileHeight;
        int height = level % LogTree.TileHeight;
        long first = index << height;
        long number = first / LogTree.TileWidth;
        int start = (int)(first % LogTree.TileWidth);
        return FullTile(tileLevel, number) is { } full
            ? LogTree.TileNode(full, start, height)
            : LogTree.TileNode(Hashes(tileLevel, first, 1 << height), 0, height);
    }

    /// <summary>Hashes [start, start+count) of a tile level, which lie within one tile.</summary>
    public LogHash[] Hashes(int level, long start, int count)
    {
        if (FullTile(level, start / LogTree.TileWidth) is { } full)
        {
            return full.AsSpan((int)(start % LogTree.TileWidth), count).ToArray();
        }

        IReadOnlyList<LogHash> read = hashes(level, start, count);
        return read.Count == count ? [.. read] : throw new StoreException(ArchiveFaultCode.ArchiveUnreadable, "Entries or tiles of the log are missing or damaged.");
    }

    private LogHash[]? FullTile(int level, long number)
    {
        if (cache.TryGetValue((level, number), out LogHash[]? cached))
        {
            return cached;
        }

        LogHash[]? full = tile(level, number) is { } bytes ? TileBytes.Decode(bytes) : null;
        if (full is not null)
        {
            if (cache.Count >= CacheLimit)
            {
                cache.Clear();
            }

            cache.Add((level, number), full);
        }

        return full;
    }
}
