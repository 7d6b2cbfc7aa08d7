using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Tunduk.GrpcHosting.Server;
using Tunduk.GrpcHosting.Tests.Interop.Messages;
using Empty = Tunduk.GrpcHosting.Tests.Interop.Messages.Empty;

namespace Tunduk.GrpcHosting.Tests.Interop;

/// <summary>The server of the gRPC interoperability test description. A status of 9 is answered with details, which the description does not have.</summary>
internal sealed class InteropService(InteropLog log) : IGrpcService<InteropService>
{
    public static ServiceDescriptor Descriptor => InteropReflection.Descriptor.Services.Single(s => s.Name == "TestService");

    public static void Bind(GrpcServiceBinder<InteropService> binder) => binder
        .Unary<Empty, Empty>("EmptyCall", static (_, _, _) => Task.FromResult(new Empty()))
        .Unary<SimpleRequest, SimpleResponse>("UnaryCall", static (service, request, context) => service.UnaryAsync(request, context))
        .ServerStreaming<StreamingOutputCallRequest, StreamingOutputCallResponse>("StreamingOutputCall", static (_, request, responses, context) =>
            RespondAsync(request, responses, context))
        .ClientStreaming<StreamingInputCallRequest, StreamingInputCallResponse>("StreamingInputCall", static (service, requests, context) =>
            service.SumAsync(requests, context))
        .DuplexStreaming<StreamingOutputCallRequest, StreamingOutputCallResponse>("FullDuplexCall", static (service, requests, responses, context) =>
            service.DuplexAsync(requests, responses, context));

    private async Task<SimpleResponse> UnaryAsync(SimpleRequest request, ServerCallContext context)
    {
        log.Entered(context);
        await EchoMetadataAsync(context);
        bool compressed = context.GetHttpContext().Request.Headers["grpc-encoding"] == "gzip";
        if (request.ExpectCompressed is { } expected && expected.Value && !compressed)
        {
            throw new RpcException(StatusCode.InvalidArgument, "The request is not compressed.");
        }

        ThrowIfAsked(request.ResponseStatus);
        context.WriteOptions = Options(request.ResponseCompressed);
        return new SimpleResponse { Payload = Zeros(request.ResponseSize) };
    }

    private async Task<StreamingInputCallResponse> SumAsync(IAsyncStreamReader<StreamingInputCallRequest> requests, ServerCallContext context)
    {
        log.Entered(context);
        int sum = 0;
        await foreach (StreamingInputCallRequest request in requests.ReadAllAsync(context.CancellationToken))
        {
            sum += request.Payload.Body.Length;
        }

        return new StreamingInputCallResponse { AggregatedPayloadSize = sum };
    }

    private async Task DuplexAsync(
        IAsyncStreamReader<StreamingOutputCallRequest> requests, IServerStreamWriter<StreamingOutputCallResponse> responses, ServerCallContext context)
    {
        log.Entered(context);
        await EchoMetadataAsync(context);
        await foreach (StreamingOutputCallRequest request in requests.ReadAllAsync(CancellationToken.None))
        {
            ThrowIfAsked(request.ResponseStatus);
            await RespondAsync(request, responses, context);
        }
    }

    private static async Task RespondAsync(
        StreamingOutputCallRequest request, IServerStreamWriter<StreamingOutputCallResponse> responses, ServerCallContext context)
    {
        foreach (ResponseParameters wanted in request.ResponseParameters)
        {
            if (wanted.IntervalUs > 0)
            {
                await Task.Delay(TimeSpan.FromMicroseconds(wanted.IntervalUs), TimeProvider.System, context.CancellationToken);
            }

            responses.WriteOptions = Options(wanted.Compressed);
            await responses.WriteAsync(new StreamingOutputCallResponse { Payload = Zeros(wanted.Size) }, CancellationToken.None);
        }
    }

    private static void ThrowIfAsked(EchoStatus? status)
    {
        if (status is { Code: 9 })
        {
            throw new Google.Rpc.Status
            {
                Code = status.Code,
                Message = status.Message,
                Details = { Any.Pack(new ErrorInfo { Reason = "AGREEMENT_MISSING", Domain = "tests" }) },
            }.ToRpcException();
        }

        if (status is { Code: not 0 })
        {
            throw new RpcException(new Status((StatusCode)status.Code, status.Message));
        }
    }

    private static async Task EchoMetadataAsync(ServerCallContext context)
    {
        if (context.RequestHeaders.Get("x-grpc-test-echo-trailing-bin") is { } trailing)
        {
            context.ResponseTrailers.Add(trailing);
        }

        if (context.RequestHeaders.Get("x-grpc-test-echo-initial") is { } initial)
        {
            await context.WriteResponseHeadersAsync([initial]);
        }
    }

    private static WriteOptions Options(Messages.BoolValue? compressed) => new(compressed is { Value: true } ? WriteFlags.None : WriteFlags.NoCompress);

    private static Payload Zeros(int size) => new() { Body = ByteString.CopyFrom(new byte[size]) };
}
