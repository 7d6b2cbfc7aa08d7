using System.Diagnostics;

namespace Tunduk.Archive.Tests;

/// <summary>This assembly as a process of its own.</summary>
internal static class ChildProcess
{
    /// <summary>Environment variable with the connection string of an archive on a server.</summary>
    public const string Connection = "TUNDUK_CHILD_CONNECTION";

    private static string Assembly => typeof(ChildProcess).Assembly.Location;

    public static Process Start(string command, string dir, string? before = null, string? connection = null)
    {
        ProcessStartInfo start = before is null
            ? new ProcessStartInfo("dotnet", [Assembly, command, dir])
            : new ProcessStartInfo("unshare", ["--user", "--map-root-user", "--mount", "bash", "-c", before + " && exec dotnet \"$0\" \"$1\" \"$2\"", Assembly, command, dir]);
        start.RedirectStandardOutput = true;
        start.RedirectStandardInput = true;
        start.Environment[Connection] = connection;
        return Process.Start(start)!;
    }

    /// <summary>With a library before all others that watches the folder.</summary>
    public static Process Preloaded(string library, string command, string dir, params (string Name, string Value)[] environment)
    {
        ProcessStartInfo start = new("dotnet", [Assembly, command, dir]) { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["LD_PRELOAD"] = library;
        start.Environment["TUNDUK_CUT_ROOT"] = dir;
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
