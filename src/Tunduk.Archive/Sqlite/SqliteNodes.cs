using Tunduk.Archive.Stores;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Sqlite;

/// <summary>
/// Hashes of full subtrees of one log: from stored tiles, and beyond the last full tile from the leaves themselves. Reads a bounded
/// number of rows a node. One thread at a time.
/// </summary>
internal sealed class SqliteNodes(SqliteDb db, int log) : INodeSource
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
        return FullTile(tileLevel, number) is { } tile
            ? LogTree.TileNode(tile, start, height)
            : LogTree.TileNode(Hashes(tileLevel, first, 1 << height), 0, height);
    }

    /// <summary>Hashes [start, start+count) of a tile level, which lie within one tile.</summary>
    public LogHash[] Hashes(int level, long start, int count)
    {
        LogHash[] hashes = new LogHash[count];
        if (FullTile(level, start / LogTree.TileWidth) is { } tile)
        {
            Array.Copy(tile, (int)(start % LogTree.TileWidth), hashes, 0, count);
            return hashes;
        }

        SqliteStatement statement = level > 0
            ? db.Prepare("SELECT root FROM tile WHERE log = ? AND level = ? AND no >= ? AND no < ? ORDER BY no")
                .Bind(1, log).Bind(2, level - 1).Bind(3, start).Bind(4, start + count)
            : db.Prepare("SELECT leaf FROM entry WHERE seq >= ? AND seq < ? ORDER BY seq")
                .Bind(1, SqliteSchema.Seq(log, start)).Bind(2, SqliteSchema.Seq(log, start + count));
        int read = 0;
        while (statement.Step())
        {
            hashes[read++] = level == 0 ? MerkleHash.Leaf(statement.Blob(0)) : statement.Blob(0) is { Length: LogHash.Size } root ? new LogHash(root) : throw Missing();
        }

        statement.Reset();
        return read == count ? hashes : throw Missing();
    }

    private LogHash[]? FullTile(int level, long number)
    {
        if (cache.TryGetValue((level, number), out LogHash[]? cached))
        {
            return cached;
        }

        SqliteStatement statement = db.Prepare("SELECT hashes FROM tile WHERE log = ? AND level = ? AND no = ?");
        statement.Bind(1, log).Bind(2, level).Bind(3, number);
        LogHash[]? tile = statement.Step() ? TileBytes.Decode(statement.Blob(0)) : null;
        statement.Reset();
        if (tile is not null)
        {
            if (cache.Count >= CacheLimit)
            {
                cache.Clear();
            }

            cache.Add((level, number), tile);
        }

        return tile;
    }

    private static StoreException Missing() => new(ArchiveFaultCode.ArchiveUnreadable, "Entries or tiles of the log are missing or damaged.");
}
