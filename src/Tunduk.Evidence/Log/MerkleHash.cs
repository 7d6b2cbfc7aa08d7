using System.Security.Cryptography;

namespace Tunduk.Evidence.Log;

/// <summary>Hashing of the log tree (RFC 6962 §2.1): leaves under 0x00, nodes under 0x01.</summary>
public static class MerkleHash
{
    private const byte LeafDomain = 0x00;
    private const byte NodeDomain = 0x01;
    private const int StackLimit = 2048;

    /// <summary>Root of the tree without leaves: SHA-256 of nothing.</summary>
    public static LogHash EmptyRoot { get; } = new(SHA256.HashData([]));

    public static LogHash Leaf(ReadOnlySpan<byte> leaf)
    {
        Span<byte> input = leaf.Length >= StackLimit ? new byte[leaf.Length + 1] : stackalloc byte[leaf.Length + 1];
        input[0] = LeafDomain;
        leaf.CopyTo(input[1..]);
        return ThreadSha256.Hash(input);
    }

    public static LogHash Node(LogHash left, LogHash right) => Node(NodeDomain, left, right);

    internal static LogHash Node(byte domain, LogHash left, LogHash right)
    {
        Span<byte> input = stackalloc byte[1 + (2 * LogHash.Size)];
        input[0] = domain;
        left.CopyTo(input[1..]);
        right.CopyTo(input[33..]);
        return ThreadSha256.Hash(input);
    }
}
