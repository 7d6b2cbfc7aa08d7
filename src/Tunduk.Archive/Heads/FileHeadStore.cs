using Tunduk.Archive.Files;
using Tunduk.Archive.Writing;

namespace Tunduk.Archive.Heads;

/// <summary>The head as one file in a folder of its own.</summary>
internal sealed class FileHeadStore(string folder) : IHeadStore
{
    private const string FileName = "head";
    private ProcessLock? processLock;

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
            return Read();
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
            if (Read() != expected)
            {
                throw new StoreException(ArchiveFaultCode.ArchiveRolledBack, Phrases.Of("Heads.HeadStoreChangedSomebody"));
            }

            DurableFile.Replace(FilePath, next.Encode());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveUnwritable, Phrases.Of("Heads.HeadStoreCannotWritten", e.Message), e);
        }
    }

    public void Dispose() => processLock?.Dispose();

    private HeadState? Read() => !File.Exists(FilePath)
        ? null
        : HeadState.TryDecode(File.ReadAllBytes(FilePath)) ?? throw new StoreException(ArchiveFaultCode.ArchiveRolledBack, Phrases.Of("Heads.HeadStoreFileDamaged"));
}
