using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Stores;

/// <summary>
/// The first hashes of a tile. Those above the leaves serve many proofs, so their nodes are hashed once and kept (16 KiB in all); of a tile of leaves a proof
/// needs nearly every hash, and few proofs need the same. Any thread.
/// </summary>
internal sealed class KnownTile(int level, LogHash[] hashes)
{
    // Nodes of height 1, 2, … over the hashes, as far as they are full subtrees; null until somebody asks.
    private volatile LogHash[][]? above;

    public int Level => level;

    public int Count => hashes.Length;

    /// <summary>Hashes [start, start + count).</summary>
    public LogHash[] Hashes(int start, int count) => hashes.AsSpan(start, count).ToArray();

    /// <summary>The full subtree of 2^<paramref name="height"/> hashes that begins at this one; it lies within those that are known.</summary>
    public LogHash Node(int start, int height) => height == 0 ? hashes[start]
        : level == 0 ? LogTree.TileNode(hashes, start, height)
        : (above ??= Build())[height - 1][start >> height];

    private LogHash[][] Build()
    {
        LogHash[][] levels = new LogHash[LogTree.TileHeight][];
        LogHash[] below = hashes;
        for (int height = 0; height < levels.Length; height++)
        {
            LogHash[] nodes = new LogHash[below.Length / 2];
            for (int i = 0; i < nodes.Length; i++)
            {
                nodes[i] = MerkleHash.Node(below[2 * i], below[(2 * i) + 1]);
            }

            levels[height] = below = nodes;
        }

        return levels;
    }
}
