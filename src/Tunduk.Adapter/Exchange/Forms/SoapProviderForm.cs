using System.Net;
using System.Security.Cryptography;
using Tunduk.Adapter.Attachments;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Contracts;
using Tunduk.Adapter.InformationSystems;
using Tunduk.Adapter.Signing;
using Tunduk.Archive;
using Tunduk.Evidence.Log;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Exchange.Forms;

/// <summary>SOAP from the security server. What the own information system speaks behind it is an <see cref="UpstreamBody"/>.</summary>
internal sealed class SoapProviderForm(ReceivedSoap received, AttachmentSpool spool) : IProviderForm
{
    private const string ContentType = "text/xml; charset=utf-8";
    private readonly ReceivedEnvelope envelope = ReceivedEnvelope.Decode(received.Soap, received.Charset);
    private VerifiedMessage verified = null!;
    private UpstreamBody upstream = null!;
    private SignedMessage signed = null!;

    public PayloadPart Arrived => new(ExchangeJournal.MessagePart, received.Multipart is { Parts.Count: > 0 } ? "multipart/related" : ContentType, received.Soap);

    public Outcome<SoapHeaders> Decode() => envelope.Error is { } error ? error : envelope.Message!.Headers! with { RequestHash = null };

    public Outcome<ProvidedService> Find(ServiceCatalogue services, SoapHeaders headers)
    {
        if (!services.FindProvided(headers.Service!.Value).TryGet(out var service, out var error))
        {
            return error;
        }

        return service.Protocol == UpstreamProtocol.Rest
            ? new ExchangeError(ExchangeStage.Validate, ExchangeCodes.ServiceUnknown) { Path = "Header/service", Expected = RefusalPhrases.Of("soap_service"), Found = RefusalPhrases.Of("rest_service") }
            : service;
    }

    public VerifiedMessage Verify(ExchangeRun run, MessageVerification verification) =>
        verified = verification.VerifyRequest(run, envelope, received.Multipart?.Digests ?? []);

    public ExchangeError? Validate(ExchangeRun run, ProvidedService service, BodyMapping mapping)
    {
        upstream = service.Protocol switch
        {
            UpstreamProtocol.Soap => new SoapUpstreamBody(service, received, spool, SpoolOwner.Of(envelope.Message!.Headers!.Client)),
            UpstreamProtocol.Grpc => new GrpcUpstreamBody(service, mapping, received.AnswerShare),
            _ => new JsonUpstreamBody(service, received.AnswerShare),
        };
        return upstream.Validate(run, verified, mapping);
    }

    public Outcome<FilteredBody> FilterRequest(ExchangeRun run, BodyMapping mapping)
    {
        if (received.Multipart is { Parts.Count: > 0 } && upstream is not SoapUpstreamBody)
        {
            return new ExchangeError(ExchangeStage.Filter, ExchangeCodes.AttachmentNotListed) { Path = "attachments", Expected = RefusalPhrases.Of("no_attachments_information_system_takes"), Found = RefusalPhrases.Of("some") };
        }

        return upstream.FilterRequest(run, mapping);
    }

    public MessageRecord RequestRecord(FilteredBody asked) => verified.ToRecord(received.Soap, asked) with { Multipart = received.Multipart };

    public byte[] Content(FilteredBody asked) => SHA256.HashData(asked.Json.Span);

    public Task<ExchangeError?> ForwardAsync(InformationSystemClient informationSystem, SoapHeaders headers, RecordId record) =>
        upstream.ForwardAsync(informationSystem, headers, record);

    public Outcome<FilteredBody> FilterAnswer(ExchangeRun run, BodyMapping mapping) => upstream.FilterAnswer(run, mapping);

    public async Task<Outcome<MessageRecord>> SignAsync(ExchangeRun run, FilteredBody answered, MessageSigning signing)
    {
        var outcome = upstream.Fault is { } fault
            ? await signing.SignResponseAsync(run, fault)
            : await signing.SignResponseAsync(run, upstream.AnswerXml, upstream.AnswerAttachments?.Digests ?? []);
        if (!outcome.TryGet(out var message, out var error))
        {
            return error;
        }

        signed = message;
        return signed.ToRecord(answered) with { Multipart = upstream.AnswerAttachments, FaultCode = upstream.Fault is { } told ? MessageVerification.SafeCode(told.Code) : null };
    }

    public ProviderAnswer Encode()
    {
        var attachments = upstream.TakeAnswerAttachments();
        return new ProviderAnswer(
            (int)(upstream.Fault is null ? HttpStatusCode.OK : HttpStatusCode.InternalServerError),
            attachments?.TypeWith(signed.Envelope) ?? ContentType,
            signed.Envelope)
        {
            Multipart = attachments,
        };
    }

    public async Task<ProviderAnswer> RefuseAsync(ExchangeRun run, ExchangeError error, RecordId? record, MessageSigning signing) =>
        await UnreadAsync(run, error, record, signing);

    /// <summary>The refusal of what could not even be received.</summary>
    public static async Task<ProviderAnswer> UnreadAsync(ExchangeRun run, ExchangeError error, RecordId? record, MessageSigning signing) =>
        new((int)HttpStatusCode.InternalServerError, ContentType, await signing.SignFaultAsync(run, error, record));

    public void Dispose()
    {
        verified?.Dispose();
        envelope.Dispose();
        upstream?.Dispose();
        received.Dispose();
    }
}
