using System.Security.Cryptography;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Trust;
using Tunduk.Evidence.Signing;
using Tunduk.Evidence.Trust;

namespace Tunduk.Adapter.Grants;

/// <summary>Decides whether an approval is a second person's word for exactly this look.</summary>
internal sealed class ApprovalChecker
{
    /// <summary>An approval may not be good for longer.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    private readonly Dictionary<string, CallerOptions> approvers = new(StringComparer.OrdinalIgnoreCase);
    private readonly SignerTrust trust;
    private readonly Func<RevocationService> revocation;
    private readonly TimeProvider clock;

    public ApprovalChecker(IEnumerable<CallerOptions> callers, Func<RevocationService> revocation, TimeProvider clock)
    {
        this.revocation = revocation;
        this.clock = clock;
        foreach (CallerOptions caller in callers.Where(static caller => caller.Roles.Contains("approver", StringComparer.Ordinal) && caller.CertificateSha256 is { Length: 64 }))
        {
            approvers[caller.CertificateSha256!] = caller;
        }

        trust = new SignerTrust(approvers.Keys.Select(static hex => new PinnedCertificate(Convert.FromHexString(hex))));
    }

    /// <summary>The approver's name, or why the approval is none.</summary>
    public async Task<Outcome<string>> CheckAsync(Approval approval, ApprovalStatement expected)
    {
        if (ApprovalStatement.TryParse(approval.Statement) is not { } statement)
        {
            return Invalid(RefusalPhrases.Of("statement_of_form"), RefusalPhrases.Of("another_text"));
        }

        if (statement with { Until = expected.Until } != expected)
        {
            return Invalid(RefusalPhrases.Of("approval_of_this_very_request"), RefusalPhrases.Of("one_of_another_request_reader_or_grant"));
        }

        DateTimeOffset now = clock.GetUtcNow();
        if (statement.Until < now || statement.Until > now + Longest)
        {
            return Invalid(RefusalPhrases.Of("approval_that_ends_within_days", Longest.Days), statement.Until < now ? RefusalPhrases.Of("one_that_has_ended") : RefusalPhrases.Of("one_that_ends_later"));
        }

        DetachedVerification result = DetachedSignature.Verify(statement.ToBytes(), DetachedContext.Approval, approval.Signature, trust, now);
        if (!result.IsValid)
        {
            return Invalid(RefusalPhrases.Of("signature_of_approver"), result.Fault.ToString());
        }

        CallerOptions approver = approvers[Convert.ToHexString(SHA256.HashData(result.Signer!.Certificate.RawDataMemory.Span))];
        if (approver.Expires < now)
        {
            return Invalid(RefusalPhrases.Of("signature_of_approver_in_force"), RefusalPhrases.Of("one_that_has_expired"));
        }

        if (string.Equals(approver.Name, expected.Reader, StringComparison.Ordinal))
        {
            return Invalid(RefusalPhrases.Of("another_person_than_reader"), RefusalPhrases.Of("reader"));
        }

        // Asked last: only about a signature that holds, and mostly answered from memory.
        RevocationDecision decision = await revocation().CheckOwnAsync(result.Signer.Certificate);
        return decision.IsAcceptable ? approver.Name : Invalid(RefusalPhrases.Of("certificate_that_its_authority_says_is"), decision.Found ?? RefusalPhrases.Of("no_answer_of_its_authority"));
    }

    private static ExchangeError Invalid(string expected, string found) =>
        new(ExchangeStage.Authorize, ExchangeCodes.ApprovalInvalid) { Path = "$.approval", Expected = expected, Found = found };
}
