using System.Diagnostics;

namespace Tunduk.Archive.Tests.PowerCut;

/// <summary>The preloaded library that records and refuses writes (powercut.c), built by the system's compiler.</summary>
internal static class DiskLibrary
{
    public static async Task<string> BuildAsync(string folder)
    {
        string library = Path.Combine(folder, "powercut.so");
        string source = Path.Combine(AppContext.BaseDirectory, "PowerCut", "powercut.c");
        using Process compiler = Process.Start("cc", ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl", "-lpthread"]);
        await compiler.WaitForExitAsync();
        compiler.ExitCode.ShouldBe(0);
        return library;
    }
}
