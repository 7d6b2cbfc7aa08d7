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
            return Invalid("a statement of the form", "another text");
        }

        if (statement with { Until = expected.Until } != expected)
        {
            return Invalid("the approval of this very request", "one of another request, reader or grant");
        }

        DateTimeOffset now = clock.GetUtcNow();
        if (statement.Until < now || statement.Until > now + Longest)
        {
            return Invalid($"an approval that ends within {Longest.Days} days", statement.Until < now ? "one that has ended" : "one that ends later");
        }

        DetachedVerification result = DetachedSignature.Verify(statement.ToBytes(), DetachedContext.Approval, approval.Signature, trust, now);
        if (!result.IsValid)
        {
            return Invalid("the signature of a caller with role approver", result.Fault.ToString());
        }

        CallerOptions approver = approvers[Convert.ToHexString(SHA256.HashData(result.Signer!.Certificate.RawDataMemory.Span))];
        if (approver.Expires < now)
        {
            return Invalid("the signature of a caller with role approver that is in force", "one that has expired");
        }

        if (string.Equals(approver.Name, expected.Reader, StringComparison.Ordinal))
        {
            return Invalid("another person than the reader", "the reader");
        }

        // Asked last: only about a signature that holds, and mostly answered from memory.
        RevocationDecision decision = await revocation().CheckOwnAsync(result.Signer.Certificate);
        return decision.IsAcceptable ? approver.Name : Invalid("a certificate that its authority says is not revoked", decision.Found ?? "no answer of its authority");
    }

    private static ExchangeError Invalid(string expected, string found) =>
        new(ExchangeStage.Authorize, ExchangeCodes.ApprovalInvalid) { Path = "$.approval", Expected = expected, Found = found };
}
