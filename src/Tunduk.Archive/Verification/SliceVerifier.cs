using Tunduk.Archive.Sealing;
using Tunduk.Archive.Sqlite;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;
using static Tunduk.Archive.Verification.VerifyTally;

namespace Tunduk.Archive.Verification;

/// <summary>Checks a run of entries of one log over one connection: leaves, rows, tiles, sealed parts, message signatures.</summary>
internal sealed class SliceVerifier(SqliteDb db, int logNumber, LogId log, Unsealer? unsealer, VerifyOptions options, VerifyTally tally, ErasureLedger erasures)
{
    private readonly Dictionary<long, string> names = [];

    /// <summary>Root of every tile (256 leaves; the last may have fewer) in [first, end).</summary>
    public async Task<LogHash[]> RunAsync(long first, long end, CancellationToken cancellationToken)
    {
        List<LogHash> roots = [];
        for (long start = first; start < end; start += LogTree.TileWidth)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = (int)Math.Min(LogTree.TileWidth, end - start);
            LogHash[] computed = new LogHash[count];
            bool[] present = new bool[count];
            List<(LogEntry Entry, byte[] Leaf)> entries = ReadTile(start, count, computed, present);
            CompareTile(start, computed, present);
            roots.Add(count == LogTree.TileWidth ? LogTree.TileNode(computed, 0, LogTree.TileHeight) : default);
            foreach ((LogEntry entry, byte[] leaf) in entries)
            {
                await CheckEntryAsync(entry, leaf, cancellationToken).ConfigureAwait(false);
            }

            tally.Add(Count.Entries, entries.Count);
        }

        return [.. roots];
    }

    private List<(LogEntry Entry, byte[] Leaf)> ReadTile(long start, int count, LogHash[] computed, bool[] present)
    {
        List<(LogEntry, byte[])> entries = new(count);
        SqliteStatement read = db.Prepare("SELECT seq, time, kind, role, counterparty, own, service, agreement, stage, code, link, leaf, hash FROM entry WHERE seq >= ? AND seq < ? ORDER BY seq");
        read.Bind(1, SqliteSchema.Seq(logNumber, start)).Bind(2, SqliteSchema.Seq(logNumber, start + count));
        DateTimeOffset? before = start == 0 ? null : SqliteRows.FindEntry(db, SqliteSchema.Seq(logNumber, start - 1))?.Time;
        while (read.Step())
        {
            long index = SqliteSchema.IndexOf(read.Int64(0));
            RecordId record = new(log, index);
            byte[] leaf = read.Blob(11).ToArray();
            computed[index - start] = MerkleHash.Leaf(leaf);
            present[index - start] = true;
            if (read.Blob(12).Length != LogHash.Size || new LogHash(read.Blob(12)) != computed[index - start])
            {
                tally.Fail(record, "leaf_changed", "the entry differs from the hash that was stored with it");
            }

            if (!EntryDecoder.TryDecode(leaf, out LogEntry? entry, out string? error))
            {
                tally.Fail(record, "leaf_malformed", $"the entry does not decode: {error}");
                continue;
            }

            if (entry!.Log != log || entry.Index != index)
            {
                tally.Fail(record, "leaf_moved", $"the entry says that it is {new RecordId(entry.Log, entry.Index)}");
            }

            if (before > entry.Time)
            {
                tally.Fail(record, "time_decreases", "the entry's time is before that of the entry before it");
            }

            before = entry.Time;
            CompareRow(read, entry, record);
            entries.Add((entry, leaf));
        }

        read.Reset();
        for (int i = 0; i < count; i++)
        {
            if (!present[i])
            {
                tally.Fail(new RecordId(log, start + i), "entry_missing", "the log has no entry at this index");
            }
        }

        return entries;
    }

    // The tile was written with the entries: where a leaf differs from it, that very entry was changed.
    private void CompareTile(long start, LogHash[] computed, bool[] present)
    {
        if (computed.Length < LogTree.TileWidth)
        {
            return;
        }

        SqliteStatement read = db.Prepare("SELECT hashes, root FROM tile WHERE log = ? AND level = 0 AND no = ?").Bind(1, logNumber).Bind(2, start / LogTree.TileWidth);
        bool there = read.Step();
        byte[] stored = there ? read.Blob(0).ToArray() : [];
        byte[] root = there ? read.Blob(1).ToArray() : [];
        read.Reset();
        if (stored.Length != LogTree.TileWidth * LogHash.Size)
        {
            tally.Fail(new RecordId(log, start), "tile_missing", "the tile that begins at this entry is missing or has a wrong length");
            return;
        }

        if (root.Length != LogHash.Size || new LogHash(root) != LogTree.TileNode(SqliteNodes.Decode(stored), 0, LogTree.TileHeight))
        {
            tally.Fail(new RecordId(log, start), "tile_changed", "the tile that begins at this entry does not fit its own root");
        }

        for (int i = 0; i < computed.Length; i++)
        {
            if (present[i] && computed[i] != new LogHash(stored.AsSpan(i * LogHash.Size, LogHash.Size)))
            {
                tally.Fail(new RecordId(log, start + i), "leaf_not_in_tree", "the entry differs from its hash in the tree");
            }
        }
    }

    private void CompareRow(SqliteStatement row, LogEntry entry, RecordId record)
    {
        bool same = row.Int64(1) == EntryClock.Micro(entry.Time) && row.Int64(2) == (long)entry.Kind && row.Int64(3) == (long)entry.Role
            && Name(row, 4) == entry.Counterparty && Name(row, 5) == entry.OwnSubsystem && Name(row, 6) == entry.Service
            && Name(row, 7) == entry.Agreement && Name(row, 8) == entry.Stage && Name(row, 9) == entry.Code && LinkFits(row, entry);
        if (!same)
        {
            tally.Fail(record, "row_changed", "a search column differs from the entry");
        }
    }

    private bool LinkFits(SqliteStatement row, LogEntry entry)
    {
        long? link = row.Nullable(10);
        if (entry.Link is not { } target)
        {
            return link is null;
        }

        return target.Log == log ? link == SqliteSchema.Seq(logNumber, target.Index) : link is null || SqliteSchema.IndexOf(link.Value) == target.Index;
    }

    private string? Name(SqliteStatement row, int column)
    {
        if (row.Nullable(column) is not { } id)
        {
            return null;
        }

        if (!names.TryGetValue(id, out string? text))
        {
            SqliteStatement find = db.Prepare("SELECT text FROM name WHERE id = ?").Bind(1, id);
            text = find.Step() ? find.Text(0) ?? "" : "";
            find.Reset();
            if (names.Count >= 10_000)
            {
                names.Clear();
            }

            names.Add(id, text);
        }

        return text;
    }

    private async Task CheckEntryAsync(LogEntry entry, byte[] leaf, CancellationToken cancellationToken)
    {
        RecordId record = new(entry.Log, entry.Index);
        long seq = SqliteSchema.Seq(logNumber, entry.Index);
        erasures.Observe(entry);
        if (entry.Kind == EntryKind.Request && !HasEndOrIsOpen(record, seq))
        {
            tally.Fail(record, "request_without_end", "the request has no end and is not marked as open");
        }

        if (!options.CheckSealed || unsealer is null)
        {
            CountSignature(entry, null);
            return;
        }

        StoredSeal? stored = SqliteSearch.Seal(db, seq);
        bool wanted = options.Messages is not null && entry.Signature is SignatureStatus.Verified or SignatureStatus.OwnEmbedded or SignatureStatus.OwnDetached;
        Unsealed opened = unsealer.Open(entry, stored, keepParts: wanted);
        CountSealed(record, opened, stored, seq);
        MessageVerdict? verdict = null;
        if (wanted && opened.State is SealState.Complete or SealState.Partial)
        {
            verdict = await options.Messages!.VerifyAsync(ArchiveVerifier.ToRecord(record, entry, leaf, null, opened), cancellationToken).ConfigureAwait(false);
        }

        CountSignature(entry, verdict);
        if (verdict == MessageVerdict.Failed)
        {
            tally.Fail(record, "message_signature", "the message's signature does not hold over the stored bytes");
        }
    }

    // The end is looked for twice: it may arrive between the two questions.
    private bool HasEndOrIsOpen(RecordId record, long seq)
    {
        if (SqliteRows.FindEnd(db, record, seq) is not null)
        {
            return true;
        }

        SqliteStatement find = db.Prepare("SELECT 1 FROM open_request WHERE seq = ?").Bind(1, seq);
        bool open = find.Step();
        find.Reset();
        return open || SqliteRows.FindEnd(db, record, seq) is not null;
    }

    private void CountSealed(RecordId record, Unsealed opened, StoredSeal? stored, long seq)
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
                erasures.Need(record);
                break;
            case SealState.Erased:
                tally.Add(Count.Erased);
                erasures.Need(record);
                return;
            default:
                tally.Fail(record, opened.State == SealState.KeyMissing ? "seal_key_missing" : "seal_damaged", opened.Error!);
                return;
        }

        tally.Add(Count.Values, opened.Values.Count);
        tally.Add(Count.Parts, opened.Blob!.Slots.Count(static s => s.Kind == SlotKind.Part));
        SqliteStatement find = db.Prepare("SELECT 1 FROM term WHERE mac = ? AND seq = ?");
        HashSet<UInt128> distinct = [];
        foreach (byte[] mac in opened.Blob.Terms)
        {
            if (!distinct.Add(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(mac)))
            {
                continue;
            }

            find.Bind(1, mac).Bind(2, seq);
            if (!find.Step())
            {
                tally.Fail(record, "index_row_missing", "a search term of the record is not in the index: searches would miss it");
            }

            find.Reset();
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
