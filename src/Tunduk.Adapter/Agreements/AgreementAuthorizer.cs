using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Filtering;

namespace Tunduk.Adapter.Agreements;

/// <summary>
/// Judges one request by the agreement that is in force for it: hours, environment, represented party, who asks,
/// on which basis, for what purpose.
/// </summary>
internal static class AgreementAuthorizer
{
    public static AgreementDecision Authorize(Agreement agreement, AgreementService service, AgreementRequest request, TimeSpan offset)
    {
        if (Hours(agreement, service, request.Now.ToOffset(offset)) is { } closed)
        {
            return new AgreementDecision(closed, null, []);
        }

        if (request.Environment is { } environment && environment != service.Environment)
        {
            return Refuse("environment_mismatch", "service", RefusalPhrases.Of("service_of_environment", Word(environment)), RefusalPhrases.Of("service_that_agreement_marks_as", Word(service.Environment)), RefusalPhrases.Of("test_and_production_never_mix_call"));
        }

        if (!string.IsNullOrEmpty(request.RepresentedParty) && !MayRepresent(agreement, request.RepresentedParty))
        {
            return Refuse("represented_party_not_agreed", "representedParty", agreement.RepresentedParties.Count == 0 ? RefusalPhrases.Of("no_represented_party_agreement_knows_no") : RefusalPhrases.Of("represented_party_that_agreement_lists"), RefusalPhrases.Of("party_of_characters_that_it_does_not", request.RepresentedParty.Length), RefusalPhrases.Of("ask_in_your_own_name_or_have_party_added"));
        }

        List<string> noted = [];
        CallerDemand userId = request.FromOwnSystem ? CallerDemand.Required : agreement.Caller.UserId;
        if (IssueRule.IsPlaceholder(request.UserId))
        {
            if (userId == CallerDemand.Required)
            {
                return Refuse(string.IsNullOrWhiteSpace(request.UserId) ? "user_id_missing" : "user_id_placeholder", "userId", RefusalPhrases.Of("who_asks_identifier_of_person_whose"), Found(request.UserId), RefusalPhrases.Of("send_identifier_of_acting_person_in"));
            }

            noted.Add("userId");
        }

        string? issue = request.Issue;
        if (request.FromOwnSystem && string.IsNullOrWhiteSpace(issue) && agreement.DefaultIssue is not null)
        {
            issue = agreement.DefaultIssue;
            noted.Add("issue");
        }

        IReadOnlyList<string> purposes = service.Purposes.Count > 0 ? service.Purposes : agreement.Purposes;
        CallerDemand demand = request.FromOwnSystem ? CallerDemand.Required : agreement.Caller.Issue;
        if (IssueRule.IsPlaceholder(issue))
        {
            if (demand == CallerDemand.Required)
            {
                return Refuse(string.IsNullOrWhiteSpace(issue) ? "issue_missing" : "issue_placeholder", "issue", RefusalPhrases.Of("basis_of_request"), Found(issue), RefusalPhrases.Of("send_basis_of_request_in_issue_rest_x"));
            }

            // Who says nothing is recorded; who says something says one of the purposes, a filler word is none.
            noted.Add("issue");
            if (string.IsNullOrWhiteSpace(issue))
            {
                return new AgreementDecision(null, issue, noted);
            }
        }

        if (purposes.Count > 0 && !purposes.Any(p => IssueRule.BeginsWith(issue!, p)))
        {
            return Refuse("purpose_not_agreed", "issue", RefusalPhrases.Of("issue_that_begins_with", string.Join(RefusalPhrases.Of("or"), purposes)), Found(issue), RefusalPhrases.Of("begin_issue_with_agreed_purpose_or_have"));
        }

        return new AgreementDecision(null, issue, noted);
    }

    private static PolicyRefusal? Hours(Agreement agreement, AgreementService service, DateTimeOffset local)
    {
        IReadOnlyList<AgreementHours> hours = service.Hours.Count > 0 ? service.Hours : agreement.Hours;
        if (hours.Count == 0 || hours.Any(h => h.Contains(local)))
        {
            return null;
        }

        return new PolicyRefusal("outside_agreed_hours", "hours", string.Join("; ", hours), $"{local.DayOfWeek.ToString()[..3].ToLowerInvariant()} {local:HH:mm}", RefusalPhrases.Of("send_request_in_agreed_hours"));
    }

    private static bool MayRepresent(Agreement agreement, string party) =>
        agreement.RepresentedParties.Contains(party)
        || agreement.RepresentedParties.Contains(party[(party.LastIndexOf('/') + 1)..]);

    private static string Word(AgreementEnvironment environment) => environment == AgreementEnvironment.Test ? "test" : "production";

    private static string Found(string? value) =>
        string.IsNullOrWhiteSpace(value) ? RefusalPhrases.Of("nothing") : IssueRule.IsPlaceholder(value) ? RefusalPhrases.Of("placeholder_of_characters", value.Length) : RefusalPhrases.Of("text_of_characters", value.Length);

    private static AgreementDecision Refuse(string code, string path, string expected, string found, string remedy) =>
        new(new PolicyRefusal(code, path, expected, found, remedy), null, []);
}
