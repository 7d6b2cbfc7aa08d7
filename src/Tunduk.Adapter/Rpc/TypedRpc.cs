using System.Buffers;
using Tunduk.Adapter.Attachments;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;
using Tunduk.GrpcHosting.Server;
using Tunduk.XRoad.Contracts.Proto;
using Tunduk.XRoad.Mapping;

namespace Tunduk.Adapter.Rpc;

/// <summary>The typed methods: the wire form by the contract to JSON, the exchange, and back.</summary>
internal sealed class TypedRpc(ExchangePipeline pipeline, AttachmentSpool spool, RpcCalls calls, LimitOptions limits)
{
    // A REST service that answered without a body: a message without fields.
    private static readonly ReadOnlyMemory<byte> Nothing = "{}"u8.ToArray();

    private readonly MappingLimits mapping = new() { MaxDepth = limits.MaxDepth };

    public Task<ReadOnlyMemory<byte>> CallAsync(TypedService service, ProtoMethod method, ReadOnlyMemory<byte> request, ServerCallContext context) =>
        calls.RunAsync(context, async () =>
        {
            var caller = RpcCalls.CallerOf(context);
            if (new BodyMapping(limits).TooLarge(request.Length) is { } tooLarge)
            {
                throw calls.Refuse(context, await pipeline.RefuseAsync(caller, tooLarge));
            }

            var json = new ArrayBufferWriter<byte>(request.Length + 256);
            var read = ProtoToJson.Write(method.Request, request, json, method.Operation.Location, mapping);
            if (!RpcCalls.HeadersOf(context).TryGet(out var headers, out var error) || !read.IsOk)
            {
                throw calls.Refuse(context, await pipeline.RefuseAsync(caller, error ?? BodyMapping.Refuse(read.Faults), headers?.Id));
            }

            var answer = RpcCalls.Judged(await pipeline.AskAsync(new ConsumerRequest(caller, service.Alias, json.WrittenMemory, headers) { Operation = method.Operation.Rest is null ? null : method.Operation.AddressName, AnswerShare = spool.Bodies.OfAnswer(context.GetHttpContext()) }, spool));
            RpcCalls.Tell(context, answer);
            if (answer.Error is not null)
            {
                throw calls.Refuse(context, answer);
            }

            var wire = new ArrayBufferWriter<byte>(answer.Body.Length);
            var written = JsonToProto.Write(method.Response, answer.Body.IsEmpty ? Nothing : answer.Body, wire, method.Operation.Location, mapping);
            return written.IsOk
                ? wire.WrittenMemory
                : throw calls.Refuse(context, answer with { Error = BodyMapping.Refuse(written.Faults) with { Stage = ExchangeStage.Encode } });
        });
}
