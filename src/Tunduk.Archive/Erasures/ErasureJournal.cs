using System.Globalization;
using System.Text;
using Tunduk.Archive.Files;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Erasures;

/// <summary>One line of the journal: a record, and which leaves of its commitment tree went (null: all of it).</summary>
internal sealed record JournalLine(RecordId Record, IReadOnlyList<int>? Slots);

/// <summary>
/// What was erased, outside the database: a restored copy of the database is brought up to it before it serves anything. It
/// holds record ids and positions, nothing else.
/// </summary>
/// <remarks>
/// Format: <c>tunduk-erasures/1 ID</c>, then a line <c>RECORD *</c> or <c>RECORD 3,7</c> each. A line is on disk before the database loses
/// anything; the database stores, with the erasure itself, how many lines it has seen. A last line without line feed was cut off by a
/// crash: its erasure never began, and the next append removes it.
/// </remarks>
internal sealed class ErasureJournal
{
    /// <summary>Name of the journal in the head store's folder.</summary>
    public const string FileName = "erasures";

    private const string Format = "tunduk-erasures/1 ";
    private readonly string path;

    private ErasureJournal(string path, LogId id, long lines)
    {
        this.path = path;
        Id = id;
        Lines = lines;
    }

    /// <summary>Drawn when the file was made.</summary>
    public LogId Id { get; }

    /// <summary>Lines it holds.</summary>
    public long Lines { get; private set; }

    /// <summary>Opens the journal, making it where there is none.</summary>
    /// <param name="folder">The head store's folder.</param>
    /// <param name="known">What the head store knows of it: a journal that is missing, shorter or another one is refused, for what was erased would come back.</param>
    /// <param name="mayBeLost">Succession: a lost journal is begun anew, and <see cref="Lost"/> says how many lines it had.</param>
    public static ErasureJournal Open(string folder, JournalMark? known, bool mayBeLost)
    {
        string path = Path.Combine(folder, FileName);
        if (known is not { } mark)
        {
            return OpenFile(path);
        }

        ErasureJournal? found = File.Exists(path) ? OpenFile(path) : null;
        if (found is not null && found.Id == mark.Journal && found.Lines >= mark.Applied)
        {
            return found;
        }

        if (!mayBeLost)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveRolledBack, Phrases.Of("Erasures.ErasureJournalHeadStore", path, found is null ? Phrases.Of("Erasures.Missing") : found.Id == mark.Journal ? Phrases.Of("Erasures.CutOffAfterLines", found.Lines) : Phrases.Of("Erasures.Another"), mark.Applied));
        }

        found ??= OpenFile(path);
        found.Lost = mark.Applied - (found.Id == mark.Journal ? found.Lines : 0);
        return found;
    }

    /// <summary>Lines that are lost with an earlier journal; 0 but after a succession.</summary>
    public long Lost { get; private set; }

    /// <summary>What the head store is to know.</summary>
    public JournalMark Mark => new(Id, Lines);

    private static ErasureJournal OpenFile(string path)
    {
        try
        {
            if (!File.Exists(path))
            {
                LogId id = LogId.New();
                DurableFile.Replace(path, Encoding.ASCII.GetBytes($"{Format}{id}\n"));
                return new ErasureJournal(path, id, 0);
            }

            CutTornLine(path);
            using StreamReader reader = new(path, Encoding.ASCII);
            if (reader.ReadLine() is not { } first || !first.StartsWith(Format, StringComparison.Ordinal) || !LogId.TryParse(first.AsSpan(Format.Length), out LogId known))
            {
                throw new StoreException(ArchiveFaultCode.ArchiveUnreadable, Phrases.Of("Erasures.NoErasureJournal", path));
            }

            long lines = 0;
            while (reader.ReadLine() is not null)
            {
                lines++;
            }

            return new ErasureJournal(path, known, lines);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveUnwritable, Phrases.Of("Erasures.ErasureJournalCannotUsed", e.Message), e);
        }
    }

    /// <summary>Adds lines; on disk when it returns.</summary>
    public JournalMark Append(IReadOnlyCollection<JournalLine> lines)
    {
        StringBuilder text = new();
        foreach (JournalLine line in lines)
        {
            text.Append(line.Record).Append(' ').Append(line.Slots is null ? "*" : string.Join(',', line.Slots.Select(static s => s.ToString(CultureInfo.InvariantCulture)))).Append('\n');
        }

        try
        {
            DurableFile.Append(path, Encoding.ASCII.GetBytes(text.ToString()));
            Lines += lines.Count;
            return new JournalMark(Id, Lines);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveUnwritable, Phrases.Of("Erasures.ErasureJournalCannotWritten", e.Message), e);
        }
    }

    /// <summary>Lines after so many.</summary>
    public IEnumerable<JournalLine> After(long lines)
    {
        foreach (string line in File.ReadLines(path, Encoding.ASCII).Skip(1).Skip((int)Math.Min(lines, int.MaxValue)))
        {
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space < 0 || !RecordId.TryParse(line.AsSpan(0, space), out RecordId record) || Slots(line[(space + 1)..]) is not (true, var slots))
            {
                throw new StoreException(ArchiveFaultCode.ArchiveUnreadable, Phrases.Of("Erasures.LineErasureJournalDoes"));
            }

            yield return new JournalLine(record, slots);
        }
    }

    private static (bool Ok, IReadOnlyList<int>? Slots) Slots(string text)
    {
        if (text == "*")
        {
            return (true, null);
        }

        List<int> slots = [];
        foreach (string part in text.Split(','))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int slot))
            {
                return (false, null);
            }

            slots.Add(slot);
        }

        return (true, slots);
    }

    private static void CutTornLine(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);

        // A power cut may leave zeros where a sector never came, and whole lines after them.
        int hole = bytes.AsSpan().IndexOf((byte)0);
        int end = bytes.AsSpan(0, hole < 0 ? bytes.Length : hole).LastIndexOf((byte)'\n') + 1;
        if (end != bytes.Length)
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read, 1);
            file.SetLength(end);
            file.Flush(flushToDisk: true);
        }
    }
}
