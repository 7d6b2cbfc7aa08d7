using Tunduk.Archive.Files;
using Tunduk.Archive.Writing;

namespace Tunduk.Archive.Heads;

/// <summary>The head as one file in a folder of its own.</summary>
internal sealed class FileHeadStore(string folder) : IHeadStore
{
    private const string FileName = "head";
    private const long MaxBytes = 64 * 1024;
    private ProcessLock? processLock;

    /// <summary>Succession: a head that cannot be read is set aside beside the one that is begun, and counts as lost.</summary>
    public bool MayBeLost { get; init; }

    private string FilePath => Path.Combine(folder, FileName);

    /// <summary>Reads without a lock, for verification.</summary>
    public static HeadState? ReadOnly(string folder)
    {
        try
        {
            return new FileHeadStore(folder).Read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveUnreadable, Phrases.Of("Heads.HeadStoreCannotRead", e.Message), e);
        }
    }

    public HeadState? Open()
    {
        try
        {
            DurableFile.MakeFolder(folder);
            processLock ??= ProcessLock.TryTake(Path.Combine(folder, "head.lock"))
                ?? throw new StoreException(ArchiveFaultCode.ArchiveLocked, Phrases.Of("Heads.AnotherProcessUsesHead"));
            return MayBeLost && IsDamaged() ? SetAside() : Read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveUnwritable, Phrases.Of("Heads.HeadStoreCannotUsed", e.Message), e);
        }
    }

    public void Replace(HeadState? expected, HeadState next)
    {
        try
        {
            HeadState? found = Read();
            if (found is null)
            {
                _ = Directory.EnumerateFileSystemEntries(folder).Any(); // one that is not there, or cannot be looked into, says nothing of what is in it
            }

            if (found != expected)
            {
                throw new StoreException(ArchiveFaultCode.ArchiveRolledBack, Phrases.Of("Heads.HeadStoreChangedSomebody")) { Remedy = Phrases.Of("Heads.PutHeadBack") };
            }

            DurableFile.Replace(FilePath, next.Encode());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveUnwritable, Phrases.Of("Heads.HeadStoreCannotWritten", e.Message), e);
        }
    }

    public void Dispose() => processLock?.Dispose();

    private HeadState? Read()
    {
        if (!Path.Exists(FilePath))
        {
            return null;
        }

        return File.Exists(FilePath) && new FileInfo(FilePath).Length <= MaxBytes && HeadState.TryDecode(File.ReadAllBytes(FilePath)) is { } head
            ? head
            : throw new StoreException(ArchiveFaultCode.ArchiveRolledBack, Phrases.Of("Heads.HeadStoreFileDamaged")) { Remedy = Phrases.Of("Heads.PutHeadBack") };
    }

    private bool IsDamaged()
    {
        try
        {
            _ = Read();
            return false;
        }
        catch (StoreException)
        {
            return true;
        }
    }

    private HeadState? SetAside()
    {
        string aside = FilePath + ".damaged";
        if (Directory.Exists(FilePath))
        {
            Directory.Move(FilePath, aside);
        }
        else
        {
            File.Move(FilePath, aside, overwrite: true);
        }

        return null;
    }
}
