using System.Globalization;
using Tunduk.Adapter.Agreements;

namespace Tunduk.Adapter.Exchange;

/// <summary>
/// Where the rule stands that refused, so that it can be opened and read: what a refusal names itself (a contract's line), else the
/// rule of its code in <c>Refusals.resx</c> with the agreement of the exchange put in.
/// </summary>
internal static class RefusalRules
{
    private const string AgreementName = "{agreement}";
    private const string SideName = "{side}";
    private const string OfService = AgreementName + ": services";

    /// <summary>The rule of a refusal outside an exchange, or of one that names its rule.</summary>
    public static string Of(ExchangeError error) => error.Rule ?? Fill(RefusalTexts.Rule(error.Code), "agreement", "request/response");

    /// <summary>The refusal with its rule, as the exchange it ends knows it.</summary>
    /// <param name="error">The refusal.</param>
    /// <param name="agreement">The agreement that was found; null: none.</param>
    /// <param name="terms">Its service, where that was found.</param>
    /// <param name="isAnswer">The message refused is an answer.</param>
    public static ExchangeError Name(ExchangeError error, Agreement? agreement, AgreementService? terms, bool isAnswer)
    {
        if (error.Rule is not null || RefusalTexts.Rule(error.Code) is not { Length: > 0 } rule)
        {
            return error;
        }

        return error with { Rule = Fill(rule, agreement is null ? "agreement" : Document(agreement, rule.StartsWith(OfService, StringComparison.Ordinal) ? terms : null), isAnswer ? "response" : "request") };
    }

    // SLA-2026-014/3 (SLA-2026-014.yaml:12)
    private static string Document(Agreement agreement, AgreementService? terms)
    {
        var file = Path.GetFileName(agreement.File);
        return string.Create(CultureInfo.InvariantCulture, $"{agreement.Id}/{agreement.Version} ({(terms is { Line: > 0 } ? $"{file}:{terms.Line}" : file)})");
    }

    private static string Fill(string rule, string agreement, string side) =>
        rule.Replace(AgreementName, agreement, StringComparison.Ordinal).Replace(SideName, side, StringComparison.Ordinal);
}
