using System.Globalization;
using Tunduk.Archive.Heads;
using Tunduk.Archive.Keys;
using Tunduk.Archive.Sealing;
using Tunduk.Archive.Sqlite;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;
using static Tunduk.Archive.Verification.VerifyTally;

namespace Tunduk.Archive.Verification;

// Over 300 lines: every check of a log in the order of a report, so that none is missed.

/// <summary>
/// Recomputes a whole archive from its leaves and holds it against its checkpoints, the head store, anchors and its sealed parts.
/// Works on a live archive too: whoever vouches for a size is read before the size itself.
/// </summary>
internal sealed class ArchiveVerifier(SqliteReaders readers, FileKeyStore? keys, HeadState? head, IReadOnlyList<string> anchorFiles)
{
    private const int SliceTiles = 16;
    private readonly List<string> missingAnchors = [];
    private readonly Unsealer? unsealer = keys is null ? null : new Unsealer(keys);

    private sealed record LogRow(int Number, LogId Id, string Origin);

    public async Task<VerifyReport> RunAsync(VerifyOptions options, CancellationToken cancellationToken)
    {
        VerifyTally tally = new(options);
        ErasureLedger erasures = new();
        List<(string Where, SignedCheckpoint Note)> vouchers = Vouchers(options, tally);
        List<LogRow> logs = readers.Use(db => ReadLogs(db, tally));
        long anchored = 0;
        string anchorName = "";
        DateTimeOffset anchorTime = default;
        bool established = options.TrustedKeys.Count > 0;
        foreach (LogRow log in logs)
        {
            tally.Add(Count.Logs);
            List<(string Where, SignedCheckpoint Note)> notes = readers.Use(db => ReadCheckpoints(db, log, tally));
            notes.AddRange(vouchers.Where(v => v.Note.Origin == log.Origin));
            long size = readers.Use(db => Size(db, log.Number));
            TreeOfTiles tree = await CheckEntriesAsync(log, size, options, tally, erasures, cancellationToken).ConfigureAwait(false);
            CheckCheckpoints(log, size, notes, tree, options, tally);
            foreach ((string where, SignedCheckpoint note) in notes.Where(n => n.Where.Length > 0 && n.Note.Size > anchored && n.Note.Size <= size))
            {
                (anchored, anchorName, anchorTime) = (note.Size, where, note.Time);
            }

            if (head is not null && head.Log == log.Id)
            {
                CheckHead(log, size, tree, tally);
            }
        }

        if (head is not null && logs.All(l => l.Id != head.Log))
        {
            tally.Fail(null, "head_other_log", $"the head store knows log {head.Log}, which is not in the database");
        }

        foreach (RecordId record in erasures.Uncovered())
        {
            tally.Fail(record, "seal_missing", "sealed values are gone and no erasure entry says so");
        }

        if (options.CheckSealed && unsealer is not null)
        {
            readers.Use(db => CountRows(db, tally));
        }

        if (options.CheckFile)
        {
            readers.Use(db => CheckFile(db, options, tally));
        }

        string statement = anchored == 0
            ? "No anchor was given: a rewrite by the owner is not excluded for any entry."
            : string.Create(CultureInfo.InvariantCulture, $"A rewrite by the owner is excluded up to entry {anchored - 1} ({anchorName}, {anchorTime:yyyy-MM-ddTHH:mm:ssZ} by the adapter's clock), not after.");
        if (missingAnchors.Count > 0)
        {
            statement += " Not there: " + string.Join(", ", missingAnchors) + ".";
        }

        return tally.Report(established, statement);
    }

    /// <summary>Reads one record with its sealed part.</summary>
    public static ArchiveRecord? ReadRecord(SqliteDb db, Unsealer unsealer, RecordId record)
    {
        if (SqliteSearch.SeqOf(db, record) is not { } seq || SqliteSearch.Leaf(db, seq) is not { } leaf)
        {
            return null;
        }

        if (!EntryDecoder.TryDecode(leaf, out LogEntry? entry, out string? error))
        {
            throw new StoreException(ArchiveFaultCode.ArchiveUnreadable, $"{record} does not decode: {error}.");
        }

        EndRow? end = entry!.Kind == EntryKind.Request ? SqliteRows.FindEnd(db, record, seq) : null;
        return ToRecord(record, entry, leaf, end?.Record, unsealer.Open(entry, SqliteSearch.Seal(db, seq), keepParts: true));
    }

    public static ArchiveRecord ToRecord(RecordId record, LogEntry entry, byte[] leaf, RecordId? end, Unsealed opened) => new()
    {
        Record = record,
        Entry = entry,
        Leaf = leaf,
        End = end,
        State = opened.State,
        Values = opened.Values,
        Parts = opened.Parts,
    };

    private async Task<TreeOfTiles> CheckEntriesAsync(
        LogRow log, long size, VerifyOptions options, VerifyTally tally, ErasureLedger erasures, CancellationToken cancellationToken)
    {
        const long SliceSize = SliceTiles * LogTree.TileWidth;
        LogHash[] roots = new LogHash[(size + LogTree.TileWidth - 1) / LogTree.TileWidth];
        int threads = options.Parallelism > 0 ? options.Parallelism : Environment.ProcessorCount;
        IEnumerable<long> slices = Enumerable.Range(0, (int)((size + SliceSize - 1) / SliceSize)).Select(static i => i * SliceSize);
        await Parallel.ForEachAsync(slices, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken }, async (first, token) =>
        {
            LogHash[] part = await readers.UseAsync(db => new SliceVerifier(db, log.Number, log.Id, unsealer, options, tally, erasures)
                .RunAsync(first, Math.Min(first + SliceSize, size), token)).ConfigureAwait(false);
            part.CopyTo(roots, first / LogTree.TileWidth);
            options.Progress?.Report((tally.Get(Count.Entries), size));
        }).ConfigureAwait(false);
        TreeOfTiles tree = new(roots);
        readers.Use(db => CheckUpperTiles(db, log, size, tree, tally));
        return tree;
    }

    // Tiles above the leaves only speed up proofs: they are held against the recomputed tree.
    private static int CheckUpperTiles(SqliteDb db, LogRow log, long size, TreeOfTiles tree, VerifyTally tally)
    {
        SqliteStatement read = db.Prepare("SELECT level, no, root, hashes FROM tile WHERE log = ? AND level > 0").Bind(1, log.Number);
        while (read.Step())
        {
            int level = read.Int32(0);
            long number = read.Int64(1);
            bool ok = level is >= 1 and <= 4 && number >= 0 && number < size >> (LogTree.TileHeight * (level + 1)) && read.Blob(2).Length == LogHash.Size
                && read.Blob(3).Length == LogTree.TileWidth * LogHash.Size && new LogHash(read.Blob(2)) == tree.Node(LogTree.TileHeight * (level + 1), number);
            for (int i = 0; ok && i < LogTree.TileWidth; i++)
            {
                ok = new LogHash(read.Blob(3).Slice(i * LogHash.Size, LogHash.Size)) == tree.Node(LogTree.TileHeight * level, (number * LogTree.TileWidth) + i);
            }

            if (!ok)
            {
                tally.Fail(null, "tile_changed", string.Create(CultureInfo.InvariantCulture, $"tile {number} of level {level} differs from the tree over the entries"));
            }
        }

        read.Reset();
        return 0;
    }

    private void CheckCheckpoints(LogRow log, long size, List<(string Where, SignedCheckpoint Note)> notes, TreeOfTiles tree, VerifyOptions options, VerifyTally tally)
    {
        List<byte[]> known = options.TrustedKeys.Count > 0 ? [.. options.TrustedKeys.Select(static k => k.ToArray())] : readers.Use(db => KeysOfLog(db, log.Number));
        readers.Use(db =>
        {
            tree.Attach(new SqliteNodes(db, log.Number));
            foreach ((string where, SignedCheckpoint note) in notes)
            {
                string name = string.Create(CultureInfo.InvariantCulture, $"the checkpoint of size {note.Size}{(where.Length > 0 ? " from " + where : "")}");
                tally.Add(Count.Checkpoints);
                if (note.Size > size)
                {
                    tally.Fail(null, "checkpoint_beyond", $"{name} covers more than the {size} entries that are there");
                    continue;
                }

                Guarded(tally, name, () =>
                {
                    if (MerkleProofBuilder.Root(tree, note.Size) != note.Root)
                    {
                        tally.Fail(null, "checkpoint_root", $"{name} has another root than the entries");
                    }
                });
                if (!known.Exists(key => CheckpointNote.Verify(note, key)))
                {
                    tally.Fail(null, "checkpoint_signature", $"{name} was not signed by a {(options.TrustedKeys.Count > 0 ? "trusted key" : "key the log names")}");
                }
            }

            return 0;
        });
    }

    private void CheckHead(LogRow log, long size, TreeOfTiles tree, VerifyTally tally)
    {
        if (head!.Size > size)
        {
            tally.Fail(null, "head_beyond", $"the head store knows {head.Size} entries; {size} are there");
            return;
        }

        readers.Use(db =>
        {
            tree.Attach(new SqliteNodes(db, log.Number));
            Guarded(tally, "the head store", () =>
            {
                if (MerkleProofBuilder.Root(tree, head.Size) != head.Root)
                {
                    tally.Fail(null, "head_root", $"the first {head.Size} entries are not those the head store knows");
                }
            });
            return 0;
        });
    }

    private static void Guarded(VerifyTally tally, string what, Action check)
    {
        try
        {
            check();
        }
        catch (StoreException)
        {
            tally.Fail(null, "tree_incomplete", $"{what} cannot be compared: entries are missing");
        }
    }

    private List<(string Where, SignedCheckpoint Note)> Vouchers(VerifyOptions options, VerifyTally tally)
    {
        List<(string, SignedCheckpoint)> notes = [];
        foreach (string file in anchorFiles)
        {
            if (!File.Exists(file))
            {
                missingAnchors.Add(file); // an anchor that has nothing yet vouches for nothing: the statement says so
                continue;
            }

            foreach (string note in SplitNotes(File.ReadAllText(file)))
            {
                Take(Path.GetFileName(file), note);
            }
        }

        foreach (string note in options.Against)
        {
            Take("given checkpoint", note);
        }

        if (head?.Checkpoint is { } kept)
        {
            Take("", kept);
        }

        return notes;

        void Take(string where, string note)
        {
            if (CheckpointNote.TryParse(note, out SignedCheckpoint? parsed))
            {
                notes.Add((where, parsed!));
            }
            else
            {
                tally.Fail(null, "checkpoint_malformed", $"a checkpoint from {(where.Length > 0 ? where : "the head store")} does not parse");
            }
        }
    }

    /// <summary>Notes stand one after the other: text, empty line, signature lines, empty line.</summary>
    internal static IEnumerable<string> SplitNotes(string text)
    {
        string[] blocks = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < blocks.Length; i += 2)
        {
            yield return i + 1 < blocks.Length ? blocks[i] + "\n\n" + blocks[i + 1].TrimEnd('\n') + "\n" : blocks[i];
        }
    }

    private static List<LogRow> ReadLogs(SqliteDb db, VerifyTally tally)
    {
        SqliteLogStore.CheckVersion(db);
        List<LogRow> logs = [];
        SqliteStatement read = db.Prepare("SELECT no, id, origin FROM log ORDER BY no");
        while (read.Step())
        {
            string origin = read.Text(2) ?? "";
            if (read.Blob(1).Length != LogId.Size || !origin.EndsWith("/" + new LogId(read.Blob(1)), StringComparison.Ordinal))
            {
                tally.Fail(null, "log_row", $"log {read.Int32(0)} has a malformed id or origin");
                continue;
            }

            logs.Add(new LogRow(read.Int32(0), new LogId(read.Blob(1)), origin));
        }

        read.Reset();
        return logs;
    }

    private static List<(string, SignedCheckpoint)> ReadCheckpoints(SqliteDb db, LogRow log, VerifyTally tally)
    {
        List<(string, SignedCheckpoint)> notes = [];
        SqliteStatement read = db.Prepare("SELECT size, time, note FROM checkpoint WHERE log = ? ORDER BY id").Bind(1, log.Number);
        while (read.Step())
        {
            if (!CheckpointNote.TryParse(read.Text(2) ?? "", out SignedCheckpoint? note) || note!.Origin != log.Origin
                || note.Size != read.Int64(0) || note.Time.ToUnixTimeSeconds() != read.Int64(1))
            {
                tally.Fail(null, "checkpoint_malformed", string.Create(CultureInfo.InvariantCulture, $"a stored checkpoint (size {read.Int64(0)}) does not parse or does not fit its row"));
                continue;
            }

            notes.Add(("", note));
        }

        read.Reset();
        return notes;
    }

    private static List<byte[]> KeysOfLog(SqliteDb db, int log)
    {
        List<byte[]> found = [];
        SqliteStatement read = db.Prepare("SELECT leaf FROM entry WHERE seq >= ? AND seq < ? AND (kind = 10 OR seq = ?)")
            .Bind(1, SqliteSchema.Seq(log, 0)).Bind(2, SqliteSchema.Seq(log + 1, 0)).Bind(3, SqliteSchema.Seq(log, 0));
        while (read.Step())
        {
            if (EntryDecoder.TryDecode(read.Blob(0), out LogEntry? entry, out _) && entry!.Subject is { } subject)
            {
                string? line = Array.Find(subject.Split('\n'), static l => l.StartsWith("key ", StringComparison.Ordinal));
                byte[] key = new byte[4096];
                if (line is not null && Convert.TryFromBase64String(line[4..], key, out int length))
                {
                    found.Add(key[..length]);
                }
            }
        }

        read.Reset();
        return found;
    }

    private static long Size(SqliteDb db, int log)
    {
        SqliteStatement last = db.Prepare("SELECT seq FROM entry WHERE seq >= ? AND seq < ? ORDER BY seq DESC LIMIT 1")
            .Bind(1, SqliteSchema.Seq(log, 0)).Bind(2, SqliteSchema.Seq(log + 1, 0));
        long size = last.Step() ? SqliteSchema.IndexOf(last.Int64(0)) + 1 : 0;
        last.Reset();
        return size;
    }

    // Search indexes are not in the log: a damaged one hides entries from searches.
    private static int CheckFile(SqliteDb db, VerifyOptions options, VerifyTally tally)
    {
        SqliteStatement check = db.Prepare(string.Create(CultureInfo.InvariantCulture, $"PRAGMA integrity_check({Math.Max(1, options.MaxListed)})"));
        while (check.Step())
        {
            if (check.Text(0) is { } line && line != "ok")
            {
                tally.Fail(null, "file_damaged", line);
            }
        }

        check.Reset();
        return 0;
    }

    // What belongs to no entry. Only more rows than were met say something: a live archive may have grown meanwhile.
    private static int CountRows(SqliteDb db, VerifyTally tally)
    {
        long entries = db.Scalar("SELECT count(*) FROM entry");
        if (entries == tally.Get(Count.Entries))
        {
            Compare("sealed", Count.Sealed, "SELECT count(*) FROM sealed");
            Compare("chunk", Count.Chunks, "SELECT count(*) FROM chunk");
            Compare("term", Count.Terms, "SELECT count(*) FROM term");
        }

        return 0;

        void Compare(string table, Count count, string sql)
        {
            long rows = db.Scalar(sql);
            if (rows > tally.Get(count))
            {
                tally.Fail(null, "rows_without_entry", string.Create(CultureInfo.InvariantCulture, $"table {table} has {rows - tally.Get(count)} rows that no entry accounts for"));
            }
        }
    }
}
