using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Attachments;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Contracts;
using Tunduk.Adapter.InformationSystems;
using Tunduk.Adapter.SecurityServers;
using Tunduk.Adapter.Signing;
using Tunduk.Archive;
using Tunduk.Evidence.Http;
using Tunduk.Evidence.Log;
using Tunduk.XRoad.Identifiers;
using Tunduk.XRoad.Rest;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Exchange.Forms;

/// <summary>REST from the security server on <c>/rest/{name}/…</c>, for an information system that gets it as it is.</summary>
/// <param name="request">The request; its target without <c>/rest/{name}</c>.</param>
/// <param name="name">Name of the service in <c>Provides</c>.</param>
/// <param name="spool">Where bodies go that are not held in memory.</param>
internal sealed class RestProviderForm(ReceivedRest request, string name, AttachmentSpool spool) : IProviderForm
{
    private ProgressTimeout? progress;
    private ProvidedService service = null!;
    private RestHeaders headers = null!;
    private RestTarget target;
    private RestTarget received;
    private RestMessage permitted = null!;
    private ReadOnlyMemory<byte> address;
    private VerifiedMessage verified = null!;
    private SecurityServerReply reply = null!;
    private RestMessage shown = null!;
    private List<KeyValuePair<string, string>> answerHeaders = [];

    public PayloadPart Arrived => new(ExchangeJournal.MessagePart, HttpMessageText.MediaType, HttpMessageText.Request(request.Method, received.ToRequestTarget(), request.Headers, request.Body));

    public Outcome<SoapHeaders> Decode()
    {
        if (!RestHeaders.TryRead(request.Headers, IdentifierRules.AsSecurityServer, out var read, out var fault))
        {
            return RestFaults.From(fault);
        }

        headers = read;

        // The answer's signature names both: what it cannot name is refused before anything is done.
        if (RestPolicy.Unwritable(request.Headers.Where(static header => header.Key.Equals(RestHeaderNames.Id, StringComparison.OrdinalIgnoreCase) || header.Key.Equals(RestHeaderNames.Client, StringComparison.OrdinalIgnoreCase))) is { } unwritable)
        {
            return unwritable;
        }

        return string.IsNullOrEmpty(read.Id)
            ? new ExchangeError(ExchangeStage.Decode, ExchangeCodes.HeaderMissing) { Path = RestHeaderNames.Id, Expected = RefusalPhrases.Of("id_which_security_servers_always_send"), Found = RefusalPhrases.Of("none") }
            : new SoapHeaders
            {
                Client = read.Client,
                Service = null,
                Id = read.Id,
                UserId = read.UserId,
                Issue = read.Issue,
                SecurityServer = read.SecurityServer,
                RepresentedParty = read.RepresentedParty,
            };
    }

    public Outcome<ProvidedService> Find(ServiceCatalogue services, SoapHeaders headers)
    {
        if (!services.FindProvided(name).TryGet(out var found, out var error))
        {
            return error;
        }

        if (found.Protocol != UpstreamProtocol.Rest)
        {
            return new ExchangeError(ExchangeStage.Validate, ExchangeCodes.ServiceUnknown) { Path = "path", Expected = RefusalPhrases.Of("rest_service"), Found = RefusalPhrases.Of("soap_service") };
        }

        var question = request.RawTarget.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? request.RawTarget : request.RawTarget[..question];
        if (!RestTarget.TryCreate(found.Service, path, question < 0 ? null : request.RawTarget[(question + 1)..], out target, out var fault))
        {
            return RestFaults.From(fault);
        }

        received = target;
        service = found;
        return found;
    }

    public VerifiedMessage Verify(ExchangeRun run, MessageVerification verification)
    {
        run.RestMethod = request.Method;
        run.RestPath = received.RawPath;
        run.RequestId = request.Header(RestHeaderNames.RequestId);

        // A fault of ours is bound to the request by its id; there is no envelope to hash.
        run.RequestSha512 = SHA512.HashData(Encoding.UTF8.GetBytes(headers.Id!));
        return verified = verification.Rest.VerifyRequest(run, new RestRequest
        {
            Method = request.Method,
            Target = Target(received),
            Headers = RestCrossing.Fields(request.Headers),
            Body = request.Body.Signed,
        });
    }

    public ExchangeError? Validate(ExchangeRun run, ProvidedService service, BodyMapping mapping)
    {
        var fault = RestMethod.Check(request.Method, hasBody: !request.Body.IsEmpty);
        return fault.IsNone
            ? RestContractCheck.Request(service.Rest, request.Method, received, request.Headers, request.Body, mapping)
            : RestFaults.From(fault, ExchangeStage.Validate);
    }

    public Outcome<FilteredBody> FilterRequest(ExchangeRun run, BodyMapping mapping)
    {
        if (!RestFilter.Request(run, request, target).TryGet(out var filtered, out var error))
        {
            return error;
        }

        if (!RestTarget.TryCreate(target.Service, target.RawPath, filtered.Message.RawQuery, out target, out var fault))
        {
            return RestFaults.From(fault, ExchangeStage.Filter);
        }

        permitted = filtered.Message;
        address = RestAddress.ToJson(run.Terms, permitted);
        return RestFilter.ToBody(filtered);
    }

    public MessageRecord RequestRecord(FilteredBody asked) => new()
    {
        Body = asked.Json,
        Address = address,
        Envelope = HttpMessageText.Request(request.Method, received.ToRequestTarget(), request.Headers, request.Body),
        MediaType = HttpMessageText.MediaType,
        Removed = asked.Removed,
        RemovedAfterReceipt = asked.Removed.Count > 0,
        Signature = verified.Signature,
        CertificateSha256 = verified.SignerSha256,
        Spooled = request.Body.Spooled,
        PeerCheckpoint = verified.PeerCheckpoint,
    };

    public byte[] Content(FilteredBody asked)
    {
        var all = new ArrayBufferWriter<byte>(permitted.Body.Bytes.Length + 256);
        Encoding.UTF8.GetBytes($"{request.Method} {target.RawPathAndQuery}\n", all);
        all.Write(permitted.Body.Spooled is { } spooled ? spooled.Sha256.Span : permitted.Body.Span);
        return SHA256.HashData(all.WrittenSpan);
    }

    public async Task<ExchangeError?> ForwardAsync(InformationSystemClient informationSystem, SoapHeaders headers, RecordId record)
    {
        var root = service.Upstream.AbsoluteUri;
        root = root.EndsWith('/') && target.RawPath.Length > 0 ? root[..^1] : root;
        progress = permitted.Body.Spooled is null ? null : spool.StartProgress(service.Timeout, CancellationToken.None);
        var call = new UpstreamRequest
        {
            Method = request.Method,
            Address = new Uri(root + target.RawPathAndQuery, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }),
            Service = service.Name,
            Headers =
            [
                .. ForwardedHeaders.Of(headers, record),
                .. permitted.Headers.Where(header => !header.Key.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)),
            ],
            Content = RestMethod.CarriesBody(request.Method) ? () => SpooledContent.Of(permitted.Body, permitted.Header("Content-Type"), progress) : null,
            Timeout = permitted.Body.Spooled is null ? service.Timeout : Timeout.InfiniteTimeSpan,
            Share = request.AnswerShare,
            Spooled = SpooledReply.OfRest(spool, SpoolOwner.Of(headers.Client), request.AnswerShare, progress),
            Accepts = static status => status is >= 200 and <= 599, // RFC 9110 §15: others name no class, and can be neither signed nor passed on.
            Accepted = RefusalPhrases.Of("http_200_to_599"),
        };
        if (!(await informationSystem.SendAsync(call, progress?.Token ?? CancellationToken.None)).TryGet(out var answer, out var error))
        {
            return error;
        }

        reply = answer;
        return null;
    }

    public Outcome<FilteredBody> FilterAnswer(ExchangeRun run, BodyMapping mapping)
    {
        if (RestContractCheck.Response(service.Rest, request.Method, received, reply.Status, reply.Header("Content-Type"), reply.Content, mapping) is { } violated)
        {
            return FieldPolicy.AfterExecution(violated);
        }

        if (!RestFilter.Response(run, reply).TryGet(out var filtered, out var error))
        {
            return FieldPolicy.AfterExecution(error);
        }

        shown = filtered.Message;
        answerHeaders = [.. shown.Headers];
        return RestFilter.ToBody(filtered) with { Status = reply.Status };
    }

    public async Task<Outcome<MessageRecord>> SignAsync(ExchangeRun run, FilteredBody answered, MessageSigning signing)
    {
        run.RestStatus = reply.Status;
        var response = new RestResponse { Status = reply.Status, Headers = RestCrossing.Fields(answerHeaders), Body = shown.Body.Signed };
        if (!(await signing.Rest.SignResponseAsync(run, response, Binding(run))).TryGet(out var signed, out var error))
        {
            return error;
        }

        answerHeaders = RestCrossing.With(answerHeaders, signed.SignatureHeaders);
        return new MessageRecord
        {
            Body = answered.Json,
            Envelope = HttpMessageText.Response(reply.Status, answerHeaders, shown.Body),
            MediaType = HttpMessageText.MediaType,
            DetachedSignature = signed.Detached,
            SignatureBase = signed.Detached.IsEmpty ? default : signed.SignatureBase,
            Removed = answered.Removed,
            Signature = signed.Detached.IsEmpty ? SignatureStatus.OwnEmbedded : SignatureStatus.OwnDetached,
            CertificateSha256 = signed.Key.CertificateSha256,
            Spooled = shown.Body.Spooled,
        };
    }

    public ProviderAnswer Encode() => new(reply.Status, shown.Body.IsEmpty ? null : Type(answerHeaders), shown.Body.Bytes)
    {
        Spooled = TakeSpooled(),
        Headers = [.. answerHeaders.Where(header => !header.Key.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))],
    };

    // Signed as an answer is, where answers are: a counterparty that demands signatures believes no other refusal.
    public async Task<ProviderAnswer> RefuseAsync(ExchangeRun run, ExchangeError error, RecordId? record, MessageSigning signing)
    {
        var refusal = await UnreadAsync(error, record, request.Header("Accept"));
        if (run.Agreement?.Signature.Outbound != OutboundSignature.Embedded || verified is null)
        {
            return refusal;
        }

        var written = new List<KeyValuePair<string, string>> { new("Content-Type", refusal.ContentType!) };
        var response = new RestResponse { Status = refusal.Status, Headers = RestCrossing.Fields(written), Body = HttpBody.Of(refusal.Body) };
        return (await signing.Rest.SignResponseAsync(run, response, Binding(run))).TryGet(out var signed, out _)
            ? refusal with { Headers = [.. refusal.Headers, .. signed.SignatureHeaders.Select(field => KeyValuePair.Create(field.Name, field.Value))] }
            : refusal;
    }

    /// <summary>A refusal: the code for the counterparty's adapter in a header, the same for people in the body.</summary>
    public static Task<ProviderAnswer> UnreadAsync(ExchangeError error, RecordId? record, string? accept)
    {
        var type = RestError.ContentTypeFor(accept);
        var body = new ArrayBufferWriter<byte>(256);
        var code = RefusalMapping.ToFaultCode(error);
        new RestError(code, RefusalMapping.ToFaultString(error, record?.ToString()), record?.ToString() ?? "").Write(body, type);
        return Task.FromResult(new ProviderAnswer((int)ExchangeCodes.StatusOf(RefusalMapping.ToldCode(error)), type, body.WrittenMemory) { Headers = [new(RestRefusal.Header, code)] });
    }

    public void Dispose()
    {
        verified?.Dispose();
        reply?.Dispose();
        progress?.Dispose();
        request.Dispose();
    }

    private SpooledBody? TakeSpooled()
    {
        var taken = shown.Body.Spooled;
        reply = taken is null ? reply : reply with { Spooled = null };
        return taken;
    }

    // The client as it was written: the signature covers the header, not its meaning.
    private RestRequestBinding Binding(ExchangeRun run) => new()
    {
        Id = headers.Id!,
        Client = request.Header(RestHeaderNames.Client) ?? "",
        Target = Target(received),
        Signature = run.RequestSignatureValue,
    };

    private static HttpTarget Target(RestTarget target) =>
        HttpTarget.TryCreate(target.Service.ToEncodedPath(), target.RawPathAndQuery, out var made) ? made : default;

    private static string? Type(List<KeyValuePair<string, string>> headers) =>
        headers.Find(header => header.Key.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)).Value;
}
