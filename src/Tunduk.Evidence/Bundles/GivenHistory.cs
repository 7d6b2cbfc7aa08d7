using System.Globalization;
using System.Text;
using System.Text.Json;
using Tunduk.Evidence.Log;

namespace Tunduk.Evidence.Bundles;

/// <summary>
/// What somebody has of a log's history from elsewhere, to hold the log against: whole checkpoints (an anchor's file, a collector's syslog
/// lines, an earlier bundle), and what a counterparty archived of those that came in signed messages.
/// </summary>
public sealed record GivenHistory
{
    /// <summary>Path under which a receiver archives the hash of the sender's latest checkpoint.</summary>
    public const string PeerCheckpoint = "$peer/checkpoint";

    // proto/ENTRY-FORMAT.md §5: what stands before size and note in a syslog line, and before a hash that is written down alone.
    private const string SyslogMark = "tunduk-checkpoint ";
    private const string HashMark = "tunduk-checkpoint-sha256 ";
    private const int MaxFileBytes = 512 << 20;

    /// <summary>Whole checkpoints, unjudged.</summary>
    public IReadOnlyList<SignedCheckpoint> Notes { get; init; } = [];

    /// <summary>Hashes that a receiver archived or wrote down.</summary>
    public IReadOnlyList<SeenCheckpoint> Seen { get; init; } = [];

    /// <summary>How many things in the file are of the form of a checkpoint and do not parse.</summary>
    public int Malformed { get; init; }

    /// <summary>Reads a file: a bundle, notes, syslog lines or hashes.</summary>
    /// <param name="file">The file; it must be seekable.</param>
    /// <param name="name">Its name, for reports.</param>
    /// <param name="fault">Why nothing can be taken from it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static GivenHistory? Read(Stream file, string name, out string? fault, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(file);
        fault = null;
        GivenHistory found;
        if (file.ReadByte() == 'P' && file.ReadByte() == 'K')
        {
            file.Seek(0, SeekOrigin.Begin);

            // Its records count only where they fit their own commitments, proofs and checkpoint. Whether to believe its signer is another question.
            BundleReport report = BundleVerifier.Verify(file, new BundleCheckOptions { Now = TimeProvider.System.GetUtcNow() }, cancellationToken);
            if (report.Findings.FirstOrDefault(static finding => finding.Code != "message_signature") is { } wrong)
            {
                fault = $"the bundle is not consistent itself: {wrong}";
                return null;
            }

            file.Seek(0, SeekOrigin.Begin);
            found = OfBundle(file, name);
        }
        else if (file.Length > MaxFileBytes)
        {
            fault = $"it is larger than {MaxFileBytes >> 20} MiB";
            return null;
        }
        else
        {
            file.Seek(0, SeekOrigin.Begin);
            using StreamReader reader = new(file, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
            found = OfText(reader.ReadToEnd(), name);
        }

        fault = found.Notes.Count + found.Seen.Count + found.Malformed == 0 ? "it holds no checkpoint" : null;
        return fault is null ? found : null;
    }

    private static GivenHistory OfText(string text, string name)
    {
        List<SignedCheckpoint> notes = [];
        List<SeenCheckpoint> seen = [];
        int malformed = 0;
        StringBuilder rest = new();
        foreach (string line in text.Split('\n'))
        {
            if (line.LastIndexOf(HashMark, StringComparison.Ordinal) is >= 0 and var hash)
            {
                byte[] bytes = new byte[LogHash.Size];
                string digits = line[(hash + HashMark.Length)..].Trim();
                if (digits.Length == 2 * bytes.Length && Convert.FromHexString(digits, bytes, out _, out _) == System.Buffers.OperationStatus.Done)
                {
                    seen.Add(new SeenCheckpoint(new LogHash(bytes), name, null, null));
                }
                else
                {
                    malformed++;
                }
            }
            else if (line.LastIndexOf(SyslogMark, StringComparison.Ordinal) is >= 0 and var mark)
            {
                string[] words = line[(mark + SyslogMark.Length)..].Trim().Split(' ');
                if (words.Length == 2 && Note(words[1]) is { } note && note.Size.ToString(CultureInfo.InvariantCulture) == words[0])
                {
                    notes.Add(note);
                }
                else
                {
                    malformed++;
                }
            }
            else
            {
                rest.Append(line).Append('\n');
            }
        }

        bool hasLines = notes.Count + seen.Count + malformed > 0;
        foreach (string note in CheckpointNote.Split(rest.ToString()))
        {
            if (CheckpointNote.TryParse(note, out SignedCheckpoint? parsed))
            {
                notes.Add(parsed!);
            }
            else if (!hasLines && note.Trim().Length > 0)
            {
                malformed++; // a collector's file holds other lines too; one of notes does not
            }
        }

        return new GivenHistory { Notes = notes, Seen = seen, Malformed = malformed };
    }

    private static SignedCheckpoint? Note(string base64)
    {
        byte[] bytes = new byte[CheckpointNote.MaxNoteBytes];
        return Convert.TryFromBase64String(base64, bytes, out int length) && CheckpointNote.TryParse(Encoding.UTF8.GetString(bytes, 0, length), out SignedCheckpoint? note) ? note : null;
    }

    private static GivenHistory OfBundle(Stream file, string name)
    {
        using BundleReader reader = BundleReader.Open(file);
        List<SignedCheckpoint> notes = [];
        foreach (string note in CheckpointNote.Split(Encoding.UTF8.GetString(reader.ReadAll(BundleFormat.Checkpoints, BundleVerifierRun.MaxCheckpointBytes))))
        {
            if (CheckpointNote.TryParse(note, out SignedCheckpoint? parsed))
            {
                notes.Add(parsed!);
            }
        }

        List<SeenCheckpoint> seen = [];
        using MeteredStream stream = reader.Stream(BundleFormat.Records);
        LineReader lines = new(stream, BundleFormat.MaxLineBytes);
        while (lines.Next() is { } line)
        {
            BundledRecord record = JsonSerializer.Deserialize<BundledRecord>(line.Span, BundleFormat.Json)!;
            if (record.Leaves?.FirstOrDefault(static leaf => leaf.IsShown && leaf.Path == PeerCheckpoint && leaf.Value.Length == LogHash.Size) is { } hash
                && EntryDecoder.TryDecode(record.Leaf, out LogEntry? entry, out _))
            {
                seen.Add(new SeenCheckpoint(new LogHash(hash.Value), $"{entry!.OwnSubsystem ?? name}, record {record.Record}", entry.Counterparty, entry.Time));
            }
        }

        return new GivenHistory { Notes = notes, Seen = seen };
    }
}
