using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Tunduk.Adapter.Exchange;

namespace Tunduk.Adapter.Tests.Conventions;

/// <summary>What a refusal says was expected and found stands in <c>Phrases.resx</c>, and nowhere in code.</summary>
public sealed partial class RefusalPhraseTests
{
    private static Dictionary<string, string> Texts { get; } = XDocument.Load(Path.Combine(Repository.Root, "src/Tunduk.Adapter/Exchange/Phrases.resx"))
        .Descendants("data").ToDictionary(data => (string)data.Attribute("name")!, data => data.Element("value")!.Value, StringComparer.Ordinal);

    [Fact]
    public void Refusal_ExpectedFoundRemedy_AreNoSentencesInCode()
    {
        var sentences = Repository.Sources("src/Tunduk.Adapter")
            .SelectMany(file => Sentences(Repository.Read(file)).Select(sentence => $"{file}: {sentence}"))
            .ToList();

        sentences.ShouldBeEmpty("write the text into Phrases.resx (a remedy of its own into Refusals.resx) and read it with RefusalPhrases.Of");
    }

    [Theory]
    [InlineData("""Expected = "a durable entry" }""", 1)]
    [InlineData("""Expected = $"at most {most} bytes", Found = "one more" }""", 2)]
    [InlineData("""Found = none ? "no operation" : "another name",""", 2)]
    [InlineData("""new PolicyRefusal("c", "path", "one thing", "XML", "Send another thing.")""", 2)]
    [InlineData("""Found = "text/xml", Path = "the whole message" }""", 0)]
    [InlineData("""Found = string.Join(", ", names) }""", 0)]
    [InlineData("""Found = $"{local:HH mm}",""", 0)]
    public void Sentences_OfCode_AreSeen(string code, int expected) => Sentences(code + ";").Count().ShouldBe(expected);

    [Fact]
    public void Phrases_NamedInCode_AreThoseOfTheResource()
    {
        var used = Repository.Sources("src").SelectMany(file => Use().Matches(Repository.Read(file))).Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);

        used.Except(Texts.Keys).ShouldBeEmpty("Phrases.resx lacks them, or a name is not written as a literal");
        Texts.Keys.Except(used).ShouldBeEmpty("nothing says them");
    }

    [Fact]
    public void Phrases_Texts_StandOnceEach() => Texts.GroupBy(entry => entry.Value, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key).ShouldBeEmpty();

    [Fact]
    public void Phrases_FilledInByCode_GetAsManyValuesAsTheyName()
    {
        foreach (var file in Repository.Sources("src"))
        {
            var code = Repository.Read(file);
            foreach (Match use in Use().Matches(code))
            {
                Arguments(code, use.Groups[1].Index - 1).Count.ShouldBe(1 + CompositeFormat.Parse(Texts[use.Groups[1].Value]).MinimumArgumentCount, $"{file}: {use.Groups[1].Value}");
            }
        }
    }

    [Fact]
    public void Of_NameWithoutEntry_Throws() => Should.Throw<ArgumentException>(() => RefusalPhrases.Of("no_such_phrase"));

    [Fact]
    public void Of_NameWithValues_FillsThemIn() => RefusalPhrases.Of("bytes_at_most", 12).ShouldBe("at most 12 bytes");

    [Fact]
    public void Of_TextWithBraces_ShowsThemOnce() => RefusalPhrases.Of("alias_of_rest_service_soap_service_is").ShouldEndWith("/v1/services/{alias}");

    private static IEnumerable<string> Sentences(string code) =>
        Assigned().Matches(code).Select(match => Arguments(code, match.Index + match.Length)[0])
            .Concat(Constructed().Matches(code).SelectMany(match => Arguments(code, match.Index + match.Length).Skip(2)))
            .SelectMany(expression => Literal().Matches(expression).Select(match => match.Value))
            .Where(literal => Hole().Replace(literal, "") is var words && words.Contains(' ', StringComparison.Ordinal) && Word().IsMatch(words));

    // The expressions between commas from a place in code to the bracket, brace or semicolon that ends them.
    private static List<string> Arguments(string code, int at)
    {
        List<string> found = [];
        var (start, depth, isText) = (at, 0, false);
        for (; ; at++)
        {
            var c = code[at];
            if (isText)
            {
                at += c == '\\' ? 1 : 0;
                isText = c != '"';
            }
            else if (c == '"')
            {
                isText = true;
            }
            else if (depth == 0 && c is ',' or ';' or ')' or '}' or ']')
            {
                found.Add(code[start..at]);
                start = at + 1;
                if (c != ',')
                {
                    return found;
                }
            }
            else
            {
                depth += c is '(' or '[' or '{' ? 1 : c is ')' or ']' or '}' ? -1 : 0;
            }
        }
    }

    [GeneratedRegex(@"RefusalPhrases\.Of\(""?([^"",)]*)")]
    private static partial Regex Use();

    [GeneratedRegex(@"(?<!const string )\b(?:Expected|Found|Remedy) = ")]
    private static partial Regex Assigned();

    [GeneratedRegex(@"new PolicyRefusal\(")]
    private static partial Regex Constructed();

    [GeneratedRegex(@"""(?:[^""\\]|\\.)*""")]
    private static partial Regex Literal();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Hole();

    [GeneratedRegex("[A-Za-z]{2}")]
    private static partial Regex Word();
}
