using Tunduk.Adapter.Tests.Functional;

namespace Tunduk.Adapter.Tests.Exchange;

/// <summary>What our own information system is refused before anything leaves: service, agreement, purpose, person.</summary>
[Collection(EndToEnd.Collection)]
public sealed class ConsumerRefusalTests(EndToEnd fixture)
{
    private readonly TestWorld world = fixture.World;

    [Fact]
    public async Task Ask_UnknownAlias_IsRefused()
    {
        var refusal = await world.RefusedAsync("service_alias_unknown", "authenticate", alias: "getNobody");

        refusal.Reply.Status.ShouldBe(404);
        refusal.Reply.Text.ShouldNotContain("getNobody");
    }

    [Theory]
    [InlineData("getVehicles", "service_not_listed", "the agreement is with this counterparty, for another service")]
    [InlineData("stranger", "no_agreement", "there are agreements, with other counterparties")]
    [InlineData("expired", "agreement_expired", "it ended")]
    [InlineData("future", "agreement_not_yet_valid", "it begins later")]
    public async Task Ask_NoAgreementInForce_IsRefusedAndNothingSent(string alias, string code, string why)
    {
        var calls = world.InformationSystem.Calls.Count;
        var refusal = await world.RefusedAsync(code, "authorize", alias);

        refusal.Reply.Status.ShouldBe(403, why);
        refusal.OutcomeUnknown.ShouldBeFalse();
        world.InformationSystem.Calls.Count.ShouldBe(calls);
    }

    public static TheoryData<string, string?, string> UserIds => new()
    {
        { "absent", null, "user_id_missing" },
        { "empty", "", "user_id_missing" },
        { "blanks", "   ", "user_id_missing" },
        { "one", "1", "user_id_placeholder" },
        { "question mark", "?", "user_id_placeholder" },
        { "test", "test", "user_id_placeholder" },
        { "typed at random", "asdasd", "user_id_placeholder" },
        { "a repeated character", "00000000000", "user_id_placeholder" },
        { "a framework's default", "string", "user_id_placeholder" },
    };

    [Theory]
    [MemberData(nameof(UserIds))]
    public async Task Ask_UserIdSaysNobody_IsRefused(string name, string? userId, string code)
    {
        var refusal = await world.RefusedAsync(code, "authorize", headers: new Dictionary<string, string?> { ["X-Road-UserId"] = userId });

        refusal.Reply.Status.ShouldBe(400, name);
    }

    public static TheoryData<string, string?, string> Issues => new()
    {
        { "absent", null, "issue_missing" },
        { "empty", "", "issue_missing" },
        { "one", "1", "issue_placeholder" },
        { "question mark", "?", "issue_placeholder" },
        { "test", "TEST", "issue_placeholder" },
        { "no agreed purpose", "curiosity 2026-00018", "purpose_not_agreed" },
        { "purpose not at the beginning", "for loan-scoring", "purpose_not_agreed" },
        { "a longer word", "loan-scoringx 7", "purpose_not_agreed" },
        { "another case", "LOAN-SCORING 7", "purpose_not_agreed" },
    };

    [Theory]
    [MemberData(nameof(Issues))]
    public async Task Ask_IssueGivesNoAgreedBasis_IsRefused(string name, string? issue, string code)
    {
        var refusal = await world.RefusedAsync(code, "authorize", headers: new Dictionary<string, string?> { ["X-Road-Issue"] = issue });

        refusal.Path.ShouldNotBeNull(name);
    }

    [Theory]
    [InlineData("X-Road-UserId")]
    [InlineData("X-Road-Issue")]
    [InlineData("X-Road-Id")]
    [InlineData("X-Road-Client")]
    [InlineData("X-Road-Represented-Party")]
    [Provokes("header_duplicate", Faces.Rest)]
    public async Task Ask_HeaderGivenTwice_IsRefused(string header)
    {
        var reply = await RawHttp.PostAsync(
            world.Consumer.IsAddress!,
            "/v1/services/getPerson",
            [$"Authorization: Bearer {world.Folders.ApiKey}", "Content-Type: application/json", $"X-Road-UserId: {TestPersons.UserId}", $"X-Road-Issue: {TestPersons.Issue}", $"{header}: first-value", $"{header}: second-value"],
            TestPersons.Request);

        var refusal = await Refusal.CheckAsync(world, reply, "header_duplicate", "decode");
        refusal.Path.ShouldBe(header);
        reply.Text.ShouldNotContain("first-value");
    }

    [Theory]
    [InlineData("X-Road-Represented-Party", "COM/60009001/x/y/z", "header_invalid", "decode")]
    [InlineData("X-Road-Represented-Party", "COM/60009777", "represented_party_not_agreed", "authorize")]
    [InlineData("X-Road-Represented-Party", "60009777", "represented_party_not_agreed", "authorize")]
    public async Task Ask_RepresentedParty_IsRefusedWhereNoneIsAgreed(string header, string value, string code, string stage)
    {
        var refusal = await world.RefusedAsync(code, stage, headers: new Dictionary<string, string?> { [header] = value });

        refusal.Reply.Text.ShouldNotContain("60009777");
    }

    [Theory]
    [InlineData("X-Road-Id")]
    [InlineData("X-Road-UserId")]
    [InlineData("X-Road-Issue")]
    public async Task Ask_HeaderOfFiveThousandCharacters_IsRefused(string header)
    {
        var refusal = await world.RefusedAsync("header_invalid", "decode", headers: new Dictionary<string, string?> { [header] = "loan-scoring " + new string('x', 5_000) });

        refusal.Path.ShouldBe(header);
        refusal.Found.ShouldBe("5013 characters");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("text/xml")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("junk")]
    [InlineData("")]
    public async Task Ask_ContentTypeIsNotJson_IsRefused(string contentType)
    {
        var refusal = await world.RefusedAsync("content_type_unsupported", "decode", content: TestWorld.JsonBytes(System.Text.Encoding.UTF8.GetBytes(TestPersons.Request), contentType));

        refusal.Reply.Status.ShouldBe(415);
    }
}
