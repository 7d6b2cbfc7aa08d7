using Tunduk.Archive.Writing;

namespace Tunduk.Archive.Files;

/// <summary>An exclusive lock on a file that ends with the process that holds it, however that ends.</summary>
internal sealed class ProcessLock : IDisposable
{
    // On Unix an IOException carries errno: ENOSPC and EROFS.
    private const int NoSpace = 28;
    private const int ReadOnlyFileSystem = 30;
    private readonly FileStream file;

    private ProcessLock(FileStream file) => this.file = file;

    /// <summary>Null when another process (or another archive object of this one) holds it.</summary>
    public static ProcessLock? TryTake(string path)
    {
        try
        {
            FileStreamOptions options = new() { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 1 };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            return new ProcessLock(new FileStream(path, options));
        }
        catch (IOException e) when (e.HResult is ReadOnlyFileSystem or NoSpace)
        {
            // Nobody holds it: the volume takes no file.
            throw new StoreException(ArchiveFaultCode.ArchiveUnwritable, Phrases.Of("Files.CannotOpenedWritingVolume", Path.GetFileName(path), e.HResult == NoSpace ? "full" : "read-only"), e);
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException))
        {
            return null;
        }
    }

    public void Dispose() => file.Dispose();
}
