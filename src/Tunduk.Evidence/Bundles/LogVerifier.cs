using System.Security.Cryptography.X509Certificates;
using Tunduk.Evidence.Log;

namespace Tunduk.Evidence.Bundles;

/// <summary>
/// Recomputes one whole log from its leaves and holds it against its checkpoints and a trust file. It opens nothing sealed: it needs no
/// key, and can be run by a stranger on a copy of an archive. Entries and checkpoints are taken one at a time, however many there are.
/// </summary>
public sealed class LogVerifier
{
    private readonly BundleCheckOptions options;
    private readonly List<BundleFinding> findings = [];
    private readonly List<string> statements = [];
    private readonly HashSet<LogHash> wanted;
    private readonly HashSet<LogHash> held = [];
    private readonly HashSet<string> owners = new(StringComparer.Ordinal);
    private long findingCount;
    private long entries;
    private bool established;

    /// <summary>Begins a check.</summary>
    public LogVerifier(BundleCheckOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
        established = options.Trust is not null;
        wanted = [.. options.Seen.Select(static seen => seen.Hash)];
    }

    /// <summary>Checks one log.</summary>
    /// <param name="log">Its id.</param>
    /// <param name="origin">Origin of its checkpoints.</param>
    /// <param name="leaves">Index and leaf of every entry in their order.</param>
    /// <param name="notes">Its checkpoints in the order of their sizes; one that comes after a larger one is named.</param>
    /// <param name="certificates">Certificates that came along; none is an anchor.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public void Check(
        LogId log, string origin, IEnumerable<(long Index, ReadOnlyMemory<byte> Leaf)> leaves, IEnumerable<SignedCheckpoint> notes,
        IEnumerable<X509Certificate2> certificates, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(leaves);
        ArgumentNullException.ThrowIfNull(notes);
        ArgumentNullException.ThrowIfNull(certificates);
        EvidenceShelf shelf = new(Fail);
        foreach (X509Certificate2 certificate in certificates)
        {
            shelf.Certificates.Add(certificate);
        }

        SignerJudge judge = new(options, shelf, Fail, statements);
        LogTree tree = new();
        List<LogTree.Tile> tiles = [];
        using NotesBySize bySize = new(notes.Select(Hold), options.Against.Where(note => note.Origin == origin));
        SignedCheckpoint? newest = null;
        Compare();
        foreach ((long index, ReadOnlyMemory<byte> leaf) in leaves)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (index != tree.Size)
            {
                Fail(new BundleFinding("entry_missing", Phrases.Of("Bundles.LogNoEntryNothing", tree.Size), new RecordId(log, tree.Size).ToString()));
                break;
            }

            CheckLeaf(log, index, leaf.Span);
            tree.Append(MerkleHash.Leaf(leaf.Span), tiles);
            tiles.Clear();
            Compare();
            if (++entries % 10_000 == 0)
            {
                options.Progress?.Report(entries);
            }
        }

        for (; bySize.Next is { } beyond; bySize.MoveOn())
        {
            Fail(new BundleFinding("checkpoint_beyond", Phrases.Of("Bundles.CheckpointCoversEntries", beyond.Size, tree.Size)));
            Judge(beyond);
        }

        if (newest is null)
        {
            Fail(new BundleFinding("checkpoint_missing", Phrases.Of("Bundles.NoCheckpoint", origin)));
            established = false;
            return;
        }

        established &= judge.Checkpoint(newest, isMain: true);
        if (tree.Size > newest.Size)
        {
            statements.Add(Phrases.Of("Bundles.LastEntriesUnderNo", tree.Size - newest.Size, origin));
        }

        void Compare()
        {
            for (; bySize.Next is { } note && note.Size <= tree.Size; bySize.MoveOn())
            {
                if (note.Size < tree.Size)
                {
                    Fail(new BundleFinding("checkpoint_malformed", Phrases.Of("Bundles.CheckpointSizeStandsAfter", note.Size)));
                }
                else if (note.Root != tree.Root())
                {
                    Fail(new BundleFinding(options.Against.Contains(note) ? "fork" : "checkpoint_root", Phrases.Of("Bundles.CheckpointSizeAnotherRoot", note.Size)));
                }

                Judge(note);
            }
        }

        // The newest is judged last, because it is the one that speaks for the log.
        void Judge(SignedCheckpoint note)
        {
            established &= newest is null || judge.Checkpoint(newest, isMain: false);
            newest = note;
        }
    }

    private SignedCheckpoint Hold(SignedCheckpoint note)
    {
        if (wanted.Count > 0 && note.Hash is var hash && wanted.Contains(hash))
        {
            held.Add(hash);
        }

        return note;
    }

    /// <summary>Holds every log that was checked against what counterparties archived of its checkpoints; after the last log.</summary>
    public void CheckSeen()
    {
        foreach (SeenCheckpoint seen in options.Seen)
        {
            if (held.Contains(seen.Hash))
            {
                statements.Add(Phrases.Of("Bundles.HistoryWhoseCheckpointCame", seen.Where));
            }
            else if (seen.Sender is null || owners.Contains(seen.Sender))
            {
                Fail(new BundleFinding("checkpoint_unknown", Phrases.Of("Bundles.CheckpointCameArchiveDoes", seen.Where)));
            }
            else
            {
                statements.Add(Phrases.Of("Bundles.CheckpointCameWhoNot", seen.Where, seen.Sender));
            }
        }
    }

    /// <summary>The result.</summary>
    public BundleReport Report() => new()
    {
        SignerEstablished = established,
        Records = entries,
        Statements = options.Trust is null ? [.. statements, Phrases.Of("Bundles.ConsistentSignerNotEstablishedNo")] : statements,
        FindingCount = findingCount,
        Findings = findings,
    };

    /// <summary>Adds what the reader of the files found.</summary>
    public void Fail(BundleFinding finding)
    {
        if (++findingCount <= options.MaxListed)
        {
            findings.Add(finding);
        }
    }

    private void CheckLeaf(LogId log, long index, ReadOnlySpan<byte> leaf)
    {
        if (!EntryDecoder.TryDecode(leaf, out LogEntry? entry, out string? error))
        {
            Fail(new BundleFinding("leaf_malformed", Phrases.Of("Bundles.EntryDoesNotDecode", error), new RecordId(log, index).ToString()));
        }
        else if (entry!.Log != log || entry.Index != index)
        {
            Fail(new BundleFinding("leaf_moved", Phrases.Of("Bundles.EntrySays", new RecordId(entry.Log, entry.Index)), new RecordId(log, index).ToString()));
        }
        else if (entry.OwnSubsystem is { } own)
        {
            owners.Add(own);
        }
    }
}
