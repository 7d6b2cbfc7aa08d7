using System.Text.RegularExpressions;
using Tunduk.Evidence.Bundles;

namespace Tunduk.Evidence.Tests.Bundles;

/// <summary>proto/BUNDLE-FORMAT.md against the code.</summary>
public sealed partial class BundlePageTests
{
    private static readonly string Root = FindRoot();
    private static readonly string Page = File.ReadAllText(Path.Combine(Root, "proto/BUNDLE-FORMAT.md"));

    [Fact]
    public void Page_Findings_AreExactlyTheCodes()
    {
        string[] written = [.. Code().Matches(Page[Page.IndexOf("## 7.", StringComparison.Ordinal)..]).Select(static match => match.Groups[1].Value).Where(static name => name == "fork" || name.Contains('_', StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        string sources = string.Concat(new[] { "src/Tunduk.Evidence/Bundles", "src/Tunduk.Verifier" }.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs")).Select(File.ReadAllText));
        string[] used = [.. Used().Matches(sources).SelectMany(static match => new[] { match.Groups[1].Value, match.Groups[2].Value }).Where(static name => name.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        written.ShouldBe(used);
    }

    [Fact]
    public void Page_Files_AreExactlyTheNames()
    {
        foreach (string name in BundleFormat.Files)
        {
            Page.ShouldContain($"| `{name}` |");
        }
    }

    private static string FindRoot()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Tunduk.Adapter.sln")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return folder;
    }

    [GeneratedRegex("`([a-z_]+)`")]
    private static partial Regex Code();

    [GeneratedRegex("(?:BundleFinding|BundleFaultException|Parse<\\w+>)\\((?:line, |options\\.Against\\.Contains\\(note\\) \\? \")?\"?([a-z_]+)\"(?: : \"([a-z_]+)\")?")]
    private static partial Regex Used();
}
