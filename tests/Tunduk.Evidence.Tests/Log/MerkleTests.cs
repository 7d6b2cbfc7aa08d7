using FsCheck;
using FsCheck.Fluent;
using Tunduk.Evidence.Log;

namespace Tunduk.Evidence.Tests.Log;

public sealed class MerkleTests
{
    // RFC 6962 §2.1 written down as it stands there, against which the incremental tree is held.
    private static LogHash Mth(ReadOnlySpan<LogHash> leaves)
    {
        if (leaves.IsEmpty)
        {
            return MerkleHash.EmptyRoot;
        }

        if (leaves.Length == 1)
        {
            return leaves[0];
        }

        int k = 1;
        while (k * 2 < leaves.Length)
        {
            k *= 2;
        }

        return MerkleHash.Node(Mth(leaves[..k]), Mth(leaves[k..]));
    }

    private static LogHash[] Leaves(int count) => [.. Enumerable.Range(0, count).Select(static i => MerkleHash.Leaf(BitConverter.GetBytes(i)))];

    private sealed class Nodes(LogHash[] leaves) : INodeSource
    {
        public int Reads { get; private set; }

        public LogHash Node(int level, long index)
        {
            Reads++;
            int start = checked((int)(index << level));
            return Mth(leaves.AsSpan(start, 1 << level));
        }
    }

    // The inputs and roots that Certificate Transparency's own tests use for RFC 6962 trees.
    [Fact]
    public void Root_KnownTree_HasKnownRoots()
    {
        string[] inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
        string[] roots =
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        MerkleHash.EmptyRoot.ToString().ShouldBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        LogTree tree = new();
        for (int i = 0; i < inputs.Length; i++)
        {
            tree.Append(MerkleHash.Leaf(Convert.FromHexString(inputs[i])), []);
            tree.Root().ToString().ShouldBe(roots[i]);
        }
    }

    [Fact]
    public void LogTree_EverySize_EqualsDefinitionAndReloads()
    {
        LogHash[] leaves = Leaves(1400);
        LogTree tree = new();
        List<LogTree.Tile> tiles = [];
        for (int n = 1; n <= leaves.Length; n++)
        {
            tree.Append(leaves[n - 1], tiles);
            if (n is < 40 or > 250 and < 260 or > 500 and < 520 or > 1395)
            {
                tree.Root().ShouldBe(Mth(leaves.AsSpan(0, n)));
            }
        }

        tiles.Count.ShouldBe(5);
        foreach (LogTree.Tile tile in tiles)
        {
            tile.Root.ShouldBe(Mth(tile.Hashes));
        }

        LogTree loaded = LogTree.Load(1400, (level, start, count) => level == 0
            ? leaves[(int)start..((int)start + count)]
            : [.. tiles.Skip((int)start).Take(count).Select(static t => t.Root)]);
        loaded.Root().ShouldBe(tree.Root());
        tree.Append(leaves[0], []);
        loaded.Append(leaves[0], []);
        loaded.Root().ShouldBe(tree.Root());
    }

    [Fact]
    public void LogTree_BeyondSecondTileLevel_EmitsTilesWithTheirRoots()
    {
        LogTree tree = new();
        List<LogTree.Tile> tiles = [];
        LogHash leaf = MerkleHash.Leaf([1]);
        for (int i = 0; i < 65_536; i++)
        {
            tree.Append(leaf, tiles);
        }

        tiles.Count(static t => t.Level == 0).ShouldBe(256);
        LogTree.Tile upper = tiles.Single(static t => t.Level == 1);
        upper.Index.ShouldBe(0);
        upper.Root.ShouldBe(tree.Root());
        upper.Hashes.ShouldAllBe(h => h == tiles[0].Root);
    }

    [Fact]
    public void Inclusion_AnyIndexAndSize_HoldsAndOnlyThere()
    {
        LogHash[] leaves = Leaves(300);
        Gen<(int Size, int Index)> gen = Gen.Choose(1, 300).SelectMany(static size => Gen.Choose(0, size - 1).Select(index => (size, index)));
        Prop.ForAll(gen.ToArbitrary(), pair =>
        {
            LogHash root = Mth(leaves.AsSpan(0, pair.Size));
            LogHash[] path = [.. MerkleProofBuilder.Inclusion(new Nodes(leaves), pair.Index, pair.Size)];
            bool good = MerkleProof.VerifyInclusion(leaves[pair.Index], pair.Index, pair.Size, path, root);
            bool other = MerkleProof.VerifyInclusion(MerkleHash.Leaf([9, 9]), pair.Index, pair.Size, path, root)
                || (pair.Size > 1 && MerkleProof.VerifyInclusion(leaves[pair.Index], (pair.Index + 1) % pair.Size, pair.Size, path, root))
                || MerkleProof.VerifyInclusion(leaves[pair.Index], pair.Index, pair.Size, [.. path, root], root)
                || (path.Length > 0 && MerkleProof.VerifyInclusion(leaves[pair.Index], pair.Index, pair.Size, path[1..], root));
            return good && !other;
        }).Hold();
    }

    [Fact]
    public void Consistency_AnyTwoSizes_HoldsAndNotForAFork()
    {
        LogHash[] leaves = Leaves(200);
        LogHash[] fork = [.. leaves];
        fork[0] = MerkleHash.Leaf([7]);
        Gen<(int First, int Second)> gen = Gen.Choose(0, 200).SelectMany(static second => Gen.Choose(0, second).Select(first => (first, second)));
        Prop.ForAll(gen.ToArbitrary(), pair =>
        {
            LogHash first = Mth(leaves.AsSpan(0, pair.First));
            LogHash second = Mth(leaves.AsSpan(0, pair.Second));
            LogHash[] path = [.. MerkleProofBuilder.Consistency(new Nodes(leaves), pair.First, pair.Second)];
            bool good = MerkleProof.VerifyConsistency(pair.First, first, pair.Second, second, path);
            bool forked = pair.First > 0 && MerkleProof.VerifyConsistency(pair.First, first, pair.Second, Mth(fork.AsSpan(0, pair.Second)),
                [.. MerkleProofBuilder.Consistency(new Nodes(fork), pair.First, pair.Second)]);
            return good && !forked;
        }).Hold();
    }

    [Fact]
    public void Consistency_TamperedPath_IsRefused()
    {
        LogHash[] leaves = Leaves(13);
        LogHash[] path = [.. MerkleProofBuilder.Consistency(new Nodes(leaves), 6, 13)];
        for (int i = 0; i < path.Length; i++)
        {
            LogHash[] bad = [.. path];
            bad[i] = leaves[0];
            MerkleProof.VerifyConsistency(6, Mth(leaves.AsSpan(0, 6)), 13, Mth(leaves), bad).ShouldBeFalse();
        }

        MerkleProof.VerifyConsistency(6, Mth(leaves.AsSpan(0, 6)), 13, Mth(leaves), []).ShouldBeFalse();
        MerkleProof.VerifyConsistency(13, Mth(leaves), 6, Mth(leaves.AsSpan(0, 6)), path).ShouldBeFalse();
        MerkleProof.VerifyConsistency(-1, default, 6, default, path).ShouldBeFalse();
    }

    [Fact]
    public void Inclusion_LargeTree_ReadsALogarithmOfNodes()
    {
        LogHash[] leaves = Leaves(4097);
        Nodes nodes = new(leaves);
        MerkleProofBuilder.Inclusion(nodes, 1234, 4097);
        nodes.Reads.ShouldBeLessThanOrEqualTo(26);
    }
}
