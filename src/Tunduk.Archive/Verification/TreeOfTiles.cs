using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Verification;

/// <summary>
/// The recomputed tree above full tiles: 32 bytes for every 256 entries and as much again for the levels above. Below a tile's root
/// the stored tiles answer, which were compared with the recomputed leaves one by one.
/// </summary>
internal sealed class TreeOfTiles : INodeSource
{
    private readonly List<LogHash[]> levels = [];
    private INodeSource? below;

    public TreeOfTiles(LogHash[] tileRoots)
    {
        levels.Add(tileRoots);
        while (levels[^1].Length > 1)
        {
            LogHash[] under = levels[^1];
            LogHash[] level = new LogHash[under.Length / 2];
            for (int i = 0; i < level.Length; i++)
            {
                level[i] = MerkleHash.Node(under[2 * i], under[(2 * i) + 1]);
            }

            levels.Add(level);
        }
    }

    public void Attach(INodeSource nodes) => below = nodes;

    public LogHash Node(int level, long index) =>
        level >= LogTree.TileHeight ? levels[level - LogTree.TileHeight][index] : below!.Node(level, index);
}
