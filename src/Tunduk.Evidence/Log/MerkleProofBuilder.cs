using System.Numerics;

namespace Tunduk.Evidence.Log;

/// <summary>Builds proofs of an RFC 6962 tree from the hashes of full subtrees: a logarithmic number of reads.</summary>
public static class MerkleProofBuilder
{
    /// <summary>Root of the first <paramref name="size"/> leaves.</summary>
    public static LogHash Root(INodeSource source, long size)
    {
        ArgumentNullException.ThrowIfNull(source);
        return size == 0 ? MerkleHash.EmptyRoot : Subtree(source, 0, size);
    }

    /// <summary>PATH(index, D[size]) of RFC 6962 §2.1.1, from the leaf upwards.</summary>
    public static List<LogHash> Inclusion(INodeSource source, long index, long size)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        List<LogHash> path = [];
        long begin = 0;
        long end = size;
        while (end - begin > 1)
        {
            long split = begin + Split(end - begin);
            if (index < split)
            {
                path.Add(Subtree(source, split, end));
                end = split;
            }
            else
            {
                path.Add(Subtree(source, begin, split));
                begin = split;
            }
        }

        path.Reverse();
        return path;
    }

    /// <summary>PROOF(first, D[second]) of RFC 6962 §2.1.2. Empty when the sizes are equal or the first is 0.</summary>
    public static List<LogHash> Consistency(INodeSource source, long first, long second)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, second);
        List<LogHash> path = [];
        if (first == 0 || first == second)
        {
            return path;
        }

        long begin = 0;
        long end = second;
        bool whole = true; // the first tree is a full subtree on the way so far: its hash is known to the verifier
        while (first != end)
        {
            long split = begin + Split(end - begin);
            if (first <= split)
            {
                path.Add(Subtree(source, split, end));
                end = split;
            }
            else
            {
                path.Add(Subtree(source, begin, split));
                begin = split;
                whole = false;
            }
        }

        if (!whole)
        {
            path.Add(Subtree(source, begin, end));
        }

        path.Reverse();
        return path;
    }

    // The largest power of two below n (n > 1).
    private static long Split(long n) => 1L << BitOperations.Log2((ulong)(n - 1));

    private static LogHash Subtree(INodeSource source, long begin, long end)
    {
        long width = end - begin;
        if (BitOperations.IsPow2(width))
        {
            int level = BitOperations.Log2((ulong)width);
            return source.Node(level, begin >> level);
        }

        long split = begin + Split(width);
        return MerkleHash.Node(Subtree(source, begin, split), Subtree(source, split, end));
    }
}
