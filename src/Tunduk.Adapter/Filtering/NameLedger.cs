using System.Buffers;
using System.Runtime.InteropServices;

namespace Tunduk.Adapter.Filtering;

/// <summary>
/// Finds a name that occurs twice in one JSON object: one table for the whole message, seeded hashes, so that the
/// cost stays linear for any number of members.
/// </summary>
internal ref struct NameLedger
{
    private readonly ReadOnlySpan<byte> source;
    private int[] buckets;
    private Entry[] entries;
    private byte[] scratch;
    private int mask;
    private int count;
    private int scratchUsed;

    public NameLedger(ReadOnlySpan<byte> source)
    {
        this.source = source;
        buckets = ArrayPool<int>.Shared.Rent(128);
        mask = 127;
        buckets.AsSpan(0, 128).Clear();
        entries = ArrayPool<Entry>.Shared.Rent(128);
        scratch = [];
    }

    /// <summary>Room for a name that came escaped; what is written there stays until the run ends.</summary>
    public Span<byte> Scratch(int length)
    {
        if (scratch.Length - scratchUsed < length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(256, (scratchUsed + length) * 2));
            scratch.AsSpan(0, scratchUsed).CopyTo(larger);
            Release(scratch);
            scratch = larger;
        }

        return scratch.AsSpan(scratchUsed, length);
    }

    /// <summary>Takes a name written to <see cref="Scratch"/>; false when the object has it already.</summary>
    public bool AddScratch(int objectId, int length, out ReadOnlySpan<byte> name, out int hash)
    {
        int start = scratchUsed;
        scratchUsed += length;
        name = scratch.AsSpan(start, length);
        hash = NameTable.Hash(name);
        return Add(objectId, name, hash, ~start);
    }

    /// <summary>Takes a name that stands unescaped in the source at <paramref name="start"/>.</summary>
    public bool AddSource(int objectId, int start, int length, out ReadOnlySpan<byte> name, out int hash)
    {
        name = source.Slice(start, length);
        hash = NameTable.Hash(name);
        return Add(objectId, name, hash, start);
    }

    public void Dispose()
    {
        ArrayPool<int>.Shared.Return(buckets);
        ArrayPool<Entry>.Shared.Return(entries);
        Release(scratch);
        this = default;
    }

    private static void Release(byte[] buffer)
    {
        if (buffer.Length > 0)
        {
            // Names of a message are not left for the next renter.
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private bool Add(int objectId, scoped ReadOnlySpan<byte> name, int hash, int position)
    {
        int bucket = HashCode.Combine(hash, objectId);
        for (int i = buckets[bucket & mask] - 1; i >= 0; i = entries[i].Next)
        {
            ref readonly Entry e = ref entries[i];
            if (e.ObjectId == objectId && e.Hash == hash && Text(e).SequenceEqual(name))
            {
                return false;
            }
        }

        if (count == mask + 1)
        {
            Grow();
        }

        entries[count] = new Entry(buckets[bucket & mask] - 1, bucket, hash, objectId, position, name.Length);
        buckets[bucket & mask] = ++count;
        return true;
    }

    private readonly ReadOnlySpan<byte> Text(in Entry e) =>
        e.Position >= 0 ? source.Slice(e.Position, e.Length) : scratch.AsSpan(~e.Position, e.Length);

    private void Grow()
    {
        int size = (mask + 1) * 2;
        Entry[] larger = ArrayPool<Entry>.Shared.Rent(size);
        entries.AsSpan(0, count).CopyTo(larger);
        ArrayPool<Entry>.Shared.Return(entries);
        entries = larger;
        ArrayPool<int>.Shared.Return(buckets);
        buckets = ArrayPool<int>.Shared.Rent(size);
        buckets.AsSpan(0, size).Clear();
        mask = size - 1;
        for (int i = 0; i < count; i++)
        {
            ref Entry e = ref entries[i];
            ref int head = ref buckets[e.Bucket & mask];
            e = e with { Next = head - 1 };
            head = i + 1;
        }
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Entry(int Next, int Bucket, int Hash, int ObjectId, int Position, int Length);
}
