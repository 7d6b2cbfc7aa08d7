using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.SecurityServers;
using Tunduk.Archive;
using Tunduk.Evidence.Canonicalization;
using Tunduk.Evidence.Log;
using Tunduk.Evidence.Signing;
using Tunduk.Evidence.Soap;
using Tunduk.Xml;
using Tunduk.XRoad.Faults;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Signing;

/// <summary>The Verify stage: signature, certificate, binding, request hash, echoed headers (SIGNATURES).</summary>
internal sealed class MessageVerification(CounterpartyTrust trust, SignedCopies copies, TimeProvider clock)
{
    /// <summary>Claim on a signed message: exclusive, so that a replay is refused by the append itself.</summary>
    public const string ReplayClaim = "replay";

    /// <summary>Claim on a request: a repeat of one whose end is not known never reaches the information system.</summary>
    public const string RequestClaim = "request";

    /// <summary>Claim on the id of an unsigned request: a repeat is recorded, and refused where the agreement says so.</summary>
    public const string MessageIdClaim = "message-id";

    private const string XRoadNamespace = "http://x-road.eu/xsd/xroad.xsd";

    /// <summary>The same for REST.</summary>
    public RestVerification Rest { get; } = new(trust, clock);

    /// <summary>What the verification found, and whether the signer's certificate is still good: asked over the network unless the answer is at hand.</summary>
    /// <returns>Why the message goes no further; null when it does.</returns>
    public async ValueTask<ExchangeError?> JudgeSignerAsync(ExchangeRun run, VerifiedMessage verified) =>
        verified.Signer is { } signer && await trust.AcceptAsync(run, verified, signer, outcomeUnknown: run.Direction == ExchangeDirection.Consumer) is { } distrusted
            ? distrusted
            : verified.Error;

    /// <summary>A counterparty's request.</summary>
    public VerifiedMessage VerifyRequest(ExchangeRun run, ReceivedEnvelope received, IReadOnlyList<SoapAttachmentDigest> attachments)
    {
        // Nothing of the answer exists yet; a fault of ours is bound to these bytes.
        run.RequestSha512 = SHA512.HashData(received.Raw.Span);
        var result = Verify(run, received.Message!, SoapDirection.Request, binding: null, attachments);
        run.RequestSignatureValue = result.SignatureValue;
        return result;
    }

    /// <summary>The answer to a request of ours.</summary>
    public VerifiedMessage VerifyResponse(ExchangeRun run, SignedMessage request, SecurityServerReply reply)
    {
        if (!SoapHttpRules.TryReadContentType(reply.ContentType, out var media, out var http) || (media!.Type == "multipart/related" && reply.Multipart is null))
        {
            var fault = http.IsNone ? new ProtocolFault("content-type", XRoadFaultCode.InvalidContentType, "Content-Type", "text/xml", media!.Type) : http;
            return VerifiedMessage.Refused(new ExchangeError(ExchangeStage.Verify, ExchangeCodes.ResponseMalformed)
            {
                Path = fault.Path,
                Expected = fault.Expected,
                Found = RefusalPhrases.Of("something_with_http_status", fault.Found ?? RefusalPhrases.Of("no_such_answer"), reply.Status),
                Remedy = RefusalTexts.Remedy(ExchangeCodes.ResponseMalformed, "no-message"),
                OutcomeUnknown = true,
            });
        }

        var received = ReceivedEnvelope.Read(reply.Body, reply.Multipart is { } multipart ? multipart.Charset : media["charset"]);
        if (received.Error is { } unread)
        {
            var code = unread.Code == ExchangeCodes.SignatureInvalid ? unread.Code : ExchangeCodes.ResponseMalformed;
            return VerifiedMessage.Refused(unread with { Stage = ExchangeStage.Verify, Code = code, OutcomeUnknown = true });
        }

        var message = received.Message!;
        var handedOver = false;
        try
        {
            if (message.IsFault)
            {
                return Fault(run, message, request);
            }

            if (message.Headers is not { } headers)
            {
                return Malformed(new ProtocolFault("headers", XRoadFaultCode.MissingHeader, "Header", Phrases.Of("Signing.XRoadHeaders"), Phrases.Of("Signing.None")));
            }

            var echo = HeaderEcho.Compare(request.Headers, headers);
            if (!echo.IsNone)
            {
                return Refused(ExchangeCodes.HeaderEchoMismatch, echo);
            }

            var hash = HeaderEcho.CompareHash(headers, request.Sha512.Span);
            if (!hash.IsNone)
            {
                return Refused(ExchangeCodes.RequestHashMismatch, hash);
            }

            var verified = Verify(run, message, SoapDirection.Response, new SoapRequestBinding(request.Sha512, request.SignatureValue), reply.Multipart?.Digests ?? []);
            handedOver = verified.Error is null;
            return verified;
        }
        finally
        {
            if (!handedOver)
            {
                received.Dispose();
            }
        }
    }

    /// <summary>What the request's append claims.</summary>
    /// <param name="run">The exchange.</param>
    /// <param name="verified">The verified request.</param>
    /// <param name="content">Digest of what is asked, after filtering.</param>
    public IReadOnlyList<Claim> Claims(ExchangeRun run, VerifiedMessage verified, ReadOnlySpan<byte> content)
    {
        var headers = run.Headers!;
        var client = headers.Client.ToString();
        var request = new Claim(RequestClaim, [client, headers.Service!.Value.ToString(), headers.Id, Convert.ToHexString(content)], Until: null, Exclusive: false);
        if (verified.SignerSha256.IsEmpty)
        {
            // Constant ids are the commonest fault in the field: refused only where the agreement demands unique ones.
            return [request, new Claim(MessageIdClaim, [run.Own!.Value.ToString(), client, headers.Id], Until: null, run.Agreement?.Signature.UniqueId == true)];
        }

        return
        [
            request,
            new Claim(
                ReplayClaim,
                [run.Own!.Value.ToString(), Convert.ToHexString(verified.SignerSha256.Span), headers.Id, Convert.ToHexString(verified.ReplayKey.Span)],
                verified.Expires + trust.Options.ClockSkew + trust.Options.ClockSkew,
                Exclusive: true),
        ];
    }

    private VerifiedMessage Verify(ExchangeRun run, SoapMessage message, SoapDirection direction, SoapRequestBinding? binding, IReadOnlyList<SoapAttachmentDigest> attachments)
    {
        if (run.Agreement is null)
        {
            // A metaservice: security servers answer it, and they sign among themselves.
            return VerifiedMessage.Accepted(message, default, SignatureStatus.Absent, null, default);
        }

        var input = Input(run, message, direction, binding, attachments);
        var result = Explain(message, input, SoapVerifier.Verify(message.Tape, input));
        switch (result.Status)
        {
            case SoapVerificationStatus.Valid when Uncovered(message) is { } uncovered:
                return VerifiedMessage.Refused(SignatureErrors.From(result with { Status = SoapVerificationStatus.Failed, Code = SoapVerificationCode.HeaderNotCovered, Explanation = uncovered }, direction));
            case SoapVerificationStatus.Valid:
                return VerifiedMessage.Accepted(message, result.Body, SignatureStatus.Verified, result, SignatureBlocks(message));
            case SoapVerificationStatus.Failed:
                return VerifiedMessage.Refused(SignatureErrors.From(result, direction));
            default:
                return trust.IsDemanded(run)
                    ? VerifiedMessage.Refused(SignatureErrors.Missing(result, run.Agreement, direction))
                    : VerifiedMessage.Accepted(message, CanonicalBody(message), result.Status == SoapVerificationStatus.Echo ? SignatureStatus.UnsignedEcho : SignatureStatus.Absent, null, default);
        }
    }

    // A header in X-Road's own namespace that this reader does not know: another reader may, and nobody signed it.
    private static SignatureExplanation? Uncovered(SoapMessage message)
    {
        foreach (var block in message.OtherHeaders)
        {
            if (block.NamespaceUri == XRoadNamespace)
            {
                return new SignatureExplanation { Element = Phrases.Of("Signing.HeaderLetters", block.LocalNameUtf8.Length.ToString(CultureInfo.InvariantCulture)), Line = block.Line };
            }
        }

        return null;
    }

    // Where this process signed what was received, the refusal says where they part.
    private SoapVerification Explain(SoapMessage message, SoapVerificationInput input, SoapVerification result)
    {
        if (result.Code is not (SoapVerificationCode.BodyDigest or SoapVerificationCode.TimestampDigest or SoapVerificationCode.ExchangeDigest)
            || copies.Find(input.Direction, message.Headers!) is not { IsEmpty: false } copy || !XmlTape.TryParse(copy, out var signed, out _))
        {
            return result;
        }

        using (signed)
        {
            return SoapVerifier.Verify(message.Tape, input with { SecondForm = signed });
        }
    }

    // A fault says what a security server or the provider refused. Unsigned it is never data, but its code still helps the one who asked.
    private VerifiedMessage Fault(ExchangeRun run, SoapMessage message, SignedMessage request)
    {
        var fault = message.Fault!.Value;
        var classified = fault.Classified;
        var code = SafeCode(fault.Code);

        // A metaservice is answered by security servers alone, and has no agreement that could hide their words.
        var shown = run.Agreement is null && classified.IsFromSecurityServer && SafeCode(fault.Code) == fault.Code
            ? PeerFault.OfSecurityServer(fault)
            : PeerFault.Of(fault, run.Terms);
        if (classified.IsFromSecurityServer)
        {
            var unknown = classified.MayHaveExecuted;
            return VerifiedMessage.Refused(
                new ExchangeError(ExchangeStage.Forward, ExchangeCodes.SecurityServerFault)
                {
                    Path = "SecurityServer",
                    Expected = RefusalPhrases.Of("answer"),
                    Found = $"{code} ({classified.Origin}: {classified.Code})",
                    OutcomeUnknown = unknown,
                },
                code,
                shown);
        }

        SoapVerification? verification = null;
        if (message.Headers is not null && run.Agreement is not null)
        {
            verification = SoapVerifier.Verify(message.Tape, Input(run, message, SoapDirection.Response, new SoapRequestBinding(request.Sha512, request.SignatureValue), []));
            if (verification.Status == SoapVerificationStatus.Failed)
            {
                // A check that was made and failed: this is no unsigned fault.
                return VerifiedMessage.Refused(SignatureErrors.From(verification, SoapDirection.Response), code);
            }
        }

        var signed = verification is { Status: SoapVerificationStatus.Valid };
        var demanded = trust.IsDemanded(run);
        var told = RefusalMapping.OfProviderFault("Body/Fault/faultcode", code, fault.DetailId);
        return VerifiedMessage.Refused(
            signed || !demanded ? told : told with { Code = ExchangeCodes.ProviderFaultUnverified, Remedy = null, OutcomeUnknown = true },
            code,
            signed || !demanded ? shown : null,
            signed ? verification : null);
    }

    private SoapVerificationInput Input(ExchangeRun run, SoapMessage message, SoapDirection direction, SoapRequestBinding? binding, IReadOnlyList<SoapAttachmentDigest> attachments) => new()
    {
        Direction = direction,
        Trust = trust.Of(run.Agreement!),
        Now = clock.GetUtcNow(),
        Request = binding,
        Headers = SignedHeaders.Of(message.Headers!),
        Attachments = attachments,
        AllowedSkew = trust.Options.ClockSkew,
        MaximumLifetime = trust.Options.MessageLifetime,
        OwnCertificates = trust.OwnCertificates,
    };

    private static ReadOnlyMemory<byte> CanonicalBody(SoapMessage message)
    {
        var buffer = new ArrayBufferWriter<byte>(message.Body.OuterRange.Length + 256);
        ExclusiveCanonicalizer.Write(message.Body, buffer);
        return buffer.WrittenMemory;
    }

    private static ReadOnlyMemory<byte> SignatureBlocks(SoapMessage message)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        buffer.Write("<signature>"u8);
        foreach (var block in message.OtherHeaders)
        {
            ExclusiveCanonicalizer.Write(block, buffer);
        }

        buffer.Write("</signature>"u8);
        return buffer.WrittenMemory;
    }

    // A fault code is a name; what is longer or holds other characters is not shown.
    public static string SafeCode(string code) => FaultPolicy.IsCode(code) ? code : Phrases.Of("Signing.CodeCharacters", code.Length);

    private static VerifiedMessage Malformed(ProtocolFault fault) => Refused(ExchangeCodes.ResponseMalformed, fault);

    // The provider has answered: what it did is not known from an answer that cannot be trusted.
    private static VerifiedMessage Refused(string code, ProtocolFault fault) =>
        VerifiedMessage.Refused(new ExchangeError(ExchangeStage.Verify, code) { Path = fault.Path, Expected = fault.Expected, Found = fault.Found, OutcomeUnknown = true });
}
