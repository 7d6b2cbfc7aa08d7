using System.Buffers;

namespace Tunduk.Evidence.Canonicalization;

/// <summary>A growing buffer from the pool, cleared for the next canonical form instead of given back.</summary>
internal sealed class CanonicalBuffer(int capacity) : IBufferWriter<byte>, IDisposable
{
    private byte[] bytes = ArrayPool<byte>.Shared.Rent(capacity);
    private int count;

    public ReadOnlySpan<byte> Written => bytes.AsSpan(0, count);

    public int Count => count;

    public void Clear() => count = 0;

    public void Advance(int count) => this.count += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return bytes.AsMemory(count);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return bytes.AsSpan(count);
    }

    public void Dispose()
    {
        byte[] returned = bytes;
        bytes = [];
        count = 0;
        if (returned.Length > 0)
        {
            // Bodies hold personal data: the pool must not hand them to the next renter.
            ArrayPool<byte>.Shared.Return(returned, clearArray: true);
        }
    }

    private void Reserve(int sizeHint)
    {
        int needed = checked(count + Math.Max(sizeHint, 1));
        if (needed <= bytes.Length)
        {
            return;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, bytes.Length * 2));
        Written.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(bytes, clearArray: true);
        bytes = larger;
    }
}
