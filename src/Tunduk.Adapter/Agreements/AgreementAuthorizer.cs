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
            return Refuse("environment_mismatch", "service", $"a {Word(environment)} service", $"a service that the agreement marks as {Word(service.Environment)}", "Test and production never mix: call the service from the adapter of its own environment.");
        }

        if (!string.IsNullOrEmpty(request.RepresentedParty) && !MayRepresent(agreement, request.RepresentedParty))
        {
            return Refuse("represented_party_not_agreed", "representedParty", agreement.RepresentedParties.Count == 0 ? "no represented party: the agreement knows no onward transfer" : "a represented party that the agreement lists", $"a party of {request.RepresentedParty.Length} characters that it does not list", "Ask in your own name, or have the party added to 'representedParties'.");
        }

        List<string> noted = [];
        CallerDemand userId = request.FromOwnSystem ? CallerDemand.Required : agreement.Caller.UserId;
        if (IssueRule.IsPlaceholder(request.UserId))
        {
            if (userId == CallerDemand.Required)
            {
                return Refuse(string.IsNullOrWhiteSpace(request.UserId) ? "user_id_missing" : "user_id_placeholder", "userId", "who asks: an identifier of the person whose action caused the request", Found(request.UserId), "Send the identifier of the acting person in userId (REST: X-Road-UserId).");
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
                return Refuse(string.IsNullOrWhiteSpace(issue) ? "issue_missing" : "issue_placeholder", "issue", "the basis of the request", Found(issue), "Send the basis of the request in issue (REST: X-Road-Issue), such as the purpose and the number of the case.");
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
            return Refuse("purpose_not_agreed", "issue", $"an issue that begins with {string.Join(" or ", purposes)}", Found(issue), "Begin the issue with an agreed purpose, or have the purpose added to the agreement.");
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

        return new PolicyRefusal("outside_agreed_hours", "hours", string.Join("; ", hours), $"{local.DayOfWeek.ToString()[..3].ToLowerInvariant()} {local:HH:mm}", "Send the request in the agreed hours.");
    }

    private static bool MayRepresent(Agreement agreement, string party) =>
        agreement.RepresentedParties.Contains(party)
        || agreement.RepresentedParties.Contains(party[(party.LastIndexOf('/') + 1)..]);

    private static string Word(AgreementEnvironment environment) => environment == AgreementEnvironment.Test ? "test" : "production";

    private static string Found(string? value) =>
        string.IsNullOrWhiteSpace(value) ? "nothing" : IssueRule.IsPlaceholder(value) ? $"a placeholder of {value.Length} characters" : $"a text of {value.Length} characters";

    private static AgreementDecision Refuse(string code, string path, string expected, string found, string remedy) =>
        new(new PolicyRefusal(code, path, expected, found, remedy), null, []);
}
