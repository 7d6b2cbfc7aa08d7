using System.Text.RegularExpressions;

namespace Tunduk.Adapter.Tests.Conventions;

/// <summary>How the source tree reads (CONVENTIONS rules 2, 3, 4).</summary>
public sealed partial class SourceTests
{
    private static readonly string[] Banned = ["Services", "Helpers", "Managers", "Utils", "Utilities", "Common", "Models", "Shared", "Core", "Misc", "Domain", "Application", "Infrastructure", "Interfaces", "Abstractions", "Extensions", "Dto", "Dtos", "Entities"];

    [Fact]
    public void Folder_Name_SaysAFeature() =>
        Repository.Sources("src").SelectMany(file => Path.GetDirectoryName(file)!.Split('/')).Intersect(Banned, StringComparer.OrdinalIgnoreCase).ShouldBeEmpty();

    [Fact]
    public void File_Namespace_IsItsFolder()
    {
        foreach (var file in Repository.Sources("src"))
        {
            var declared = Namespace().Match(Repository.Read(file));
            if (declared.Success)
            {
                declared.Groups[1].Value.ShouldBe(Path.GetDirectoryName(file)!["src/".Length..].Replace('/', '.'), file);
            }
        }
    }

    [Fact]
    public void File_PublicTypes_AreOneAndNamedLikeIt()
    {
        foreach (var file in Repository.Sources("src"))
        {
            var types = PublicType().Matches(Repository.Read(file)).Select(match => match.Groups[1].Value).Distinct(StringComparer.Ordinal).ToList();
            types.Count.ShouldBeLessThanOrEqualTo(1, $"{file}: {string.Join(", ", types)}");
            if (types.Count == 1)
            {
                Path.GetFileNameWithoutExtension(file).ShouldBe(types[0], file);
            }
        }
    }

    [Fact]
    public void File_OverThreeHundredLines_SaysWhyAtItsTop()
    {
        var silent = Repository.Sources("src").Concat(Repository.Sources("tests"))
            .Where(file => Repository.Read(file).Count(c => c == '\n') > 300 && !Reason().IsMatch(string.Join('\n', Repository.Read(file).Split('\n').Take(60))))
            .ToList();

        silent.ShouldBeEmpty("write at the top why the file is over 300 lines, or split it");
    }

    [Fact]
    public void File_Content_HasNothingUnfinished()
    {
        foreach (var file in Repository.Sources("src").Concat(Repository.Sources("tests")).Where(file => !file.EndsWith("/SourceTests.cs", StringComparison.Ordinal)))
        {
            Unfinished().Match(Repository.Read(file)).Value.ShouldBeEmpty(file);
        }
    }

    [GeneratedRegex(@"^namespace ([A-Za-z0-9_.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^public (?:(?:sealed|static|abstract|readonly|partial|ref|unsafe) )*(?:class|record struct|record|struct|interface|enum|delegate [A-Za-z<>?]+) ([A-Za-z0-9_]+)", RegexOptions.Multiline)]
    private static partial Regex PublicType();

    [GeneratedRegex("300 lines")]
    private static partial Regex Reason();

    [GeneratedRegex(@"NotImplementedException|\b(TODO|FIXME|HACK|XXX):|Skip = """)]
    private static partial Regex Unfinished();
}
