using System.Security.Cryptography;

namespace Tunduk.Evidence.Log;

/// <summary>
/// SHA-256 with the framework's hash object of this thread: of a leaf or node the one-shot call makes and frees one each time, which takes
/// longer than the hashing.
/// </summary>
internal static class ThreadSha256
{
    [ThreadStatic]
    private static IncrementalHash? own;

    /// <summary>The hash of both, one after the other.</summary>
    public static LogHash Hash(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default)
    {
        IncrementalHash hash = own ?? IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        own = null; // after a failure nothing half fed is left behind
        hash.AppendData(first);
        if (!second.IsEmpty)
        {
            hash.AppendData(second);
        }

        Span<byte> result = stackalloc byte[LogHash.Size];
        hash.GetHashAndReset(result);
        own = hash;
        return new LogHash(result);
    }
}
