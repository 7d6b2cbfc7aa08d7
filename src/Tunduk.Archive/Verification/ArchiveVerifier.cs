using System.Globalization;
using Tunduk.Archive.Heads;
using Tunduk.Archive.Keys;
using Tunduk.Archive.Publishing;
using Tunduk.Archive.Sealing;
using Tunduk.Archive.Stores;
using Tunduk.Evidence.Bundles;
using Tunduk.Evidence.Log;
using static Tunduk.Archive.Verification.VerifyTally;

namespace Tunduk.Archive.Verification;

// Over 300 lines: what a whole archive is held against, in the order that makes it right on a live one too.

/// <summary>
/// Recomputes a whole archive from its leaves and holds it against its checkpoints, the head store, anchors and its sealed parts.
/// Works on a live archive too: whoever vouches for a size is read before the size itself.
/// </summary>
internal sealed class ArchiveVerifier(IArchiveStore store, FileKeyStore? keys, HeadState? head, IReadOnlyList<string> anchorFiles)
{
    private const int SliceTiles = 16;
    private readonly List<string> missingAnchors = [];
    private readonly List<SeenCheckpoint> seen = [];
    private readonly Unsealer? unsealer = keys is null ? null : new Unsealer(keys);

    public async Task<VerifyReport> RunAsync(VerifyOptions options, CancellationToken cancellationToken)
    {
        VerifyTally tally = new(options);
        ErasureLedger erasures = new();
        List<Voucher> vouchers = Vouchers(options, tally);
        List<LogRow> logs = [.. store.Use(static reader => reader.Logs()).Where(log => Named(log, tally))];
        List<LostRange> lost = [.. logs.Select(log => store.Use(reader => LostRange.Parse(reader.Leaf(new RecordId(log.Id, 0))))).OfType<LostRange>()];
        Dictionary<LogId, long> sizes = [];
        Voucher? anchored = null;
        Voucher? stamped = null;
        foreach (LogRow log in logs)
        {
            tally.Add(Count.Logs);
            List<Voucher> own = [.. vouchers.Where(v => v.Note.Origin == log.Origin)];
            long size = store.Use(reader => reader.Size(log));
            sizes[log.Id] = size;
            TreeOfTiles tree = await CheckEntriesAsync(log, size, options, tally, erasures, cancellationToken).ConfigureAwait(false);

            // A stamped checkpoint vouches like an anchor's: its root is held against the entries, and it must be stored.
            own.AddRange(tally.Stamps.Where(s => s.Note.Origin == log.Origin).Select(static s => new Voucher("time-stamp of " + s.Authority, s.Note, s.Time)));
            store.Use(reader =>
            {
                CheckpointChecks checks = new(log, size, tree, lost.Find(l => l.Log == log.Id), options, tally);
                own.AddRange(checks.Run(reader, own, seen));
                own.RemoveAll(voucher => !checks.Held.Contains(voucher.Note.Note));
                if (head is not null && head.Log == log.Id)
                {
                    checks.CheckHead(reader, head.Size, head.Root);
                }

                return 0;
            });
            anchored = Furthest([.. own.Where(v => v.Where.Length > 0 && v.Note.Size <= size)]) ?? anchored;
            stamped = own.Where(v => v.Stamped is not null && v.Note.Size <= size).OrderByDescending(static v => v.Note.Size).Select(static v => (Voucher?)v).FirstOrDefault() ?? stamped;
        }

        if (head is not null && logs.TrueForAll(l => l.Id != head.Log))
        {
            tally.Fail(null, "head_other_log", $"the head store knows log {head.Log}, which is not in the database");
        }

        foreach (Voucher voucher in vouchers.Where(v => logs.TrueForAll(l => l.Origin != v.Note.Origin)))
        {
            tally.Fail(null, "checkpoint_other_log", $"the checkpoint of size {voucher.Note.Size} from {(voucher.Where.Length > 0 ? voucher.Where : "the head store")} is of a log that is not here");
        }

        CheckSeen(tally);
        if (erasures.Uncovered().Any())
        {
            // On a live archive it may have been erased since: the entry that says so came after the size was read.
            logs.ForEach(log => store.Use(reader => ReadLater(reader, log, sizes[log.Id], erasures)));
        }

        foreach ((RecordId record, string what) in erasures.Uncovered())
        {
            tally.Fail(record, "seal_missing", what);
        }

        store.Use(reader => CountRows(reader, options, tally));
        if (options.CheckFile)
        {
            foreach (string line in store.Use(reader => reader.CheckFile(options.MaxListed)))
            {
                tally.Fail(null, "file_damaged", line);
            }
        }

        return tally.Report(options.TrustedKeys.Count > 0, Statement(anchored, stamped, tally.Get(Count.TimestampsUnchecked), lost, vouchers.Exists(static v => v.Where.Length > 0)), [.. lost.Select(static l => l.ToString())]);
    }

    private static int ReadLater(IStoreReader reader, LogRow log, long from, ErasureLedger erasures)
    {
        long end = reader.Size(log);
        for (long first = from; first < end; first += LogTree.TileWidth)
        {
            foreach (EntryRow row in reader.Entries(log, first, (int)Math.Min(LogTree.TileWidth, end - first)))
            {
                if (EntryDecoder.TryDecode(row.Leaf, out LogEntry? entry, out _))
                {
                    erasures.Observe(entry!);
                }
            }
        }

        return 0;
    }

    private static bool Named(LogRow log, VerifyTally tally)
    {
        bool ok = log.Origin.EndsWith("/" + log.Id, StringComparison.Ordinal);
        if (!ok)
        {
            tally.Fail(null, "log_row", $"log {log.Number} has a malformed id or origin");
        }

        return ok;
    }

    // Of those that reach furthest all are named, three at most.
    private static Voucher? Furthest(List<Voucher> vouchers)
    {
        if (vouchers.Count == 0)
        {
            return null;
        }

        long size = vouchers.Max(static v => v.Note.Size);
        List<Voucher> same = [.. vouchers.Where(v => v.Note.Size == size)];
        return same.Find(static v => v.Stamped is not null) is { Where.Length: > 0 } stamped ? stamped : same[0] with { Where = string.Join(" and ", same.Select(static v => v.Where).Distinct().Take(3)) };
    }

    private string Statement(Voucher? anchored, Voucher? stamped, long stampsUnchecked, List<LostRange> lost, bool wasGiven)
    {
        string statement = anchored is { } voucher
            ? string.Create(CultureInfo.InvariantCulture, $"A rewrite by the owner is excluded up to entry {voucher.Note.Size - 1} ({voucher.Where}, {Time(voucher)}), not after.")
            : wasGiven ? "No anchor vouches for these entries: a rewrite by the owner is not excluded for any entry." : "No anchor was given: a rewrite by the owner is not excluded for any entry.";
        if (stamped is { } stamp && stamp.Note.Size != anchored?.Note.Size)
        {
            statement += string.Create(CultureInfo.InvariantCulture, $" Entries up to {stamp.Note.Size - 1} existed {Time(stamp)}.");
        }

        if (stampsUnchecked > 0)
        {
            statement += string.Create(CultureInfo.InvariantCulture, $" {stampsUnchecked} time-stamps were not checked.");
        }

        if (missingAnchors.Count > 0)
        {
            statement += " Not there: " + string.Join(", ", missingAnchors) + ".";
        }

        return lost.Count == 0 ? statement : statement + " " + string.Join(' ', lost);
    }

    private static string Time(Voucher voucher) => voucher.Stamped is { } time
        ? string.Create(CultureInfo.InvariantCulture, $"not later than {time:yyyy-MM-ddTHH:mm:ssZ} ({voucher.Where})")
        : string.Create(CultureInfo.InvariantCulture, $"{voucher.Note.Time:yyyy-MM-ddTHH:mm:ssZ} claimed by the adapter's clock");

    private async Task<TreeOfTiles> CheckEntriesAsync(
        LogRow log, long size, VerifyOptions options, VerifyTally tally, ErasureLedger erasures, CancellationToken cancellationToken)
    {
        const long SliceSize = SliceTiles * LogTree.TileWidth;
        LogHash[] roots = new LogHash[(size + LogTree.TileWidth - 1) / LogTree.TileWidth];
        int threads = options.Parallelism > 0 ? options.Parallelism : Environment.ProcessorCount;
        IEnumerable<long> slices = Enumerable.Range(0, (int)((size + SliceSize - 1) / SliceSize)).Select(static i => i * SliceSize);
        long before = tally.Get(Count.Entries);
        await Parallel.ForEachAsync(slices, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken }, async (first, token) =>
        {
            LogHash[] part = await store.UseAsync(reader => new SliceVerifier(reader, log, unsealer, options, tally, erasures)
                .RunAsync(first, Math.Min(first + SliceSize, size), token)).ConfigureAwait(false);
            part.CopyTo(roots, first / LogTree.TileWidth);
            options.Progress?.Report((tally.Get(Count.Entries) - before, size));
        }).ConfigureAwait(false);
        TreeOfTiles tree = new(roots);
        store.Use(reader => CheckUpperTiles(reader, log, size, tree, tally));
        return tree;
    }

    // Tiles above the leaves only speed up proofs: they are held against the recomputed tree.
    private static int CheckUpperTiles(IStoreReader reader, LogRow log, long size, TreeOfTiles tree, VerifyTally tally)
    {
        foreach (TileRow tile in reader.UpperTiles(log))
        {
            bool ok = tile.Level is >= 1 and <= 4 && tile.Number >= 0 && tile.Number < size >> (LogTree.TileHeight * (tile.Level + 1)) && tile.Root.Length == LogHash.Size
                && tile.Hashes.Length == LogTree.TileWidth * LogHash.Size && new LogHash(tile.Root) == tree.Node(LogTree.TileHeight * (tile.Level + 1), tile.Number);
            for (int i = 0; ok && i < LogTree.TileWidth; i++)
            {
                ok = new LogHash(tile.Hashes.AsSpan(i * LogHash.Size, LogHash.Size)) == tree.Node(LogTree.TileHeight * tile.Level, (tile.Number * LogTree.TileWidth) + i);
            }

            if (!ok)
            {
                tally.Fail(null, "tile_changed", string.Create(CultureInfo.InvariantCulture, $"tile {tile.Number} of level {tile.Level} differs from the tree over the entries"));
            }
        }

        return 0;
    }

    private List<Voucher> Vouchers(VerifyOptions options, VerifyTally tally)
    {
        List<Voucher> notes = [];
        foreach (string file in anchorFiles)
        {
            if (!File.Exists(file))
            {
                missingAnchors.Add(file); // an anchor that has nothing yet vouches for nothing: the statement says so
                continue;
            }

            byte[] content = File.ReadAllBytes(file);
            if (content.Length >= CheckpointNote.MaxNoteBytes && AnchorNotes.Whole(content) == 0)
            {
                tally.Fail(null, "checkpoint_malformed", $"the anchor {file} holds no checkpoint that can be read");
            }
            else if (content.Length > 0 && AnchorNotes.Whole(content) == 0)
            {
                missingAnchors.Add(file + " (it holds no whole checkpoint)"); // what a power cut left of the first one
            }

            foreach (string note in AnchorNotes.Split(content))
            {
                Take(Path.GetFileName(file), note);
            }
        }

        foreach (string file in options.AgainstFiles)
        {
            TakeGiven(file, notes, tally);
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
                notes.Add(new Voucher(where, parsed!));
            }
            else
            {
                tally.Fail(null, "checkpoint_malformed", $"a checkpoint from {(where.Length > 0 ? where : "the head store")} does not parse");
            }
        }
    }

    // What is given must be whole: nobody is writing to it.
    private void TakeGiven(string file, List<Voucher> notes, VerifyTally tally)
    {
        string name = anchorFiles.Any(anchor => Path.GetFileName(anchor) == Path.GetFileName(file)) ? file : Path.GetFileName(file);
        using FileStream content = File.OpenRead(file);
        GivenHistory? given = GivenHistory.Read(content, name, out string? fault, CancellationToken.None);
        if (given is not { Malformed: 0 })
        {
            tally.Fail(null, "checkpoint_malformed", $"a checkpoint from {name} does not parse{(fault is null ? "" : ": " + fault)}");
        }

        notes.AddRange(given?.Notes.Select(note => new Voucher(name, note)) ?? []);
        seen.AddRange(given?.Seen ?? []);
    }

    // A checkpoint whose hash went out in a signed message is in the archive of whoever sent it, for ever.
    private void CheckSeen(VerifyTally tally)
    {
        foreach (SeenCheckpoint peer in seen.Where(peer => !tally.Met.ContainsKey(peer.Hash)))
        {
            if (peer.Sender is null || tally.Owners.ContainsKey(peer.Sender))
            {
                tally.Fail(null, "checkpoint_unknown", $"a checkpoint came to {peer.Where} that this archive does not hold: it was forked or rewritten");
            }
            else
            {
                tally.Notices.Enqueue($"The checkpoint that came to {peer.Where} is of {peer.Sender}, who is not the owner of this archive.");
            }
        }
    }

    // What belongs to no entry. Only more rows than were met say something: a live archive may have grown meanwhile.
    private int CountRows(IStoreReader reader, VerifyOptions options, VerifyTally tally)
    {
        RowCounts counts = reader.Counts();
        if (counts.Entries == tally.Get(Count.Entries))
        {
            if (options.CheckSealed && unsealer is not null)
            {
                Compare("sealed", counts.Sealed, Count.Sealed);
                Compare("chunk", counts.Chunks, Count.Chunks);
                Compare("term", counts.Terms, Count.Terms);
            }

            Compare("open_request", counts.Open, Count.Open);
        }

        return 0;

        void Compare(string table, long rows, Count count)
        {
            if (rows > tally.Get(count))
            {
                tally.Fail(null, "rows_without_entry", string.Create(CultureInfo.InvariantCulture, $"table {table} has {rows - tally.Get(count)} rows that no entry accounts for"));
            }
        }
    }
}
