using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Tunduk.Adapter.Tests.Conventions;

/// <summary>Every resource of texts is held against the code that reads it: no entry too few, none too many, none twice, and each gets the values it names.</summary>
public sealed partial class PhraseTests
{
    private static readonly Regex EndOfUse = Quote();

    /// <summary>Where texts stand, and how the code beside them asks for one.</summary>
    public static TheoryData<string, string, string> Books => new()
    {
        { "src/Tunduk.Adapter/Exchange/Phrases.resx", "src", "RefusalPhrases" },
        { "src/Tunduk.Adapter/Phrases.resx", "src/Tunduk.Adapter", "Phrases" },
        { "src/Tunduk.XRoad/Phrases.resx", "src/Tunduk.XRoad", "Phrases" },
        { "src/Tunduk.Evidence/Phrases.resx", "src/Tunduk.Evidence", "Phrases" },
        { "src/Tunduk.Archive/Phrases.resx", "src/Tunduk.Archive", "Phrases" },
        { "src/Tunduk.Verifier/Phrases.resx", "src/Tunduk.Verifier", "Phrases" },
    };

    [Theory]
    [MemberData(nameof(Books))]
    public void Phrases_NamedInCode_AreThoseOfTheResource(string resource, string folder, string reader)
    {
        var texts = Texts(resource);

        var used = Uses(folder, reader).Select(use => use.Name).ToHashSet(StringComparer.Ordinal);

        used.Except(texts.Keys).ShouldBeEmpty($"{resource} lacks them, or a name is not written as a literal");
        texts.Keys.Except(used).ShouldBeEmpty("nothing says them");
    }

    [Theory]
    [MemberData(nameof(Books))]
    public void Phrases_FilledInByCode_GetAsManyValuesAsTheyName(string resource, string folder, string reader)
    {
        var texts = Texts(resource);

        var wrong = Uses(folder, reader).Where(use => texts.TryGetValue(use.Name, out var text) && use.Values != CompositeFormat.Parse(text).MinimumArgumentCount).Select(use => $"{use.File}: {use.Name}");

        wrong.ShouldBeEmpty();
    }

    // A part of a name before the dot is the folder that says it: two folders may say the same, and need not in every language.
    [Theory]
    [MemberData(nameof(Books))]
    public void Phrases_Texts_StandOnceEach(string resource, string folder, string reader) => Texts(resource)
        .GroupBy(entry => (entry.Key.Contains('.', StringComparison.Ordinal) ? entry.Key.Split('.')[0] : "", entry.Value))
        .Where(group => group.Count() > 1)
        .Select(group => group.Key.Value)
        .ShouldBeEmpty($"{folder} says them by {reader} under two names");

    [Theory]
    [MemberData(nameof(Books))]
    public void Phrases_Names_AreWords(string resource, string folder, string reader) =>
        Texts(resource).Keys.Where(name => !Name().IsMatch(name)).ShouldBeEmpty($"{folder}: what {reader} asks for is named by what it is about");

    /// <summary>What carries a text to users, and from which of its arguments on they are texts.</summary>
    public static TheoryData<string, int> Carriers => new()
    {
        { @"new SettingFault\(", 1 },
        { @"new KeyFault\(", 1 },
        { @"new ArchiveFault\(", 1 },
        { @"new StoreException\(", 1 },
        { @"new BundleFinding\(", 1 },
        { @"new FacetViolation\(", 1 },
        { @"new ProtocolFault\(", 3 },
        { @"new MappingFault\(", 3 },
        { @"new AgreementFault\(", 5 },
        { @"\btrace\.Fault\(", 2 },
        { @"\bfindings\.(?:Note|Warning|Error)\(", 1 },
        { @"\b[Ff]aults\.(?:Add|Warn)\(", 3 },
        { @"\btally\.Fail\(", 2 },
        { @"\bDoctorFinding\.(?:Ok|Warning|Broken)\(", 0 },
        { @"\bOutput\.Wrong\(", 0 },
        { @"\bDescription = ", 0 },
    };

    [Theory]
    [MemberData(nameof(Carriers))]
    public void Carrier_Texts_AreNoSentencesInCode(string carrier, int first)
    {
        var start = new Regex(carrier, RegexOptions.None, TimeSpan.FromSeconds(1));

        var sentences = Repository.Sources("src")
            .Where(file => !file.StartsWith("src/Tunduk.Adapter/Sandbox/SecurityServers/", StringComparison.Ordinal)) // They imitate the words of X-Road.
            .SelectMany(file => Sentences(Repository.Read(file), start, first).Select(sentence => $"{file}: {sentence}"));

        sentences.ShouldBeEmpty("write the text into Phrases.resx of the project and read it with Phrases.Of");
    }

    [Theory]
    [InlineData("""x("a", "two words");""", 1, 1)]
    [InlineData("""x("two words", $"no {less} here", Phrases.Of("A.B"));""", 1, 1)]
    [InlineData("""x(a ? "text/xml" : Phrases.Of("A.B", string.Join(", ", names)), $"{at}: {it}");""", 0, 0)]
    public void Sentences_OfCode_AreSeen(string code, int first, int expected) => Sentences(code, Call(), first).Count().ShouldBe(expected);

    private static IEnumerable<string> Sentences(string code, Regex carrier, int first) => carrier.Matches(code)
        .SelectMany(match => Repository.Arguments(code, match.Index + match.Length).Skip(first))
        .SelectMany(Repository.Sentences);

    private static Dictionary<string, string> Texts(string resource) => XDocument.Load(Path.Combine(Repository.Root, resource))
        .Descendants("data").ToDictionary(data => (string)data.Attribute("name")!, data => data.Element("value")!.Value, StringComparer.Ordinal);

    private static IEnumerable<(string File, string Name, int Values)> Uses(string folder, string reader)
    {
        var start = new Regex($@"(?<![A-Za-z]){reader}\.Of\((?!string )", RegexOptions.None, TimeSpan.FromSeconds(1));
        foreach (var file in Repository.Sources(folder))
        {
            var code = Repository.Read(file);
            foreach (Match use in start.Matches(code))
            {
                var arguments = Repository.Arguments(code, use.Index + use.Length);
                yield return (file, EndOfUse.Replace(arguments[0], ""), arguments.Count - 1);
            }
        }
    }

    [GeneratedRegex(@"x\(")]
    private static partial Regex Call();

    [GeneratedRegex("^\"|\"$")]
    private static partial Regex Quote();

    [GeneratedRegex("^([A-Z][A-Za-z0-9]*\\.[A-Z0-9][A-Za-z0-9]*|[a-z0-9_]+)$")]
    private static partial Regex Name();
}
