using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Tunduk.Archive.Keys;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;
using ValueType = Tunduk.Evidence.Log.ValueType;

namespace Tunduk.Archive.Sealing;

// Over 300 lines: everything of a draft that is committed, encrypted or hashed, so that nothing personal is left outside.

/// <summary>
/// A draft whose commitments, encryption and keyed hashes are done; only index and time are missing. The draft itself is let go: values and messages in
/// the clear need not wait in memory with what is written of them. The draft's seal id is kept apart: the entry has it only where something is sealed.
/// </summary>
internal sealed record PreparedDraft(
    LogEntry Template, UInt128 SealId, int AnswerReserve, PreparedSeal? Seal, IReadOnlyList<byte[]> Terms, IReadOnlyList<PreparedClaim> Claims, long Bytes);

/// <summary>A claim under every index key there is; the first is the one to write.</summary>
internal sealed record PreparedClaim(Claim Claim, IReadOnlyList<byte[]> Macs);

/// <summary>
/// Turns a draft into bytes. All of it runs on the caller's thread: the writer's thread only gives index and time, hashes and stores.
/// </summary>
internal sealed class Sealer(LogId log, FileKeyStore keys, ArchiveOptions options, TimeProvider time)
{
    public const int ChunkBytes = 1 << 20;
    public const int NonceSize = 12;
    public const int TagSize = 16;
    private const int MostDrawnNonces = 8;

    // The sealed part counts search hashes in 16 bits.
    private const int MostTerms = 60_000;
    private static readonly TimeSpan IndexEpoch = TimeSpan.FromDays(366);

    /// <summary>Null with a reason when the draft breaks a bound.</summary>
    public PreparedDraft? Prepare(EntryDraft draft, out string? error)
    {
        using SealScratch scratch = SealScratch.OfThread();
        List<SealedSlot> slots = scratch.Slots;
        error = Collect(draft, slots);
        if (error is not null)
        {
            return null;
        }

        DateTimeOffset now = time.GetUtcNow();
        List<byte[]> terms = Terms(draft, now);
        List<PreparedClaim> claims = Claims(draft, now);
        LogEntry template = Template(draft);
        PreparedSeal? seal = null;
        if (slots.Count > 0)
        {
            Span<LogHash> leaves = scratch.Leaves(1 << Commitment.DepthFor(slots.Count));
            Fill(leaves, scratch.Salts(leaves.Length), slots, draft.Parts);
            template = template with { Commitment = Commitment.RootInPlace(leaves), CommitmentDepth = Commitment.DepthFor(slots.Count), SealId = draft.SealId };
            SealedBlob blob = new(slots, terms, [.. claims.Select(static c => c.Macs[0])]);
            seal = Encrypt(draft, blob, keys.CurrentSeal(now, options.EpochLength));
        }
        else if (terms.Count > 0 || claims.Count > 0)
        {
            error = Phrases.Of("Sealing.EntryIndexTermsClaims");
            return null;
        }

        if (!EntryEncoder.TryEncode(template, out byte[] leaf, out error))
        {
            return null;
        }

        return new PreparedDraft(template, draft.SealId, draft.AnswerReserve, seal, terms, claims, leaf.Length + (seal?.Bytes ?? 0));
    }

    /// <summary>The keyed hashes of a term under every index key, for search.</summary>
    public IReadOnlyList<byte[]> SearchMacs(IndexTerm term) => [.. keys.IndexKeys(fresh: true).Select(key => Mac(key, term))];

    /// <summary>A draft of the archive itself, without sealed values.</summary>
    public static PreparedDraft PrepareBare(EntryDraft draft) => new(Template(draft), draft.SealId, draft.AnswerReserve, null, [], [], 0);

    private static LogEntry Template(EntryDraft draft) => new()
    {
        Log = default,
        Index = 0,
        Time = DateTimeOffset.UnixEpoch,
        Kind = draft.Kind,
        Role = draft.Role,
        Flags = draft.Flags,
        Signature = draft.Signature,
        EventTime = draft.EventTime,
        MessageSize = draft.MessageSize,
        FilteredSize = draft.FilteredSize,
        Stage = draft.Stage,
        Code = draft.Code,
        Counterparty = draft.Counterparty,
        OwnSubsystem = draft.OwnSubsystem,
        Service = draft.Service,
        Agreement = draft.Agreement,
        AgreementVersion = draft.AgreementVersion,
        ArchivingListVersion = draft.ArchivingListVersion,
        CertificateSha256 = draft.CertificateSha256,
        Link = draft.Link,
        Count = draft.Count,
        Subject = draft.Subject,
    };

    // Slots without salts: those are drawn in one go afterwards.
    private static string? Collect(EntryDraft draft, List<SealedSlot> slots)
    {
        Add("$userId", draft.UserId);
        Add("$issue", draft.Basis);
        Add("$messageId", draft.MessageId);
        Add("$representedParty", draft.RepresentedParty);
        foreach (SealedValue fact in draft.Facts)
        {
            if (!EntryDraft.IsFactPath(fact.Path) || Encoding.UTF8.GetByteCount(fact.Path) > EntryFormat.MaxPathBytes)
            {
                return Phrases.Of("Sealing.FactPathDoesNot");
            }

            slots.Add(new SealedSlot(SlotKind.Value, default, default, fact.Path, fact.Type, fact.Presence, fact.Value, 0, 0));
        }

        foreach (SealedValue value in draft.Values)
        {
            if (string.IsNullOrEmpty(value.Path) || value.Path[0] == '$' || Encoding.UTF8.GetByteCount(value.Path) > EntryFormat.MaxPathBytes)
            {
                return Phrases.Of("Sealing.ValuePathEmptyToo");
            }

            if (value.Type is < ValueType.Text or > ValueType.Structure || (value.Presence != ValuePresence.Present && !value.Value.IsEmpty)
                || value.Presence is < ValuePresence.Present or > ValuePresence.Removed)
            {
                return Phrases.Of("Sealing.ValueTypePresenceNot");
            }

            slots.Add(new SealedSlot(SlotKind.Value, default, default, value.Path, value.Type, value.Presence, value.Value, 0, 0));
        }

        HashSet<string>? names = draft.Parts.Count > 1 ? [] : null;
        int number = 0;
        foreach (PayloadPart part in draft.Parts)
        {
            if (string.IsNullOrEmpty(part.Name) || Encoding.UTF8.GetByteCount(part.Name) > 256 || names?.Add(part.Name) == false)
            {
                return Phrases.Of("Sealing.PartNameEmptyToo");
            }

            slots.Add(new SealedSlot(SlotKind.Part, default, default, "$part/" + part.Name, ValueType.Part, ValuePresence.Present, default, ++number, part.Content.Length));
            Add("$mediaType/" + part.Name, part.MediaType);
        }

        if (slots.Count > 1 << EntryFormat.MaxCommitmentDepth || draft.Persons.Count > 10_000 || draft.Claims.Count > 100)
        {
            return Phrases.Of("Sealing.TooManyValuesPersons");
        }

        return null;

        void Add(string path, string? text)
        {
            if (text is not null)
            {
                slots.Add(new SealedSlot(SlotKind.Value, default, default, path, ValueType.Text, ValuePresence.Present, Encoding.UTF8.GetBytes(text), 0, 0));
            }
        }
    }

    // Gives every slot its own random salt, pads with random leaves and hashes them all.
    private static void Fill(Span<LogHash> leaves, Memory<byte> salts, List<SealedSlot> slots, IReadOnlyList<PayloadPart> parts)
    {
        int used = slots.Count;
        RandomNumberGenerator.Fill(salts.Span);
        Span<byte> path = stackalloc byte[EntryFormat.MaxPathBytes];
        for (int i = 0; i < leaves.Length; i++)
        {
            ReadOnlyMemory<byte> own = salts.Slice(i * Commitment.SaltSize, Commitment.SaltSize);
            if (i >= used)
            {
                leaves[i] = new LogHash(own.Span);
                slots.Add(new SealedSlot(SlotKind.Opaque, leaves[i], default, "", default, default, default, 0, 0));
                continue;
            }

            SealedSlot slot = slots[i] with { Salt = own };
            slots[i] = slot;
            ReadOnlySpan<byte> value = slot.Kind == SlotKind.Part ? parts[slot.Part - 1].Content.Span : slot.Value.Span;
            leaves[i] = Commitment.Leaf(own.Span, path[..Encoding.UTF8.GetBytes(slot.Path, path)], slot.Type, slot.Presence, value);
        }
    }

    /// <summary>Values of a record that lost some, under a new record key of the same epoch and in the same number of bytes.</summary>
    public static SealedRest Reseal(LogEntry entry, StoredSeal before, SealedBlob rest, EpochKey epoch)
    {
        Span<byte> recordKey = stackalloc byte[FileKeyStore.KeySize];
        RandomNumberGenerator.Fill(recordKey);
        Span<byte> aad = stackalloc byte[SealAad.KeySize];
        SealAad.Key(aad, entry.Log, entry.SealId, epoch.Epoch);
        byte[] wrapped = epoch.Wrap(recordKey, aad);
        using AesGcm cipher = new(recordKey, TagSize);
        CryptographicOperations.ZeroMemory(recordKey);
        byte[] values = new byte[Math.Max(before.Data.Length, NonceSize + rest.Size() + TagSize)];
        EncryptValues(cipher, rest, Nonce(), entry.Log, entry.SealId, values);
        return new SealedRest(before.Wrapped, wrapped, values);
    }

    private PreparedSeal Encrypt(EntryDraft draft, SealedBlob blob, EpochKey epoch)
    {
        // Record key, nonce of its wrapping, nonces of values and first chunks: drawn in one go.
        Span<byte> random = stackalloc byte[FileKeyStore.KeySize + (MostDrawnNonces * NonceSize)];
        random = random[..(FileKeyStore.KeySize + (Math.Min(2 + draft.Parts.Count, MostDrawnNonces) * NonceSize))];
        RandomNumberGenerator.Fill(random);
        Span<byte> recordKey = random[..FileKeyStore.KeySize];
        ReadOnlySpan<byte> nonces = random[FileKeyStore.KeySize..];
        Span<byte> aad = stackalloc byte[SealAad.KeySize];
        SealAad.Key(aad, log, draft.SealId, epoch.Epoch);
        byte[] wrapped = epoch.Wrap(recordKey, aad, Nonce(ref nonces));
        using AesGcm cipher = new(recordKey, TagSize);
        CryptographicOperations.ZeroMemory(recordKey);

        int valuesSize = NonceSize + blob.Size() + TagSize;
        SealedRoom room = new(valuesSize + draft.Parts.Sum(static part => SealedSize(part.Content.Length)));
        Memory<byte> values = room.Take(valuesSize);
        EncryptValues(cipher, blob, Nonce(ref nonces), log, draft.SealId, values.Span);
        List<SealedChunk> chunks = new(draft.Parts.Count);
        for (int i = 0; i < draft.Parts.Count; i++)
        {
            ReadOnlySpan<byte> rest = draft.Parts[i].Content.Span;
            int number = 0;
            bool last;
            do
            {
                ReadOnlySpan<byte> piece = rest[..Math.Min(rest.Length, ChunkBytes)];
                rest = rest[piece.Length..];
                last = rest.IsEmpty;
                Memory<byte> chunk = room.Take(NonceSize + piece.Length + TagSize);
                EncryptChunk(cipher, piece, Nonce(ref nonces), log, draft.SealId, i + 1, number, last, chunk.Span);
                chunks.Add(new SealedChunk(i + 1, number, last, chunk));
                number++;
            }
            while (!last);
        }

        return new PreparedSeal(epoch.Epoch, wrapped, values, chunks, room);
    }

    // Of a payload part, in chunks.
    private static long SealedSize(int length) => length + (Math.Max(1, (length + ChunkBytes - 1L) / ChunkBytes) * (NonceSize + TagSize));

    // The plain text is written where its ciphertext then stands: nothing of it is left.
    private static void EncryptValues(AesGcm cipher, SealedBlob blob, ReadOnlySpan<byte> nonce, LogId log, UInt128 seal, Span<byte> output)
    {
        Span<byte> plain = output[NonceSize..^TagSize];
        blob.Write(plain);
        EncryptChunk(cipher, plain, nonce, log, seal, 0, 0, last: true, output);
    }

    // nonce ‖ ciphertext ‖ tag. The key is this record's alone, so random nonces cannot meet.
    private static void EncryptChunk(AesGcm cipher, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> nonce, LogId log, UInt128 seal, int part, int chunk, bool last, Span<byte> output)
    {
        nonce.CopyTo(output);
        Span<byte> aad = stackalloc byte[SealAad.ChunkSize];
        SealAad.Chunk(aad, log, seal, part, chunk, last);
        cipher.Encrypt(output[..NonceSize], plain, output.Slice(NonceSize, plain.Length), output[(NonceSize + plain.Length)..], aad);
    }

    // The next nonce of those that were drawn, each once; a fresh one when they are used up.
    private static ReadOnlySpan<byte> Nonce(ref ReadOnlySpan<byte> drawn)
    {
        if (drawn.IsEmpty)
        {
            return Nonce();
        }

        ReadOnlySpan<byte> next = drawn[..NonceSize];
        drawn = drawn[NonceSize..];
        return next;
    }

    private static byte[] Nonce() => RandomNumberGenerator.GetBytes(NonceSize);

    private List<byte[]> Terms(EntryDraft draft, DateTimeOffset now)
    {
        List<byte[]> macs = new(draft.Persons.Count + 3);
        EpochKey key = keys.CurrentIndex(now, IndexEpoch);
        foreach (IndexTerm person in draft.Persons)
        {
            macs.Add(Mac(key, person));
        }

        foreach (SealedValue value in draft.Values)
        {
            if (value.Presence == ValuePresence.Removed && macs.Count < MostTerms)
            {
                macs.Add(Mac(key, new IndexTerm(IndexKind.Removed, value.Path)));
            }
        }

        Add(IndexKind.UserId, draft.UserId);
        Add(IndexKind.Basis, draft.Basis);
        Add(IndexKind.MessageId, draft.MessageId);
        return macs;

        void Add(IndexKind kind, string? value)
        {
            if (value is not null)
            {
                macs.Add(Mac(key, new IndexTerm(kind, value)));
            }
        }
    }

    private List<PreparedClaim> Claims(EntryDraft draft, DateTimeOffset now)
    {
        List<PreparedClaim> claims = [];
        if (draft.Claims.Count > 0)
        {
            keys.CurrentIndex(now, IndexEpoch);
            IReadOnlyList<EpochKey> all = keys.IndexKeys();
            foreach (Claim claim in draft.Claims)
            {
                byte[] name = ClaimBytes(claim);
                claims.Add(new PreparedClaim(claim, [.. all.Select(key => key.Mac(name))]));
            }
        }

        return claims;
    }

    /// <summary>The keyed hash of a term: over 0x01 ‖ u16 kind ‖ value.</summary>
    public static byte[] Mac(EpochKey key, IndexTerm term)
    {
        const int Most = 256;
        string value = term.Normalised();
        int length = 3 + Encoding.UTF8.GetByteCount(value);
        Span<byte> bytes = length <= Most ? stackalloc byte[Most] : new byte[length];
        bytes[0] = 0x01;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[1..], (ushort)term.Kind);
        Encoding.UTF8.GetBytes(value, bytes[3..]);
        return key.Mac(bytes[..length]);
    }

    // 0x02 ‖ (u32 length ‖ text) of kind and every part of the name
    private static byte[] ClaimBytes(Claim claim)
    {
        using MemoryStream stream = new();
        stream.WriteByte(0x02);
        Span<byte> length = stackalloc byte[4];
        foreach (string text in claim.Name.Prepend(claim.Kind))
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            stream.Write(length);
            stream.Write(bytes);
        }

        return stream.ToArray();
    }
}
