namespace Tunduk.Evidence.Log;

/// <summary>
/// The growing right edge of a log's tree: the frontier (one hash for every set bit of the size) gives the root, and one unfinished
/// tile per tile level is kept until its 256 hashes are complete and handed out to be stored (tile layout of C2SP tlog-tiles).
/// Memory is bounded by 6 tiles. Not safe for concurrent use.
/// </summary>
public sealed class LogTree
{
    /// <summary>Hashes in a full tile.</summary>
    public const int TileWidth = 256;

    /// <summary>Tree levels that one tile level spans.</summary>
    public const int TileHeight = 8;

    private const int MaxLevels = 41;
    private readonly LogHash[] frontier = new LogHash[MaxLevels];
    private readonly List<List<LogHash>> tiles = [];

    /// <summary>Number of leaves.</summary>
    public long Size { get; private set; }

    /// <summary>A tile that was completed by an append, with the hash of the subtree it covers.</summary>
    public readonly record struct Tile(int Level, long Index, LogHash[] Hashes, LogHash Root);

    /// <summary>Builds the edge of a stored log: <paramref name="read"/> gives hashes [start, start+count) of a tile level.</summary>
    public static LogTree Load(long size, Func<int, long, int, IReadOnlyList<LogHash>> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        LogTree tree = new() { Size = size };
        for (int level = 0; size >> (TileHeight * level) > 0; level++)
        {
            long hashes = size >> (TileHeight * level);
            int count = (int)(hashes % TileWidth);
            tree.tiles.Add(count == 0 ? [] : [.. read(level, hashes - count, count)]);
            if (tree.tiles[level].Count != count)
            {
                throw new InvalidDataException(Phrases.Of("Log.StoredTreeNotComplete"));
            }

            // The set bits of this level's part of the size are full subtrees that lie inside the unfinished tile.
            int at = 0;
            for (int bit = TileHeight - 1; bit >= 0; bit--)
            {
                if ((count >> bit & 1) == 1)
                {
                    tree.frontier[(TileHeight * level) + bit] = TileNode(tree.tiles[level], at, bit);
                    at += 1 << bit;
                }
            }
        }

        return tree;
    }

    /// <summary>Adds a leaf hash; completed tiles are added to <paramref name="completed"/>.</summary>
    public void Append(LogHash leaf, List<Tile> completed)
    {
        ArgumentNullException.ThrowIfNull(completed);
        LogHash hash = leaf;
        int level = 0;
        LogHash[]? full = AddToTile(0, hash);
        while ((Size >> level & 1) == 1)
        {
            hash = MerkleHash.Node(frontier[level], hash);
            level++;
            if (level % TileHeight == 0)
            {
                // The carry ran through all levels of the tile below: it is full, and this hash is its root. Size still counts the
                // leaves before this one, so the shift gives the number of full tiles before it.
                completed.Add(new Tile((level / TileHeight) - 1, Size >> level, full!, hash));
                full = AddToTile(level / TileHeight, hash);
            }
        }

        frontier[level] = hash;
        Size++;
    }

    /// <summary>Root of all leaves.</summary>
    public LogHash Root()
    {
        LogHash? root = null;
        for (int level = 0; Size >> level > 0; level++)
        {
            if ((Size >> level & 1) == 1)
            {
                root = root is { } right ? MerkleHash.Node(frontier[level], right) : frontier[level];
            }
        }

        return root ?? MerkleHash.EmptyRoot;
    }

    /// <summary>Hashes of the unfinished tile of a tile level; empty if there is none.</summary>
    public IReadOnlyList<LogHash> UnfinishedTile(int level) => level < tiles.Count ? tiles[level] : [];

    /// <summary>Hash of the full subtree with 2^<paramref name="height"/> leaves that begins at a position of a tile.</summary>
    public static LogHash TileNode(IReadOnlyList<LogHash> tile, int start, int height)
    {
        ArgumentNullException.ThrowIfNull(tile);
        Span<LogHash> hashes = new LogHash[1 << height];
        for (int i = 0; i < hashes.Length; i++)
        {
            hashes[i] = tile[start + i];
        }

        for (int n = hashes.Length; n > 1; n /= 2)
        {
            for (int i = 0; i < n / 2; i++)
            {
                hashes[i] = MerkleHash.Node(hashes[2 * i], hashes[(2 * i) + 1]);
            }
        }

        return hashes[0];
    }

    // The tile's hashes when this one fills it.
    private LogHash[]? AddToTile(int level, LogHash hash)
    {
        if (tiles.Count == level)
        {
            tiles.Add([]);
        }

        List<LogHash> tile = tiles[level];
        tile.Add(hash);
        if (tile.Count < TileWidth)
        {
            return null;
        }

        LogHash[] full = [.. tile];
        tile.Clear();
        return full;
    }
}
