using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Evidence.Log;

namespace Tunduk.Evidence.Bundles;

/// <summary>
/// Recomputes one whole log from its leaves and holds it against its checkpoints and a trust file. It opens nothing sealed: it needs no
/// key, and can be run by a stranger on a copy of an archive.
/// </summary>
public sealed class LogVerifier
{
    private readonly BundleCheckOptions options;
    private readonly List<BundleFinding> findings = [];
    private readonly List<string> statements = [];
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
    }

    /// <summary>Checks one log.</summary>
    /// <param name="log">Its id.</param>
    /// <param name="origin">Origin of its checkpoints.</param>
    /// <param name="leaves">Index and leaf of every entry in their order.</param>
    /// <param name="notes">Its checkpoints, those from elsewhere included.</param>
    /// <param name="certificates">Certificates that came along; none is an anchor.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public void Check(
        LogId log, string origin, IEnumerable<(long Index, ReadOnlyMemory<byte> Leaf)> leaves, IReadOnlyList<SignedCheckpoint> notes,
        IEnumerable<X509Certificate2> certificates, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(leaves);
        ArgumentNullException.ThrowIfNull(certificates);
        EvidenceShelf shelf = new(Fail);
        foreach (X509Certificate2 certificate in certificates)
        {
            shelf.Certificates.Add(certificate);
        }

        SignerJudge judge = new(options, shelf, Fail, statements);
        SignedCheckpoint[] bySize = [.. notes.Concat(options.Against.Where(note => note.Origin == origin)).DistinctBy(static note => note.Note).OrderBy(static note => note.Size)];
        held.UnionWith(notes.Select(static note => note.Hash));
        LogTree tree = new();
        List<LogTree.Tile> tiles = [];
        int next = Compare(bySize, 0, tree);
        foreach ((long index, ReadOnlyMemory<byte> leaf) in leaves)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (index != tree.Size)
            {
                Fail(new BundleFinding("entry_missing", $"the log has no entry {tree.Size}; nothing after it can be checked", new RecordId(log, tree.Size).ToString()));
                break;
            }

            CheckLeaf(log, index, leaf.Span);
            tree.Append(MerkleHash.Leaf(leaf.Span), tiles);
            tiles.Clear();
            next = Compare(bySize, next, tree);
            if (++entries % 10_000 == 0)
            {
                options.Progress?.Report(entries);
            }
        }

        foreach (SignedCheckpoint beyond in bySize[next..])
        {
            Fail(new BundleFinding("checkpoint_beyond", $"a checkpoint covers {beyond.Size} entries; {tree.Size} are there"));
        }

        if (bySize.Length == 0)
        {
            Fail(new BundleFinding("checkpoint_missing", $"there is no checkpoint of {origin}"));
            established = false;
            return;
        }

        foreach (SignedCheckpoint note in bySize[..^1])
        {
            established &= judge.Checkpoint(note, isMain: false);
        }

        established &= judge.Checkpoint(bySize[^1], isMain: true);
        if (tree.Size > bySize[^1].Size)
        {
            statements.Add(string.Create(CultureInfo.InvariantCulture, $"The last {tree.Size - bySize[^1].Size} entries of {origin} are under no checkpoint yet: nothing is proven of them."));
        }
    }

    /// <summary>Holds every log that was checked against what counterparties archived of its checkpoints; after the last log.</summary>
    public void CheckSeen()
    {
        foreach (SeenCheckpoint seen in options.Seen)
        {
            if (held.Contains(seen.Hash))
            {
                statements.Add($"The history is the one whose checkpoint came to {seen.Where}.");
            }
            else if (seen.Sender is null || owners.Contains(seen.Sender))
            {
                Fail(new BundleFinding("checkpoint_unknown", $"a checkpoint came to {seen.Where} that the archive does not hold: it was forked or rewritten"));
            }
            else
            {
                statements.Add($"The checkpoint that came to {seen.Where} is of {seen.Sender}, who is not the owner of this archive.");
            }
        }
    }

    /// <summary>The result.</summary>
    public BundleReport Report() => new()
    {
        SignerEstablished = established,
        Records = entries,
        Statements = options.Trust is null ? [.. statements, "Consistent, signer not established: no trust file was given."] : statements,
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

    private int Compare(SignedCheckpoint[] bySize, int next, LogTree tree)
    {
        for (; next < bySize.Length && bySize[next].Size == tree.Size; next++)
        {
            if (bySize[next].Root != tree.Root())
            {
                Fail(new BundleFinding(options.Against.Contains(bySize[next]) ? "fork" : "checkpoint_root", $"the checkpoint of size {bySize[next].Size} has another root than the entries"));
            }
        }

        return next;
    }

    private void CheckLeaf(LogId log, long index, ReadOnlySpan<byte> leaf)
    {
        if (!EntryDecoder.TryDecode(leaf, out LogEntry? entry, out string? error))
        {
            Fail(new BundleFinding("leaf_malformed", $"the entry does not decode: {error}", new RecordId(log, index).ToString()));
        }
        else if (entry!.Log != log || entry.Index != index)
        {
            Fail(new BundleFinding("leaf_moved", $"the entry says that it is {new RecordId(entry.Log, entry.Index)}", new RecordId(log, index).ToString()));
        }
        else if (entry.OwnSubsystem is { } own)
        {
            owners.Add(own);
        }
    }
}
