using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Stores;

/// <summary>
/// Hashes of full subtrees of one log: from stored tiles, and beyond the last full tile from the leaves themselves. Reads a bounded
/// number of rows a node. One thread at a time.
/// </summary>
/// <param name="tile">Hashes of a full tile as stored, by level and number; null where it is not there.</param>
/// <param name="hashes">Hashes [start, start + count) of a level: of leaves on level 0, roots of the tiles below above it.</param>
/// <param name="size">Entries the log has at least, so that a tile that cannot be full is not asked for; 0: not known.</param>
internal sealed class StoredNodes(Func<int, long, byte[]?> tile, Func<int, long, int, IReadOnlyList<LogHash>> hashes, long size = 0) : INodeSource
{
    private const int CacheLimit = 64;
    private readonly Dictionary<(int Level, long Number), LogHash[]> cache = [];

    // What there is of a tile that is not full: read whole, because a proof asks for several pieces of it.
    private readonly Dictionary<(int Level, long Number), IReadOnlyList<LogHash>> partial = [];

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

        (int Level, long Number) key = (level, start / LogTree.TileWidth);
        int from = (int)(start % LogTree.TileWidth);
        if (!partial.TryGetValue(key, out IReadOnlyList<LogHash>? read) || read.Count < from + count)
        {
            read = hashes(level, key.Number * LogTree.TileWidth, LogTree.TileWidth);
            if (partial.Count >= CacheLimit)
            {
                partial.Clear();
            }

            partial[key] = read;
        }

        return read.Count >= from + count ? [.. read.Skip(from).Take(count)] : throw new StoreException(ArchiveFaultCode.ArchiveUnreadable, "Entries or tiles of the log are missing or damaged.");
    }

    private LogHash[]? FullTile(int level, long number)
    {
        if (cache.TryGetValue((level, number), out LogHash[]? cached))
        {
            return cached;
        }

        if (size > 0 && (number + 1) << (LogTree.TileHeight * (level + 1)) > size)
        {
            return null; // not full yet, or only just
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
