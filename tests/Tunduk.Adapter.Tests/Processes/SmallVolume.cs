using Tunduk.Adapter.Tests.Sandbox;

namespace Tunduk.Adapter.Tests.Processes;

/// <summary>A volume in memory that can be filled to the last byte. Mounting needs root, or sudo without a password.</summary>
internal sealed class SmallVolume : IAsyncDisposable
{
    private const string Filler = "filler";
    private readonly string path;

    private SmallVolume(string path) => this.path = path;

    public string Archive => Path.Combine(path, "archive");

    public static async Task<SmallVolume> MountAsync(string path, int megabytes)
    {
        Directory.CreateDirectory(path);
        await RootAsync("mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=0777", "tmpfs", path);
        return new SmallVolume(path);
    }

    /// <summary>Fills the volume and sees that nothing more can be written.</summary>
    public void Fill()
    {
        using var filler = new FileStream(Path.Combine(path, Filler), new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, BufferSize = 0 });
        foreach (var size in new[] { 1 << 20, 4096, 1 })
        {
            var bytes = new byte[size];
            try
            {
                while (true)
                {
                    filler.Write(bytes);
                }
            }
            catch (IOException)
            {
                // Full for this size; what is left is filled with less.
            }
        }

        Should.Throw<IOException>(() => File.WriteAllBytes(Path.Combine(path, "probe"), new byte[8192]));
    }

    /// <summary>Takes the archive's reserve for answers away and fills what it leaves.</summary>
    public void FillWithoutReserve()
    {
        foreach (var reserve in Directory.GetFiles(Archive, "reserve.*"))
        {
            File.Delete(reserve);
        }

        Fill();
    }

    public void Empty()
    {
        File.Delete(Path.Combine(path, Filler));
        File.Delete(Path.Combine(path, "probe"));
    }

    public async ValueTask DisposeAsync() => await RootAsync("umount", "--lazy", path);

    private static async Task RootAsync(params string[] command)
    {
        var (code, text) = Environment.IsPrivilegedProcess ? await Tool.RunAsync(command[0], command[1..]) : await Tool.RunAsync("sudo", ["-n", .. command]);
        code.ShouldBe(0, text);
    }
}
