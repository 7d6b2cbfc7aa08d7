using System.Buffers;

namespace Tunduk.Archive.Sealing;

/// <summary>
/// Room for the sealed bytes of one record until they are stored. An entry waits tens of milliseconds for its commit: long enough for the collector to
/// carry its bytes from one generation to the next, which took a seventh of the time under full traffic. So small rooms come from a pool and go back to it.
/// </summary>
internal sealed class SealedRoom
{
    // Most records: a message of some kilobytes and its values. Larger ones are rare and rooms of their own.
    private const int Largest = 32 << 10;

    // Of each size: as many as one batch has entries, and 32 MiB of all sizes at most.
    private const int Kept = 512;
    private static readonly ArrayPool<byte> Pool = ArrayPool<byte>.Create(Largest, Kept);
    private byte[]? pooled;
    private int used;

    /// <summary>Room for so many bytes, all of which are to be taken and written before anybody reads them: it held another record's.</summary>
    public SealedRoom(long size) => pooled = size <= Largest ? Pool.Rent((int)size) : null;

    /// <summary>The next bytes of the room.</summary>
    public Memory<byte> Take(int size)
    {
        if (pooled is not { } array)
        {
            return GC.AllocateUninitializedArray<byte>(size);
        }

        Memory<byte> taken = array.AsMemory(used, size);
        used += size;
        return taken;
    }

    /// <summary>Nobody reads these bytes any more. Only the first time counts.</summary>
    public void Release()
    {
        if (Interlocked.Exchange(ref pooled, null) is { } array)
        {
            Pool.Return(array);
        }
    }
}
