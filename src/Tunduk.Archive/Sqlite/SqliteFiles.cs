using Tunduk.Archive.Files;
using Tunduk.Archive.Writing;

namespace Tunduk.Archive.Sqlite;

/// <summary>
/// The three files of a database that is open, so that one which somebody moved, replaced, removed or cut is noticed: SQLite goes on writing into the one it
/// has open. A commit into a file without its name is gone with the process, and pages that are moved out of a log which was cut destroy the database.
/// </summary>
/// <remarks>Asked before each commit and before it is answered: six system calls, some microseconds beside the sync. Used by the writer's thread alone.</remarks>
internal sealed class SqliteFiles
{
    private const int Database = 0;
    private const int Log = 1;
    private readonly string[] names;
    private readonly byte[][] systemNames;
    private readonly FileFacts?[] known;

    /// <summary>Of a database that was opened and read, so that all three are there.</summary>
    /// <exception cref="StoreException">One of them is not there.</exception>
    public SqliteFiles(string path)
    {
        names = FileFacts.AreKnown ? [path, path + "-wal", path + "-shm"] : [];
        systemNames = Array.ConvertAll(names, FileFacts.NameOf);
        known = Array.ConvertAll(names, FileFacts.Of);
        if (Array.FindIndex(known, static facts => facts is null) is var at && at >= 0)
        {
            throw Touched(names[at]);
        }
    }

    /// <summary>A file is the one that was opened, but not as this process left it: what is known of it in memory does not fit it any more.</summary>
    public bool IsForeign { get; private set; }

    /// <summary>The database must be the file itself and have one name: its log lies beside the name by which it was opened, and the lock beside the other.</summary>
    public static void RequireOneName(string path)
    {
        if (FileFacts.AreKnown && FileFacts.Of(path) is { } facts && (facts.IsSymbolicLink || (facts.IsFile && facts.Links > 1)))
        {
            throw new StoreException(ArchiveFaultCode.ArchiveSettings, Phrases.Of("Sqlite.DatabaseOtherName", path, facts.IsSymbolicLink ? Phrases.Of("Sqlite.SymbolicLink") : Phrases.Of("Sqlite.HardLink", facts.Links)))
            {
                Remedy = Phrases.Of("Sqlite.GiveDatabaseOneName"),
            };
        }
    }

    /// <summary>Before something is written: what to say of the first file that is not as this process left it; null while all are.</summary>
    public StoreException? Look() => Look(sizesToo: true);

    /// <summary>After something was written, before it counts: the same, and what is found is what this process leaves.</summary>
    public StoreException? LookAndNote() => Look(sizesToo: false);

    private StoreException? Look(bool sizesToo)
    {
        try
        {
            StoreException? touched = null;
            for (int i = 0; i < names.Length; i++)
            {
                FileFacts? now = FileFacts.Of(names[i], systemNames[i]);
                bool isSame = now is { } found && found.IsSameFile(known[i]!.Value);
                bool isCut = sizesToo && isSame && (i == Log ? now!.Value.Size != known[i]!.Value.Size : i == Database && now!.Value.Size < known[i]!.Value.Size);
                IsForeign |= isCut;
                touched ??= isSame && !isCut ? null : Touched(names[i]);
                known[i] = isSame ? now : known[i];
            }

            return touched;
        }
        catch (IOException e)
        {
            return new StoreException(ArchiveFaultCode.ArchiveUnwritable, Phrases.Of("Sqlite.ArchiveFolderCannotUsed", e.Message), e);
        }
    }

    private static StoreException Touched(string name) =>
        new(ArchiveFaultCode.ArchiveUnwritable, Phrases.Of("Sqlite.FileTouched", name)) { Remedy = Phrases.Of("Sqlite.PutFileBack") };
}
