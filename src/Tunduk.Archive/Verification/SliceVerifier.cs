using Tunduk.Archive.Publishing;
using Tunduk.Archive.Sealing;
using Tunduk.Archive.Stores;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;
using Tunduk.Evidence.Timestamps;
using static Tunduk.Archive.Verification.VerifyTally;

namespace Tunduk.Archive.Verification;

// Over 300 lines: everything one tile is held against, in the order it is read.

/// <summary>Checks a run of entries of one log over one connection: leaves, rows, tiles, sealed parts, message signatures.</summary>
internal sealed class SliceVerifier(IStoreReader reader, LogRow row, Unsealer? unsealer, VerifyOptions options, VerifyTally tally, ErasureLedger erasures, TermSums termSums)
{
    private readonly LogId log = row.Id;

    // Times of the rows of a tile: those of their sealed parts too.
    private readonly List<long> times = [];
    private DateTimeOffset? before;
    private HashSet<long> openMarks = [];
    private Dictionary<long, int> endsOf = [];

    /// <summary>Root of every tile (256 leaves; the last may have fewer) in [first, end).</summary>
    public async Task<LogHash[]> RunAsync(long first, long end, CancellationToken cancellationToken)
    {
        List<LogHash> roots = [];

        // Asked once for the whole run: open marks come first, ends after them, so that an end that arrives in between is seen.
        openMarks = [.. reader.OpenRequests(row, first, (int)(end - first))];
        endsOf = reader.Ends(row, first, (int)(end - first)).GroupBy(static i => i).ToDictionary(static g => g.Key, static g => g.Count());
        before = first == 0 ? null : TimeOf(first - 1);
        for (long start = first; start < end; start += LogTree.TileWidth)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = (int)Math.Min(LogTree.TileWidth, end - start);
            LogHash[] computed = new LogHash[count];
            bool[] present = new bool[count];
            List<(LogEntry Entry, EntryRow Row)> entries = ReadTile(start, count, computed, present);
            LogHash root = count == LogTree.TileWidth ? LogTree.TileNode(computed, 0, LogTree.TileHeight) : default;
            CompareTile(start, computed, present, root);
            CheckEnds(start, count, entries);
            roots.Add(root);
            await CheckEntriesAsync(start, count, entries, cancellationToken).ConfigureAwait(false);

            tally.Add(Count.Entries, entries.Count);
        }

        return [.. roots];
    }

    private List<(LogEntry Entry, EntryRow Row)> ReadTile(long start, int count, LogHash[] computed, bool[] present)
    {
        List<(LogEntry, EntryRow)> entries = new(count);
        times.Clear();
        foreach (EntryRow stored in reader.Entries(row, start, count))
        {
            RecordId record = new(log, stored.Index);
            times.Add(stored.Time);
            int at = (int)(stored.Index - start);
            computed[at] = MerkleHash.Leaf(stored.Leaf);
            present[at] = true;
            if (stored.Hash.Length != LogHash.Size || new LogHash(stored.Hash) != computed[at])
            {
                tally.Fail(record, "leaf_changed", Phrases.Of("Verification.EntryDiffersFromHash"));
            }

            if (!EntryDecoder.TryDecode(stored.Leaf, out LogEntry? entry, out string? error))
            {
                tally.Fail(record, "leaf_malformed", Phrases.Of("Verification.EntryDoesNotDecode", error));
                continue;
            }

            if (entry!.Log != log || entry.Index != stored.Index)
            {
                tally.Fail(record, "leaf_moved", Phrases.Of("Verification.EntrySays", new RecordId(entry.Log, entry.Index)));
            }

            if (before > entry.Time)
            {
                tally.Fail(record, "time_decreases", Phrases.Of("Verification.EntryTimeBeforeEntry"));
            }

            before = entry.Time;
            if (!Same(stored, entry))
            {
                tally.Fail(record, "row_changed", Phrases.Of("Verification.SearchColumnDiffersFrom"));
            }

            entries.Add((entry, stored));
        }

        for (int i = 0; i < count; i++)
        {
            if (!present[i])
            {
                tally.Fail(new RecordId(log, start + i), "entry_missing", Phrases.Of("Verification.LogNoEntryIndex"));
            }
        }

        return entries;
    }

    // The tile was written with the entries: where a leaf differs from it, that very entry was changed.
    private void CompareTile(long start, LogHash[] computed, bool[] present, LogHash computedRoot)
    {
        if (computed.Length < LogTree.TileWidth)
        {
            return;
        }

        TileRow? tile = reader.Tile(row, 0, start / LogTree.TileWidth);
        byte[] stored = tile?.Hashes ?? [];
        byte[] root = tile?.Root ?? [];
        if (stored.Length != LogTree.TileWidth * LogHash.Size)
        {
            tally.Fail(new RecordId(log, start), "tile_missing", Phrases.Of("Verification.TileBeginsEntryMissing"));
            return;
        }

        // Of the same hashes the root is the same: it is hashed anew only where they differ.
        LogHash[] hashes = TileBytes.Decode(stored);
        LogHash storedRoot = hashes.AsSpan().SequenceEqual(computed) ? computedRoot : LogTree.TileNode(hashes, 0, LogTree.TileHeight);
        if (root.Length != LogHash.Size || new LogHash(root) != storedRoot)
        {
            tally.Fail(new RecordId(log, start), "tile_changed", Phrases.Of("Verification.TileBeginsEntryDoes"));
        }

        for (int i = 0; i < computed.Length; i++)
        {
            if (present[i] && computed[i] != hashes[i])
            {
                tally.Fail(new RecordId(log, start + i), "leaf_not_in_tree", Phrases.Of("Verification.EntryDiffersFromHashTree"));
            }
        }
    }

    private DateTimeOffset? TimeOf(long index) => reader.Leaf(new RecordId(log, index)) is { } leaf && EntryDecoder.TryDecode(leaf, out LogEntry? entry, out _) ? entry!.Time : null;

    private static bool Same(EntryRow stored, LogEntry entry) =>
        stored.Time == EntryClock.Micro(entry.Time) && stored.Kind == (long)entry.Kind && stored.Shape is { } shape && shape.Fits(entry) && LinkFits(stored, entry);

    // A link to a log that is not in this database has no column.
    private static bool LinkFits(EntryRow stored, LogEntry entry) => entry.Link is { } target
        ? stored.HasLink ? stored.LinkLog == target.Log && stored.LinkIndex == target.Index : target.Log != entry.Log
        : !stored.HasLink;

    // Every request has one end, or is marked as open; never both, and never two ends.
    private void CheckEnds(long start, int count, List<(LogEntry Entry, EntryRow Row)> entries)
    {
        List<long> open = [.. openMarks.Where(index => index >= start && index < start + count)];
        tally.Add(Count.Open, open.Count);
        HashSet<long> requests = [];
        foreach ((LogEntry entry, _) in entries.Where(static e => e.Entry.Kind == EntryKind.Request))
        {
            RecordId record = new(entry.Log, entry.Index);
            requests.Add(entry.Index);
            switch (endsOf.GetValueOrDefault(entry.Index))
            {
                case 0 when !openMarks.Contains(entry.Index):
                    tally.Fail(record, "request_without_end", Phrases.Of("Verification.RequestNoEndNot"));
                    break;
                case 1 when openMarks.Contains(entry.Index) && reader.IsOpen(record):
                    tally.Fail(record, "request_open_and_ended", Phrases.Of("Verification.RequestEndMarkedOpen"));
                    break;
                case > 1:
                    tally.Fail(record, "request_two_ends", Phrases.Of("Verification.MoreThanEntryEnds"));
                    break;
                default:
                    break;
            }
        }

        foreach (long index in open.Where(i => !requests.Contains(i)))
        {
            tally.Fail(new RecordId(log, index), "open_no_request", Phrases.Of("Verification.EntryMarkedOpenRequest"));
        }
    }

    // Sealed parts of a tile come in one stream: a server is not asked for each record.
    private async Task CheckEntriesAsync(long start, int count, List<(LogEntry Entry, EntryRow Row)> entries, CancellationToken cancellationToken)
    {
        if (!options.CheckSealed || unsealer is null)
        {
            foreach ((LogEntry entry, _) in entries)
            {
                tally.Add(Count.TimestampsUnchecked, Observe(entry) is null ? 0 : 1);
                CountSignature(entry, null);
            }

            return;
        }

        if (entries.Count == 0)
        {
            return;
        }

        using IEnumerator<(long Index, StoredSeal Seal)> seals = reader.Seals(row, start, count, times.Min(), times.Max()).GetEnumerator();
        bool more = seals.MoveNext();
        foreach ((LogEntry entry, EntryRow of) in entries)
        {
            while (more && seals.Current.Index < entry.Index)
            {
                more = seals.MoveNext(); // of an entry that is missing or does not decode: its rows are counted at the end
            }

            StoredSeal? stored = more && seals.Current.Index == entry.Index ? seals.Current.Seal : null;
            await CheckEntryAsync(entry, of, stored, cancellationToken).ConfigureAwait(false);
        }
    }

    private SignedCheckpoint? Observe(LogEntry entry)
    {
        erasures.Observe(entry);
        if (entry.OwnSubsystem is { } own && !tally.Owners.ContainsKey(own))
        {
            tally.Owners.TryAdd(own, 0);
        }

        return CheckpointEvidence.NoteOf(entry);
    }

    private async Task CheckEntryAsync(LogEntry entry, EntryRow of, StoredSeal? stored, CancellationToken cancellationToken)
    {
        RecordId record = new(entry.Log, entry.Index);
        SignedCheckpoint? stamped = Observe(entry);
        bool wanted = options.Messages is not null && entry.Signature is SignatureStatus.Verified or SignatureStatus.OwnEmbedded or SignatureStatus.OwnDetached;
        Unsealed opened = unsealer!.Open(entry, stored, keepParts: wanted || stamped is not null);
        CountSealed(record, of, opened, stored);
        if (stamped is not null)
        {
            CheckStamp(record, stamped, opened);
        }

        MessageVerdict? verdict = null;
        if (options.Messages is { } messages && wanted && opened.State is SealState.Complete or SealState.Partial)
        {
            verdict = await messages.VerifyAsync(RecordReader.ToRecord(record, entry, of.Leaf, null, opened), cancellationToken).ConfigureAwait(false);
        }

        CountSignature(entry, verdict);
        if (verdict == MessageVerdict.Failed)
        {
            tally.Fail(record, "message_signature", Phrases.Of("Verification.MessageSignatureDoesNot"));
        }
    }

    private void CheckStamp(RecordId record, SignedCheckpoint note, Unsealed opened)
    {
        if (options.TimestampTrust is not { } trust || opened.State != SealState.Complete)
        {
            tally.Add(Count.TimestampsUnchecked);
            return;
        }

        TimestampVerification result = CheckpointEvidence.Verify(note, opened, trust, TimeProvider.System.GetUtcNow());
        if (result.IsValid)
        {
            tally.Stamps.Enqueue(new Stamp(record, result.Time));
        }
        else if (result.Fault is TimestampFault.Untrusted or TimestampFault.CertificateMissing)
        {
            tally.Add(Count.TimestampsUnchecked); // an authority of former days, or nobody's: its stamp proves nothing here, and breaks nothing
        }
        else
        {
            tally.Fail(record, result.CodeName, Phrases.Of("Verification.TimeStampCheckpointDoes"));
        }
    }

    private void CountSealed(RecordId record, EntryRow of, Unsealed opened, StoredSeal? stored)
    {
        if (stored is not null)
        {
            tally.Add(Count.Sealed);
            tally.Add(Count.Chunks, stored.Chunks.Count);
        }

        switch (opened.State)
        {
            case SealState.None:
                return;
            case SealState.Complete:
                tally.Add(Count.Complete);
                break;
            case SealState.Partial:
                tally.Add(Count.Partial);
                erasures.Need(record, [.. Enumerable.Range(0, opened.Blob!.Slots.Count).Where(i => opened.Blob.Slots[i].Kind == SlotKind.Erased)]);
                break;
            case SealState.Erased:
                tally.Add(Count.Erased);
                erasures.NeedWhole(record);
                return;
            default:
                tally.Fail(record, opened.State == SealState.KeyMissing ? "seal_key_missing" : "seal_damaged", opened.Error!);
                return;
        }

        tally.Add(Count.Values, opened.Values.Count);
        tally.Add(Count.Parts, opened.Blob!.Slots.Count(static s => s.Kind == SlotKind.Part));
        IReadOnlyList<byte[]> distinct = opened.Blob.DistinctTerms();
        foreach (byte[] mac in distinct)
        {
            termSums.Want(row, of.Index, mac, of.ShapeId, of.TermTime);
        }

        tally.Add(Count.Terms, distinct.Count);
    }

    private void CountSignature(LogEntry entry, MessageVerdict? verdict) => tally.Add((verdict, entry.Signature) switch
    {
        (MessageVerdict.Verified, _) => Count.Verified,
        (MessageVerdict.Failed, _) => Count.FailedSignature,
        (MessageVerdict.Absent, _) or (null, SignatureStatus.Absent or SignatureStatus.UnsignedEcho) => Count.Absent,
        _ => Count.Attested,
    });
}
