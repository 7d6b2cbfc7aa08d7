using System.Security.Cryptography;
using Tunduk.Evidence.Log;
using ValueType = Tunduk.Evidence.Log.ValueType;

namespace Tunduk.Evidence.Tests.Log;

public sealed class CommitmentTests
{
    private static readonly byte[] Salt = [.. Enumerable.Range(0, 32).Select(static i => (byte)i)];

    private static LogHash Leaf(byte[]? salt = null, string path = "request/pin", ValueType type = ValueType.Text,
        ValuePresence presence = ValuePresence.Present, string value = "21201199000001") =>
        Commitment.Leaf(salt ?? Salt, System.Text.Encoding.UTF8.GetBytes(path), type, presence, System.Text.Encoding.UTF8.GetBytes(value));

    [Fact]
    public void Leaf_IsSha256OfTheDocumentedBytes()
    {
        byte[] input = [0x10, .. Salt, 0, 11, .. "request/pin"u8, 1, 1, 0, 0, 0, 0, 0, 0, 0, 14, .. "21201199000001"u8];
        Leaf().ToArray().ShouldBe(SHA256.HashData(input));
    }

    [Fact]
    public void Leaf_AnyPartChanged_IsAnother()
    {
        LogHash[] leaves =
        [
            Leaf(),
            Leaf(salt: [.. Salt[1..], 0]),
            Leaf(path: "request/pi", value: "n21201199000001"),
            Leaf(type: ValueType.Number),
            Leaf(presence: ValuePresence.Null),
            Leaf(value: "21201199000002"),
        ];
        leaves.Distinct().Count().ShouldBe(leaves.Length);
    }

    [Fact]
    public void Leaf_PieceByPiece_IsTheSame()
    {
        byte[] value = RandomNumberGenerator.GetBytes(5000);
        using IncrementalHash hash = Commitment.BeginLeaf(Salt, "p"u8, ValueType.Part, ValuePresence.Present, value.Length);
        hash.AppendData(value.AsSpan(0, 1));
        hash.AppendData(value.AsSpan(1));
        Commitment.EndLeaf(hash).ShouldBe(Commitment.Leaf(Salt, "p"u8, ValueType.Part, ValuePresence.Present, value));
    }

    // On both sides of the length up to which a value is copied before it is hashed.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1023)]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(2048)]
    [InlineData(1 << 20)]
    public void Leaf_OfAnyLength_IsSha256OfTheDocumentedBytes(int length)
    {
        byte[] value = RandomNumberGenerator.GetBytes(length);
        byte[] count = [0, 0, 0, 0, (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length];
        byte[] input = [0x10, .. Salt, 0, 1, (byte)'p', (byte)ValueType.Binary, (byte)ValuePresence.Present, .. count, .. value];
        Commitment.Leaf(Salt, "p"u8, ValueType.Binary, ValuePresence.Present, value).ToArray().ShouldBe(SHA256.HashData(input));
    }

    [Fact]
    public void Leaf_ByManyThreadsAtOnce_IsTheSame()
    {
        LogHash[] alone = [.. Enumerable.Range(0, 50).Select(i => Commitment.Node(Leaf(value: new string('x', i * 100)), Leaf()))];
        Parallel.For(0, 2000, i => Commitment.Node(Leaf(value: new string('x', i % 50 * 100)), Leaf()).ShouldBe(alone[i % 50]));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 2)]
    [InlineData(5, 3)]
    [InlineData(1000, 10)]
    public void DepthFor_Leaves_IsNextPowerOfTwo(int leaves, int depth) => Commitment.DepthFor(leaves).ShouldBe(depth);

    [Fact]
    public void VerifyInclusion_EveryPosition_HoldsOnlyThere()
    {
        LogHash[] leaves = [.. Enumerable.Range(0, 8).Select(i => Leaf(value: i.ToString()))];
        LogHash root = Commitment.RootInPlace([.. leaves]);
        LogHash N(int a, int b) => Commitment.Node(leaves[a], leaves[b]);
        LogHash[] path = [leaves[4], N(6, 7), Commitment.Node(N(0, 1), N(2, 3))];
        Commitment.VerifyInclusion(leaves[5], 5, 3, path, root).ShouldBeTrue();
        Commitment.VerifyInclusion(leaves[5], 4, 3, path, root).ShouldBeFalse();
        Commitment.VerifyInclusion(leaves[4], 5, 3, path, root).ShouldBeFalse();
        Commitment.VerifyInclusion(leaves[5], 5, 2, path[..2], root).ShouldBeFalse();
        Commitment.VerifyInclusion(leaves[5], 13, 3, path, root).ShouldBeFalse();
    }

    [Fact]
    public void Domains_LeafAndNode_DifferFromThoseOfTheLog()
    {
        LogHash a = MerkleHash.Leaf([1]);
        Commitment.Node(a, a).ShouldNotBe(MerkleHash.Node(a, a));
    }

    [Fact]
    public void RootInPlace_NoPowerOfTwo_Throws() => Should.Throw<ArgumentException>(() => Commitment.RootInPlace(new LogHash[3]));
}
