using Tunduk.Archive.Stores;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Bundles;
using Tunduk.Evidence.Log;
using static Tunduk.Archive.Verification.VerifyTally;

namespace Tunduk.Archive.Verification;

/// <summary>A signed checkpoint and who showed it: the database and the head store have no name here.</summary>
/// <param name="Where">Name of the anchor, or of what was given; empty for the archive itself.</param>
/// <param name="Note">The checkpoint.</param>
/// <param name="Stamped">Time of a verified time-stamp over it; null where there is none.</param>
/// <param name="Entry">Index of the entry that holds the time-stamp: what follows it was made later than the time-stamp.</param>
internal readonly record struct Voucher(string Where, SignedCheckpoint Note, DateTimeOffset? Stamped = null, long Entry = -1);

/// <summary>
/// Holds the checkpoints of one log against its recomputed tree, and against what the database stores of them: one at a time, however many there are.
/// </summary>
internal sealed class CheckpointChecks
{
    private readonly IStoreReader reader;
    private readonly LogRow log;
    private readonly long size;
    private readonly long last;
    private readonly TreeOfTiles tree;
    private readonly LostRange? lost;
    private readonly VerifyOptions options;
    private readonly VerifyTally tally;
    private readonly NamedKeys keys;
    private readonly StoredNotes notes;
    private long newest;

    /// <summary>Checks of one log against one tree.</summary>
    /// <param name="reader">The store; the checks live as long as it.</param>
    /// <param name="log">The log.</param>
    /// <param name="size">Entries that were checked.</param>
    /// <param name="last">Number of the newest checkpoint that was stored before its size was read.</param>
    /// <param name="tree">The recomputed tree.</param>
    /// <param name="lost">What the log lost and a later one names.</param>
    /// <param name="options">What is checked.</param>
    /// <param name="tally">Takes what is found.</param>
    public CheckpointChecks(IStoreReader reader, LogRow log, long size, long last, TreeOfTiles tree, LostRange? lost, VerifyOptions options, VerifyTally tally)
    {
        this.reader = reader;
        this.log = log;
        this.size = size;
        this.last = last;
        this.tree = tree;
        this.lost = lost;
        this.options = options;
        this.tally = tally;
        keys = new NamedKeys(reader, log, options, tally);
        notes = new StoredNotes(reader, log, last);
        tree.Attach(reader.Nodes(log));
    }

    /// <summary>Who vouches furthest for this log.</summary>
    public Vouching Vouching { get; } = new();

    /// <summary>Every stored checkpoint: there in order, root, signature. Those whose hash came to somebody vouch like an anchor's.</summary>
    public void CheckStored(ILookup<LogHash, SeenCheckpoint> seen)
    {
        long expected = 1;
        IReadOnlyList<CheckpointRow> page;
        do
        {
            page = reader.Checkpoints(log, expected - 1, StoredNotes.Page);
            foreach (CheckpointRow row in page.Where(row => row.Number <= last))
            {
                CheckStored(row, expected, seen);
                expected = row.Number + 1;
            }
        }
        while (page.Count == StoredNotes.Page && expected <= last);
    }

    /// <summary>A checkpoint from outside, or of the head store: root, signature, and that it is stored.</summary>
    public void Check(Voucher voucher)
    {
        bool signed = keys.Signed(voucher.Note);
        bool isStored = notes.Has(voucher.Note.Note, voucher.Note.Size);
        string name = Name(voucher);
        bool holds;
        if (isStored)
        {
            // What is wrong with it was said where it is stored.
            holds = voucher.Note.Size <= size && Root(voucher.Note.Size, name) == voucher.Note.Root;
        }
        else
        {
            tally.Add(Count.Checkpoints);
            holds = CheckRoot(voucher.Note, name, isFork: signed && voucher.Where.Length > 0);
            CheckSignature(signed, name);

            // The head store has a new checkpoint before the database has it; anchors have it after.
            bool underWay = voucher.Where.Length == 0 && voucher.Note.Size >= newest;
            if (!underWay && lost?.Covers(voucher.Note.Size) != true)
            {
                tally.Fail(null, "checkpoint_missing", Phrases.Of("Verification.NotStoredDatabase", name));
            }
        }

        if (holds && signed && voucher.Where.Length > 0)
        {
            Vouching.Add(voucher);
        }
    }

    private void CheckStored(CheckpointRow row, long expected, ILookup<LogHash, SeenCheckpoint> seen)
    {
        if (row.Number != expected)
        {
            tally.Fail(null, "checkpoint_missing", Phrases.Of("Verification.StoredCheckpointsBeforeSize", row.Number - expected, row.Size));
        }

        if (!CheckpointNote.TryParse(row.Note, out SignedCheckpoint? note) || note!.Origin != log.Origin || note.Size != row.Size || note.Time.ToUnixTimeSeconds() != row.Time)
        {
            tally.Fail(null, "checkpoint_malformed", Phrases.Of("Verification.StoredCheckpointSizeDoes", row.Size));
            return;
        }

        tally.Add(Count.Checkpoints);
        newest = Math.Max(newest, note.Size);
        string name = Name(new Voucher("", note));
        bool holds = CheckRoot(note, name, isFork: false);
        bool signed = keys.Signed(note);
        CheckSignature(signed, name);
        if (seen.Count == 0)
        {
            return;
        }

        LogHash hash = note.Hash;
        foreach (SeenCheckpoint peer in seen[hash])
        {
            tally.Met.TryAdd(hash, 0);
            if (holds && signed)
            {
                Vouching.Add(new Voucher(peer.Where, note));
            }
        }
    }

    private void CheckSignature(bool signed, string name)
    {
        if (!signed)
        {
            tally.Fail(null, "checkpoint_signature", Phrases.Of("Verification.NotSigned", name, options.TrustedKeys.Count > 0 ? Phrases.Of("Verification.TrustedKey") : Phrases.Of("Verification.KeyLogNamesSize")));
        }
    }

    /// <summary>The head store's size and root.</summary>
    public void CheckHead(long headSize, LogHash headRoot)
    {
        if (headSize > size)
        {
            tally.Fail(null, "head_beyond", Phrases.Of("Verification.HeadStoreKnowsEntries", headSize, size));
            return;
        }

        if (Root(headSize, Phrases.Of("Verification.HeadStore")) is { } root && root != headRoot)
        {
            tally.Fail(null, "head_root", Phrases.Of("Verification.FirstEntriesNotThose", headSize));
        }
    }

    // True where the entries have exactly this root. A checkpoint from outside that our own key signed over others is a fork.
    private bool CheckRoot(SignedCheckpoint note, string name, bool isFork)
    {
        if (lost?.Covers(note.Size) == true && (note.Size > size || Root(note.Size, name) != note.Root))
        {
            tally.Add(Count.CheckpointsOfLost);
            return false;
        }

        if (note.Size > size)
        {
            tally.Fail(null, isFork ? "fork" : "checkpoint_beyond", Phrases.Of("Verification.CoversMoreThanEntries", name, size, isFork ? Phrases.Of("Verification.KeyLogSignedEntries") : ""));
            return false;
        }

        LogHash? root = Root(note.Size, name);
        if (root is { } computed && computed != note.Root)
        {
            tally.Fail(null, isFork ? "fork" : "checkpoint_root", isFork
                ? Phrases.Of("Verification.AnotherHistoryThanEntries", name)
                : Phrases.Of("Verification.AnotherRootThanEntries", name));
        }

        return root == note.Root;
    }

    private LogHash? Root(long of, string what)
    {
        try
        {
            return MerkleProofBuilder.Root(tree, of);
        }
        catch (StoreException)
        {
            tally.Fail(null, "tree_incomplete", Phrases.Of("Verification.CannotComparedEntriesMissing", what));
            return null;
        }
    }

    private static string Name(Voucher voucher) =>
        Phrases.Of("Verification.CheckpointSize", voucher.Note.Size, voucher.Where.Length > 0 ? Phrases.Of("Verification.From", voucher.Where) : "");
}
