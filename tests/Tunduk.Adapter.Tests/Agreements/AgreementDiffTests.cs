using Tunduk.Adapter.Agreements;

namespace Tunduk.Adapter.Tests.Agreements;

/// <summary>What one version allows more or less than another, in words.</summary>
public sealed class AgreementDiffTests
{
    [Theory]
    [InlineData("[surname, name,", "[surname, name, photo,", "more ", "now passes: photo")]
    [InlineData("address/**", "address/street", "less ", "no longer passes (removed): address/**")]
    [InlineData("surname, name, patronymic", "surname, name", "less ", "no longer passes (removed): patronymic")]
    [InlineData("unlisted: remove", "unlisted: blank", "other", "what is not listed is now blanked")]
    [InlineData("unlisted: remove }", "unlisted: remove, remove: [address/flat] }", "less ", "no longer passes (removed): address/flat")]
    [InlineData("until: 2027-03-01 }\npurposes", "until: 2028-03-01 }\npurposes", "more ", "2027-03-01 becomes 2028-03-01")]
    [InlineData("valid: { from: 2026-03-01", "valid: { from: 2026-04-01", "less ", "2026-03-01 becomes 2026-04-01")]
    [InlineData("purposes: [loan-scoring]", "purposes: [loan-scoring, collection]", "more ", "purposes added: collection")]
    [InlineData("purposes: [loan-scoring]", "purposes: []", "more ", "no longer restricted")]
    [InlineData("representedParties: none", "representedParties: [COM/1]", "more ", "parties added: COM/1")]
    [InlineData("inbound: required", "inbound: if-present", "more ", "no longer required")]
    [InlineData("userId: required", "userId: record", "more ", "no longer required")]
    [InlineData("attachments: none", "attachments: [ { name: photo, types: [image/jpeg] } ]", "more ", "photo of the response")]
    [InlineData("attachments: none", "faults: { text: show }", "more ", "text of faults is shown")]
    [InlineData("attachments: none", "limits: { perDay: 5 }", "less ", "no limit becomes 5")]
    [InlineData("attachments: none", "headers: { request: [accept-language] }", "more ", "accept-language")]
    [InlineData("attachments: none", "hours: [ { days: mon-fri } ]", "less ", "hours")]
    [InlineData("attachments: none", "endpoints: [ \"GET /a\" ]", "less ", "GET /a")]
    [InlineData("archive: { content: filtered", "archive: { content: as-received", "other", "'as-received'")]
    [InlineData("environment: production", "environment: test", "less ", "'production' becomes 'test'")]
    [InlineData("retain: P3Y", "retain: P5Y", "more ", "at least P5Y")]
    [InlineData("basis: \"Order 5\"", "basis: \"Order 6\"", "other", "'Order 5' becomes 'Order 6'")]
    [InlineData("date: 2026-03-01 }\nvalid", "date: 2026-02-01 }\nvalid", "other", "'2026-03-01' becomes '2026-02-01'")]
    [InlineData("kind: sla", "kind: law", "other", "'sla' becomes 'law'")]
    [InlineData("name: \"A. B.\"", "name: \"C. D.\"", "other", "responsible: A. B., a@example.kg, +996 000")]
    [InlineData("confirmedBy: \"Owner\"", "keepFailed: evidence, confirmedBy: \"Owner\"", "other", "'no' becomes 'yes'")]
    [InlineData("services:", "hours: [ { days: mon } ]\nservices:", "less ", "mon all day")]
    [InlineData("archive:", "suspended: { reason: dispute, by: owner }\narchive:", "less ", "dispute")]
    [InlineData("services:\n", "services:\n  - service: other/v1\n    response: { allow: [a] }\n", "more ", "the service is added")]
    public void Between_OneChange_IsSaidInWordsAndBothWays(string from, string to, string kind, string text)
    {
        AgreementTexts.Full.ShouldContain(from);
        Agreement first = AgreementTexts.Agreement(AgreementTexts.Full);
        Agreement second = AgreementTexts.Agreement(AgreementTexts.Full.Replace(from, to));
        string line = AgreementDiff.Between(first, second, static _ => null).ShouldHaveSingleItem().ToString();
        line.ShouldStartWith(kind);
        line.ShouldContain(text);
        DifferenceKind back = AgreementDiff.Between(second, first, static _ => null).ShouldHaveSingleItem().Kind;
        back.ShouldBe(kind switch { "more " => DifferenceKind.Less, "less " => DifferenceKind.More, _ => DifferenceKind.Other });
    }

    [Fact]
    public void Between_WithContract_WildcardsAreComparedByWhatTheyMean()
    {
        Agreement old = AgreementTexts.Agreement(AgreementTexts.Full);
        Agreement now = AgreementTexts.Agreement(AgreementTexts.Full.Replace("address/**", "address/*"));
        AgreementDiff.Between(old, now, static _ => ContractCheckerTests.Person).ShouldBeEmpty();
        Agreement less = AgreementTexts.Agreement(AgreementTexts.Full.Replace("address/**", "address/street"));
        AgreementDiff.Between(old, less, static _ => ContractCheckerTests.Person).ShouldHaveSingleItem().Text.ShouldContain("address/house");
    }

    [Fact]
    public void Between_SameDocument_SaysNothing() =>
        AgreementDiff.Between(AgreementTexts.Agreement(AgreementTexts.Full), AgreementTexts.Agreement(AgreementTexts.Full), static _ => null).ShouldBeEmpty();
}
