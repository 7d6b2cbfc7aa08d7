using System.Runtime.InteropServices;

namespace Tunduk.Benchmarks.Archive;

/// <summary>The system's cache of files.</summary>
internal static class SystemCache
{
    /// <summary>
    /// Takes the larger files of a folder out of it. What the database itself keeps in its own memory stays: two megabytes a connection of SQLite, half a
    /// gigabyte of the server.
    /// </summary>
    public static void Forget(string folder)
    {
        const int DontNeed = 4;
        foreach (FileInfo file in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Where(static file => file.Length > 64 << 10))
        {
            using Microsoft.Win32.SafeHandles.SafeFileHandle handle = File.OpenHandle(file.FullName, share: FileShare.ReadWrite | FileShare.Delete);
            RandomAccess.FlushToDisk(handle);
            _ = Advise(handle, 0, 0, DontNeed);
        }
    }

    [DllImport("libc", EntryPoint = "posix_fadvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Advise(Microsoft.Win32.SafeHandles.SafeFileHandle file, long offset, long length, int advice);
}
