using Tunduk.Adapter.Agreements;

namespace Tunduk.Adapter.Tests.Agreements;

/// <summary>Annex 1 as a page for signing.</summary>
public sealed class AgreementAnnexTests
{
    [Theory]
    [InlineData("ky", "ЭВӨСтүн башка катышуучусуна берүү үчүн мүмкүн болгон тилкелердин тизмеси")]
    [InlineData("ru", "Перечень полей, которые могут быть переданы другому участнику")]
    [InlineData("en", "List of fields that may be handed over")]
    public void Write_EveryLanguage_ListsTheFieldsUnderTheAnnexsHeading(string language, string heading)
    {
        AnnexTexts texts = AnnexTexts.Of(language);
        AgreementAnnex annex = Annex(AgreementTexts.Full, texts);
        foreach (string page in new[] { AnnexWriter.Markdown(annex, texts), AnnexWriter.Html(annex, texts) })
        {
            page.ShouldContain(heading);
            page.ShouldContain("SLA No. 14");
            page.ShouldContain("sandbox/COM/60009001/loans".Replace("_", "\\_"));
            page.ShouldContain("2027-03-01");
            page.ShouldContain("loan-scoring");
            page.ShouldContain("surname");
            page.ShouldNotContain("maritalStatus");
            page.ShouldContain(annex.Agreement.Digest.ToString());
        }

        annex.Fields.Where(static f => f.Side == "response").Select(static f => f.Path).ShouldContain("address/street");
        annex.Fields.ShouldContain(static f => f.Path == "dateOfBirth" && f.Personal != null);
        annex.Fields.Select(static f => f.Number).ShouldBe(Enumerable.Range(1, annex.Fields.Count));
    }

    [Fact]
    public void Write_WithoutContract_ListsThePathsAsWritten()
    {
        AgreementAnnex annex = AgreementAnnex.Of(AgreementTexts.Agreement(AgreementTexts.Full), static _ => null, AnnexTexts.Of("en"), PersonalData.Default);
        annex.Fields.Select(static f => f.Path).ShouldBe(["surname", "name", "patronymic", "dateOfBirth", "address/**", "pin"]);
        annex.Fields[4].Title.ShouldBe("address: everything below it");
    }

    [Fact]
    public void Write_TextsOfTheDocument_AreNoMarkup()
    {
        AnnexTexts texts = AnnexTexts.Of("en");
        AgreementAnnex annex = Annex(AgreementTexts.Full.Replace("SLA No. 14", "<script>|x|</script> [a](b)"), texts);
        AnnexWriter.Html(annex, texts).ShouldNotContain("<script>");
        AnnexWriter.Markdown(annex, texts).ShouldNotContain("<script>");
        AnnexWriter.Markdown(annex, texts).ShouldContain("\\[a\\]");
    }

    [Fact]
    public void Languages_All_HaveTheSameTexts()
    {
        AnnexTexts.Languages.ShouldBe(["ky", "ru", "en"]);
        string json = File.ReadAllText(Path.Combine(Conventions.Repository.Root, "src/Tunduk.Adapter/Agreements/annex.json"));
        using System.Text.Json.JsonDocument document = System.Text.Json.JsonDocument.Parse(json);
        string[][] keys = [.. document.RootElement.EnumerateObject().Select(static l => l.Value.EnumerateObject().Select(static p => p.Name).ToArray())];
        keys.ShouldAllBe(k => k.SequenceEqual(keys[0]));
    }

    private static AgreementAnnex Annex(string text, AnnexTexts texts)
    {
        Agreement agreement = AgreementTexts.Read(text, static s => s == AgreementTexts.GetPerson ? ContractCheckerTests.Person : null).Agreement.ShouldNotBeNull();
        return AgreementAnnex.Of(agreement, static s => s == AgreementTexts.GetPerson ? ContractCheckerTests.PersonContract().Find("getPerson", "v1") : null, texts, PersonalData.Default);
    }
}
