using System.Xml.Linq;
using Tunduk.Adapter.Exchange;

namespace Tunduk.Adapter.Tests.Conventions;

/// <summary>The closed list of codes, its texts and its page are one and the same.</summary>
public sealed class RefusalTextTests
{
    private static Dictionary<string, string> Texts { get; } = XDocument.Load(Path.Combine(Repository.Root, "src/Tunduk.Adapter/Exchange/Refusals.resx"))
        .Descendants("data").ToDictionary(data => (string)data.Attribute("name")!, data => data.Element("value")!.Value, StringComparer.Ordinal);

    public static TheoryData<string> Codes => [.. ExchangeCodes.All.Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Codes))]
    public void Code_OfTheList_HasTitleAndRemedy(string code)
    {
        RefusalTexts.Title(code).ShouldNotBe(code);
        RefusalTexts.Title(code).ShouldNotBeNullOrWhiteSpace();
        RefusalTexts.Remedy(code).ShouldNotBeNullOrWhiteSpace();
        RefusalTexts.Rule(code).ShouldNotBeNullOrWhiteSpace();
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void Code_OfTheList_NeverAnswersSuccess(string code) => ((int)ExchangeCodes.StatusOf(code)).ShouldBeInRange(400, 599);

    [Theory]
    [MemberData(nameof(Codes))]
    public void Code_OfTheList_StandsOnThePageWithItsTexts(string code)
    {
        Page().TryGetValue(code, out var row).ShouldBeTrue("REFUSALS.md lacks the code");
        row![1].ShouldBe(((int)ExchangeCodes.StatusOf(code)).ToString());
        row[2].Split(", ").ShouldAllBe(stage => Enum.GetNames<ExchangeStage>().Contains(stage, StringComparer.OrdinalIgnoreCase) || stage == "read");
        row[3].ShouldBe(RefusalTexts.Title(code));
        row[4].ShouldBe(RefusalTexts.Remedy(code));
        row[5].ShouldBe(RefusalTexts.Rule(code));
    }

    [Fact]
    public void Page_Rows_AreAllCodesOfTheList() => Page().Keys.Except(ExchangeCodes.All).ShouldBeEmpty();

    [Fact]
    public void Texts_Entries_AreAllOfCodesOfTheList() =>
        Texts.Keys.Except(ExchangeCodes.All.SelectMany(code => RefusalTexts.Particular(code).Select(particular => $"{code}.remedy.{particular.Case}").Concat([code + ".title", code + ".remedy", code + ".rule"]))).ShouldBeEmpty();

    [Fact]
    public void Constants_OfTheList_AllHaveAStatus()
    {
        var constants = typeof(ExchangeCodes).GetFields().Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!);

        constants.Order(StringComparer.Ordinal).ShouldBe(ExchangeCodes.All.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void StatusOf_CodeOutsideTheList_IsAServerError() => ((int)ExchangeCodes.StatusOf("no_such_code")).ShouldBe(500);

    private static Dictionary<string, string[]> Page() => File.ReadLines(Path.Combine(Repository.Root, "src/Tunduk.Adapter/Exchange/REFUSALS.md"))
        .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
        .Select(line => line.Trim('|', ' ').Split(" | "))
        .ToDictionary(cells => cells[0].Trim('`'), StringComparer.Ordinal);
}
