using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Disclosing;

/// <summary>Keeps the hashes that proofs of neighbouring records share, above all those of the tree's right edge, which are no stored tile.</summary>
internal sealed class CachedNodes(INodeSource nodes) : INodeSource
{
    private const int Most = 100_000;
    private readonly Dictionary<(int Level, long Index), LogHash> known = [];

    public LogHash Node(int level, long index)
    {
        if (known.TryGetValue((level, index), out LogHash hash))
        {
            return hash;
        }

        hash = nodes.Node(level, index);
        if (known.Count < Most)
        {
            known.Add((level, index), hash);
        }

        return hash;
    }
}
