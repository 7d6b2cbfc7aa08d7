using System.Text;
using Google.Protobuf;
using Tunduk.Adapter.Attachments;
using Tunduk.Adapter.Callers;
using Tunduk.Adapter.Contracts;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Exchange.Forms;
using Tunduk.Adapter.V1;
using Tunduk.GrpcHosting;
using Tunduk.GrpcHosting.Server;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Contracts.Outcomes;
using Tunduk.XRoad.Identifiers;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Tunduk.Adapter.Rpc;

/// <summary><c>tunduk.adapter.v1.Exchange</c>: the pipeline behind <c>POST /v1/services/{alias}</c>, with another body around it.</summary>
internal sealed class ExchangeRpc(ExchangePipeline pipeline, ServiceCatalogue services, TypedServices typed, BodyMapping mapping, AttachmentSpool spool, RpcCalls calls) : IGrpcService<ExchangeRpc>
{
    public static ServiceDescriptor Descriptor => ExchangeReflection.Descriptor.Services[0];

    public static void Bind(GrpcServiceBinder<ExchangeRpc> binder) => binder
        .Unary<CallRequest, CallResponse>("Call", static (self, request, context) => self.RunAsync(request, context))
        .DuplexStreaming<CallPart, AnswerPart>("CallWithAttachments", static (self, parts, answers, context) => self.RunAsync(parts, answers, context))
        .Unary<CallRequest, DiagnoseResponse>("Diagnose", static (self, request, context) => self.DiagnoseAsync(request, context))
        .Unary<ListServicesRequest, ListServicesResponse>("ListServices", static (self, _, context) => Task.FromResult(self.List(RpcCalls.CallerOf(context))));

    private Task<CallResponse> RunAsync(CallRequest request, ServerCallContext context) => calls.RunAsync(context, () => CallAsync(request, context));

    private Task RunAsync(IAsyncStreamReader<CallPart> parts, IServerStreamWriter<AnswerPart> answers, ServerCallContext context) => calls.RunAsync(context, () => CallAsync(parts, answers, context));

    private Task<DiagnoseResponse> DiagnoseAsync(CallRequest request, ServerCallContext context) => calls.RunAsync(context, async () =>
    {
        var caller = RpcCalls.CallerOf(context);
        if (!Bind(caller, request, context).TryGet(out var bound, out var error))
        {
            throw calls.Refuse(context, await pipeline.RefuseAsync(caller, error, IdOf(request, context)));
        }

        // What is wrong with the body is what a dry run is asked for, in every form.
        var diagnosis = Body(bound.Operation, request).TryGet(out var body, out error)
            ? await pipeline.DiagnoseAsync(bound.Request with { Body = body }, attachments: null, spool)
            : await pipeline.DiagnoseAsync(caller, error, IdOf(request, context));
        return JsonParser.Default.Parse<DiagnoseResponse>(Encoding.UTF8.GetString(diagnosis.ToJson().Span));
    });

    /// <summary>The refusal of what is no message of the method, with its record.</summary>
    public async Task<RpcException> MalformedAsync(ServerCallContext context, ExchangeError error) =>
        calls.Refuse(context, await pipeline.RefuseAsync(RpcCalls.CallerOf(context), error, IdOf(request: null, context)));

    private async Task<CallResponse> CallAsync(CallRequest request, ServerCallContext context)
    {
        var caller = RpcCalls.CallerOf(context);
        if (!Decode(caller, request, context).TryGet(out var decoded, out var error))
        {
            throw calls.Refuse(context, await pipeline.RefuseAsync(caller, error, IdOf(request, context)));
        }

        var answer = RpcCalls.Judged(await pipeline.AskAsync(decoded.Request, spool));
        RpcCalls.Tell(context, answer);
        return Response(context, request, decoded.Operation, answer);
    }

    private async Task CallAsync(IAsyncStreamReader<CallPart> parts, IServerStreamWriter<AnswerPart> answers, ServerCallContext context)
    {
        var caller = RpcCalls.CallerOf(context);
        var (request, attachments, error) = await ReceiveAsync(parts, caller, context.CancellationToken);
        if (error is not null || !Decode(caller, request!, context).TryGet(out var decoded, out error))
        {
            attachments?.Dispose();
            throw calls.Refuse(context, await pipeline.RefuseAsync(caller, error, IdOf(request, context)));
        }

        var answer = RpcCalls.Judged(await pipeline.AskAsync(decoded.Request, attachments, spool));
        using var answered = answer.Multipart;
        RpcCalls.Tell(context, answer);
        await answers.WriteAsync(new AnswerPart { Response = Response(context, request!, decoded.Operation, answer) }, context.CancellationToken);
        foreach (var part in answered?.Parts ?? [])
        {
            var head = new Attachment { ContentId = part.Shown.ContentId ?? "", FileName = part.Shown.FileName ?? "", MediaType = part.Shown.ContentType.ToString() };
            await answers.WriteAsync(new AnswerPart { Attachment = head }, context.CancellationToken);
            await answered!.CopyAsync(part, (piece, token) => new ValueTask(answers.WriteAsync(new AnswerPart { Content = ByteString.CopyFrom(piece.Span) }, token)), context.CancellationToken);
        }
    }

    // The whole request, before anything is done with it; a sender that stands still is dropped.
    private async Task<(CallRequest? Request, MultipartMessage? Attachments, ExchangeError? Error)> ReceiveAsync(IAsyncStreamReader<CallPart> parts, Caller caller, CancellationToken cancellationToken)
    {
        using var progress = spool.StartProgress(cancellationToken);
        using var assembly = spool.Assemble(caller.Name);
        CallRequest? request = null;
        try
        {
            while (await parts.MoveNext(progress.Token))
            {
                var part = parts.Current;
                progress.Advance(part.CalculateSize());
                if ((part.PartCase == CallPart.PartOneofCase.Request) != (request is null))
                {
                    return (null, null, Incomplete("part", RefusalPhrases.Of("request_first_and_once"), request is null ? RefusalPhrases.Of("something_else_first") : RefusalPhrases.Of("second_request")));
                }

                var error = part.PartCase switch
                {
                    CallPart.PartOneofCase.Attachment => await assembly.BeginAsync(part.Attachment.ContentId, part.Attachment.FileName, part.Attachment.MediaType, progress.Token),
                    CallPart.PartOneofCase.Content => await assembly.AppendAsync(part.Content.Memory, progress.Token),
                    _ => null,
                };
                if (error is not null)
                {
                    return (null, null, error);
                }

                request ??= part.Request;
            }
        }
        catch (OperationCanceledException) when (progress.HasStalled)
        {
            return (null, null, spool.Stalled());
        }

        return request is null ? (null, null, Incomplete("part", RefusalPhrases.Of("request"), RefusalPhrases.Of("empty_stream")))
            : (await assembly.FinishAsync(cancellationToken)).TryGet(out var attachments, out var unfinished) ? (request, attachments, null)
            : (null, null, unfinished);
    }

    private static ExchangeError Incomplete(string path, string expected, string found) =>
        new(ExchangeStage.Decode, ExchangeCodes.RequestIncomplete) { Path = path, Expected = expected, Found = found, Remedy = RefusalTexts.Remedy(ExchangeCodes.RequestIncomplete, "stream-order") };

    // What the caller named its message, where that much of the call can be read.
    private static string? IdOf(CallRequest? request, ServerCallContext context) =>
        request is { MessageId.Length: > 0 } ? request.MessageId : RpcCalls.HeadersOf(context).TryGet(out var headers, out _) ? headers.Id : null;

    private CallResponse Response(ServerCallContext context, CallRequest request, Operation operation, ExchangeAnswer answer)
    {
        if (answer.Error is not null)
        {
            throw calls.Refuse(context, answer);
        }

        var response = new CallResponse { RecordId = answer.Record?.ToString() ?? "", MessageId = answer.MessageId ?? "", Outcome = answer.Business is { } outcome ? OutcomeRules.Name(outcome) : "" };
        switch (request.BodyCase)
        {
            case CallRequest.BodyOneofCase.Struct:
                response.Struct = StructJson.FromJson(answer.Body);
                break;
            case CallRequest.BodyOneofCase.Xml:
                if (!mapping.ToXml(operation, MessageSide.Response, answer.Body).TryGet(out var xml, out var error))
                {
                    throw calls.Refuse(context, answer with { Error = error with { Stage = ExchangeStage.Encode } });
                }

                response.Xml = ByteString.CopyFrom(xml.Span);
                break;
            default:
                response.Json = ByteString.CopyFrom(answer.Body.Span);
                break;
        }

        return response;
    }

    private Outcome<DecodedCall> Decode(Caller caller, CallRequest request, ServerCallContext context)
    {
        if (!Bind(caller, request, context).TryGet(out var bound, out var error) || !Body(bound.Operation, request).TryGet(out var body, out error))
        {
            return error!;
        }

        return bound with { Request = bound.Request with { Body = body } };
    }

    // Everything but the body.
    private Outcome<DecodedCall> Bind(Caller caller, CallRequest request, ServerCallContext context)
    {
        if (!RpcCalls.HeadersOf(context).TryGet(out var metadata, out var error)
            || !metadata.With(request.Client, request.MessageId, request.UserId, request.Issue, request.RepresentedParty).TryGet(out var headers, out error)
            || !Alias(caller, request).TryGet(out var address, out error)
            || !Split(address, out var alias, out var named)
            || !services.FindConsumed(caller, alias, headers.Client).TryGet(out var service, out error)
            || !OperationOf(service, named).TryGet(out var operation, out error))
        {
            return error!;
        }

        return new DecodedCall(new ConsumerRequest(caller, alias, default, headers) { Operation = named, AnswerShare = spool.Bodies.OfAnswer(context.GetHttpContext()) }, operation);
    }

    // An operation of a REST service is named behind its alias, as in an address.
    private static bool Split(string address, out string alias, out string? operation)
    {
        var slash = address.IndexOf('/', StringComparison.Ordinal);
        alias = slash < 0 ? address : address[..slash];
        operation = slash < 0 ? null : address[(slash + 1)..];
        return true;
    }

    private static Outcome<Operation> OperationOf(ConsumedService service, string? name) =>
        service.Rest is null && service.Operation is null
            ? new ExchangeError(ExchangeStage.Authenticate, ExchangeCodes.ServiceAliasUnknown) { Path = "service", Expected = RefusalPhrases.Of("service_with_contract_rest_services"), Found = RefusalPhrases.Of("rest_service") }
            : service.Operation is null ? JsonRestConsumerForm.OperationOf(service, name)
            : service.Operation;

    private Outcome<string> Alias(Caller caller, CallRequest request)
    {
        if (request.ServiceCase == CallRequest.ServiceOneofCase.Alias && request.Alias.Length > 0)
        {
            return request.Alias;
        }

        if (request.ServiceCase != CallRequest.ServiceOneofCase.ServiceId)
        {
            return new ExchangeError(ExchangeStage.Decode, ExchangeCodes.RequestIncomplete) { Path = "alias", Expected = RefusalPhrases.Of("alias_or_service_id"), Found = RefusalPhrases.Of("nothing"), Remedy = RefusalTexts.Remedy(ExchangeCodes.RequestIncomplete, "no-service") };
        }

        var alias = ServiceId.TryParse(request.ServiceId, out var id)
            ? services.ConsumedBy(caller).Where(service => service.Service == id).Select(service => service.Alias).FirstOrDefault()
            : null;
        return alias ?? (Outcome<string>)new ExchangeError(ExchangeStage.Authenticate, ExchangeCodes.ServiceAliasUnknown) { Path = "service_id", Expected = RefusalPhrases.Of("service_of_listservices"), Found = RefusalPhrases.Of("another_identifier") };
    }

    private Outcome<ReadOnlyMemory<byte>> Body(Operation operation, CallRequest request) => mapping.TooLarge(request.CalculateSize()) is { } tooLarge ? tooLarge : request.BodyCase switch
    {
        CallRequest.BodyOneofCase.Struct => StructJson.ToJson(request.Struct),
        CallRequest.BodyOneofCase.Xml when operation.Rest is not null => new ExchangeError(ExchangeStage.Decode, ExchangeCodes.ContentTypeUnsupported) { Path = "body", Expected = RefusalPhrases.Of("struct_or_json_service_is_rest"), Found = "xml" },
        CallRequest.BodyOneofCase.Xml => mapping.FromElement(operation, MessageSide.Request, request.Xml.Memory),
        CallRequest.BodyOneofCase.Json => request.Json.Memory,
        _ => new ExchangeError(ExchangeStage.Decode, ExchangeCodes.RequestIncomplete) { Path = "body", Expected = RefusalPhrases.Of("struct_json_or_xml"), Found = RefusalPhrases.Of("none"), Remedy = RefusalTexts.Remedy(ExchangeCodes.RequestIncomplete, "no-body") },
    };

    private ListServicesResponse List(Caller caller)
    {
        var response = new ListServicesResponse();
        response.Services.AddRange(services.ConsumedBy(caller).Select(service => new Service
        {
            Alias = service.Alias,
            ServiceId = service.Service!.Value.ToString(),
            Client = service.Client.ToString(),
            Method = typed.OfAlias(service.Alias)?.FullMethod ?? "",
        }));
        return response;
    }

    private sealed record DecodedCall(ConsumerRequest Request, Operation Operation);
}
