using Tunduk.Adapter.Attachments;
using Tunduk.Adapter.Contracts;
using Tunduk.Adapter.SecurityServers;
using Tunduk.Adapter.Signing;
using Tunduk.Archive;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Mapping;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Exchange.Forms;

/// <summary>
/// One operation of a REST service as JSON, on <c>/v1/services/{alias}/{operation}</c> or by gRPC: its parameters and body are one
/// object (proto/MAPPING.md), held against its description. On the wire it is the HTTP request that <see cref="RestConsumerForm"/> makes.
/// </summary>
internal sealed class JsonRestConsumerForm(ConsumerRequest request, AttachmentSpool spool) : IConsumerForm
{
    private ServiceCatalogue catalogue = null!;
    private Operation operation = null!;
    private RestConsumerForm? inner;

    public bool IsMetaservice => false;

    public ReadOnlyMemory<byte>? RepeatBody => null;

    public bool IsRepeatable => false;

    public PayloadPart Arrived => inner!.Arrived;

    public Outcome<ConsumedService> Bind(ServiceCatalogue services)
    {
        catalogue = services;
        if (!catalogue.FindConsumed(request.Caller, request.Alias, request.Headers.Client).TryGet(out var service, out var error)
            || !OperationOf(service, request.Operation).TryGet(out var found, out error))
        {
            return error;
        }

        operation = found;
        return service;
    }

    /// <summary>The operation of an alias: the one that is named, or the only one.</summary>
    public static Outcome<Operation> OperationOf(ConsumedService service, string? name)
    {
        var offered = service.RestOperations;
        var found = name is not null ? offered.FirstOrDefault(operation => operation.AddressName == name) : offered.Count == 1 ? offered[0] : null;
        return found is not null ? found : new ExchangeError(ExchangeStage.Authenticate, ExchangeCodes.ServiceAliasUnknown)
        {
            Path = "/v1/services/{alias}/{operation}",
            Expected = offered.Count == 0 ? RefusalPhrases.Of("service_with_operation_that_is_json_this") : RefusalPhrases.Of("one_of", string.Join(", ", offered.Take(20).Select(operation => operation.AddressName))),
            Found = name is null ? RefusalPhrases.Of("no_operation") : RefusalPhrases.Of("another_name"),
        };
    }

    public Outcome<SoapHeaders> ReadHeaders(ConsumedService service) => RequestHeaders.Make(service, request.Headers);

    public ExchangeError? Validate(ConsumedService service, BodyMapping mapping)
    {
        var result = JsonCheck.Check(operation.Request.Element, request.Body.Span, new MappingLimits { MaxDepth = mapping.MaxDepth });
        if (!result.IsOk)
        {
            return BodyMapping.Refuse(result.Faults);
        }

        if (!RestMessageMaker.Make(operation, request, service.Client).TryGet(out var message, out var error))
        {
            return error;
        }

        inner = new RestConsumerForm(message, spool);
        return inner.Bind(catalogue).TryGet(out var bound, out error) && inner.ReadHeaders(bound).TryGet(out _, out error) ? inner.Validate(service, mapping) : error;
    }

    public Outcome<FilteredBody> FilterRequest(ExchangeRun run, ConsumedService service, BodyMapping mapping) => inner!.FilterRequest(run, service, mapping);

    public byte[] Content() => inner!.Content();

    public Task<Outcome<MessageRecord>> SignAsync(ExchangeRun run, FilteredBody asked, MessageSigning signing) => inner!.SignAsync(run, asked, signing);

    public Task<ExchangeError?> ForwardAsync(SecurityServerClient securityServer, ConsumedService service) => inner!.ForwardAsync(securityServer, service);

    public VerifiedMessage Verify(ExchangeRun run, MessageVerification verification) => inner!.Verify(run, verification);

    public Outcome<FilteredBody> FilterAnswer(ExchangeRun run, ConsumedService service, BodyMapping mapping)
    {
        // Whoever asks here can be handed JSON only, and the description promises it.
        if (inner!.AnswerIsOtherThanJson)
        {
            return new ExchangeError(ExchangeStage.Validate, ExchangeCodes.ContractViolated) { Path = "Content-Type", Expected = RefusalPhrases.Of("json_as_description_has_it"), Found = RefusalPhrases.Of("another_media_type"), OutcomeUnknown = false };
        }

        return inner.FilterAnswer(run, service, mapping);
    }

    public MessageRecord AnswerRecord(FilteredBody answered) => inner!.AnswerRecord(answered);

    public ExchangeAnswer Encode(ExchangeRun run, FilteredBody answered)
    {
        var answer = inner!.Encode(run, answered);
        var success = answer.Status is >= 200 and <= 299;
        var isNothing = operation.Rest!.AnswersNothing;
        return new ExchangeAnswer
        {
            Body = success && isNothing ? "{}"u8.ToArray() : answer.Body,
            Status = !success ? answer.Status : isNothing || !answer.Body.IsEmpty ? StatusCodes.Status200OK : StatusCodes.Status204NoContent,
            Record = answer.Record,
            MessageId = answer.MessageId,
        };
    }

    public void Dispose() => inner?.Dispose();
}
