using System.Buffers;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;
using Tunduk.GrpcHosting.Server;
using Tunduk.XRoad.Contracts.Proto;
using Tunduk.XRoad.Mapping;

namespace Tunduk.Adapter.Rpc;

/// <summary>The typed methods: the wire form by the contract to JSON, the exchange, and back.</summary>
internal sealed class TypedRpc(ExchangePipeline pipeline, RpcCalls calls, LimitOptions limits)
{
    private readonly MappingLimits mapping = new() { MaxDepth = limits.MaxDepth };

    public Task<ReadOnlyMemory<byte>> CallAsync(TypedService service, ReadOnlyMemory<byte> request, ServerCallContext context) =>
        calls.RunAsync(context, async () =>
        {
            var caller = RpcCalls.CallerOf(context);
            if (new BodyMapping(limits).TooLarge(request.Length) is { } tooLarge)
            {
                throw calls.Refuse(context, await pipeline.RefuseAsync(caller, tooLarge));
            }

            var json = new ArrayBufferWriter<byte>(request.Length + 256);
            var read = ProtoToJson.Write(service.Method.Request, request, json, service.Operation.Location, mapping);
            if (!RpcCalls.HeadersOf(context).TryGet(out var headers, out var error) || !read.IsOk)
            {
                throw calls.Refuse(context, await pipeline.RefuseAsync(caller, error ?? BodyMapping.Refuse(read.Faults), headers?.Id));
            }

            var answer = await pipeline.AskAsync(new ConsumerRequest(caller, service.Alias, json.WrittenMemory, headers));
            RpcCalls.Tell(context, answer);
            if (answer.Error is not null)
            {
                throw calls.Refuse(context, answer);
            }

            var wire = new ArrayBufferWriter<byte>(answer.Body.Length);
            var written = JsonToProto.Write(service.Method.Response, answer.Body, wire, service.Operation.Location, mapping);
            return written.IsOk
                ? wire.WrittenMemory
                : throw calls.Refuse(context, answer with { Error = BodyMapping.Refuse(written.Faults) with { Stage = ExchangeStage.Encode } });
        });
}
