namespace Tunduk.Evidence.Log;

/// <summary>Where proofs take the hashes of full subtrees from: node (level, index) covers the leaves [index·2^level, (index+1)·2^level).</summary>
public interface INodeSource
{
    LogHash Node(int level, long index);
}
