using System.Diagnostics;

namespace Tunduk.Adapter.Tests.Functional;

/// <summary>
/// A file system of its own for one archive, small enough to fill: a tmpfs, so that mode bits and the room of the machine
/// do not matter. Mounting asks for root; a test that may not mount fails and says so.
/// </summary>
internal sealed class SmallVolume : IDisposable
{
    private const int Megabytes = 160;

    private SmallVolume(string path) => Path = path;

    public string Path { get; }

    public static SmallVolume Mount()
    {
        var path = Directory.CreateTempSubdirectory("tunduk-volume-").FullName;
        Run("mount", "-t", "tmpfs", "-o", $"size={Megabytes}m,mode=0700", "tunduk-test", path).ShouldBe(0, "a tmpfs could not be mounted: run the tests as root or with CAP_SYS_ADMIN");
        return new SmallVolume(path);
    }

    /// <summary>Takes every byte that is left, the archive's own reserve included if asked, and proves it: a plain write fails.</summary>
    public void Fill(bool reserveToo = false)
    {
        if (reserveToo)
        {
            foreach (var reserve in Directory.EnumerateFiles(Path, "reserve.*", SearchOption.AllDirectories))
            {
                File.Delete(reserve);
            }
        }

        var chunk = new byte[1024 * 1024];
        using (var filler = new FileStream(System.IO.Path.Combine(Path, "filler"), FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            var size = chunk.Length;
            while (size > 0)
            {
                try
                {
                    filler.Write(chunk, 0, size);
                }
                catch (IOException)
                {
                    size /= 2; // Until not one byte more fits.
                }
            }
        }

        Should.Throw<IOException>(() => File.WriteAllBytes(System.IO.Path.Combine(Path, "probe"), chunk), "the volume is full, yet a plain write succeeds: this test would prove nothing");
        File.Delete(System.IO.Path.Combine(Path, "probe"));
    }

    /// <summary>Nobody can write any more, root neither.</summary>
    public void MakeReadOnly() => Run("mount", "-o", "remount,ro", Path).ShouldBe(0);

    /// <summary>Gives the room back.</summary>
    public void Free() => File.Delete(System.IO.Path.Combine(Path, "filler"));

    public void Dispose()
    {
        Run("umount", "-l", Path);
        Directory.Delete(Path, recursive: true);
    }

    private static int Run(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
