namespace Tunduk.Archive.Sealing;

/// <summary>The encrypted part of a record, until it is stored.</summary>
internal sealed class PreparedSeal(int epoch, byte[] wrappedKey, ReadOnlyMemory<byte> values, IReadOnlyList<SealedChunk> chunks, SealedRoom room)
{
    private volatile bool released;

    /// <summary>Epoch of the key that wraps the record key.</summary>
    public int Epoch { get; } = epoch;

    /// <summary>nonce ‖ ciphertext ‖ tag of the record key.</summary>
    public byte[] WrappedKey { get; } = wrappedKey;

    /// <summary>nonce ‖ ciphertext ‖ tag of the values.</summary>
    public ReadOnlyMemory<byte> Values => Held(values);

    /// <summary>Chunks of the payload parts, in order.</summary>
    public IReadOnlyList<SealedChunk> Chunks => Held(chunks);

    /// <summary>Bytes of values and chunks.</summary>
    public long Bytes { get; } = values.Length + chunks.Sum(static chunk => (long)chunk.Data.Length);

    /// <summary>Stored, or never to be stored: the bytes are another record's from here on, and whoever still asks for them gets none.</summary>
    public void Release()
    {
        released = true;
        room.Release();
    }

    private T Held<T>(T value)
    {
        ObjectDisposedException.ThrowIf(released, this);
        return value;
    }
}

/// <summary>One encrypted chunk of a payload part.</summary>
internal readonly record struct SealedChunk(int Part, int Number, bool Last, ReadOnlyMemory<byte> Data);
