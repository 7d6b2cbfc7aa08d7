using System.Diagnostics;

namespace Tunduk.Archive.Tests;

/// <summary>This assembly as a process of its own.</summary>
internal static class ChildProcess
{
    private static string Assembly => typeof(ChildProcess).Assembly.Location;

    public static Process Start(string command, string dir, string? before = null)
    {
        ProcessStartInfo start = before is null
            ? new ProcessStartInfo("dotnet", [Assembly, command, dir])
            : new ProcessStartInfo("unshare", ["--user", "--map-root-user", "--mount", "bash", "-c", before + " && exec dotnet \"$0\" \"$1\" \"$2\"", Assembly, command, dir]);
        start.RedirectStandardOutput = true;
        start.RedirectStandardInput = true;
        return Process.Start(start)!;
    }
}
