using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Tunduk.Archive.Files;

/// <summary>
/// File operations that are on disk when they return; readers find the old bytes or the new, never a part. The adapter
/// keeps its own state (last good texts, suspensions) by them too.
/// </summary>
public static class DurableFile
{
    /// <summary>Replaces a file so that after a crash either the old or the new bytes are there, whole.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> bytes)
    {
        string temporary = path + ".new";
        using (FileStream file = Create(temporary, FileMode.Create))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        SyncFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Makes a file that must not exist yet, readable by its owner only; nobody ever sees a part of it.</summary>
    /// <exception cref="IOException">It exists, or cannot be written.</exception>
    public static void CreateNew(string path, ReadOnlySpan<byte> bytes)
    {
        string temporary = $"{path}.{Guid.NewGuid():N}.new";
        using (FileStream file = Create(temporary, FileMode.CreateNew))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(temporary, path, overwrite: false);
        }
        catch (IOException)
        {
            File.Delete(temporary);
            throw;
        }

        SyncFolder(Path.GetDirectoryName(path)!);
    }

    public static void Append(string path, ReadOnlySpan<byte> bytes)
    {
        bool made = !File.Exists(path);
        using (FileStream file = Create(path, FileMode.Append))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        if (made)
        {
            SyncFolder(Path.GetDirectoryName(path)!);
        }
    }

    /// <summary>Makes a folder (and those above it) for its owner only.</summary>
    public static void MakeFolder(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        string? parent = Path.GetDirectoryName(Path.GetFullPath(path));
        if (parent is not null)
        {
            SyncFolder(parent);
        }
    }

    /// <summary>Makes names in a folder durable (a rename or a new file is not, before the folder itself is synced).</summary>
    public static void SyncFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return; // LIMIT: Windows has no way to sync a folder; NTFS journals names.
        }

        int descriptor = Native.Open(Encoding.UTF8.GetBytes(path + "\0"), 0);
        if (descriptor < 0)
        {
            throw new IOException($"The folder {path} cannot be opened to sync it (errno {Marshal.GetLastPInvokeError()}).");
        }

        using SafeFileHandle handle = new(descriptor, ownsHandle: true);
        RandomAccess.FlushToDisk(handle);
    }

    /// <summary>Replaces a file's bytes by zeros and removes it.</summary>
    /// <remarks>LIMIT: a copying file system or a flash disk may keep the old blocks below; what they held was wrapped by the master key.</remarks>
    public static void Destroy(string path)
    {
        using (FileStream file = new(path, FileMode.Open, FileAccess.Write, FileShare.None, 0))
        {
            file.Write(new byte[file.Length]);
            file.Flush(flushToDisk: true);
        }

        File.Delete(path);
        SyncFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Opens a file for writing that only its owner can read when this makes it.</summary>
    public static FileStream Create(string path, FileMode mode, long preallocate = 0)
    {
        FileStreamOptions options = new() { Mode = mode, Access = FileAccess.Write, Share = FileShare.Read, BufferSize = 0, PreallocationSize = preallocate };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }

    private static class Native
    {
        [DllImport("libc", EntryPoint = "open", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Open(byte[] path, int flags);
    }
}
