using System.Globalization;
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
internal readonly record struct Voucher(string Where, SignedCheckpoint Note, DateTimeOffset? Stamped = null);

/// <summary>Holds the checkpoints of one log against its recomputed tree, and against what the database stores of them.</summary>
internal sealed class CheckpointChecks(LogRow log, long size, TreeOfTiles tree, LostRange? lost, VerifyOptions options, VerifyTally tally)
{
    /// <summary>Every different checkpoint of the log, checked: root, signature, and that each one that anybody vouches for is stored.</summary>
    /// <returns>Stored checkpoints whose hash came to somebody: they vouch like an anchor's.</returns>
    public IReadOnlyList<Voucher> Run(IStoreReader reader, IReadOnlyList<Voucher> vouchers, IReadOnlyCollection<SeenCheckpoint> seen)
    {
        List<SignedCheckpoint> stored = ReadStored(reader);
        HashSet<string> notes = [.. stored.Select(static n => n.Note)];
        List<Voucher> all = [.. stored.Select(static n => new Voucher("", n)), .. vouchers.Where(v => !notes.Contains(v.Note.Note)).DistinctBy(static v => v.Note.Note)];
        NamedKeys keys = new(reader, log, options, tally);
        tree.Attach(reader.Nodes(log));
        long newest = stored.Count == 0 ? 0 : stored.Max(static n => n.Size);
        foreach (Voucher voucher in all)
        {
            tally.Add(Count.Checkpoints);
            string name = Name(voucher);
            bool signed = keys.Signed(voucher.Note);
            if (CheckRoot(voucher.Note, name, isFork: signed && voucher.Where.Length > 0) && signed)
            {
                Held.Add(voucher.Note.Note);
            }

            if (!signed)
            {
                tally.Fail(null, "checkpoint_signature", $"{name} was not signed by a {(options.TrustedKeys.Count > 0 ? "trusted key" : "key the log names for that size")}");
            }

            // The head store has a new checkpoint before the database has it; anchors have it after.
            bool underWay = voucher.Where.Length == 0 && voucher.Note.Size >= newest;
            if (!notes.Contains(voucher.Note.Note) && !underWay && lost?.Covers(voucher.Note.Size) != true)
            {
                tally.Fail(null, "checkpoint_missing", $"{name} is not stored in the database");
            }
        }

        ILookup<LogHash, SeenCheckpoint> byHash = seen.ToLookup(static peer => peer.Hash);
        List<Voucher> met = [];
        foreach (SignedCheckpoint note in byHash.Count == 0 ? [] : stored)
        {
            LogHash hash = note.Hash;
            foreach (SeenCheckpoint peer in byHash[hash])
            {
                tally.Met.TryAdd(hash, 0);
                met.Add(new Voucher(peer.Where, note));
            }
        }

        return met;
    }

    /// <summary>The head store's size and root.</summary>
    public void CheckHead(IStoreReader reader, long headSize, LogHash headRoot)
    {
        if (headSize > size)
        {
            tally.Fail(null, "head_beyond", $"the head store knows {headSize} entries; {size} are there");
            return;
        }

        tree.Attach(reader.Nodes(log));
        if (Root(headSize, "the head store") is { } root && root != headRoot)
        {
            tally.Fail(null, "head_root", $"the first {headSize} entries are not those the head store knows");
        }
    }

    /// <summary>Notes that fit the entries and were signed by a key that counts: only such a one vouches for anything.</summary>
    public HashSet<string> Held { get; } = new(StringComparer.Ordinal);

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
            tally.Fail(null, isFork ? "fork" : "checkpoint_beyond", $"{name} covers more than the {size} entries that are there{(isFork ? ", and a key of this log signed it: entries are gone, or it is of another copy" : "")}");
            return false;
        }

        LogHash? root = Root(note.Size, name);
        if (root is { } computed && computed != note.Root)
        {
            tally.Fail(null, isFork ? "fork" : "checkpoint_root", isFork
                ? $"{name} is of another history than the entries, and a key of this log signed both: the log was forked or rewritten"
                : $"{name} has another root than the entries");
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
            tally.Fail(null, "tree_incomplete", $"{what} cannot be compared: entries are missing");
            return null;
        }
    }

    private List<SignedCheckpoint> ReadStored(IStoreReader reader)
    {
        List<SignedCheckpoint> notes = [];
        long expected = 1;
        foreach (CheckpointRow row in reader.Checkpoints(log))
        {
            if (row.Number != expected)
            {
                tally.Fail(null, "checkpoint_missing", string.Create(CultureInfo.InvariantCulture, $"{row.Number - expected} stored checkpoints before that of size {row.Size} are gone"));
            }

            expected = row.Number + 1;
            if (!CheckpointNote.TryParse(row.Note, out SignedCheckpoint? note) || note!.Origin != log.Origin || note.Size != row.Size || note.Time.ToUnixTimeSeconds() != row.Time)
            {
                tally.Fail(null, "checkpoint_malformed", string.Create(CultureInfo.InvariantCulture, $"a stored checkpoint (size {row.Size}) does not parse or does not fit its row"));
                continue;
            }

            notes.Add(note);
        }

        return notes;
    }

    private static string Name(Voucher voucher) =>
        string.Create(CultureInfo.InvariantCulture, $"the checkpoint of size {voucher.Note.Size}{(voucher.Where.Length > 0 ? " from " + voucher.Where : "")}");
}
