using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tunduk.Evidence.Log;

namespace Tunduk.Evidence.Bundles;

// Over 300 lines: the order in which a bundle is taken apart, so that nothing in it is used before it was checked.

/// <summary>One check of one bundle, in the order of the report.</summary>
internal sealed class BundleVerifierRun
{
    public const int MaxCheckpointBytes = 16 << 20;

    // Each is a signature to be checked by each certificate; a bundle has one a log and those it was compared with.
    private const int MaxCheckpoints = 512;
    private readonly BundleCheckOptions options;
    private readonly List<BundleFinding> findings = [];
    private readonly List<string> statements = [];
    private readonly Dictionary<LogId, BundledLog> logs = [];
    private readonly Dictionary<LogId, SignedCheckpoint> checkpoints = [];
    private readonly Dictionary<LogId, (long Count, long Last)> seen = [];
    private readonly HashSet<string> owners = new(StringComparer.Ordinal);
    private readonly RecordCheck check;
    private readonly ErasureCheck erasures;
    private BundleManifest? manifest;
    private MessageCheck messages = null!;
    private long findingCount;
    private long records;
    private bool established;

    public BundleVerifierRun(BundleCheckOptions options)
    {
        this.options = options;
        check = new RecordCheck(Fail);
        erasures = new ErasureCheck(Fail);
    }

    public void Fail(BundleFinding finding)
    {
        if (++findingCount <= options.MaxListed)
        {
            findings.Add(finding with
            {
                Detail = ShownText.Of(finding.Detail),
                Record = finding.Record is { } record ? ShownText.Of(record) : null,
                Field = finding.Field is { } field ? ShownText.Of(field) : null,
            });
        }
    }

    public void Run(BundleReader reader, CancellationToken cancellationToken)
    {
        byte[] manifestBytes = reader.ReadAll(BundleFormat.Manifest, BundleFormat.MaxManifestBytes);
        manifest = ReadManifest(manifestBytes);
        byte[] signature = reader.ReadAll(BundleFormat.ManifestSignature, BundleFormat.MaxManifestBytes);
        List<SignedCheckpoint> notes = ReadCheckpoints(reader);
        EvidenceShelf shelf = ReadEvidence(reader);
        SignerJudge judge = new(options, shelf, Fail, statements);
        established = options.Trust is not null;
        foreach (BundledLog log in manifest.Logs)
        {
            Settle(log, notes, judge);
        }

        // Every checkpoint of a bundle is a statement of the log's owner, not only those the proofs lead to.
        foreach (SignedCheckpoint note in notes.Where(note => !checkpoints.Values.Contains(note)))
        {
            judge.Checkpoint(note, isMain: false);
        }

        judge.Manifest(manifestBytes, signature, manifest, checkpoints.Values);
        messages = new MessageCheck(options.Trust?.MessageSigners(shelf.Certificates), Fail);
        ReadRecords(reader, judge, cancellationToken);
        CheckFile(BundleFormat.Report, Finished(reader, BundleFormat.Report));
        CheckCounts();
        erasures.End(statements);
        Compare(notes);
        State();
    }

    public BundleReport Report() => new()
    {
        SignerEstablished = established && checkpoints.Count > 0,
        Manifest = manifest,
        Records = records,
        Values = check.Values,
        Withheld = check.Withheld,
        SignaturesVerified = messages?.Verified ?? 0,
        SignaturesAttested = messages?.Attested ?? 0,
        SignaturesAbsent = messages?.Absent ?? 0,
        SignaturesFailed = messages?.Failed ?? 0,
        Statements = [.. statements.Select(ShownText.Of)],
        FindingCount = findingCount,
        Findings = findings,
    };

    private static BundleManifest ReadManifest(byte[] bytes)
    {
        BundleManifest? read;
        try
        {
            read = BundleFormat.Read<BundleManifest>(bytes);
        }
        catch (JsonException exception)
        {
            throw new BundleFaultException("manifest_malformed", Phrases.Of("Bundles.ManifestNotForm", exception.Path ?? "$"));
        }

        if (read is null || read.Format != BundleFormat.Version)
        {
            throw new BundleFaultException("manifest_version", Phrases.Of("Bundles.ManifestFormatNot", BundleFormat.Version));
        }

        string[] named = [.. read.Files.Select(static file => file.Name).Order(StringComparer.Ordinal)];
        string[] expected = [.. BundleFormat.Files.Where(static name => name is not (BundleFormat.Manifest or BundleFormat.ManifestSignature)).Order(StringComparer.Ordinal)];
        bool isAll = read.Proves == "all";
        return named.SequenceEqual(expected, StringComparer.Ordinal) && (isAll || read.Proves == "included")
            && read.Logs.All(log => LogId.TryParse(log.Log, out _) && log.Origin.EndsWith("/" + log.Log, StringComparison.Ordinal) && log.Size >= 0
                && (log.First is null, log.Last is null) == (!isAll, !isAll))
            && read.Logs.DistinctBy(static log => log.Log).Count() == read.Logs.Count
            ? read
            : throw new BundleFaultException("manifest_malformed", Phrases.Of("Bundles.ManifestContradictsItselfFiles"));
    }

    private List<SignedCheckpoint> ReadCheckpoints(BundleReader reader)
    {
        byte[] bytes = reader.ReadAll(BundleFormat.Checkpoints, MaxCheckpointBytes);
        CheckFile(BundleFormat.Checkpoints, (bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes))));
        List<SignedCheckpoint> notes = [];
        foreach (string text in CheckpointNote.Split(Encoding.UTF8.GetString(bytes)))
        {
            if (notes.Count == MaxCheckpoints)
            {
                throw new BundleFaultException("evidence_too_much", Phrases.Of("Bundles.BundleBringsMoreThan", MaxCheckpoints));
            }

            if (CheckpointNote.TryParse(text, out SignedCheckpoint? note))
            {
                notes.Add(note!);
            }
            else
            {
                Fail(new BundleFinding("checkpoint_malformed", Phrases.Of("Bundles.CheckpointBundleDoesNot")));
            }
        }

        return notes;
    }

    private EvidenceShelf ReadEvidence(BundleReader reader)
    {
        using MeteredStream stream = reader.Stream(BundleFormat.Evidence);
        EvidenceShelf shelf = new(Fail);
        LineReader lines = new(stream, BundleFormat.MaxLineBytes);
        while (lines.Next() is { } line)
        {
            shelf.Add(Parse<BundledEvidence>(line, "evidence_malformed"));
        }

        CheckFile(BundleFormat.Evidence, (stream.Count, stream.Finish()));
        return shelf;
    }

    // A log's checkpoint is the one of the size the manifest names; who signed it decides what all its records are worth.
    private void Settle(BundledLog log, List<SignedCheckpoint> notes, SignerJudge judge)
    {
        if (!LogId.TryParse(log.Log, out LogId id))
        {
            return; // the manifest was refused before for such a log
        }

        logs.Add(id, log);
        SignedCheckpoint[] fitting = [.. notes.Where(note => note.Origin == log.Origin && note.Size == log.Size)];
        if (fitting.Length == 0)
        {
            Fail(new BundleFinding("checkpoint_missing", Phrases.Of("Bundles.NoCheckpointSize", log.Size, log.Origin)));
            return;
        }

        if (Array.Exists(fitting, note => note.Root != fitting[0].Root))
        {
            Fail(new BundleFinding("fork", Phrases.Of("Bundles.TwoSignedTreesSize", log.Origin, log.Size)));
            return;
        }

        checkpoints.Add(id, fitting[0]);
        established &= judge.Checkpoint(fitting[0], isMain: true);
    }

    private void ReadRecords(BundleReader reader, SignerJudge judge, CancellationToken cancellationToken)
    {
        using MeteredStream lines = reader.Stream(BundleFormat.Records);
        using MeteredStream payloads = reader.Stream(BundleFormat.Payloads);
        byte[] salt = new byte[BundleFormat.PayloadSalt];
        if (payloads.ReadAtLeast(salt, salt.Length, throwOnEndOfStream: false) < salt.Length)
        {
            throw new BundleFaultException("bundle_unreadable", Phrases.Of("Bundles.PayloadsFileTooShort"));
        }

        PayloadReader parts = new(payloads);
        LineReader reading = new(lines, BundleFormat.MaxLineBytes);
        while (reading.Next() is { } line)
        {
            cancellationToken.ThrowIfCancellationRequested();
            CheckRecord(Parse<BundledRecord>(line, "record_malformed"), parts, judge);
            if (++records % 1000 == 0)
            {
                options.Progress?.Report(records);
            }
        }

        CheckFile(BundleFormat.Records, (lines.Count, lines.Finish()));
        long used = payloads.Count;
        string digest = payloads.Finish();
        if (payloads.Count != used)
        {
            Fail(new BundleFinding("payload_surplus", Phrases.Of("Bundles.PayloadBytesNoRecord")));
        }

        CheckFile(BundleFormat.Payloads, (payloads.Count, digest));
    }

    private void CheckRecord(BundledRecord record, PayloadReader parts, SignerJudge judge)
    {
        parts.Begin();
        if (!RecordId.TryParse(record.Record, out RecordId id) || !checkpoints.TryGetValue(id.Log, out SignedCheckpoint? checkpoint))
        {
            Fail(new BundleFinding("record_unknown_log", Phrases.Of("Bundles.RecordNoLogCheckpoint"), record.Record));
            parts.Skip(record.Leaves);
            return;
        }

        (long count, long last) = seen.GetValueOrDefault(id.Log, (0, -1));
        if (id.Index <= last)
        {
            Fail(new BundleFinding("record_order", Phrases.Of("Bundles.RecordStandsTwiceBefore"), record.Record));
        }

        if (manifest!.Proves == "all" && id.Index != (count == 0 ? logs[id.Log].First : last + 1))
        {
            Fail(new BundleFinding("record_gap", Phrases.Of("Bundles.BundleSaysAllEntries"), record.Record));
        }

        seen[id.Log] = (count + 1, id.Index);
        LogEntry? entry = check.Entry(record, id, checkpoint);
        if (entry is null)
        {
            parts.Skip(record.Leaves);
            return;
        }

        erasures.Observe(record, id, entry, logs.ContainsKey);
        if (entry.OwnSubsystem is { } own)
        {
            owners.Add(own);
        }

        long failed = findingCount;
        if (record.Leaves is { } leaves)
        {
            check.Leaves(record, entry, leaves, parts.Feed);
        }

        // A record whose bytes do not fit its entry says nothing about a signature.
        messages.Check(record, entry, findingCount == failed ? parts : null, judge.NotLaterThan(id.Log));
    }

    private void CheckCounts()
    {
        if (records != manifest!.Records || logs.Any(log => seen.GetValueOrDefault(log.Key).Count != log.Value.Records))
        {
            Fail(new BundleFinding("record_count", Phrases.Of("Bundles.ManifestNamesRecords", manifest.Records, records)));
        }

        foreach ((LogId id, BundledLog log) in logs.Where(log => log.Value.Last is { } last && seen.GetValueOrDefault(log.Key, (0, -1)).Last != last))
        {
            Fail(new BundleFinding("record_gap", Phrases.Of("Bundles.BundleSaysAllUp", log.Last), id.ToString()));
        }
    }

    // What the reader has from elsewhere must be the same history; what cannot be compared is not taken for equal.
    private void Compare(List<SignedCheckpoint> notes)
    {
        HashSet<string> counterparties = SeenCheckpoint.CounterpartyLogs(options.Seen, owners.Contains);
        HashSet<string> foreign = new(StringComparer.Ordinal);
        foreach (SignedCheckpoint other in options.Against.Concat(notes))
        {
            (LogId id, SignedCheckpoint? main) = checkpoints.FirstOrDefault(pair => pair.Value.Origin == other.Origin);
            if (main is null)
            {
                if (!options.Against.Contains(other) || !foreign.Add(other.Origin))
                {
                    continue;
                }

                if (counterparties.Contains(other.Origin[(other.Origin.LastIndexOf('/') + 1)..]))
                {
                    statements.Add(Phrases.Of("Bundles.GivenCheckpointCounterparty", other.Origin));
                }
                else
                {
                    Fail(new BundleFinding("against_other_log", Phrases.Of("Bundles.GivenCheckpointNotBundle", other.Origin)));
                }

                continue;
            }

            if (other.Size == main.Size)
            {
                Report(other.Root == main.Root, other);
            }
            else if (logs[id].Consistency?.FirstOrDefault(proof => proof.Size == other.Size) is { } proof && proof.Path.All(static hash => hash.Length == LogHash.Size))
            {
                Report(MerkleProof.VerifyConsistency(other.Size, other.Root, main.Size, main.Root, [.. proof.Path.Select(static hash => new LogHash(hash))]), other);
            }
            else
            {
                Fail(new BundleFinding("against_not_comparable", Phrases.Of("Bundles.BundleNoProofBetween", other.Size, main.Size)));
            }
        }

        HashSet<LogHash> mine = [.. notes.Select(static note => note.Hash)];
        foreach (SeenCheckpoint seenElsewhere in options.Seen)
        {
            if (mine.Contains(seenElsewhere.Hash))
            {
                statements.Add(Phrases.Of("Bundles.CheckpointBundleCame", seenElsewhere.Where));
            }
            else if (seenElsewhere is { Log: { } keeper, Sender: { } sender } && logs.ContainsKey(keeper) && !owners.Contains(sender))
            {
                // What an earlier bundle of this very log keeps of a counterparty's history says nothing about its own.
                statements.Add(Phrases.Of("Bundles.CheckpointCameWhoNot", seenElsewhere.Where, sender));
            }
            else
            {
                Fail(new BundleFinding("against_not_comparable", Phrases.Of("Bundles.CheckpointCameNotBundle", seenElsewhere.Where)));
            }
        }

        void Report(bool same, SignedCheckpoint other)
        {
            if (!same)
            {
                Fail(new BundleFinding("fork", Phrases.Of("Bundles.CheckpointSizeAnotherHistory", other.Size, other.Origin)));
            }
            else if (options.Against.Contains(other))
            {
                statements.Add(Phrases.Of("Bundles.BundleContinuesHistoryGiven", other.Size));
            }
        }
    }

    private void State()
    {
        statements.Add(manifest!.Proves == "all"
            ? Phrases.Of("Bundles.BundleProvesTheseAll")
            : Phrases.Of("Bundles.BundleProvesTheseEntries"));
        if (options.Trust is null)
        {
            statements.Add(Phrases.Of("Bundles.ConsistentSignerNotEstablishedNo"));
        }
    }

    private static (long Bytes, string Sha256) Finished(BundleReader reader, string name)
    {
        using MeteredStream stream = reader.Stream(name);
        string digest = stream.Finish();
        return (stream.Count, digest);
    }

    private void CheckFile(string name, (long Bytes, string Sha256) found)
    {
        BundledFile named = manifest!.Files.First(file => file.Name == name);
        if (named.Bytes != found.Bytes || !string.Equals(named.Sha256, found.Sha256, StringComparison.Ordinal))
        {
            Fail(new BundleFinding("file_changed", Phrases.Of("Bundles.NotFileManifestNames", name)));
        }
    }

    private static T Parse<T>(ReadOnlyMemory<byte> line, string code)
        where T : class
    {
        try
        {
            return BundleFormat.Read<T>(line.Span) ?? throw new BundleFaultException(code, Phrases.Of("Bundles.LineHoldsNothing"));
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException)
        {
            throw new BundleFaultException(code, Phrases.Of("Bundles.LineNotForm", exception is JsonException { Path: { } path } ? ": " + path : ""));
        }
    }
}
