using System.Text.RegularExpressions;
using Tunduk.Adapter.Exchange;

namespace Tunduk.Adapter.Tests.Conventions;

/// <summary>What a refusal says was expected and found stands in <c>Phrases.resx</c>, and nowhere in code.</summary>
public sealed partial class RefusalPhraseTests
{
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
    public void Of_NameWithoutEntry_Throws() => Should.Throw<ArgumentException>(() => RefusalPhrases.Of("no_such_phrase"));

    [Fact]
    public void Of_NameWithValues_FillsThemIn() => RefusalPhrases.Of("bytes_at_most", 12).ShouldBe("at most 12 bytes");

    [Fact]
    public void Of_TextWithBraces_ShowsThemOnce() => RefusalPhrases.Of("alias_of_rest_service_soap_service_is").ShouldEndWith("/v1/services/{alias}");

    private static IEnumerable<string> Sentences(string code) =>
        Assigned().Matches(code).Select(match => Repository.Arguments(code, match.Index + match.Length)[0])
            .Concat(Constructed().Matches(code).SelectMany(match => Repository.Arguments(code, match.Index + match.Length).Skip(2)))
            .SelectMany(Repository.Sentences);

    [GeneratedRegex(@"(?<!const string )\b(?:Expected|Found|Remedy) = ")]
    private static partial Regex Assigned();

    [GeneratedRegex(@"new PolicyRefusal\(")]
    private static partial Regex Constructed();
}
