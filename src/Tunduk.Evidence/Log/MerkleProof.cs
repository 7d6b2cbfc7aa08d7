namespace Tunduk.Evidence.Log;

/// <summary>Verifies proofs of an RFC 6962 tree (the algorithms of RFC 9162 §2.1.3.2 and §2.1.4.2).</summary>
public static class MerkleProof
{
    /// <summary>Whether a leaf stands at an index of the tree with this size and root.</summary>
    public static bool VerifyInclusion(LogHash leaf, long index, long size, ReadOnlySpan<LogHash> path, LogHash root)
    {
        if (index < 0 || index >= size)
        {
            return false;
        }

        long fn = index;
        long sn = size - 1;
        LogHash r = leaf;
        foreach (LogHash p in path)
        {
            if (sn == 0)
            {
                return false;
            }

            if ((fn & 1) == 1 || fn == sn)
            {
                r = MerkleHash.Node(p, r);
                while ((fn & 1) == 0 && fn != 0)
                {
                    fn >>= 1;
                    sn >>= 1;
                }
            }
            else
            {
                r = MerkleHash.Node(r, p);
            }

            fn >>= 1;
            sn >>= 1;
        }

        return sn == 0 && r == root;
    }

    /// <summary>Whether the tree of the second size and root extends the tree of the first.</summary>
    public static bool VerifyConsistency(long first, LogHash firstRoot, long second, LogHash secondRoot, ReadOnlySpan<LogHash> path)
    {
        if (first < 0 || first > second)
        {
            return false;
        }

        if (first == second)
        {
            return path.IsEmpty && firstRoot == secondRoot;
        }

        if (first == 0)
        {
            return path.IsEmpty && firstRoot == MerkleHash.EmptyRoot;
        }

        long fn = first - 1;
        long sn = second - 1;
        while ((fn & 1) == 1)
        {
            fn >>= 1;
            sn >>= 1;
        }

        int next = 0;
        LogHash start = firstRoot; // a first tree that is a full subtree is its own first node
        if (fn != 0)
        {
            if (path.IsEmpty)
            {
                return false;
            }

            start = path[next++];
        }

        LogHash fr = start;
        LogHash sr = start;
        for (; next < path.Length; next++)
        {
            LogHash c = path[next];
            if (sn == 0)
            {
                return false;
            }

            if ((fn & 1) == 1 || fn == sn)
            {
                fr = MerkleHash.Node(c, fr);
                sr = MerkleHash.Node(c, sr);
                while ((fn & 1) == 0 && fn != 0)
                {
                    fn >>= 1;
                    sn >>= 1;
                }
            }
            else
            {
                sr = MerkleHash.Node(sr, c);
            }

            fn >>= 1;
            sn >>= 1;
        }

        return sn == 0 && fr == firstRoot && sr == secondRoot;
    }
}
