using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace Tunduk.Evidence.Log;

/// <summary>
/// Salted commitments of an entry's values (proto/ENTRY-FORMAT.md §3). Leaves hash under 0x10 and nodes under 0x11, so that no value
/// of this tree can pass for a leaf or node of the log (0x00, 0x01). The tree is padded to a power of two with random leaves.
/// </summary>
public static class Commitment
{
    /// <summary>Bytes of a salt.</summary>
    public const int SaltSize = 32;

    private const byte LeafDomain = 0x10;
    private const byte NodeDomain = 0x11;
    private const int PrefixBytes = 1 + SaltSize + 2 + 1 + 1 + 8;
    private const int CopyLimit = 1024;

    /// <summary>SHA-256(0x10 ‖ salt ‖ u16 path length ‖ path ‖ type ‖ presence ‖ u64 value length ‖ value).</summary>
    public static LogHash Leaf(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> path, ValueType type, ValuePresence presence, ReadOnlySpan<byte> value)
    {
        int prefix = PrefixBytes + path.Length;
        int copied = value.Length <= CopyLimit ? value.Length : 0;
        Span<byte> input = stackalloc byte[prefix + copied]; // as much as is needed: it is cleared first
        WritePrefix(input, salt, path, type, presence, value.Length);
        value[..copied].CopyTo(input[prefix..]);
        return ThreadSha256.Hash(input, value[copied..]);
    }

    /// <summary>Begins the leaf of a value that is fed piece by piece (a payload part); its length must be known.</summary>
    public static IncrementalHash BeginLeaf(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> path, ValueType type, ValuePresence presence, long length)
    {
        byte[] prefix = new byte[PrefixBytes + path.Length];
        WritePrefix(prefix, salt, path, type, presence, length);
        IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(prefix);
        return hash;
    }

    /// <summary>Ends a leaf begun with <see cref="BeginLeaf"/>.</summary>
    public static LogHash EndLeaf(IncrementalHash hash)
    {
        ArgumentNullException.ThrowIfNull(hash);
        Span<byte> result = stackalloc byte[LogHash.Size];
        hash.GetHashAndReset(result);
        return new LogHash(result);
    }

    /// <summary>SHA-256(0x11 ‖ left ‖ right).</summary>
    public static LogHash Node(LogHash left, LogHash right) => MerkleHash.Node(NodeDomain, left, right);

    /// <summary>Depth of the tree that holds this many leaves. 1 leaf: 0.</summary>
    public static int DepthFor(int leaves)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(leaves, 1);
        return BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)leaves));
    }

    /// <summary>Root over 2^n leaves. The span is overwritten.</summary>
    public static LogHash RootInPlace(Span<LogHash> leaves)
    {
        if (!BitOperations.IsPow2(leaves.Length))
        {
            throw new ArgumentException("The number of leaves is no power of two.", nameof(leaves));
        }

        for (int n = leaves.Length; n > 1; n /= 2)
        {
            for (int i = 0; i < n / 2; i++)
            {
                leaves[i] = Node(leaves[2 * i], leaves[(2 * i) + 1]);
            }
        }

        return leaves[0];
    }

    /// <summary>Whether a leaf stands at a position of the tree with this depth and root; the path has one sibling a level, from below.</summary>
    public static bool VerifyInclusion(LogHash leaf, int position, int depth, ReadOnlySpan<LogHash> path, LogHash root)
    {
        if (depth is < 0 or > EntryFormat.MaxCommitmentDepth || path.Length != depth || position < 0 || position >= 1 << depth)
        {
            return false;
        }

        LogHash hash = leaf;
        foreach (LogHash sibling in path)
        {
            hash = (position & 1) == 0 ? Node(hash, sibling) : Node(sibling, hash);
            position >>= 1;
        }

        return hash == root;
    }

    private static void WritePrefix(Span<byte> input, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> path, ValueType type, ValuePresence presence, long length)
    {
        if (salt.Length != SaltSize || path.Length > EntryFormat.MaxPathBytes)
        {
            throw new ArgumentException("The salt has 32 bytes and the path at most 1,024.", nameof(salt));
        }

        input[0] = LeafDomain;
        salt.CopyTo(input[1..]);
        BinaryPrimitives.WriteUInt16BigEndian(input[33..], (ushort)path.Length);
        path.CopyTo(input[35..]);
        int at = 35 + path.Length;
        input[at] = (byte)type;
        input[at + 1] = (byte)presence;
        BinaryPrimitives.WriteUInt64BigEndian(input[(at + 2)..], (ulong)length);
    }
}
