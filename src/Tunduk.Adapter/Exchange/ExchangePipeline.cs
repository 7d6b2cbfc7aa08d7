using System.Net;
using System.Security.Cryptography;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Callers;
using Tunduk.Adapter.Contracts;
using Tunduk.Adapter.InformationSystems;
using Tunduk.Adapter.SecurityServers;
using Tunduk.Adapter.Signing;
using Tunduk.Adapter.Telemetry;
using Tunduk.Evidence.Log;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Faults;
using Tunduk.XRoad.Identifiers;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Exchange;

/// <summary>
/// The order of an exchange: one straight method per direction (ARCHITECTURE "One exchange").
/// </summary>
/// <remarks>
/// <para>
/// Consumer (<see cref="AskAsync"/>): 1 Authenticate, 2 Decode, 3 Validate, 4 Authorize, 5 Filter (request), 6 Sign,
/// 7 Append, 8 Forward, 9 Verify, 10 Filter (response), 11 Append, 12 Encode.
/// </para>
/// <para>
/// Provider (<see cref="AnswerAsync"/>): 1 Decode, 2 Verify, 3 Validate, 4 Authorize, 5 Filter (request), 6 Append,
/// 7 Forward to the own information system, 8 Filter (response, before it leaves), 9 Sign, 10 Append, 11 Encode.
/// </para>
/// <para>
/// After the first append an exchange is no longer cancelled by whoever asked: it runs to an end that is archived. This
/// file is over 300 lines because the two orders are to be read side by side.
/// </para>
/// </remarks>
internal sealed class ExchangePipeline(
    ServiceCatalogue services,
    AgreementGate agreements,
    BodyMapping mapping,
    MessageSigning signing,
    MessageVerification verification,
    SecurityServerClient? securityServer,
    InformationSystemClient informationSystem,
    ExchangeJournal journal,
    ExchangeLimiter limiter,
    UnauthenticatedRefusals unauthenticated,
    AdapterMetrics metrics,
    TimeProvider clock,
    long maxLoggedBody)
{
    /// <summary>Our information system asks: JSON in, JSON out.</summary>
    public async Task<ExchangeAnswer> AskAsync(ConsumerRequest request)
    {
        using var run = new ExchangeRun(ExchangeDirection.Consumer, metrics, clock) { Flags = request.Caller.EntryFlags };
        using var place = limiter.TryEnter();
        if (place is null)
        {
            return await RefusedAsync(run, limiter.Refusal());
        }

        // 1 Authenticate: the listener knows the caller; here it is bound to alias, own subsystem and person.
        if (!services.FindConsumed(request.Caller, request.Alias, request.Headers.Client).TryGet(out var service, out var error))
        {
            return await RefusedAsync(run, error);
        }

        run.Service = service.Service;
        run.Counterparty = service.Service.Provider;
        run.Own = service.Client;

        // 2 Decode: the X-Road headers; the body's JSON is decoded by the contract in stage 3.
        run.Enter(ExchangeStage.Decode);
        if (!RequestHeaders.Make(service, request.Headers).TryGet(out var headers, out error))
        {
            return await RefusedAsync(run, error);
        }

        run.Headers = headers;

        // 3 Validate: the body against the contract, before any rule looks into it.
        run.Enter(ExchangeStage.Validate);
        if (!mapping.ToXml(service.Operation, MessageSide.Request, request.Body).TryGet(out var bodyXml, out error))
        {
            return await RefusedAsync(run, error);
        }

        // 4 Authorize: an agreement in force for counterparty, service and purpose, and its default basis for old clients.
        run.Enter(ExchangeStage.Authorize);
        if (!agreements.AuthorizeOwn(run, request.Caller).TryGet(out _, out error))
        {
            return await RefusedAsync(run, error);
        }

        // 5 Filter: nothing is asked that the agreement does not list.
        run.Enter(ExchangeStage.Filter);
        if (!FieldPolicy.Request(run, request.Body).TryGet(out var asked, out error))
        {
            return await RefusedAsync(run, error);
        }

        if (asked.Removed.Count > 0 && !mapping.ToXml(service.Operation, MessageSide.Request, asked.Json).TryGet(out bodyXml, out error))
        {
            return await RefusedAsync(run, FieldPolicy.BrokenByRemoval(error!));
        }

        // 6 Sign.
        run.Enter(ExchangeStage.Sign);
        if (!(await signing.SignRequestAsync(run, bodyXml)).TryGet(out var signed, out error))
        {
            return await RefusedAsync(run, error);
        }

        if (signed.Envelope.Length > maxLoggedBody)
        {
            return await RefusedAsync(run, TooLargeToLog(signed.Envelope.Length));
        }

        // 7 Append: durable before anything leaves. If it cannot be written, nothing is sent.
        run.Enter(ExchangeStage.Append);
        if (!(await journal.RequestAsync(run, signed.ToRecord(asked), [])).TryGet(out _, out error))
        {
            return await RefusedAsync(run, error);
        }

        // 8 Forward: from here the request may be executed, whatever happens to us.
        run.Enter(ExchangeStage.Forward);
        if (securityServer is null)
        {
            return await RefusedAsync(run, new ExchangeError(ExchangeStage.Forward, ExchangeCodes.SecurityServerUnreachable) { Path = "SecurityServer:Address", Expected = "an address", Found = "none is configured" });
        }

        if (!(await securityServer.SendAsync(SecurityServerRequest.Soap(signed.Envelope, service.Limits), CancellationToken.None)).TryGet(out var reply, out error))
        {
            return await RefusedAsync(run, error);
        }

        // 9 Verify: signature, certificate, binding, request hash, echoed headers. Nothing unverified goes on.
        run.Enter(ExchangeStage.Verify);
        using var verified = verification.VerifyResponse(run, signed, reply);
        if (verified.Error is not null)
        {
            return await RefusedAsync(run, verified.Error, verified.FaultCode);
        }

        // 10 Filter: what the counterparty sent beyond the agreement is removed before anyone sees it.
        run.Enter(ExchangeStage.Filter);
        if (!mapping.ToJson(service.Operation, MessageSide.Response, verified.BodyXml).TryGet(out var json, out error)
            || !FieldPolicy.Response(run, json).TryGet(out var answered, out error))
        {
            return await RefusedAsync(run, FieldPolicy.OfAnswer(error!));
        }

        // 11 Append: an answer that cannot be archived is not shown.
        run.Enter(ExchangeStage.Append);
        var appended = await journal.ResponseAsync(run, verified.ToRecord(reply, answered));
        if (!appended.IsDurable)
        {
            return new ExchangeAnswer
            {
                Error = run.End(new ExchangeError(ExchangeStage.Append, ExchangeCodes.ResponseNotArchived) { Path = "Archive", Expected = "a durable entry", Found = appended.Fault?.Name ?? appended.Outcome.ToString() }),
                Record = run.Request,
                MessageId = headers.Id,
            };
        }

        // 12 Encode.
        run.Enter(ExchangeStage.Encode);
        return new ExchangeAnswer { Body = answered.Json, Record = run.Request, MessageId = headers.Id };
    }

    /// <summary>The security server hands over a request: SOAP in, SOAP out.</summary>
    public async Task<SoapAnswer> AnswerAsync(ProviderRequest request)
    {
        using var run = new ExchangeRun(ExchangeDirection.Provider, metrics, clock);
        using var place = limiter.TryEnter();
        if (place is null)
        {
            return await FaultAsync(run, limiter.Refusal());
        }

        // 1 Decode: the envelope and its X-Road headers.
        run.Enter(ExchangeStage.Decode);
        using var decoded = ReceivedEnvelope.Decode(request);
        if (decoded.Error is not null)
        {
            return await UnreadAsync(run, request.Peer, decoded.Error);
        }

        var headers = decoded.Message!.Headers!;
        run.Headers = headers;
        run.Service = headers.Service;
        run.Own = headers.Service!.Value.Provider;
        run.Counterparty = headers.Client;
        if (!services.FindProvided(headers.Service.Value).TryGet(out var service, out var error))
        {
            return await FaultAsync(run, error);
        }

        // 2 Verify: who signed, and whether what we read is what was signed. The agreement says what is asked.
        run.Enter(ExchangeStage.Verify);
        if (!agreements.Find(run, AgreementRole.Provider).TryGet(out _, out error))
        {
            return await FaultAsync(run, error);
        }

        using var verified = verification.VerifyRequest(run, decoded);
        if (verified.Error is not null)
        {
            return await FaultAsync(run, verified.Error);
        }

        // 3 Validate: the body by the contract.
        run.Enter(ExchangeStage.Validate);
        if (!mapping.ToJson(service.Operation, MessageSide.Request, verified.BodyXml).TryGet(out var json, out error))
        {
            return await FaultAsync(run, error);
        }

        // 4 Authorize: purpose, represented party, caller, hours.
        run.Enter(ExchangeStage.Authorize);
        if (agreements.AuthorizeCounterparty(run, service) is { } denied)
        {
            return await FaultAsync(run, denied);
        }

        // 5 Filter: the own information system is asked nothing beyond the agreement.
        run.Enter(ExchangeStage.Filter);
        if (!FieldPolicy.Request(run, json).TryGet(out var asked, out error))
        {
            return await FaultAsync(run, error);
        }

        // 6 Append: durable before the information system is asked; also the claim on this message.
        run.Enter(ExchangeStage.Append);
        var claims = verification.Claims(run, verified, SHA256.HashData(asked.Json.Span));
        if (!(await journal.RequestAsync(run, verified.ToRecord(decoded.Raw, asked), claims)).TryGet(out var appended, out error))
        {
            return await FaultAsync(run, error);
        }

        if (MessageVerification.RefuseRepeat(run, appended.Existing) is { } repeated)
        {
            return await FaultAsync(run, repeated);
        }

        // 7 Forward: one side effect for one claim.
        run.Enter(ExchangeStage.Forward);
        var forwarded = await informationSystem.PostAsync(service.Upstream, asked.Json, ForwardedHeaders.Of(headers, run.Request!.Value), service.Timeout, CancellationToken.None);
        if (!forwarded.TryGet(out var answer, out error))
        {
            return await FaultAsync(run, error);
        }

        // 8 Filter: what the agreement does not list does not leave. The echoed request is what we were asked, filtered.
        run.Enter(ExchangeStage.Filter);
        if (!mapping.CompleteAnswer(service, answer, asked.Json).TryGet(out var complete, out error)
            || !FieldPolicy.Response(run, complete).TryGet(out var answered, out error))
        {
            return await FaultAsync(run, FieldPolicy.AfterExecution(error!));
        }

        if (!mapping.ToXml(service.Operation, MessageSide.Response, answered.Json).TryGet(out var bodyXml, out error))
        {
            // Whose fault it is tells the answer before removal: whole, it was the list that broke it.
            var listBrokeIt = answered.Removed.Count > 0 && mapping.ToXml(service.Operation, MessageSide.Response, complete).Error is null;
            return await FaultAsync(run, listBrokeIt ? FieldPolicy.BrokenByRemoval(error) : FieldPolicy.AfterExecution(error));
        }

        // 9 Sign: bound to the request, so that it answers no other.
        run.Enter(ExchangeStage.Sign);
        if (!(await signing.SignResponseAsync(run, decoded, verified, bodyXml)).TryGet(out var signed, out error))
        {
            return await FaultAsync(run, error with { OutcomeUnknown = false });
        }

        // 10 Append: the information system has answered; what cannot be archived does not leave.
        run.Enter(ExchangeStage.Append);
        var ended = await journal.ResponseAsync(run, signed.ToRecord(answered));
        if (!ended.IsDurable)
        {
            return await FaultWithoutEntryAsync(run, new ExchangeError(ExchangeStage.Append, ExchangeCodes.ExecutedNotArchived) { Path = "Archive", Expected = "a durable entry", Found = ended.Fault?.Name ?? ended.Outcome.ToString() });
        }

        // 11 Encode.
        run.Enter(ExchangeStage.Encode);
        return new SoapAnswer(signed.Envelope, IsFault: false);
    }

    /// <summary>Archives a refusal of an authenticated caller whose request could not be read.</summary>
    public async Task<ExchangeAnswer> RefuseAsync(Caller caller, ExchangeError error)
    {
        using var run = new ExchangeRun(ExchangeDirection.Consumer, metrics, clock) { Flags = caller.EntryFlags };
        if (caller.Subsystems?.Count == 1)
        {
            run.Own = ClientId.Parse(caller.Subsystems.First());
        }

        return await RefusedAsync(run, error);
    }

    /// <summary>Answers a request of the security server that could not be read; counted, since nobody is known behind it.</summary>
    public async Task<SoapAnswer> RefuseUnreadAsync(IPAddress? peer, ExchangeError error)
    {
        using var run = new ExchangeRun(ExchangeDirection.Provider, metrics, clock);
        return await UnreadAsync(run, peer, error);
    }

    private async Task<ExchangeAnswer> RefusedAsync(ExchangeRun run, ExchangeError error, string? faultCode = null)
    {
        run.End(error);
        var record = await journal.RefusalAsync(run, error, faultCode);
        return new ExchangeAnswer { Error = error, Record = run.Request ?? record, MessageId = run.Headers?.Id };
    }

    private async Task<SoapAnswer> FaultAsync(ExchangeRun run, ExchangeError error)
    {
        run.End(error);
        var record = await journal.RefusalAsync(run, error);
        return new SoapAnswer(await signing.SignFaultAsync(run, error, run.Request ?? record), IsFault: true);
    }

    private async Task<SoapAnswer> FaultWithoutEntryAsync(ExchangeRun run, ExchangeError error)
    {
        run.End(error);
        return new SoapAnswer(await signing.SignFaultAsync(run, error, run.Request), IsFault: true);
    }

    private async Task<SoapAnswer> UnreadAsync(ExchangeRun run, IPAddress? peer, ExchangeError error)
    {
        run.End(error);
        unauthenticated.Count("securityServer", peer, error);
        return new SoapAnswer(await signing.SignFaultAsync(run, error, record: null), IsFault: true);
    }

    private ExchangeError TooLargeToLog(int length) => new(ExchangeStage.Validate, ExchangeCodes.MessageTooLarge)
    {
        Path = "body",
        Expected = $"at most {maxLoggedBody} bytes of envelope (SecurityServer:MaxLoggedBody)",
        Found = $"{length} bytes",
    };
}
