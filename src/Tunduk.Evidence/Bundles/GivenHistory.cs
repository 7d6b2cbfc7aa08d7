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
    private const int MaxLine = 2 * CheckpointNote.MaxNoteBytes;

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
        if (IsBundle(file))
        {
            // Its records count only where they fit their own commitments, proofs and checkpoint. Whether to believe its signer is another question.
            BundleReport report = BundleVerifier.Verify(file, new BundleCheckOptions { Now = TimeProvider.System.GetUtcNow() }, cancellationToken);
            if (report.Findings.FirstOrDefault(static finding => finding.Code != "message_signature") is { } wrong)
            {
                fault = Phrases.Of("Bundles.BundleNotConsistentItself", wrong);
                return null;
            }

            file.Seek(0, SeekOrigin.Begin);
            found = OfBundle(file, name);
        }
        else if (file.Length > MaxFileBytes)
        {
            fault = Phrases.Of("Bundles.LargerThanMiB", MaxFileBytes >> 20);
            return null;
        }
        else
        {
            file.Seek(0, SeekOrigin.Begin);
            using StreamReader reader = new(file, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
            found = OfText(reader, name);
        }

        fault = found.Notes.Count + found.Seen.Count + found.Malformed == 0 ? Phrases.Of("Bundles.HoldsNoCheckpoint") : null;
        return fault is null ? found : null;
    }

    /// <summary>Whether a file is a bundle; it stands at its beginning again.</summary>
    public static bool IsBundle(Stream file)
    {
        ArgumentNullException.ThrowIfNull(file);
        bool isOne = file.ReadByte() == 'P' && file.ReadByte() == 'K';
        file.Seek(0, SeekOrigin.Begin);
        return isOne;
    }

    /// <summary>Reads notes, syslog lines and hashes one at a time, however many there are.</summary>
    /// <param name="text">The file.</param>
    /// <param name="name">Its name, for reports.</param>
    public static IEnumerable<GivenItem> ReadText(TextReader text, string name)
    {
        ArgumentNullException.ThrowIfNull(text);
        return ItemsOf(text, name);
    }

    private static IEnumerable<GivenItem> ItemsOf(TextReader text, string name)
    {
        NoteAssembler rest = new();
        bool hasLines = false;
        long loose = 0;
        while (Line(text) is { } line)
        {
            if (Marked(line, name) is { } marked)
            {
                hasLines = true;
                yield return marked;
            }
            else if (rest.Add(line) is { } note)
            {
                if (CheckpointNote.TryParse(note, out SignedCheckpoint? parsed))
                {
                    yield return new GivenItem(parsed, null);
                }
                else
                {
                    loose++;
                }
            }
        }

        if (rest.End() is { } last)
        {
            if (CheckpointNote.TryParse(last, out SignedCheckpoint? parsed))
            {
                yield return new GivenItem(parsed, null);
            }
            else if (last.Trim().Length > 0)
            {
                loose++;
            }
        }

        // A collector's file holds other lines too; one of notes does not.
        for (; !hasLines && loose > 0; loose--)
        {
            yield return default;
        }
    }

    private static GivenHistory OfText(TextReader text, string name)
    {
        List<GivenItem> items = [.. ReadText(text, name)];
        return new GivenHistory
        {
            Notes = [.. items.Select(static item => item.Note).OfType<SignedCheckpoint>()],
            Seen = [.. items.Select(static item => item.Seen).OfType<SeenCheckpoint>()],
            Malformed = items.Count(static item => item is { Note: null, Seen: null }),
        };
    }

    // A line of syslog or a hash that was written down; null for any other.
    private static GivenItem? Marked(string line, string name)
    {
        if (line.LastIndexOf(HashMark, StringComparison.Ordinal) is >= 0 and var hash)
        {
            byte[] bytes = new byte[LogHash.Size];
            string digits = line[(hash + HashMark.Length)..].Trim();
            return digits.Length == 2 * bytes.Length && Convert.FromHexString(digits, bytes, out _, out _) == System.Buffers.OperationStatus.Done
                ? new GivenItem(null, new SeenCheckpoint(new LogHash(bytes), name, null, null))
                : default(GivenItem);
        }

        if (line.LastIndexOf(SyslogMark, StringComparison.Ordinal) is >= 0 and var mark)
        {
            string[] words = line[(mark + SyslogMark.Length)..].Trim().Split(' ');
            return words.Length == 2 && Note(words[1]) is { } note && note.Size.ToString(CultureInfo.InvariantCulture) == words[0] ? new GivenItem(note, null) : default(GivenItem);
        }

        return null;
    }

    // Of a line that is longer than any of ours the end is kept: what a collector puts before one stands at its beginning.
    private static string? Line(TextReader text)
    {
        StringBuilder line = new();
        int next;
        while ((next = text.Read()) >= 0 && next != '\n')
        {
            line.Append((char)next);
            if (line.Length > 2 * MaxLine)
            {
                line.Remove(0, line.Length - MaxLine);
            }
        }

        return next < 0 && line.Length == 0 ? null : line.ToString();
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
                seen.Add(new SeenCheckpoint(new LogHash(hash.Value), Phrases.Of("Bundles.Record", entry!.OwnSubsystem ?? name, record.Record), entry.Counterparty, entry.Time) { Log = entry.Log, Receiver = entry.OwnSubsystem });
            }
        }

        return new GivenHistory { Notes = notes, Seen = seen };
    }
}
