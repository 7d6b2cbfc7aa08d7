using System.Security.Cryptography;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Trust;
using Tunduk.Archive;
using Tunduk.Evidence.Http;
using Tunduk.Evidence.Signing;

namespace Tunduk.Adapter.Signing;

/// <summary>The Sign stage of REST: RFC 9421 headers, or a detached signature over the same base (SIGNATURES "REST profile").</summary>
internal sealed class RestSigning(SigningKeys keys, IArchive archive, TrustOptions options, TimestampService timestamps, TimeProvider clock)
{
    private const int NonceSize = 16;

    /// <summary>A request of ours.</summary>
    public Task<Outcome<SignedRestMessage>> SignRequestAsync(ExchangeRun run, RestRequest request) =>
        SignAsync(run, DetachedContext.RestRequest, input => HttpSignature.TryPrepareRequest(request, input, out var prepared, out var fault) ? (prepared, fault) : (null, fault));

    /// <summary>An answer of ours, bound to the request it answers.</summary>
    public Task<Outcome<SignedRestMessage>> SignResponseAsync(ExchangeRun run, RestResponse response, RestRequestBinding binding) =>
        SignAsync(run, DetachedContext.RestResponse, input => HttpSignature.TryPrepareResponse(response, binding, input, out var prepared, out var fault) ? (prepared, fault) : (null, fault));

    private async Task<Outcome<SignedRestMessage>> SignAsync(ExchangeRun run, DetachedContext context, Func<HttpSignatureInput, (PreparedHttpSignature? Prepared, HttpSignatureFault Fault)> prepare)
    {
        var key = keys.OfOrAny(run.Own);
        var now = clock.GetUtcNow();
        if (SigningErrors.Unable(key, timestamps, now) is { } refusal)
        {
            return refusal;
        }

        var (prepared, fault) = prepare(new HttpSignatureInput
        {
            Certificate = key.Certificate,
            Algorithm = key.Algorithm,
            Created = now,
            Expires = now + options.MessageLifetime,
            Nonce = RandomNumberGenerator.GetBytes(NonceSize),
            Listed = (context == DetachedContext.RestRequest ? run.Terms?.RequestHeaders : run.Terms?.ResponseHeaders) ?? (IReadOnlyCollection<string>)[],
            Checkpoint = context == DetachedContext.RestRequest && archive.LatestCheckpoint is { } checkpoint ? checkpoint.Hash.ToArray() : default,
        });
        if (prepared is null)
        {
            return new ExchangeError(ExchangeStage.Sign, ExchangeCodes.SigningFailed) { Path = "headers", Expected = RefusalPhrases.Of("message_profile_can_sign_covered_headers"), Found = fault.ToString() };
        }

        try
        {
            if (run.Agreement?.Signature.Outbound != OutboundSignature.Embedded)
            {
                var detached = await DetachedSignature.CreateAsync(prepared.SignatureBase, context, now, key, CancellationToken.None);
                return new SignedRestMessage([], prepared.SignatureBase, detached, default, key);
            }

            var value = await key.SignAsync(prepared.SignatureBase, CancellationToken.None);
            return new SignedRestMessage(prepared.Complete(value), prepared.SignatureBase, default, value, key);
        }
        catch (SigningUnavailableException unavailable)
        {
            return SigningErrors.From(key, unavailable);
        }
    }
}
