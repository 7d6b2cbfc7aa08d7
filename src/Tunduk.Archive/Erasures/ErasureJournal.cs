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

    // Of the whole lines. What follows them is nobody's: cut off when the journal is taken, and after an append that failed.
    private long length;
    private bool mayBeTorn = true;

    private ErasureJournal(string path, LogId id, long lines, long length)
    {
        this.path = path;
        this.length = length;
        Id = id;
        Lines = lines;
    }

    /// <summary>Drawn when the file was made.</summary>
    public LogId Id { get; private set; }

    /// <summary>Lines it holds.</summary>
    public long Lines { get; private set; }

    /// <summary>Opens the journal, making it where there is none.</summary>
    /// <param name="folder">The head store's folder.</param>
    /// <param name="known">What the head store knows of it: a journal that is missing, shorter or another one is refused, for what was erased would come back.</param>
    /// <param name="mayBeLost">Succession: a lost journal is begun anew, and <see cref="Lost"/> says how many lines it had.</param>
    public static ErasureJournal Open(string folder, JournalMark? known, bool mayBeLost)
    {
        string path = Path.Combine(folder, FileName);
        if (mayBeLost)
        {
            SetAsideIfNone(path);
        }

        if (known is not { } mark)
        {
            return OpenFile(path).CutTornLine();
        }

        // Nothing of it is changed before it is known to be the one: what is left of a damaged journal is for who repairs it.
        ErasureJournal? found = File.Exists(path) ? OpenFile(path) : null;
        if (found is not null && found.Id == mark.Journal && found.Lines >= mark.Applied)
        {
            return found.CutTornLine();
        }

        if (!mayBeLost)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveRolledBack, Phrases.Of("Erasures.ErasureJournalHeadStore", path, found is null ? Phrases.Of("Erasures.Missing") : found.Id == mark.Journal ? Phrases.Of("Erasures.CutOffAfterLines", found.Lines) : Phrases.Of("Erasures.Another"), mark.Applied));
        }

        found ??= OpenFile(path);
        found.Lost = mark.Applied - (found.Id == mark.Journal ? found.Lines : 0);
        return found.CutTornLine();
    }

    /// <summary>Lines that are lost with an earlier journal; 0 but after a succession.</summary>
    public long Lost { get; private set; }

    /// <summary>
    /// Succession over a database that has seen more lines than are left: a journal of another name with those that are, so that what is erased from now on
    /// is counted from its beginning.
    /// </summary>
    /// <param name="seen">Lines the database has seen.</param>
    public void Renew(long seen)
    {
        LogId id = LogId.New();
        byte[] bytes = Encoding.ASCII.GetBytes(string.Concat(File.ReadLines(path, Encoding.ASCII).Skip(1).Take((int)Math.Min(Lines, int.MaxValue)).Prepend($"{Format}{id}").Select(static line => line + "\n")));
        try
        {
            DurableFile.Replace(path, bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveUnwritable, Phrases.Of("Erasures.ErasureJournalCannotWritten", e.Message), e);
        }

        Lost = Math.Max(Lost, seen - Lines);
        length = bytes.Length;
        Id = id;
    }

    /// <summary>What the head store is to know.</summary>
    public JournalMark Mark => new(Id, Lines);

    private static ErasureJournal OpenFile(string path)
    {
        try
        {
            if (!File.Exists(path))
            {
                LogId id = LogId.New();
                byte[] first = Encoding.ASCII.GetBytes($"{Format}{id}\n");
                DurableFile.Replace(path, first);
                return new ErasureJournal(path, id, 0, first.Length);
            }

            byte[] bytes = File.ReadAllBytes(path);

            // A power cut may leave zeros where a sector never came, and whole lines after them.
            int hole = bytes.AsSpan().IndexOf((byte)0);
            ReadOnlySpan<byte> whole = bytes.AsSpan(0, bytes.AsSpan(0, hole < 0 ? bytes.Length : hole).LastIndexOf((byte)'\n') + 1);
            int head = whole.IndexOf((byte)'\n') + 1;
            return head > 0 && Identify(whole[..head]) is { } known
                ? new ErasureJournal(path, known, whole[head..].Count((byte)'\n'), whole.Length)
                : throw new StoreException(ArchiveFaultCode.ArchiveUnreadable, Phrases.Of("Erasures.NoErasureJournal", path)) { Remedy = Phrases.Of("Erasures.PutJournalBack") };
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
            RequireOwnLines();
            CutTornLine();
            mayBeTorn = true;
            byte[] bytes = Encoding.ASCII.GetBytes(text.ToString());
            DurableFile.Append(path, bytes);
            mayBeTorn = false;
            length += bytes.Length;
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
        long number = lines + 1;
        foreach (string line in File.ReadLines(path, Encoding.ASCII).Skip(1).Take((int)Math.Min(Lines, int.MaxValue)).Skip((int)Math.Min(lines, int.MaxValue)))
        {
            number++;
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space < 0 || !RecordId.TryParse(line.AsSpan(0, space), out RecordId record) || Slots(line[(space + 1)..]) is not (true, var slots))
            {
                throw new StoreException(ArchiveFaultCode.ArchiveUnreadable, Phrases.Of("Erasures.LineErasureJournalDoes", number, path)) { Remedy = Phrases.Of("Erasures.PutJournalLineBack") };
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

    // Succession over a file that is no journal any more: it stays beside the new one, and the log says how many lines are lost.
    private static void SetAsideIfNone(string path)
    {
        try
        {
            _ = File.Exists(path) ? OpenFile(path) : null;
        }
        catch (StoreException e) when (e.Code == ArchiveFaultCode.ArchiveUnreadable)
        {
            MoveAway(path);
        }
    }

    private static void MoveAway(string path)
    {
        try
        {
            File.Move(path, path + ".damaged", overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveUnwritable, Phrases.Of("Erasures.ErasureJournalCannotUsed", e.Message), e);
        }
    }

    private static LogId? Identify(ReadOnlySpan<byte> line)
    {
        string text = Encoding.ASCII.GetString(line).TrimEnd('\r', '\n');
        return text.StartsWith(Format, StringComparison.Ordinal) && LogId.TryParse(text.AsSpan(Format.Length), out LogId id) ? id : null;
    }

    // A line in another file, or after lines that somebody took out, would be lost at the next start, and with it what was erased.
    private void RequireOwnLines()
    {
        byte[] first = new byte[Format.Length + Id.ToString().Length];
        bool own = File.Exists(path);
        if (own)
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0);
            own = (mayBeTorn ? file.Length >= length : file.Length == length) && file.ReadAtLeast(first, first.Length, throwOnEndOfStream: false) == first.Length && Identify(first) == Id;
        }

        if (!own)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveUnwritable, Phrases.Of("Erasures.JournalChanged", path)) { Remedy = Phrases.Of("Erasures.PutJournalBack") };
        }
    }

    private ErasureJournal CutTornLine()
    {
        try
        {
            if (mayBeTorn && new FileInfo(path).Length != length)
            {
                using FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read, 1);
                file.SetLength(length);
                file.Flush(flushToDisk: true);
            }

            mayBeTorn = false;
            return this;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveUnwritable, Phrases.Of("Erasures.ErasureJournalCannotUsed", e.Message), e);
        }
    }
}
