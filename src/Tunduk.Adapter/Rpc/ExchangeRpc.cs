using Google.Protobuf;
using Tunduk.Adapter.Callers;
using Tunduk.Adapter.Contracts;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.V1;
using Tunduk.GrpcHosting.Server;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Contracts.Outcomes;
using Tunduk.XRoad.Identifiers;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Tunduk.Adapter.Rpc;

/// <summary><c>tunduk.adapter.v1.Exchange</c>: the pipeline behind <c>POST /v1/services/{alias}</c>, with another body around it.</summary>
internal sealed class ExchangeRpc(ExchangePipeline pipeline, ServiceCatalogue services, TypedServices typed, BodyMapping mapping, RpcCalls calls) : IGrpcService<ExchangeRpc>
{
    public static ServiceDescriptor Descriptor => ExchangeReflection.Descriptor.Services[0];

    public static void Bind(GrpcServiceBinder<ExchangeRpc> binder) => binder
        .Unary<CallRequest, CallResponse>("Call", static (self, request, context) => self.RunAsync(request, context))
        .Unary<ListServicesRequest, ListServicesResponse>("ListServices", static (self, _, context) => Task.FromResult(self.List(RpcCalls.CallerOf(context))));

    private Task<CallResponse> RunAsync(CallRequest request, ServerCallContext context) => calls.RunAsync(context, () => CallAsync(request, context));

    private async Task<CallResponse> CallAsync(CallRequest request, ServerCallContext context)
    {
        var caller = RpcCalls.CallerOf(context);
        if (!Decode(caller, request, context).TryGet(out var decoded, out var error))
        {
            throw RpcCalls.Refuse(await pipeline.RefuseAsync(caller, error));
        }

        var answer = await pipeline.AskAsync(decoded.Request);
        RpcCalls.Tell(context, answer);
        if (answer.Error is not null)
        {
            throw RpcCalls.Refuse(answer);
        }

        var response = new CallResponse { RecordId = answer.Record?.ToString() ?? "", MessageId = answer.MessageId ?? "", Outcome = answer.Business is { } outcome ? OutcomeRules.Name(outcome) : "" };
        switch (request.BodyCase)
        {
            case CallRequest.BodyOneofCase.Struct:
                response.Struct = StructJson.FromJson(answer.Body);
                break;
            case CallRequest.BodyOneofCase.Xml:
                if (!mapping.ToXml(decoded.Operation, MessageSide.Response, answer.Body).TryGet(out var xml, out error))
                {
                    throw RpcCalls.Refuse(answer with { Error = error with { Stage = ExchangeStage.Encode } });
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
        if (!RpcCalls.HeadersOf(context).TryGet(out var metadata, out var error)
            || !metadata.With(request.Client, request.MessageId, request.UserId, request.Issue, request.RepresentedParty).TryGet(out var headers, out error)
            || !Alias(caller, request).TryGet(out var alias, out error)
            || !services.FindConsumed(caller, alias, headers.Client).TryGet(out var service, out error)
            || !Body(service.Operation!, request).TryGet(out var body, out error))
        {
            return error!;
        }

        return new DecodedCall(new ConsumerRequest(caller, alias, body, headers), service.Operation!);
    }

    private Outcome<string> Alias(Caller caller, CallRequest request)
    {
        if (request.ServiceCase != CallRequest.ServiceOneofCase.ServiceId)
        {
            return request.Alias;
        }

        var alias = ServiceId.TryParse(request.ServiceId, out var id)
            ? services.ConsumedBy(caller).Where(service => service.Service == id).Select(service => service.Alias).FirstOrDefault()
            : null;
        return alias ?? (Outcome<string>)new ExchangeError(ExchangeStage.Authenticate, ExchangeCodes.ServiceAliasUnknown) { Path = "service_id", Expected = "a service of ListServices", Found = "another identifier" };
    }

    private Outcome<ReadOnlyMemory<byte>> Body(Operation operation, CallRequest request) => request.BodyCase switch
    {
        CallRequest.BodyOneofCase.Struct => StructJson.ToJson(request.Struct),
        CallRequest.BodyOneofCase.Xml => mapping.FromElement(operation, MessageSide.Request, request.Xml.Memory),
        CallRequest.BodyOneofCase.Json => request.Json.Memory,
        _ => new ExchangeError(ExchangeStage.Decode, ExchangeCodes.RequestIncomplete) { Path = "body", Expected = "struct, json or xml", Found = "none" },
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
