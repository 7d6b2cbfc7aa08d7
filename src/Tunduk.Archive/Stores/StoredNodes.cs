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
/// <param name="known">Tiles read before, of the same log and below sizes a signed checkpoint covers; null: none are kept for the next.</param>
internal sealed class StoredNodes(Func<int, long, byte[]?> tile, Func<int, long, int, IReadOnlyList<LogHash>> hashes, long size = 0, TileCache? known = null) : INodeSource
{
    private readonly TileCache tiles = size > 0 && known is not null ? known : new TileCache();

    public LogHash Node(int level, long index)
    {
        int tileLevel = level / LogTree.TileHeight;
        int height = level % LogTree.TileHeight;
        long first = index << height;
        int start = (int)(first % LogTree.TileWidth);
        return Tile(tileLevel, first / LogTree.TileWidth, start + (1 << height)).Node(start, height);
    }

    /// <summary>Hashes [start, start+count) of a tile level, which lie within one tile.</summary>
    public LogHash[] Hashes(int level, long start, int count)
    {
        int from = (int)(start % LogTree.TileWidth);
        return Tile(level, start / LogTree.TileWidth, from + count).Hashes(from, count);
    }

    /// <summary>Whether a tile is full at this size, and so is stored, or may be.</summary>
    public static bool IsFull(int level, long number, long size) => number < size >> (LogTree.TileHeight * (level + 1));

    // With its first hashes, so many at least.
    private KnownTile Tile(int level, long number, int count)
    {
        if (tiles.Find(level, number, LogTree.TileWidth) is { } whole)
        {
            return whole;
        }

        if ((size == 0 || IsFull(level, number, size)) && tile(level, number) is { } bytes)
        {
            return Keep(level, number, TileBytes.Decode(bytes));
        }

        if (tiles.Find(level, number, count) is { } beginning)
        {
            return beginning;
        }

        // Read whole, because a proof asks for several pieces of it; kept no further than what the size covers, which never changes.
        LogHash[] read = [.. hashes(level, number * LogTree.TileWidth, LogTree.TileWidth)];
        if (size > 0 && (size >> (LogTree.TileHeight * level)) - (number * LogTree.TileWidth) is var covered && covered < read.Length)
        {
            read = read[..(int)Math.Max(0, covered)];
        }

        KnownTile part = Keep(level, number, read);
        return read.Length >= count ? part : throw new StoreException(ArchiveFaultCode.ArchiveUnreadable, Phrases.Of("Stores.EntriesTilesLogMissing"));
    }

    private KnownTile Keep(int level, long number, LogHash[] hashes)
    {
        KnownTile kept = new(level, hashes);
        tiles.Keep(number, kept);
        return kept;
    }
}
