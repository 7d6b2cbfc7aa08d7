using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Exchange;
using Tunduk.Evidence.Http;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Signing;

/// <summary>The Verify stage of REST: the signature of the profile, who may give it, and whether it may be missing.</summary>
internal sealed class RestVerification(CounterpartyTrust trust, TimeProvider clock)
{
    /// <summary>A counterparty's request.</summary>
    public VerifiedMessage VerifyRequest(ExchangeRun run, RestRequest request)
    {
        // A refusal of a signature that is not believed is bound to it all the same: the counterparty must know whose refusal it is.
        var result = HttpVerifier.VerifyRequest(request, Input(run.Agreement!, run.Terms?.RequestHeaders));
        run.RequestSignatureValue = result.SignatureValue;
        return Judge(run, result, isResponse: false);
    }

    /// <summary>The answer to a request of ours.</summary>
    public VerifiedMessage VerifyResponse(ExchangeRun run, RestResponse response, RestRequestBinding binding) =>
        Judge(run, HttpVerifier.VerifyResponse(response, binding, Input(run.Agreement!, run.Terms?.ResponseHeaders)), isResponse: true);

    /// <summary>Whether a message without a signature is none.</summary>
    public bool IsDemanded(ExchangeRun run) => trust.IsDemanded(run);

    private VerifiedMessage Judge(ExchangeRun run, HttpVerification result, bool isResponse)
    {
        switch (result.Status)
        {
            case HttpVerificationStatus.Valid:
                return VerifiedMessage.AcceptedRest(SignatureStatus.Verified, result);
            case HttpVerificationStatus.Failed:
                return VerifiedMessage.Refused(SignatureErrors.From(result, isResponse));
            default:
                var isEcho = result.Status == HttpVerificationStatus.Echo;
                return trust.IsDemanded(run)
                    ? VerifiedMessage.Refused(SignatureErrors.Missing("Signature", isEcho, run.Agreement!, isResponse))
                    : VerifiedMessage.AcceptedRest(isEcho ? SignatureStatus.UnsignedEcho : SignatureStatus.Absent, null);
        }
    }

    private HttpVerificationInput Input(Agreement agreement, IReadOnlySet<string>? listed) => new()
    {
        Trust = trust.Of(agreement),
        Now = clock.GetUtcNow(),
        AllowedSkew = trust.Options.ClockSkew,
        MaximumLifetime = trust.Options.MessageLifetime,
        Listed = listed ?? (IReadOnlyCollection<string>)[],
        OwnCertificates = trust.OwnCertificates,
    };
}
