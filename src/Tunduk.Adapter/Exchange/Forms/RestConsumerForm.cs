using System.Security.Cryptography;
using System.Text;
using Tunduk.Adapter.Attachments;
using Tunduk.Adapter.Contracts;
using Tunduk.Adapter.SecurityServers;
using Tunduk.Adapter.Signing;
using Tunduk.Archive;
using Tunduk.Evidence.Http;
using Tunduk.Evidence.Log;
using Tunduk.XRoad.Identifiers;
using Tunduk.XRoad.Metaservices;
using Tunduk.XRoad.Rest;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Exchange.Forms;

/// <summary>A REST request of an existing client on the drop-in face, <c>/r1/…</c> or <c>/listClients</c>, or by alias.</summary>
/// <remarks>Over 300 lines: the stages of one form are to be read in one place.</remarks>
internal sealed class RestConsumerForm(ReceivedRest request, AttachmentSpool spool) : IConsumerForm
{
    private ProgressTimeout? progress;
    private RestTarget? target;
    private RestHeaders headers = null!;
    private ReadOnlyMemory<byte> address;
    private RestBody body;
    private List<KeyValuePair<string, string>> ofXRoad = [];
    private List<KeyValuePair<string, string>> sent = [];
    private SignedRestMessage? signed;
    private SecurityServerReply reply = null!;
    private VerifiedMessage answer = null!;
    private RestMessage shown = null!;

    public PayloadPart Arrived => new(ExchangeJournal.MessagePart, HttpMessageText.MediaType, HttpMessageText.Response(reply.Status, reply.Headers, reply.Content));

    public bool IsMetaservice => target is not { } where || MetaserviceShape.IsRest(where.Service);

    public ReadOnlyMemory<byte>? RepeatBody => null;

    public bool IsRepeatable => false;

    /// <summary>A successful answer has a body that is no JSON.</summary>
    public bool AnswerIsOtherThanJson => reply.Status is >= 200 and <= 299 && !reply.Content.IsEmpty && !RestContractCheck.IsJson(reply.Header("Content-Type"));

    private bool IsClientList => target is null && request.Alias is null;

    public Outcome<ConsumedService> Bind(ServiceCatalogue services)
    {
        if (request.Alias is { } alias)
        {
            return BindAlias(services, alias);
        }

        if (!IsListClients(request.RawTarget))
        {
            if (!RestTarget.TryParse(request.RawTarget, IdentifierRules.AsSecurityServer, out var parsed, out var fault))
            {
                return RestFaults.From(fault);
            }

            target = parsed;
        }

        if (!RestHeaders.TryRead(WithClient(services), IdentifierRules.AsSecurityServer, out var read, out var wrong))
        {
            return RestFaults.From(wrong);
        }

        headers = read;
        return services.FindNamed(request.Caller!, headers.Client, target?.Service);
    }

    public Outcome<SoapHeaders> ReadHeaders(ConsumedService service) => RequestHeaders.Check(new SoapHeaders
    {
        Client = headers.Client,
        Service = target?.Service,
        Id = string.IsNullOrEmpty(headers.Id) ? RestHeaders.NewId(headers.Client.Instance) : headers.Id,
        UserId = headers.UserId,
        Issue = headers.Issue,
        SecurityServer = headers.SecurityServer,
        RepresentedParty = headers.RepresentedParty,
    });

    public ExchangeError? Validate(ConsumedService service, BodyMapping mapping)
    {
        var fault = RestMethod.Check(request.Method, hasBody: !request.Body.IsEmpty);
        if (!fault.IsNone)
        {
            return RestFaults.From(fault, ExchangeStage.Validate);
        }

        return IsMetaservice ? MetaserviceShape.Rest(target, request)
            : target is { } asked ? RestContractCheck.Request(service.Rest, request.Method, asked, request.Headers, request.Body, mapping) : null;
    }

    public Outcome<FilteredBody> FilterRequest(ExchangeRun run, ConsumedService service, BodyMapping mapping)
    {
        run.RestMethod = request.Method;

        // The agreement's default basis has been put in by now.
        var named = headers with { Id = run.Headers!.Id, Issue = run.Headers.Issue };
        ofXRoad = [.. named.ToHeaders()];
        if (RestPolicy.Unwritable(ofXRoad) is { } unwritable)
        {
            return unwritable;
        }

        if (target is not { } where)
        {
            sent = [.. RestPolicy.Headers(request.Headers.Where(header => header.Key.Equals("Accept", StringComparison.OrdinalIgnoreCase)), new HashSet<string>(), [])];
            return new FilteredBody(default, []);
        }

        if (!RestFilter.Request(run, request, where).TryGet(out var filtered, out var error))
        {
            return error;
        }

        if (!RestTarget.TryCreate(where.Service, where.RawPath, filtered.Message.RawQuery, out var left, out var fault))
        {
            return RestFaults.From(fault, ExchangeStage.Filter);
        }

        target = left;
        body = filtered.Message.Body;
        sent = [.. filtered.Message.Headers];
        address = RestAddress.ToJson(run.Terms, filtered.Message);
        return RestFilter.ToBody(filtered);
    }

    public byte[] Content() =>
        SHA256.HashData([.. SHA256.HashData(Encoding.UTF8.GetBytes($"{request.Method} {RawTarget}")), .. body.Spooled is { } spooled ? spooled.Sha256.Span : SHA256.HashData(body.Span)]);

    public async Task<Outcome<MessageRecord>> SignAsync(ExchangeRun run, FilteredBody asked, MessageSigning signing)
    {
        sent = [.. ofXRoad, .. sent];
        if (target is { } where)
        {
            var message = new RestRequest { Method = request.Method, Target = Target(where), Headers = RestCrossing.Fields(sent), Body = body.Signed };
            if (!(await signing.Rest.SignRequestAsync(run, message)).TryGet(out signed, out var error))
            {
                return error;
            }

            sent = RestCrossing.With(sent, signed.SignatureHeaders);
        }

        return new MessageRecord
        {
            Body = asked.Json,
            Address = address,
            Envelope = HttpMessageText.Request(request.Method, RawTarget, sent, body),
            MediaType = HttpMessageText.MediaType,
            DetachedSignature = signed?.Detached ?? default,
            SignatureBase = signed is { Detached.IsEmpty: false } ? signed.SignatureBase : default,
            Removed = asked.Removed,
            Signature = signed is null ? SignatureStatus.Absent : signed.Detached.IsEmpty ? SignatureStatus.OwnEmbedded : SignatureStatus.OwnDetached,
            CertificateSha256 = signed?.Key.CertificateSha256 ?? default,
            Spooled = body.Spooled,
        };
    }

    public async Task<ExchangeError?> ForwardAsync(SecurityServerClient securityServer, ConsumedService service)
    {
        var type = sent.Find(header => header.Key.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)).Value;
        progress = body.Spooled is null ? null : spool.StartProgress(CancellationToken.None);
        var call = new SecurityServerRequest
        {
            Method = request.Method,
            Target = RawTarget,
            Headers = [.. sent.Where(header => !header.Key.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))],
            Content = RestMethod.CarriesBody(request.Method) ? () => SpooledContent.Of(body, type, progress) : null,
            Limits = service.Limits,
            Share = request.AnswerShare,
            Spooled = SpooledReply.OfRest(spool, request.Caller!.Name, request.AnswerShare, progress),
        };
        if (body.Spooled is not null)
        {
            call = call with { Limits = service.Limits with { Total = SoapWireForm.LongestTransfer } };
        }

        if (!(await securityServer.SendAsync(call, progress?.Token ?? CancellationToken.None)).TryGet(out var received, out var error))
        {
            return error;
        }

        reply = received;
        return null;
    }

    public VerifiedMessage Verify(ExchangeRun run, MessageVerification verification)
    {
        run.RestStatus = reply.Status;
        run.RequestId = reply.Header(RestHeaderNames.RequestId);
        return answer = Judge(run, verification);
    }

    public Outcome<FilteredBody> FilterAnswer(ExchangeRun run, ConsumedService service, BodyMapping mapping)
    {
        if (target is { } asked && RestContractCheck.Response(service.Rest, request.Method, asked, reply.Status, reply.Header("Content-Type"), reply.Content, mapping) is { } violated)
        {
            return violated;
        }

        if (!RestFilter.Response(run, reply).TryGet(out var filtered, out var error))
        {
            return error;
        }

        shown = filtered.Message;
        return RestFilter.ToBody(filtered) with { Status = reply.Status };
    }

    public MessageRecord AnswerRecord(FilteredBody answered) => new()
    {
        Body = answered.Json,
        Envelope = HttpMessageText.Response(reply.Status, reply.Headers, reply.Content),
        MediaType = HttpMessageText.MediaType,
        Removed = answered.Removed,
        RemovedAfterReceipt = answered.Removed.Count > 0,
        Signature = answer.Signature,
        CertificateSha256 = answer.SignerSha256,
        PeerCheckpoint = answer.PeerCheckpoint,
        Spooled = reply.Spooled,
    };

    public ExchangeAnswer Encode(ExchangeRun run, FilteredBody answered) => new()
    {
        Body = shown.Body.Bytes,
        Spooled = TakeSpooled(),
        ContentType = shown.Header("Content-Type"),
        Status = reply.Status,
        Headers = [.. shown.Headers.Where(header => !header.Key.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)), .. RestCrossing.OfServers(reply.Headers)],
        Record = run.Request,
        MessageId = run.Headers!.Id,
    };

    public void Dispose()
    {
        answer?.Dispose();
        reply?.Dispose();
        progress?.Dispose();
        request.Dispose();
    }

    /// <summary>True for the metaservice that names no service.</summary>
    public static bool IsListClients(string rawTarget) =>
        rawTarget == ClientList.Path || rawTarget.StartsWith(ClientList.Path + "?", StringComparison.Ordinal);

    // Handed to whoever writes the answer; a body that does not pass stays here.
    private SpooledBody? TakeSpooled()
    {
        var taken = shown.Body.Spooled;
        reply = taken is null ? reply : reply with { Spooled = null };
        return taken;
    }

    // As everywhere on the alias face the configuration says which service is meant, and who asks where the request does not.
    private Outcome<ConsumedService> BindAlias(ServiceCatalogue services, string alias)
    {
        ClientId? client = null;
        if (request.Header(RestHeaderNames.Client) is { } named)
        {
            if (!ClientId.TryParseEncoded(named, IdentifierRules.AsSecurityServer, out var parsed, out var unread))
            {
                return new ExchangeError(ExchangeStage.Decode, ExchangeCodes.HeaderInvalid) { Path = RestHeaderNames.Client, Expected = unread.Expected, Found = unread.Found };
            }

            client = parsed;
        }

        if (!services.FindConsumed(request.Caller!, alias, client?.ToString()).TryGet(out var service, out var error))
        {
            return error;
        }

        if (service.Operation is not null)
        {
            return new ExchangeError(ExchangeStage.Authenticate, ExchangeCodes.ServiceAliasUnknown) { Path = "/v1/services/{alias}/rest", Expected = RefusalPhrases.Of("alias_of_rest_service_soap_service_is"), Found = RefusalPhrases.Of("soap_service") };
        }

        var question = request.RawTarget.IndexOf('?', StringComparison.Ordinal);
        if (!RestTarget.TryCreate(service.Service!.Value, question < 0 ? request.RawTarget : request.RawTarget[..question], question < 0 ? null : request.RawTarget[(question + 1)..], out var made, out var fault)
            || !RestHeaders.TryRead(client is null ? request.Headers.Append(new(RestHeaderNames.Client, service.Client.ToEncodedString())) : request.Headers, IdentifierRules.AsSecurityServer, out headers!, out fault))
        {
            return RestFaults.From(fault);
        }

        target = made;
        return service;
    }

    private string RawTarget => target is { } where ? where.ToRequestTarget() : request.RawTarget;

    private static HttpTarget Target(RestTarget where) =>
        HttpTarget.TryCreate(where.Service.ToEncodedPath(), where.RawPathAndQuery, out var made) ? made : default;

    // A list of clients needs no client: the caller's own first subsystem stands for it.
    private IEnumerable<KeyValuePair<string, string>> WithClient(ServiceCatalogue services) =>
        IsClientList && request.Header(RestHeaderNames.Client) is null && services.OwnOf(request.Caller!) is { } own
            ? request.Headers.Append(new(RestHeaderNames.Client, own.ToEncodedString()))
            : request.Headers;

    private VerifiedMessage Judge(ExchangeRun run, MessageVerification verification)
    {
        if (reply.Headers.Any(header => header.Key.Equals(RestHeaderNames.Error, StringComparison.OrdinalIgnoreCase)))
        {
            return ServerError(run);
        }

        if (RestRefusal.Read(reply) is { } refused)
        {
            return Refusal(run, verification, MessageVerification.SafeCode(refused));
        }

        if (CheckEcho(run) is { } differs)
        {
            return VerifiedMessage.Refused(differs);
        }

        return run.Agreement is null || target is null ? VerifiedMessage.AcceptedRest(SignatureStatus.Absent, null) : VerifyAnswer(run, verification);
    }

    // Unsigned, a refusal is nobody's word where the agreement demands a signature: as with SOAP, and the outcome is unknown.
    private VerifiedMessage Refusal(ExchangeRun run, MessageVerification verification, string code)
    {
        var told = RefusalMapping.OfProviderFault(RestRefusal.Header, code, RestError.Read(code, reply.Body.Span).Detail);
        var fault = new PeerFault(code, RefusalTexts.Title(ExchangeCodes.ProviderFault), null, default);
        if (run.Agreement is not null && target is not null)
        {
            var verified = VerifyAnswer(run, verification);
            if (verified.Error is { } failed && failed.Code != ExchangeCodes.SignatureMissing)
            {
                // A check that was made and failed: this is no unsigned refusal.
                return VerifiedMessage.Refused(failed, code);
            }

            if (verified is { Error: null, Signature: SignatureStatus.Verified })
            {
                // Signed, the body alone says what it is: a header that was put on or changed on the way makes no answer a refusal.
                return RestRefusal.Says(reply, code)
                    ? verified.AsRefusal(told, code, fault)
                    : VerifiedMessage.Refused(told with { Code = ExchangeCodes.ProviderFaultUnverified, Remedy = null, OutcomeUnknown = true }, code);
            }
        }

        return verification.Rest.IsDemanded(run)
            ? VerifiedMessage.Refused(told with { Code = ExchangeCodes.ProviderFaultUnverified, Remedy = null, OutcomeUnknown = true }, code)
            : VerifiedMessage.Refused(told, code, fault);
    }

    private VerifiedMessage VerifyAnswer(ExchangeRun run, MessageVerification verification) => verification.Rest.VerifyResponse(
        run,
        new RestResponse { Status = reply.Status, Headers = RestCrossing.Fields(reply.Headers), Body = reply.Content.Signed },
        new RestRequestBinding { Id = run.Headers!.Id, Client = headers.Client.ToEncodedString(), Target = Target(target!.Value), Signature = signed!.SignatureValue });

    private VerifiedMessage ServerError(ExchangeRun run)
    {
        var header = reply.Header(RestHeaderNames.Error) ?? "";
        var error = RestError.Read(header, reply.Body.Span);
        var code = MessageVerification.SafeCode(header);
        // A provider may imitate a security server: its words are held to the agreement like any fault's.
        var shows = run.Terms?.Faults.ShowText ?? IsMetaservice;
        var detail = Guid.TryParse(error.Detail, out var uuid) ? uuid.ToString("D") : "";
        return VerifiedMessage.Refused(
            new ExchangeError(ExchangeStage.Forward, ExchangeCodes.SecurityServerFault)
            {
                Path = "SecurityServer",
                Expected = RefusalPhrases.Of("answer"),
                Found = $"{code} ({error.Fault.Origin}: {error.Fault.Code})",
                OutcomeUnknown = error.Fault.MayHaveExecuted,
            },
            code,
            new PeerFault(code, shows ? error.Message : RefusalTexts.Title(ExchangeCodes.SecurityServerFault), null, System.Text.Encoding.ASCII.GetBytes(detail)) { Status = reply.Status >= 400 ? reply.Status : StatusCodes.Status502BadGateway });
    }

    // What the security servers say the answer is to; a request hash cannot be computed here (facts "Twelve traps", 6).
    private ExchangeError? CheckEcho(ExchangeRun run)
    {
        var id = reply.Header(RestHeaderNames.Id);
        if (IsClientList || (IsMetaservice && id is null))
        {
            return null;
        }

        if (!IsMetaservice && reply.Status is < 200 or > 299 && id is null && reply.Header(RestHeaderNames.Client) is null && reply.Header(RestHeaderNames.Service) is null)
        {
            // A proxy's page or another program's: what does not name an exchange is no provider's mistake.
            return new ExchangeError(ExchangeStage.Verify, ExchangeCodes.ResponseMalformed)
            {
                Path = RestHeaderNames.Id,
                Expected = RefusalPhrases.Of("x_road_headers_of_answer"),
                Found = RefusalPhrases.Of("something_with_http_status", RefusalPhrases.Of("none"), reply.Status),
                Remedy = RefusalTexts.Remedy(ExchangeCodes.ResponseMalformed, "no-message"),
                OutcomeUnknown = true,
            };
        }

        var isSame = id == run.Headers!.Id
            && ClientId.TryParseEncoded(reply.Header(RestHeaderNames.Client), IdentifierRules.AsSecurityServer, out var client, out _) && client == headers.Client
            && reply.Header(RestHeaderNames.Service) is { } service && service.Equals(target!.Value.Service.ToEncodedPath(), StringComparison.OrdinalIgnoreCase);
        return isSame || IsMetaservice
            ? null
            : new ExchangeError(ExchangeStage.Verify, ExchangeCodes.HeaderEchoMismatch) { Path = "X-Road-Id, X-Road-Client, X-Road-Service", Expected = RefusalPhrases.Of("those_of_request"), Found = RefusalPhrases.Of("others_or_none"), OutcomeUnknown = true };
    }
}
