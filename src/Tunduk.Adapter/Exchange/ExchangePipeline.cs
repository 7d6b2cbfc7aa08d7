using System.Net;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Attachments;
using Tunduk.Adapter.Callers;
using Tunduk.Adapter.Contracts;
using Tunduk.Adapter.Exchange.Forms;
using Tunduk.Adapter.InformationSystems;
using Tunduk.Adapter.SecurityServers;
using Tunduk.Adapter.Signing;
using Tunduk.Adapter.Telemetry;
using Tunduk.Archive;
using Tunduk.Evidence.Log;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Exchange;

/// <summary>
/// The order of an exchange: one straight method per direction (ARCHITECTURE "One exchange").
/// </summary>
/// <remarks>
/// <para>
/// Consumer (<see cref="AskAsync(Caller, IConsumerForm, Diagnosis)"/>): 1 Authenticate, 2 Decode, 3 Validate, 4 Authorize, 5 Filter (request), 6 Sign,
/// 7 Append, 8 Forward, 9 Verify, 10 Filter (response), 11 Append, 12 Encode.
/// </para>
/// <para>
/// Provider (<see cref="AnswerAsync"/>): 1 Decode, 2 Verify, 3 Validate, 4 Authorize, 5 Filter (request), 6 Append,
/// 7 Forward to the own information system, 8 Filter (response, before it leaves), 9 Sign, 10 Append, 11 Encode.
/// </para>
/// <para>
/// How a stage is done for JSON, SOAP and REST stands in <see cref="IConsumerForm"/> and <see cref="IProviderForm"/>.
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
    RepeatedRequests repeats,
    RequestsUnderWay requests,
    UnauthenticatedRefusals unauthenticated,
    AdapterMetrics metrics,
    TimeProvider clock,
    long maxLoggedBody)
{
    /// <summary>
    /// Runs every stage but Forward and says what would happen. Nothing is sent; the message with its signature is neither
    /// returned nor stored; the entry says that it was a dry run.
    /// </summary>
    public async Task<Diagnosis> DiagnoseAsync(ConsumerRequest request, MultipartMessage? attachments, AttachmentSpool spool)
    {
        using var form = FormOf(request, attachments, spool, spool);
        return await DiagnoseAsync(request.Caller, form);
    }

    /// <inheritdoc cref="DiagnoseAsync(ConsumerRequest, MultipartMessage, AttachmentSpool)"/>
    public async Task<Diagnosis> DiagnoseAsync(Caller caller, IConsumerForm form)
    {
        var diagnosis = new Diagnosis();
        diagnosis.Answer = await AskAsync(caller, form, diagnosis);
        return diagnosis;
    }

    /// <summary>The dry run of a request whose body could not be read: what it would have ended with.</summary>
    /// <inheritdoc cref="RefuseAsync(Caller, ExchangeError, string?)"/>
    public async Task<Diagnosis> DiagnoseAsync(Caller caller, ExchangeError error, string? messageId) =>
        new() { Answer = await RefuseAsync(caller, error, messageId, isDryRun: true) };

    /// <summary>Our information system asks on the alias face: JSON in, JSON out, no attachments.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="spool">Where an answer too large for memory would lie.</param>
    public async Task<ExchangeAnswer> AskAsync(ConsumerRequest request, AttachmentSpool spool)
    {
        using var form = FormOf(request, attachments: null, ofAttachments: null, spool);
        return await AskAsync(request.Caller, form);
    }

    /// <summary>The same with attachments, in the request, the answer, or both.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="attachments">What goes along; taken over.</param>
    /// <param name="spool">Where the answer's go; whoever gets the answer disposes them.</param>
    public async Task<ExchangeAnswer> AskAsync(ConsumerRequest request, MultipartMessage? attachments, AttachmentSpool spool)
    {
        using var form = FormOf(request, attachments, spool, spool);
        return await AskAsync(request.Caller, form);
    }

    /// <summary>Our information system asks, in whatever form.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="form">What is asked.</param>
    /// <param name="dryRun">Takes what a dry run finds; null for an exchange.</param>
    public async Task<ExchangeAnswer> AskAsync(Caller caller, IConsumerForm form, Diagnosis? dryRun = null)
    {
        using var run = new ExchangeRun(ExchangeDirection.Consumer, metrics, clock) { Flags = caller.EntryFlags, IsDryRun = dryRun is not null };
        try
        {
            return await RunConsumerAsync(run, caller, form, dryRun);
        }
        catch (Exception exception) when (run.Request is not null)
        {
            // Edge: what was archived gets its end, whatever nobody foresaw.
            return await RefusedAsync(run, journal.Unforeseen(run, exception));
        }
    }

    // JSON is SOAP or HTTP on the wire, as the service is; attachments are of SOAP alone.
    private IConsumerForm FormOf(ConsumerRequest request, MultipartMessage? attachments, AttachmentSpool? ofAttachments, AttachmentSpool spool) =>
        attachments is null && services.IsRest(request.Alias) ? new JsonRestConsumerForm(request, spool) : new JsonConsumerForm(request, attachments, ofAttachments);

    private async Task<ExchangeAnswer> RunConsumerAsync(ExchangeRun run, Caller caller, IConsumerForm form, Diagnosis? dryRun)
    {
        using var place = limiter.TryEnter();
        if (place is null)
        {
            return await RefusedAsync(run, limiter.Refusal());
        }

        // 1 Authenticate: the listener knows the caller; here it is bound to service, own subsystem and person.
        if (!form.Bind(services).TryGet(out var service, out var error))
        {
            return await RefusedAsync(run, error);
        }

        run.Service = service.Service;
        run.IsServiceConfigured = service.Alias.Length > 0;
        run.Counterparty = service.Service?.Provider;
        run.Own = service.Client;

        // 2 Decode: the X-Road headers; a body is decoded by the contract in stage 3.
        run.Enter(ExchangeStage.Decode);
        if (!form.ReadHeaders(service).TryGet(out var headers, out error))
        {
            return await RefusedAsync(run, error);
        }

        run.Headers = headers;

        // 3 Validate: form and contract, before any rule looks into the body.
        run.Enter(ExchangeStage.Validate);
        if (form.Validate(service, mapping) is { } invalid)
        {
            return await RefusedAsync(run, invalid);
        }

        // 4 Authorize: an agreement in force for counterparty, service and purpose, and its default basis for old clients.
        // What security servers answer themselves needs none (ARCHITECTURE "One exchange").
        run.Enter(ExchangeStage.Authorize);
        if (!form.IsMetaservice && !agreements.AuthorizeOwn(run, caller).TryGet(out _, out error))
        {
            return await RefusedAsync(run, error);
        }

        // 5 Filter: nothing is asked that the agreement does not list.
        run.Enter(ExchangeStage.Filter);
        if (!form.FilterRequest(run, service, mapping).TryGet(out var asked, out error))
        {
            return await RefusedAsync(run, error);
        }

        // A request repeated under its own id, where caller and service have opted in, is answered and not sent again.
        if (dryRun is null && run.Agreement is not null && journal.ContentOf(run) != ArchiveContent.None && repeats.KeyOf(caller, service, headers.Id, form.RepeatBody) is { } key)
        {
            if (await repeats.FindAsync(key) is { } earlier)
            {
                return await RepeatAsync(run, service, earlier);
            }

            run.Repeat = key;
        }

        // Nobody's same request is under way twice, unless its service says that it may be asked twice.
        var isOnce = dryRun is null && run.Agreement is not null && !service.Limits.Idempotent;
        using var underWay = isOnce ? requests.TryEnter(caller, service, headers, form.Content()) : null;
        if (isOnce && underWay is null)
        {
            return await RefusedAsync(run, EarlierRequest.UnderWay);
        }

        // 6 Sign.
        run.Enter(ExchangeStage.Sign);
        if (!(await form.SignAsync(run, asked, signing)).TryGet(out var message, out error))
        {
            return await RefusedAsync(run, error);
        }

        if (maxLoggedBody > 0 && message.LargestPart > maxLoggedBody)
        {
            return await RefusedAsync(run, TooLargeToLog(message.LargestPart));
        }

        if (dryRun is not null)
        {
            return await EndDryRunAsync(run, dryRun, message);
        }

        // 7 Append: durable before anything leaves. If it cannot be written, nothing is sent.
        run.Enter(ExchangeStage.Append);
        if (!(await journal.RequestAsync(run, message, RepeatedRequests.Claims(run.Repeat))).TryGet(out var appended, out error))
        {
            return await RefusedAsync(run, error);
        }

        // Two that came at once: the first goes on.
        if (appended.Existing is { EndKind: not EntryKind.Refusal } twin)
        {
            return await RefusedAsync(run, new EarlierRequest(twin.Record, null).Refusal());
        }

        // 8 Forward: from here the request may be executed, whatever happens to us.
        run.Enter(ExchangeStage.Forward);
        if (securityServer is null)
        {
            return await RefusedAsync(run, new ExchangeError(ExchangeStage.Forward, ExchangeCodes.SecurityServerUnreachable) { Path = "SecurityServer:Address", Expected = RefusalPhrases.Of("address"), Found = RefusalPhrases.Of("none_is_configured") });
        }

        run.SecurityServer = securityServer.Host;
        if (await form.ForwardAsync(securityServer, service) is { } unsent)
        {
            return await RefusedAsync(run, unsent);
        }

        // 9 Verify: signature, certificate, binding, request hash, echoed headers. Nothing unverified goes on.
        run.Enter(ExchangeStage.Verify);
        var verified = form.Verify(run, verification);
        if (await verification.JudgeSignerAsync(run, verified) is { } distrusted)
        {
            return (await RefusedAsync(run, distrusted, verified.FaultCode, form.Arrived)) with { Fault = ReferenceEquals(distrusted, verified.Error) ? verified.Fault : null };
        }

        // 10 Filter: what the counterparty sent beyond the agreement is removed before anyone sees it.
        run.Enter(ExchangeStage.Filter);
        if (!form.FilterAnswer(run, service, mapping).TryGet(out var answered, out error))
        {
            return await RefusedAsync(run, FieldPolicy.OfAnswer(error));
        }

        run.Judge(service.Outcomes, answered);

        // 11 Append: an answer that cannot be archived is not shown.
        run.Enter(ExchangeStage.Append);
        var ended = await journal.ResponseAsync(run, form.AnswerRecord(answered) with { Answer = run.Repeat is null || !form.IsRepeatable ? default : answered.Json });
        if (!ended.IsDurable)
        {
            return new ExchangeAnswer
            {
                Error = run.End(new ExchangeError(ExchangeStage.Append, ExchangeCodes.ResponseNotArchived) { Path = "Archive", Expected = RefusalPhrases.Of("durable_entry"), Found = ended.Fault?.Name ?? ended.Outcome.ToString() }),
                Record = run.Request,
                MessageId = headers.Id,
            };
        }

        // 12 Encode.
        run.Enter(ExchangeStage.Encode);
        return form.Encode(run, answered) with { Business = run.Business };
    }

    /// <summary>The security server hands over a request, in whatever form.</summary>
    /// <param name="form">What arrived.</param>
    /// <param name="peer">Who connected; nobody else is known while the request cannot be read.</param>
    public async Task<ProviderAnswer> AnswerAsync(IProviderForm form, IPAddress? peer)
    {
        using var run = new ExchangeRun(ExchangeDirection.Provider, metrics, clock) { SecurityServer = peer?.ToString() };
        try
        {
            return await RunProviderAsync(run, form, peer);
        }
        catch (Exception exception) when (run.Request is not null)
        {
            // Edge: the same.
            return await RefusedAsync(run, form, journal.Unforeseen(run, exception));
        }
    }

    private async Task<ProviderAnswer> RunProviderAsync(ExchangeRun run, IProviderForm form, IPAddress? peer)
    {
        using var place = limiter.TryEnter();
        if (place is null)
        {
            return await RefusedAsync(run, form, limiter.Refusal());
        }

        // 1 Decode: the message and its X-Road headers.
        run.Enter(ExchangeStage.Decode);
        if (!form.Decode().TryGet(out var headers, out var error))
        {
            return await UnreadAsync(run, form, peer, error);
        }

        run.Headers = headers;
        run.Service = headers.Service;
        run.Own = headers.Service?.Provider;
        run.Counterparty = headers.Client;
        if (!form.Find(services, headers).TryGet(out var service, out error))
        {
            return await RefusedAsync(run, form, error);
        }

        run.Headers = headers = headers with { Service = service.Service };
        run.Service = service.Service;
        run.IsServiceConfigured = true;
        run.Own = service.Service.Provider;

        // 2 Verify: who signed, and whether what we read is what was signed. The agreement says what is asked.
        run.Enter(ExchangeStage.Verify);
        if (!agreements.Find(run, AgreementRole.Provider).TryGet(out _, out error))
        {
            return await RefusedAsync(run, form, error);
        }

        var verified = form.Verify(run, verification);
        if (await verification.JudgeSignerAsync(run, verified) is { } distrusted)
        {
            return await RefusedAsync(run, form, distrusted, form.Arrived);
        }

        // 3 Validate: the body by the contract.
        run.Enter(ExchangeStage.Validate);
        if (form.Validate(run, service, mapping) is { } invalid)
        {
            return await RefusedAsync(run, form, invalid);
        }

        // 4 Authorize: purpose, represented party, caller, hours.
        run.Enter(ExchangeStage.Authorize);
        if (agreements.AuthorizeCounterparty(run, service) is { } denied)
        {
            return await RefusedAsync(run, form, denied);
        }

        // 5 Filter: the own information system is asked nothing beyond the agreement.
        run.Enter(ExchangeStage.Filter);
        if (!form.FilterRequest(run, mapping).TryGet(out var asked, out error))
        {
            return await RefusedAsync(run, form, error);
        }

        // 6 Append: durable before the information system is asked; also the claim on this message.
        run.Enter(ExchangeStage.Append);
        var claims = verification.Claims(run, verified, form.Content(asked));
        if (!(await journal.RequestAsync(run, form.RequestRecord(asked), claims)).TryGet(out var appended, out error))
        {
            return await RefusedAsync(run, form, error);
        }

        if (await journal.RefuseRepeatAsync(run, appended.Existing) is { } repeated)
        {
            return await RefusedAsync(run, form, repeated);
        }

        // 7 Forward: one side effect for one claim.
        run.Enter(ExchangeStage.Forward);
        if (await form.ForwardAsync(informationSystem, headers, run.Request!.Value) is { } unanswered)
        {
            return await RefusedAsync(run, form, unanswered);
        }

        // 8 Filter: what the agreement does not list does not leave.
        run.Enter(ExchangeStage.Filter);
        if (!form.FilterAnswer(run, mapping).TryGet(out var answered, out error))
        {
            return await RefusedAsync(run, form, error with { AfterForward = true });
        }

        // 9 Sign: bound to the request, so that it answers no other.
        run.Enter(ExchangeStage.Sign);
        if (!(await form.SignAsync(run, answered, signing)).TryGet(out var message, out error))
        {
            return await RefusedAsync(run, form, error with { OutcomeUnknown = false, AfterForward = true });
        }

        if (message.FaultCode is null)
        {
            run.Judge(service.Outcomes, answered);
        }

        // 10 Append: the information system has answered; what cannot be archived does not leave.
        run.Enter(ExchangeStage.Append);
        var ended = await journal.ResponseAsync(run, message);
        if (!ended.IsDurable)
        {
            return await form.RefuseAsync(run, run.End(new ExchangeError(ExchangeStage.Append, ExchangeCodes.ExecutedNotArchived) { Path = "Archive", Expected = RefusalPhrases.Of("durable_entry"), Found = ended.Fault?.Name ?? ended.Outcome.ToString() }), run.Request, signing);
        }

        // 11 Encode.
        run.Enter(ExchangeStage.Encode);
        return form.Encode();
    }

    /// <summary>Archives a refusal of an authenticated caller whose request could not be read.</summary>
    /// <param name="caller">The caller.</param>
    /// <param name="error">The refusal.</param>
    /// <param name="messageId">What the caller named its message; told back where it is one that could have been sent.</param>
    public async Task<ExchangeAnswer> RefuseAsync(Caller caller, ExchangeError error, string? messageId = null)
    {
        return await RefuseAsync(caller, error, messageId, isDryRun: false);
    }

    private async Task<ExchangeAnswer> RefuseAsync(Caller caller, ExchangeError error, string? messageId, bool isDryRun)
    {
        using var run = new ExchangeRun(ExchangeDirection.Consumer, metrics, clock) { Flags = caller.EntryFlags, IsDryRun = isDryRun };
        if (caller.Subsystems?.Count == 1)
        {
            run.Own = ClientId.Parse(caller.Subsystems.First());
        }

        return (await RefusedAsync(run, error)) with { MessageId = RequestHeaders.IsId(messageId) ? messageId : null };
    }

    /// <summary>Answers a SOAP request of the security server that could not be received; counted, since nobody is known behind it.</summary>
    public async Task<ProviderAnswer> RefuseUnreadAsync(IPAddress? peer, ExchangeError error)
    {
        using var run = new ExchangeRun(ExchangeDirection.Provider, metrics, clock);
        error = run.End(error);
        unauthenticated.Count("securityServer", peer, error);
        return await SoapProviderForm.UnreadAsync(run, error, record: null, signing);
    }

    // Authorize and Filter of the request have passed under the agreement in force now; the kept answer passes its list now.
    private async Task<ExchangeAnswer> RepeatAsync(ExchangeRun run, ConsumedService service, EarlierRequest first)
    {
        if (first.Answer is not { } answer)
        {
            return await RefusedAsync(run, first.Refusal());
        }

        if (!FieldPolicy.Response(run, answer).TryGet(out var answered, out var error))
        {
            return await RefusedAsync(run, FieldPolicy.OfAnswer(error));
        }

        run.Judge(service.Outcomes, answered);
        run.Enter(ExchangeStage.Append);
        var entry = await journal.RepeatAsync(run, first.Record);
        return entry.IsDurable
            ? new ExchangeAnswer { Body = answered.Json, Record = entry.Record, MessageId = run.Headers!.Id, Business = run.Business }
            : await RefusedAsync(run, ExchangeJournal.NotLogged(entry));
    }

    private async Task<ExchangeAnswer> EndDryRunAsync(ExchangeRun run, Diagnosis diagnosis, MessageRecord message)
    {
        diagnosis.Service = run.Service?.ToString();
        diagnosis.Client = run.Own?.ToString();
        diagnosis.Agreement = run.Agreement?.Id;
        diagnosis.AgreementVersion = run.Agreement?.Version;
        diagnosis.Removed = [.. message.Removed.Select(field => field.Path)];
        diagnosis.MessageSize = message.Envelope.Length;
        run.Enter(ExchangeStage.Append);
        run.Code = ExchangeJournal.DryRunCode;
        var entry = await journal.DryRunAsync(run);
        var error = !entry.IsDurable ? ExchangeJournal.NotLogged(entry)
            : securityServer is null ? new ExchangeError(ExchangeStage.Forward, ExchangeCodes.SecurityServerUnreachable) { Path = "SecurityServer:Address", Expected = RefusalPhrases.Of("address"), Found = RefusalPhrases.Of("none_is_configured") }
            : null;
        return new ExchangeAnswer { Error = error, Record = entry.Record, MessageId = run.Headers?.Id };
    }

    private async Task<ExchangeAnswer> RefusedAsync(ExchangeRun run, ExchangeError error, string? faultCode = null, PayloadPart? arrived = null)
    {
        error = run.End(error);
        var record = await journal.RefusalAsync(run, error, faultCode, arrived);
        return new ExchangeAnswer { Error = error, Record = run.Request ?? record, MessageId = run.Headers?.Id };
    }

    private async Task<ProviderAnswer> RefusedAsync(ExchangeRun run, IProviderForm form, ExchangeError error, PayloadPart? arrived = null)
    {
        error = run.End(error);
        var record = await journal.RefusalAsync(run, error, arrived: arrived);
        return await form.RefuseAsync(run, error with { AfterForward = error.AfterForward || error.OutcomeUnknown }, run.Request ?? record, signing);
    }

    private async Task<ProviderAnswer> UnreadAsync(ExchangeRun run, IProviderForm form, IPAddress? peer, ExchangeError error)
    {
        error = run.End(error);
        unauthenticated.Count("securityServer", peer, error);
        return await form.RefuseAsync(run, error, record: null, signing);
    }

    private ExchangeError TooLargeToLog(long length) => new(ExchangeStage.Validate, ExchangeCodes.MessageTooLarge)
    {
        Path = "body",
        Expected = RefusalPhrases.Of("at_most_bytes_in_one_part_securityserver", maxLoggedBody),
        Found = RefusalPhrases.Of("bytes", length),
    };
}
