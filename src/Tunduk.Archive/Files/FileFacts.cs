using System.Runtime.InteropServices;
using System.Text;

namespace Tunduk.Archive.Files;

/// <summary>Which file a name leads to at this moment. Asked by name: to open and close a file that SQLite has locked would let go of its locks.</summary>
/// <param name="Device">Device it lies on.</param>
/// <param name="Inode">Its number there: while somebody has it open no other file gets the same.</param>
/// <param name="Links">Names it has.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="IsSymbolicLink">The name is a symbolic link, and these are the facts of the link.</param>
/// <param name="IsFile">It is a regular file.</param>
internal readonly record struct FileFacts(ulong Device, ulong Inode, uint Links, ulong Size, bool IsSymbolicLink, bool IsFile)
{
    private const int NoSuchFile = 2;
    private const int NoFolder = 20;
    private const int CurrentFolder = -100; // AT_FDCWD
    private const int NoFollow = 0x100; // AT_SYMLINK_NOFOLLOW
    private const uint Wanted = 0x1 | 0x4 | 0x100 | 0x200; // STATX_TYPE, STATX_NLINK, STATX_INO, STATX_SIZE

    // LIMIT: elsewhere nothing is known of a file. Windows does not let a file that is open be moved or removed.
    public static bool AreKnown => OperatingSystem.IsLinux();

    public bool IsSameFile(FileFacts other) => Device == other.Device && Inode == other.Inode;

    /// <summary>A path as the system takes it, for who asks often.</summary>
    public static byte[] NameOf(string path) => Encoding.UTF8.GetBytes(path + "\0");

    /// <summary>Null where the name leads to nothing.</summary>
    /// <exception cref="IOException">The name cannot be asked.</exception>
    public static FileFacts? Of(string path) => Of(path, NameOf(path));

    /// <summary>The same of a path whose <see cref="NameOf"/> is known.</summary>
    /// <exception cref="IOException">The name cannot be asked.</exception>
    public static FileFacts? Of(string path, byte[] name)
    {
        Span<byte> facts = stackalloc byte[256]; // struct statx of linux/stat.h, the same on every architecture
        if (Native.Statx(CurrentFolder, name, NoFollow, Wanted, ref MemoryMarshal.GetReference(facts)) == 0)
        {
            int type = MemoryMarshal.Read<ushort>(facts[28..]) & 0xF000; // S_IFMT
            return new FileFacts(
                MemoryMarshal.Read<ulong>(facts[136..]), MemoryMarshal.Read<ulong>(facts[32..]), MemoryMarshal.Read<uint>(facts[16..]),
                MemoryMarshal.Read<ulong>(facts[40..]), type == 0xA000, type == 0x8000);
        }

        int error = Marshal.GetLastPInvokeError();
        return error is NoSuchFile or NoFolder ? null : throw new IOException(Phrases.Of("Files.FileCannotAsked", path, error));
    }

    private static class Native
    {
        [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Statx(int folder, byte[] path, int flags, uint mask, ref byte facts);
    }
}
