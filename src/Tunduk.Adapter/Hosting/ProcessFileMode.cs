using System.Runtime.InteropServices;

namespace Tunduk.Adapter.Hosting;

/// <summary>Whatever this process makes is for its owner alone: logs, state, key files, and what libraries make beside them.</summary>
internal static class ProcessFileMode
{
    private const int GroupAndOthers = 0b111_111;

    /// <summary>Sets the process's file mode mask; new files get mode 0600 at most, folders 0700.</summary>
    public static void Enforce()
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = SetMask(GroupAndOthers);
        }
    }

    [DllImport("libc", EntryPoint = "umask")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetMask(int mask);
}
