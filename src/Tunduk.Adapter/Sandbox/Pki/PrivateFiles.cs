using System.Text;

namespace Tunduk.Adapter.Sandbox.Pki;

/// <summary>Writes files that only their owner can read, and writes them whole or not at all.</summary>
internal static class PrivateFiles
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerFile | UnixFileMode.UserExecute;

    public static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return;
        }

        Directory.CreateDirectory(folder, OwnerFolder);
        File.SetUnixFileMode(folder, OwnerFolder);
    }

    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        // A rename is atomic: a start that was killed leaves either no file or a whole one.
        string fresh = path + ".new";
        using (FileStream stream = Open(fresh, FileMode.Create))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(fresh, path, overwrite: true);
    }

    public static void Write(string path, string content) => Write(path, Encoding.UTF8.GetBytes(content));

    public static void AppendLine(string path, string line)
    {
        using FileStream stream = Open(path, FileMode.Append);
        stream.Write(Encoding.UTF8.GetBytes(line + "\n"));
        stream.Flush(flushToDisk: true);
    }

    public static FileStream Open(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.Read, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerFile;
        }

        return new FileStream(path, options);
    }
}
