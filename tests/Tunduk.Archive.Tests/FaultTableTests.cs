using System.Text.RegularExpressions;

namespace Tunduk.Archive.Tests;

/// <summary>FAULTS.md against the tests there are.</summary>
public sealed partial class FaultTableTests
{
    [Fact]
    public void Table_NamedTests_AllExist()
    {
        string root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Tunduk.Adapter.sln")))
        {
            root = Path.GetDirectoryName(root)!;
        }

        string[] named = [.. Test().Matches(File.ReadAllText(Path.Combine(root, "tests", "Tunduk.Archive.Tests", "FAULTS.md"))).Select(static match => match.Groups[1].Value).Distinct()];
        string[] all = [.. Directory.EnumerateFiles(Path.Combine(root, "tests"), "*.cs", SearchOption.AllDirectories)
            .Where(static file => !file.Contains("/obj/", StringComparison.Ordinal)).Select(File.ReadAllText)];
        named.Length.ShouldBeGreaterThan(40);
        named.Where(name => !Array.Exists(all, text => text.Contains($" {name}(", StringComparison.Ordinal))).ShouldBeEmpty();
    }

    [GeneratedRegex("`([A-Z][A-Za-z]+_[A-Za-z]+_[A-Za-z]+)`")]
    private static partial Regex Test();
}
