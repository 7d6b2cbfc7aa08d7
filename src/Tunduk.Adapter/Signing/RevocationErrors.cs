using System.Globalization;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Trust;
using Tunduk.Evidence.Trust;

namespace Tunduk.Adapter.Signing;

/// <summary>A verdict on revocation as a refusal, explained to the own information system.</summary>
internal static class RevocationErrors
{
    public static ExchangeError From(RevocationDecision decision, TrustedSigner signer, DateTimeOffset now, bool outcomeUnknown) =>
        new(ExchangeStage.Verify, decision.Verdict == RevocationVerdict.Revoked ? ExchangeCodes.CertificateRevoked : ExchangeCodes.RevocationUnknown)
        {
            Path = "certificate",
            Expected = RefusalPhrases.Of("certificate_that_its_authority_says_is"),
            Found = decision.Found ?? RefusalPhrases.Of("no_answer_of_its_authority"),
            Details = [.. Details(decision, signer, now)],
            KeepDetails = true,
            OutcomeUnknown = outcomeUnknown,
        };

    /// <summary>What an accepted certificate's verdict rests on.</summary>
    public static string Words(RevocationDecision decision) => decision.Verdict switch
    {
        RevocationVerdict.Good => string.Create(CultureInfo.InvariantCulture, $"not revoked as of {decision.ThisUpdate:yyyy-MM-ddTHH:mm:ssZ}"),
        RevocationVerdict.Accepted => "revocation not answered, accepted by Trust:Revocation for a bounded time",
        _ => "no authority is configured to ask about revocation",
    };

    private static IEnumerable<string> Details(RevocationDecision decision, TrustedSigner signer, DateTimeOffset now)
    {
        yield return Phrases.Of("Signing.CertificateSerial", decision.Serial);
        yield return Phrases.Of("Signing.Chain", TrustChain.Of(signer.Chain));
        if (decision.ThisUpdate is { } known)
        {
            yield return Phrases.Of("Signing.RevocationKnownSAgo", known, (now - known).TotalSeconds);
        }

        foreach (var attempt in decision.Attempts)
        {
            yield return attempt;
        }
    }
}
