using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Tunduk.Archive.Keys;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Sealing;

/// <summary>What was found when a sealed part was opened against its entry.</summary>
internal sealed record Unsealed(SealState State, IReadOnlyList<SealedValue> Values, IReadOnlyList<PayloadPart> Parts, SealedBlob? Blob, string? Error)
{
    public static Unsealed Fault(SealState state, string error) => new(state, [], [], null, error);
}

/// <summary>The stored rows of a sealed part.</summary>
internal sealed record StoredSeal(int Epoch, byte[] Wrapped, byte[] Data, IReadOnlyList<SealedChunk> Chunks);

/// <summary>Opens sealed parts: decrypts, recomputes every commitment, compares with the entry's root.</summary>
internal sealed class Unsealer(FileKeyStore keys)
{
    /// <summary>The values alone, by the cipher's own proof that nobody changed them; null when they do not open.</summary>
    public SealedBlob? OpenValues(LogEntry entry, StoredSeal stored)
    {
        Span<byte> recordKey = stackalloc byte[FileKeyStore.KeySize];
        if (!TryUnwrap(keys.FindSeals(stored.Epoch), entry.Log, entry.SealId, stored.Wrapped, recordKey, out _))
        {
            return null;
        }

        using AesGcm cipher = new(recordKey, Sealer.TagSize);
        CryptographicOperations.ZeroMemory(recordKey);
        return Decrypt(cipher, stored.Data, entry, 0, 0, last: true) is { } plain ? SealedBlob.TryDecode(plain) : null;
    }

    public Unsealed Open(LogEntry entry, StoredSeal? stored, bool keepParts)
    {
        if (entry.Commitment is not { } root)
        {
            return stored is null ? new Unsealed(SealState.None, [], [], null, null) : Unsealed.Fault(SealState.Damaged, Phrases.Of("Sealing.EntryNoSealedPart"));
        }

        if (stored is null)
        {
            return new Unsealed(SealState.Erased, [], [], null, null);
        }

        IReadOnlyList<EpochKey> generations = keys.FindSeals(stored.Epoch);
        if (generations.Count == 0)
        {
            return Unsealed.Fault(SealState.KeyMissing, Phrases.Of("Sealing.KeyEpochNot", stored.Epoch));
        }

        Span<byte> recordKey = stackalloc byte[FileKeyStore.KeySize];
        if (!TryUnwrap(generations, entry.Log, entry.SealId, stored.Wrapped, recordKey, out _))
        {
            return generations[0].Generation > 1
                ? Unsealed.Fault(SealState.KeyMissing, Phrases.Of("Sealing.EpochSealedKeyWrapped", stored.Epoch))
                : Unsealed.Fault(SealState.Damaged, Phrases.Of("Sealing.RecordKeyDoesNot"));
        }

        using AesGcm cipher = new(recordKey, Sealer.TagSize);
        CryptographicOperations.ZeroMemory(recordKey);
        if (Decrypt(cipher, stored.Data, entry, 0, 0, last: true) is not { } plain || SealedBlob.TryDecode(plain) is not { } blob
            || blob.Slots.Count != 1 << entry.CommitmentDepth)
        {
            return Unsealed.Fault(SealState.Damaged, Phrases.Of("Sealing.ValuesDoNotOpen"));
        }

        return Check(cipher, entry, root, blob, stored.Chunks, keepParts);
    }

    /// <summary>The leaf hash of a payload part; null when it does not open.</summary>
    public LogHash? PartLeaf(LogEntry entry, StoredSeal stored, SealedSlot slot)
    {
        Span<byte> recordKey = stackalloc byte[FileKeyStore.KeySize];
        if (!TryUnwrap(keys.FindSeals(stored.Epoch), entry.Log, entry.SealId, stored.Wrapped, recordKey, out _))
        {
            return null;
        }

        using AesGcm cipher = new(recordKey, Sealer.TagSize);
        CryptographicOperations.ZeroMemory(recordKey);
        return ReadPart(cipher, entry, slot, stored.Chunks, null, out LogHash leaf) == 0 ? null : leaf;
    }

    /// <summary>Opens a record key with whichever generation wrapped it.</summary>
    public static bool TryUnwrap(IReadOnlyList<EpochKey> generations, LogId log, UInt128 sealId, ReadOnlySpan<byte> wrapped, Span<byte> recordKey, out int generation)
    {
        generation = 0;
        Span<byte> aad = stackalloc byte[SealAad.KeySize];
        foreach (EpochKey key in generations)
        {
            SealAad.Key(aad, log, sealId, key.Epoch);
            if (key.TryUnwrap(wrapped, aad, recordKey))
            {
                generation = key.Generation;
                return true;
            }
        }

        return false;
    }

    private static Unsealed Check(AesGcm cipher, LogEntry entry, LogHash root, SealedBlob blob, IReadOnlyList<SealedChunk> chunks, bool keepParts)
    {
        LogHash[] leaves = new LogHash[blob.Slots.Count];
        List<SealedValue> values = new(leaves.Length);
        List<(string Name, byte[]? Content)> parts = [];
        Dictionary<string, string> mediaTypes = [];
        Span<byte> path = stackalloc byte[EntryFormat.MaxPathBytes];
        int chunksUsed = 0;
        for (int i = 0; i < leaves.Length; i++)
        {
            SealedSlot slot = blob.Slots[i];
            ReadOnlySpan<byte> name = path[..Encoding.UTF8.GetBytes(slot.Path, path)];
            switch (slot.Kind)
            {
                case SlotKind.Value:
                    leaves[i] = Commitment.Leaf(slot.Salt.Span, name, slot.Type, slot.Presence, slot.Value.Span);
                    if (slot.Path.StartsWith("$mediaType/", StringComparison.Ordinal))
                    {
                        mediaTypes[slot.Path["$mediaType/".Length..]] = Encoding.UTF8.GetString(slot.Value.Span);
                    }

                    values.Add(new SealedValue(slot.Path, slot.Type, slot.Value, slot.Presence));
                    break;

                case SlotKind.Part:
                    byte[]? content = keepParts ? new byte[slot.PartLength <= int.MaxValue && slot.PartLength <= (long)chunks.Count * Sealer.ChunkBytes ? slot.PartLength : 0] : null;
                    int used = ReadPart(cipher, entry, slot, chunks, content, out leaves[i]);
                    if (used == 0)
                    {
                        return Unsealed.Fault(SealState.Damaged, Phrases.Of("Sealing.PartDoesNotOpen", slot.Part));
                    }

                    chunksUsed += used;
                    parts.Add((slot.Path["$part/".Length..], content));
                    break;

                default:
                    leaves[i] = slot.Opaque;
                    break;
            }
        }

        if (Commitment.RootInPlace(leaves) != root)
        {
            return Unsealed.Fault(SealState.Damaged, Phrases.Of("Sealing.ValuesDoNotFit"));
        }

        if (chunksUsed != chunks.Count)
        {
            return Unsealed.Fault(SealState.Damaged, Phrases.Of("Sealing.ChunksBelongNoPart"));
        }

        bool complete = blob.Slots.All(static slot => slot.Kind != SlotKind.Erased);
        return new Unsealed(complete ? SealState.Complete : SealState.Partial, values,
            [.. parts.Where(static p => p.Content is not null).Select(p => new PayloadPart(p.Name, mediaTypes.GetValueOrDefault(p.Name, "application/octet-stream"), p.Content))], blob, null);
    }

    // Every byte of every message passes here when an archive is verified: chunks are opened into one buffer, one after the other. How many there are; 0: the
    // part does not open.
    private static int ReadPart(AesGcm cipher, LogEntry entry, SealedSlot slot, IReadOnlyList<SealedChunk> chunks, byte[]? content, out LogHash leaf)
    {
        leaf = default;
        IncrementalHash? pieces = null; // most parts are one chunk, hashed at once
        Span<byte> path = stackalloc byte[EntryFormat.MaxPathBytes];
        ReadOnlySpan<byte> name = path[..Encoding.UTF8.GetBytes(slot.Path, path)];
        int number = 0;
        long at = 0;
        bool ended = false;
        byte[] buffer = [];
        int used = 0;
        try
        {
            foreach (SealedChunk chunk in chunks)
            {
                if (chunk.Part != slot.Part)
                {
                    continue;
                }

                int length = PlainLength(chunk.Data.Length);
                if (ended || chunk.Number != number || length < 0 || at + length > slot.PartLength)
                {
                    return 0;
                }

                if (buffer.Length < length)
                {
                    GiveBack(buffer, used);
                    (buffer, used) = (ArrayPool<byte>.Shared.Rent(length), 0);
                }

                used = Math.Max(used, length);
                Span<byte> plain = buffer.AsSpan(0, length);
                if (!TryDecrypt(cipher, chunk.Data.Span, plain, entry, chunk.Part, chunk.Number, chunk.Last))
                {
                    return 0;
                }

                if (number == 0 && chunk.Last)
                {
                    leaf = Commitment.Leaf(slot.Salt.Span, name, slot.Type, slot.Presence, plain);
                }
                else
                {
                    pieces ??= Commitment.BeginLeaf(slot.Salt.Span, name, slot.Type, slot.Presence, slot.PartLength);
                    pieces.AppendData(plain);
                }

                if (content is not null && at + length <= content.Length)
                {
                    plain.CopyTo(content.AsSpan((int)at));
                }

                at += length;
                number++;
                ended = chunk.Last;
            }

            leaf = pieces is null ? leaf : Commitment.EndLeaf(pieces);
        }
        finally
        {
            pieces?.Dispose();
            GiveBack(buffer, used);
        }

        return ended && at == slot.PartLength ? number : 0;
    }

    // Nothing of a message stays where others borrow.
    private static void GiveBack(byte[] buffer, int used)
    {
        if (buffer.Length > 0)
        {
            CryptographicOperations.ZeroMemory(buffer.AsSpan(0, used));
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // Bytes under a nonce and a tag; below 0 where there is no room for these.
    private static int PlainLength(int length) => length - Sealer.NonceSize - Sealer.TagSize;

    private static byte[]? Decrypt(AesGcm cipher, byte[] data, LogEntry entry, int part, int chunk, bool last)
    {
        if (PlainLength(data.Length) is not (>= 0 and var length))
        {
            return null;
        }

        byte[] plain = GC.AllocateUninitializedArray<byte>(length);
        return TryDecrypt(cipher, data, plain, entry, part, chunk, last) ? plain : null;
    }

    private static bool TryDecrypt(AesGcm cipher, ReadOnlySpan<byte> data, Span<byte> plain, LogEntry entry, int part, int chunk, bool last)
    {
        Span<byte> aad = stackalloc byte[SealAad.ChunkSize];
        SealAad.Chunk(aad, entry.Log, entry.SealId, part, chunk, last);
        try
        {
            cipher.Decrypt(data[..Sealer.NonceSize], data.Slice(Sealer.NonceSize, plain.Length), data[(Sealer.NonceSize + plain.Length)..], plain, aad);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }
}
