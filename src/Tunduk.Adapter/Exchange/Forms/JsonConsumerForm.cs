using System.Text.Unicode;
using Tunduk.Adapter.Attachments;
using Tunduk.Adapter.Contracts;
using Tunduk.Adapter.Filtering;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Exchange.Forms;

/// <summary>JSON on <c>/v1/services/{alias}</c> or by gRPC, SOAP by the contract on the wire; attachments where the face can carry them.</summary>
internal sealed class JsonConsumerForm : SoapWireForm
{
    private readonly ConsumerRequest request;

    /// <summary>Makes a form.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="attachments">What goes along; this form owns it.</param>
    /// <param name="spool">Where the attachments of an answer go; null where the face can carry none.</param>
    public JsonConsumerForm(ConsumerRequest request, MultipartMessage? attachments = null, AttachmentSpool? spool = null)
    {
        this.request = request;
        Attachments = attachments;
        Spool = spool;
        Owner = request.Caller.Name;
        AnswerShare = request.AnswerShare;
    }

    // What was sent along is no part of the key.
    public override ReadOnlyMemory<byte>? RepeatBody => Attachments is null ? request.Body : null;

    public override Outcome<ConsumedService> Bind(ServiceCatalogue services) =>
        services.FindConsumed(request.Caller, request.Alias, request.Headers.Client).TryGet(out var service, out var error) && request.Operation is not null
            ? new ExchangeError(ExchangeStage.Authenticate, ExchangeCodes.ServiceAliasUnknown) { Path = "/v1/services/{alias}/{operation}", Expected = RefusalPhrases.Of("v1_services_alias_soap_service_is_one"), Found = RefusalPhrases.Of("name_of_operation") }
            : service is not null && service.Operation is null ? new ExchangeError(ExchangeStage.Authenticate, ExchangeCodes.ServiceAliasUnknown) { Path = "/v1/services/{alias}", Expected = RefusalPhrases.Of("alias_of_soap_service_rest_services_are"), Found = RefusalPhrases.Of("rest_service") }
            : error is null ? service! : error;

    public override Outcome<SoapHeaders> ReadHeaders(ConsumedService service) => RequestHeaders.Make(service, request.Headers);

    public override ExchangeError? Validate(ConsumedService service, BodyMapping mapping)
    {
        // RFC 8259 §8.1: a reader may take it or not, so that two of them could differ.
        if (request.Body.Span.StartsWith("\uFEFF"u8))
        {
            return new ExchangeError(ExchangeStage.Decode, ExchangeCodes.JsonMalformed) { Path = "$", Expected = RefusalPhrases.Of("json_in_utf_8_without_byte_order_mark"), Found = RefusalPhrases.Of("byte_order_mark") };
        }

        if (!Utf8.IsValid(request.Body.Span))
        {
            return new ExchangeError(ExchangeStage.Validate, ExchangeCodes.JsonMalformed) { Path = "$", Expected = RefusalPhrases.Of("valid_utf_8"), Found = RefusalPhrases.Of("bytes_that_are_not_utf_8", request.Body.Length) };
        }

        if (!mapping.ToXml(service.Operation!, MessageSide.Request, request.Body).TryGet(out var xml, out var error))
        {
            return error;
        }

        BodyXml = xml;
        return null;
    }

    public override Outcome<FilteredBody> FilterRequest(ExchangeRun run, ConsumedService service, BodyMapping mapping)
    {
        if (!FieldPolicy.Request(run, request.Body).TryGet(out var asked, out var error))
        {
            return error;
        }

        if (asked.Removed.Count > 0)
        {
            if (!mapping.ToXml(service.Operation!, MessageSide.Request, asked.Json).TryGet(out var xml, out error))
            {
                return FieldPolicy.BrokenByRemoval(error);
            }

            BodyXml = xml;
        }

        return MultipartFilter.Apply(run, FieldList.Request, Attachments, new FilteredElement(BodyXml, asked, [], []));
    }

    public override Outcome<FilteredBody> FilterAnswer(ExchangeRun run, ConsumedService service, BodyMapping mapping) =>
        mapping.ToJson(service.Operation!, MessageSide.Response, Answer.BodyXml, run.Agreement).TryGet(out var json, out var error)
        && FieldPolicy.Response(run, json).TryGet(out var answered, out error)
            ? MultipartFilter.Apply(run, FieldList.Response, AnswerAttachments, new FilteredElement(default, answered, [], []))
            : error!;

    public override ExchangeAnswer Encode(ExchangeRun run, FilteredBody answered) =>
        new() { Body = answered.Json, Multipart = TakeAnswerAttachments(), Record = run.Request, MessageId = run.Headers!.Id };
}
