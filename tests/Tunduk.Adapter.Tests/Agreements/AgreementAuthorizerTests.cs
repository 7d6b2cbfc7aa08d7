using System.Globalization;
using Tunduk.Adapter.Agreements;

namespace Tunduk.Adapter.Tests.Agreements;

public class AgreementAuthorizerTests
{
    private static readonly AgreementRequest Good = new(FromOwnSystem: false, "operator-17", "loan-scoring 4711", null, AgreementEnvironment.Production, AgreementTexts.Summer);

    [Fact]
    public void Authorize_Complete_Allows() => Judge(Good).Issue.ShouldBe("loan-scoring 4711");

    [Theory]
    [InlineData("loan-scoring", null)]
    [InlineData("loan-scoring/4711", null)]
    [InlineData("loan-scoringX", "purpose_not_agreed")]
    [InlineData("Loan-scoring 1", "purpose_not_agreed")]
    [InlineData("debt collection", "purpose_not_agreed")]
    [InlineData("", "issue_missing")]
    [InlineData(null, "issue_missing")]
    [InlineData("1", "issue_placeholder")]
    [InlineData("?", "issue_placeholder")]
    [InlineData("test", "issue_placeholder")]
    [InlineData(" asdasd ", "issue_placeholder")]
    [InlineData("000", "issue_placeholder")]
    public void Authorize_Issue_MustNameThePurpose(string? issue, string? code) =>
        Judge(Good with { Issue = issue }).Refusal?.Code.ShouldBe(code);

    [Theory]
    [InlineData(null, "user_id_missing")]
    [InlineData("1", "user_id_placeholder")]
    [InlineData("string", "user_id_placeholder")]
    [InlineData("admin", "user_id_placeholder")]
    [InlineData("Администратор", "user_id_placeholder")]
    [InlineData("1234567890", "user_id_placeholder")]
    [InlineData("987654321", "user_id_placeholder")]
    [InlineData("121212", "user_id_placeholder")]
    public void Authorize_UserId_MustNameSomeone(string? userId, string code) =>
        Judge(Good with { UserId = userId }).Refusal!.Code.ShouldBe(code);

    [Fact]
    public void Authorize_RecordOnly_NotesTheAbsenceOfInboundRequests()
    {
        const string Record = "caller: { userId: record, issue: record }";
        string text = AgreementTexts.Full.Replace("caller: { userId: required, issue: required }", Record);
        Judge(Good with { UserId = null, Issue = null }, text).Noted.ShouldBe(["userId", "issue"]);
        Judge(Good with { UserId = null, Issue = "1" }, text.Replace("purposes: [loan-scoring]", "purposes: []")).Noted.ShouldBe(["userId", "issue"]);
        Judge(Good with { UserId = null, FromOwnSystem = true }, text).Refusal!.Code.ShouldBe("user_id_missing");
    }

    [Theory]
    [InlineData("?")]
    [InlineData("1")]
    [InlineData("test")]
    [InlineData("loan")]
    public void Authorize_RecordOnlyAndPurposeAgreed_AnIssueThatIsSaidNamesThePurpose(string issue)
    {
        string text = AgreementTexts.Full.Replace("issue: required }", "issue: record }");
        Judge(Good with { Issue = issue }, text).Refusal!.Code.ShouldBe("purpose_not_agreed");
    }

    [Fact]
    public void Authorize_DefaultIssue_StandsInForOwnRequestsOnly()
    {
        string text = AgreementTexts.Full.Replace("role: provider", "role: consumer\ndefaultIssue: loan-scoring batch")
            .Replace("own: sandbox/GOV/70009001/registry", "own: sandbox/COM/60009001/loans")
            .Replace("counterparty: sandbox/COM/60009001/loans", "counterparty: sandbox/GOV/70009001/registry");
        Judge(Good with { Issue = null, FromOwnSystem = true }, text).Issue.ShouldBe("loan-scoring batch");
        Judge(Good with { Issue = "1", FromOwnSystem = true }, text).Refusal!.Code.ShouldBe("issue_placeholder");
        Judge(Good with { Issue = null }, text).Refusal!.Code.ShouldBe("issue_missing");
    }

    [Fact]
    public void Authorize_RepresentedParty_OnlyListedOnes()
    {
        Judge(Good with { RepresentedParty = "COM/60009002" }).Refusal!.Code.ShouldBe("represented_party_not_agreed");
        string text = AgreementTexts.Full.Replace("representedParties: none", "representedParties: [\"60009002\", COM/60009003]");
        Judge(Good with { RepresentedParty = "COM/60009002" }, text).IsAllowed.ShouldBeTrue();
        Judge(Good with { RepresentedParty = "COM/60009003" }, text).IsAllowed.ShouldBeTrue();
        Judge(Good with { RepresentedParty = "GOV/60009003" }, text).IsAllowed.ShouldBeFalse();
    }

    [Fact]
    public void Authorize_OtherEnvironment_Refuses() =>
        Judge(Good with { Environment = AgreementEnvironment.Test }).Refusal!.Code.ShouldBe("environment_mismatch");

    [Theory]
    [InlineData("2026-07-03T08:00:00+06:00", true)]
    [InlineData("2026-07-03T07:59:59+06:00", false)]
    [InlineData("2026-07-03T17:59:59+06:00", true)]
    [InlineData("2026-07-03T18:00:00+06:00", false)]
    [InlineData("2026-07-04T12:00:00+06:00", false)]
    [InlineData("2026-07-03T02:30:00Z", true)]
    public void Authorize_Hours_AreThoseOfTheOffset(string now, bool allowed) =>
        Judge(Good with { Now = DateTimeOffset.Parse(now, CultureInfo.InvariantCulture) }, AgreementTexts.Full + "hours: [ { days: mon-fri, from: \"08:00\", until: \"18:00\" } ]\n").IsAllowed.ShouldBe(allowed);

    [Fact]
    public void Authorize_HoursOverMidnight_BelongToTheDayTheyBegin()
    {
        string text = AgreementTexts.Full + "hours: [ { days: [fri], from: \"22:00\", until: \"04:00\" } ]\n";
        Judge(Good with { Now = DateTimeOffset.Parse("2026-07-04T03:00:00+06:00", CultureInfo.InvariantCulture) }, text).IsAllowed.ShouldBeTrue();
        Judge(Good with { Now = DateTimeOffset.Parse("2026-07-03T03:00:00+06:00", CultureInfo.InvariantCulture) }, text).IsAllowed.ShouldBeFalse();
    }

    private static AgreementDecision Judge(AgreementRequest request, string text = AgreementTexts.Full)
    {
        Agreement agreement = AgreementTexts.Agreement(text);
        return AgreementAuthorizer.Authorize(agreement, agreement.Services[0], request, TimeSpan.FromHours(6));
    }
}
