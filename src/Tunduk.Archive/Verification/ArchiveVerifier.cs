using System.Text;
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
    private const int SliceSize = SliceTiles * LogTree.TileWidth;
    private readonly Unsealer? unsealer = keys is null ? null : new Unsealer(keys);

    public async Task<VerifyReport> RunAsync(VerifyOptions options, CancellationToken cancellationToken)
    {
        VerifyTally tally = new(options);
        ErasureLedger erasures = new();
        TermSums termSums = new(tally, SliceSize);
        Dictionary<string, long> lengths = anchorFiles.Concat(options.AgainstFiles).Distinct().Where(File.Exists).ToDictionary(static file => file, static file => new FileInfo(file).Length);
        List<LogRow> logs = [.. store.Use(static reader => reader.Logs()).Where(log => Named(log, tally))];
        List<LostRange> lost = [.. logs.Select(log => store.Use(reader => LostRange.Parse(reader.Leaf(new RecordId(log.Id, 0))))).OfType<LostRange>()];
        List<(LogRow Log, long Last, long Size, TreeOfTiles Tree)> checkedLogs = [];
        foreach (LogRow log in logs)
        {
            tally.Add(Count.Logs);
            long last = store.Use(reader => reader.NewestCheckpoint(log)?.Number ?? 0);
            long size = store.Use(reader => reader.Size(log));
            checkedLogs.Add((log, last, size, await CheckEntriesAsync(log, size, options, tally, erasures, termSums, cancellationToken).ConfigureAwait(false)));
        }

        if (options.CheckSealed && unsealer is not null)
        {
            await termSums.CheckAsync(store, unsealer, Threads(options), cancellationToken).ConfigureAwait(false);
        }

        if (head is not null && logs.TrueForAll(l => l.Id != head.Log))
        {
            tally.Fail(null, "head_other_log", Phrases.Of("Verification.HeadStoreKnowsLog", head.Log));
        }

        bool wasGiven = false;
        List<Vouching> vouching = store.Use(reader =>
        {
            List<(LogRow Log, CheckpointChecks Checks)> checks = [.. checkedLogs.Select(one => (one.Log, new CheckpointChecks(reader, one.Log, one.Size, one.Last, one.Tree, lost.Find(l => l.Log == one.Log.Id), options, tally)))];
            ILookup<LogHash, SeenCheckpoint> seen = Seen(options, lengths);
            HashSet<string> counterparties = SeenCheckpoint.CounterpartyLogs(seen.SelectMany(static same => same), tally.Owners.ContainsKey);
            HashSet<string> foreign = new(StringComparer.Ordinal);
            foreach ((LogRow log, CheckpointChecks own) in checks)
            {
                own.CheckStored(seen);
                if (head is not null && head.Log == log.Id)
                {
                    own.CheckHead(head.Size, head.Root);
                }
            }

            foreach (Voucher voucher in Vouchers(options, tally, lengths).Concat(Stamps(reader, tally)))
            {
                cancellationToken.ThrowIfCancellationRequested();
                wasGiven |= voucher is { Where.Length: > 0, Stamped: null };
                if (checks.Find(one => one.Log.Origin == voucher.Note.Origin).Checks is { } own)
                {
                    own.Check(voucher);
                }
                else if (counterparties.Contains(voucher.Note.Origin[(voucher.Note.Origin.LastIndexOf('/') + 1)..]))
                {
                    if (foreign.Add(voucher.Note.Origin))
                    {
                        tally.Notices.Enqueue(Phrases.Of("Verification.CheckpointCounterparty", voucher.Note.Size, voucher.Where, voucher.Note.Origin));
                    }
                }
                else
                {
                    tally.Fail(null, "checkpoint_other_log", Phrases.Of("Verification.CheckpointSizeFromLog", voucher.Note.Size, voucher.Where.Length > 0 ? voucher.Where : Phrases.Of("Verification.HeadStore")));
                }
            }

            CheckSeen(tally, seen);
            return checks.ConvertAll(static one => one.Checks.Vouching);
        });
        if (erasures.Uncovered().Any())
        {
            // On a live archive it may have been erased since: the entry that says so came after the size was read.
            logs.ForEach(log => store.Use(reader => ReadLater(reader, log, checkedLogs.Find(one => one.Log.Id == log.Id).Size, erasures)));
        }

        foreach ((RecordId record, string what) in erasures.Uncovered())
        {
            tally.Fail(record, "seal_missing", what);
        }

        store.Use(reader => CountRows(reader, options, tally, termSums));
        if (options.CheckFile)
        {
            foreach (string line in store.Use(reader => reader.CheckFile(options.MaxListed)))
            {
                tally.Fail(null, "file_damaged", line);
            }
        }

        return tally.Report(options.TrustedKeys.Count > 0, Statement(vouching.FindLast(static v => v.Furthest is not null)?.Furthest, vouching.FindLast(static v => v.Stamped is not null)?.Stamped, tally.Get(Count.TimestampsUnchecked), lost, wasGiven), [.. lost.Select(static l => l.ToString())]);
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
            tally.Fail(null, "log_row", Phrases.Of("Verification.LogMalformedIdOrigin", log.Number));
        }

        return ok;
    }

    private string Statement(Voucher? anchored, Voucher? stamped, long stampsUnchecked, List<LostRange> lost, bool wasGiven)
    {
        string statement = anchored is { } voucher
            ? Phrases.Of("Verification.RewriteOwnerExcludedUp", voucher.Note.Size - 1, voucher.Where, Time(voucher))
            : wasGiven ? Phrases.Of("Verification.NoAnchorVouchesThese") : Phrases.Of("Verification.NoAnchorGivenRewrite");
        if (stamped is { } stamp && stamp.Note.Size != anchored?.Note.Size)
        {
            statement += Phrases.Of("Verification.EntriesUpExisted", stamp.Note.Size - 1, Time(stamp));
        }

        if (stamped is { Entry: >= 0, Stamped: { } since } latest)
        {
            statement += Phrases.Of("Verification.EntriesAfterMadeNot", latest.Entry, since, latest.Where);
        }

        if (stampsUnchecked > 0)
        {
            statement += Phrases.Of("Verification.TimeStampsNotChecked", stampsUnchecked);
        }

        if (missingAnchors.Count > 0)
        {
            statement += Phrases.Of("Verification.Not", string.Join(", ", missingAnchors));
        }

        return lost.Count == 0 ? statement : statement + " " + string.Join(' ', lost);
    }

    private static string Time(Voucher voucher) => voucher.Stamped is { } time
        ? Phrases.Of("Verification.NotLaterThan", time, voucher.Where)
        : Phrases.Of("Verification.ClaimedAdapterClock", voucher.Note.Time);

    private static int Threads(VerifyOptions options) => options.Parallelism > 0 ? options.Parallelism : Environment.ProcessorCount;

    private async Task<TreeOfTiles> CheckEntriesAsync(
        LogRow log, long size, VerifyOptions options, VerifyTally tally, ErasureLedger erasures, TermSums termSums, CancellationToken cancellationToken)
    {
        termSums.Begin(log, size);
        LogHash[] roots = new LogHash[(size + LogTree.TileWidth - 1) / LogTree.TileWidth];
        IEnumerable<long> slices = Enumerable.Range(0, (int)((size + SliceSize - 1) / SliceSize)).Select(static i => (long)i * SliceSize);
        long before = tally.Get(Count.Entries);
        await Parallel.ForEachAsync(slices, new ParallelOptions { MaxDegreeOfParallelism = Threads(options), CancellationToken = cancellationToken }, async (first, token) =>
        {
            LogHash[] part = await store.UseAsync(reader => new SliceVerifier(reader, log, unsealer, options, tally, erasures, termSums)
                .RunAsync(first, Math.Min(first + SliceSize, size), token)).ConfigureAwait(false);
            part.CopyTo(roots, first / LogTree.TileWidth);
            options.Progress?.Report((tally.Get(Count.Entries) - before, size));
        }).ConfigureAwait(false);
        TreeOfTiles tree = new(roots);
        store.Use(reader => CheckTiles(reader, log, size, tree, tally));
        return tree;
    }

    // Tiles above the leaves only speed up proofs: they are held against the recomputed tree. Tiles of leaves were, with their entries. One beyond the end would stand
    // in the way of the entries that are to come; a live archive may have made it meanwhile, and then has grown to it.
    private static int CheckTiles(IStoreReader reader, LogRow log, long size, TreeOfTiles tree, VerifyTally tally)
    {
        List<(int Level, long Number)> beyond = [];
        foreach (TileRow tile in reader.UpperTiles(log))
        {
            bool isOne = tile.Level is >= 1 and <= 4 && tile.Number >= 0;
            if (isOne && !StoredNodes.IsFull(tile.Level, tile.Number, size))
            {
                beyond.Add((tile.Level, tile.Number));
                continue;
            }

            bool ok = isOne && tile.Root.Length == LogHash.Size
                && tile.Hashes.Length == LogTree.TileWidth * LogHash.Size && new LogHash(tile.Root) == tree.Node(LogTree.TileHeight * (tile.Level + 1), tile.Number);
            for (int i = 0; ok && i < LogTree.TileWidth; i++)
            {
                ok = new LogHash(tile.Hashes.AsSpan(i * LogHash.Size, LogHash.Size)) == tree.Node(LogTree.TileHeight * tile.Level, (tile.Number * LogTree.TileWidth) + i);
            }

            if (!ok)
            {
                tally.Fail(null, "tile_changed", Phrases.Of("Verification.TileLevelDiffersFrom", tile.Number, tile.Level));
            }
        }

        beyond.AddRange(reader.LeafTilesBeyond(log, size / LogTree.TileWidth).Select(static number => (0, number)));
        long now = beyond.Count == 0 ? size : reader.Size(log); // after the tiles
        foreach ((int level, long number) in beyond.Where(tile => tile.Number < 0 || !StoredNodes.IsFull(tile.Level, tile.Number, now)))
        {
            tally.Fail(null, "tile_without_entries", Phrases.Of("Verification.TileBeyondEnd", number, level, now));
        }

        return 0;
    }

    // One at a time: anchors have taken every checkpoint there ever was.
    private IEnumerable<Voucher> Vouchers(VerifyOptions options, VerifyTally tally, Dictionary<string, long> lengths)
    {
        foreach (string file in anchorFiles)
        {
            if (!lengths.TryGetValue(file, out long length))
            {
                missingAnchors.Add(file); // an anchor that has nothing yet vouches for nothing: the statement says so
                continue;
            }

            foreach (Voucher voucher in OfAnchor(file, length, tally))
            {
                yield return voucher;
            }
        }

        foreach (string file in options.AgainstFiles)
        {
            foreach (Voucher voucher in OfGiven(file, tally))
            {
                yield return voucher;
            }
        }

        foreach (string note in options.Against)
        {
            if (Parse(Phrases.Of("Verification.GivenCheckpoint"), note, tally) is { } given)
            {
                yield return given;
            }
        }

        if (head?.Checkpoint is { } kept && Parse("", kept, tally) is { } known)
        {
            yield return known;
        }
    }

    private static Voucher? Parse(string where, string note, VerifyTally tally)
    {
        if (CheckpointNote.TryParse(note, out SignedCheckpoint? parsed))
        {
            return new Voucher(where, parsed!);
        }

        tally.Fail(null, "checkpoint_malformed", Phrases.Of("Verification.CheckpointFromDoesNot", where.Length > 0 ? where : Phrases.Of("Verification.HeadStore")));
        return null;
    }

    // What a power cut left of the last note is passed over; damage before a whole one is named.
    private IEnumerable<Voucher> OfAnchor(string file, long length, VerifyTally tally)
    {
        string name = Path.GetFileName(file);
        using FileStream content = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using StreamReader text = new(new FirstBytes(content, length), Encoding.UTF8, detectEncodingFromByteOrderMarks: false);
        NoteAssembler notes = new();
        string? broken = null;
        bool any = false;
        while (text.ReadLine() is { } line)
        {
            if (notes.Add(line) is not { } note)
            {
                continue;
            }

            if (broken is not null)
            {
                Parse(name, broken, tally);
                broken = null;
            }

            if (CheckpointNote.TryParse(note, out SignedCheckpoint? parsed))
            {
                any = true;
                yield return new Voucher(name, parsed!);
            }
            else
            {
                broken = note;
            }
        }

        if (!any && length >= CheckpointNote.MaxNoteBytes)
        {
            tally.Fail(null, "checkpoint_malformed", Phrases.Of("Verification.AnchorHoldsNoCheckpoint", file));
        }
        else if (!any && length > 0)
        {
            missingAnchors.Add(Phrases.Of("Verification.HoldsNoWholeCheckpoint", file)); // what a power cut left of the first one
        }
    }

    // What is given must be whole: nobody is writing to it.
    private IEnumerable<Voucher> OfGiven(string file, VerifyTally tally)
    {
        string name = GivenName(file);
        using FileStream content = File.OpenRead(file);
        if (GivenHistory.IsBundle(content))
        {
            foreach (SignedCheckpoint note in Bundle(content, name, tally)?.Notes ?? [])
            {
                yield return new Voucher(name, note);
            }

            yield break;
        }

        using StreamReader text = new(content, Encoding.UTF8, detectEncodingFromByteOrderMarks: false);
        bool any = false;
        foreach (GivenItem item in GivenHistory.ReadText(text, name))
        {
            any = true;
            if (item.Note is { } note)
            {
                yield return new Voucher(name, note);
            }
            else if (item.Seen is null)
            {
                tally.Fail(null, "checkpoint_malformed", Phrases.Of("Verification.CheckpointFromDoesNot", name));
            }
        }

        if (!any)
        {
            tally.Fail(null, "checkpoint_malformed", Phrases.Of("Verification.CheckpointFromDoesNotParse", name));
        }
    }

    private string GivenName(string file) => anchorFiles.Any(anchor => Path.GetFileName(anchor) == Path.GetFileName(file)) ? file : Path.GetFileName(file);

    private static GivenHistory? Bundle(FileStream content, string name, VerifyTally? tally)
    {
        GivenHistory? given = GivenHistory.Read(content, name, out string? fault, CancellationToken.None);
        if (given is not { Malformed: 0 })
        {
            tally?.Fail(null, "checkpoint_malformed", Phrases.Of("Verification.ACheckpointFromDoesNotParse", name, fault is null ? "" : ": " + fault));
        }

        return given;
    }

    // Hashes that came to somebody: as many as the given files name.
    private ILookup<LogHash, SeenCheckpoint> Seen(VerifyOptions options, Dictionary<string, long> lengths)
    {
        List<SeenCheckpoint> seen = [];
        foreach (string file in options.AgainstFiles.Where(lengths.ContainsKey))
        {
            using FileStream content = File.OpenRead(file);
            if (GivenHistory.IsBundle(content))
            {
                seen.AddRange(Bundle(content, GivenName(file), tally: null)?.Seen ?? []);
                continue;
            }

            using StreamReader text = new(content, Encoding.UTF8, detectEncodingFromByteOrderMarks: false);
            seen.AddRange(GivenHistory.ReadText(text, GivenName(file)).Select(static item => item.Seen).OfType<SeenCheckpoint>());
        }

        return seen.ToLookup(static peer => peer.Hash);
    }

    // A stamped checkpoint vouches like an anchor's: its root is held against the entries, and it must be stored.
    private static IEnumerable<Voucher> Stamps(IStoreReader reader, VerifyTally tally)
    {
        foreach (Stamp stamp in tally.Stamps)
        {
            if (reader.Leaf(stamp.Entry) is { } leaf && EntryDecoder.TryDecode(leaf, out LogEntry? entry, out _) && CheckpointEvidence.NoteOf(entry!) is { } note)
            {
                yield return new Voucher(Phrases.Of("Verification.TimeStamp", CheckpointEvidence.AuthorityOf(entry!)), note, stamp.Time, stamp.Entry.Index);
            }
        }
    }

    // A checkpoint whose hash went out in a signed message is in the archive of whoever sent it, for ever.
    private static void CheckSeen(VerifyTally tally, ILookup<LogHash, SeenCheckpoint> seen)
    {
        foreach (SeenCheckpoint peer in seen.SelectMany(static same => same).Where(peer => !tally.Met.ContainsKey(peer.Hash)))
        {
            if (peer.Sender is null || tally.Owners.ContainsKey(peer.Sender))
            {
                tally.Fail(null, "checkpoint_unknown", Phrases.Of("Verification.CheckpointCameArchiveDoes", peer.Where));
            }
            else
            {
                tally.Notices.Enqueue(Phrases.Of("Verification.CheckpointCameWhoNot", peer.Where, peer.Sender));
            }
        }
    }

    // What belongs to no entry. Only more rows than were met say something: a live archive may have grown meanwhile.
    private int CountRows(IStoreReader reader, VerifyOptions options, VerifyTally tally, TermSums termSums)
    {
        bool sealedToo = options.CheckSealed && unsealer is not null;
        RowCounts counts = reader.Counts(sealedToo);

        // The sizes are read after the rows were counted: what a live archive took meanwhile makes them larger only.
        long named = reader.Logs().Sum(reader.Size);
        if (counts.Entries > named)
        {
            tally.Fail(null, "rows_without_log", Phrases.Of("Verification.EntriesOfNoLog", counts.Entries - named));
        }

        if (counts.Entries == tally.Get(Count.Entries))
        {
            if (sealedToo)
            {
                Compare("sealed", counts.Sealed, Count.Sealed);
                Compare("chunk", counts.Chunks, Count.Chunks);
                Compare("term", termSums.Rows, Count.Terms);
            }

            Compare("open_request", counts.Open, Count.Open);
        }

        return 0;

        void Compare(string table, long rows, Count count)
        {
            if (rows > tally.Get(count))
            {
                tally.Fail(null, "rows_without_entry", Phrases.Of("Verification.TableRowsNoEntry", table, rows - tally.Get(count)));
            }
        }
    }
}
