using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using Grpc.Health.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Tunduk.GrpcHosting.Client;
using Tunduk.GrpcHosting.Tests.Interop;
using Tunduk.GrpcHosting.Tests.Interop.Messages;

namespace Tunduk.GrpcHosting.Tests.Client;

/// <summary>The project's own client, against the server that the foreign clients have judged.</summary>
public sealed class GrpcChannelTests : IAsyncLifetime
{
    private GrpcTestServer _server = null!;
    private GrpcChannel _channel = null!;

    public async Task InitializeAsync()
    {
        _server = await GrpcTestServer.StartAsync(o => o.ResponseCompressionAlgorithm = "gzip", map: app =>
        {
            app.MapPost("/grpc.testing.UnimplementedService/UnimplementedCall", (HttpContext http) => { http.Response.StatusCode = 503; });
        });
        _channel = GrpcChannel.ForAddress(_server.Address);
    }

    public async Task DisposeAsync()
    {
        _channel.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Unary_LargeMessages_Arrive(bool compress)
    {
        SimpleRequest request = new() { ResponseSize = 314159, Payload = Zeros(271828), ExpectCompressed = new BoolValue { Value = compress }, ResponseCompressed = new BoolValue { Value = compress } };
        SimpleResponse response = await UnaryAsync(request, new GrpcCallOptions { Compress = compress });
        response.Payload.Body.Length.ShouldBe(314159);
    }

    [Fact]
    public async Task ClientStreaming_FourRequests_AreSummed()
    {
        await using GrpcCall<StreamingInputCallRequest, StreamingInputCallResponse> call =
            _channel.Start<StreamingInputCallRequest, StreamingInputCallResponse>(Method("StreamingInputCall"));
        foreach (int size in (int[])[27182, 8, 1828, 45904])
        {
            await call.WriteAsync(new StreamingInputCallRequest { Payload = Zeros(size) });
        }

        await call.CompleteAsync();
        List<StreamingInputCallResponse> responses = await AllAsync(call);
        responses.Single().AggregatedPayloadSize.ShouldBe(74922);
    }

    [Fact]
    public async Task ServerStreaming_FourResponses_ComeInOrder()
    {
        await using GrpcCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call =
            _channel.Start<StreamingOutputCallRequest, StreamingOutputCallResponse>(Method("StreamingOutputCall"));
        await call.WriteAsync(Asking(31415, 9, 2653, 58979));
        await call.CompleteAsync();
        (await AllAsync(call)).Select(r => r.Payload.Body.Length).ShouldBe([31415, 9, 2653, 58979]);
        call.GetStatus().ShouldBe(Status.DefaultSuccess);
    }

    [Fact]
    public async Task Duplex_PingPong_AlternatesOnOneStream()
    {
        await using GrpcCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call = Duplex();
        foreach (int size in (int[])[31415, 9, 2653, 58979])
        {
            await call.WriteAsync(Asking(size));
            (await call.MoveNext(CancellationToken.None)).ShouldBeTrue();
            call.Current.Payload.Body.Length.ShouldBe(size);
        }

        await call.CompleteAsync();
        (await call.MoveNext(CancellationToken.None)).ShouldBeFalse();
    }

    [Fact]
    public async Task Duplex_CustomMetadata_ComesBack()
    {
        Metadata sent = new() { { "x-grpc-test-echo-initial", "initial" }, { "x-grpc-test-echo-trailing-bin", [0xab, 0xab, 0xab] } };
        await using GrpcCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call = Duplex(new GrpcCallOptions { Headers = sent });
        (await call.GetResponseHeadersAsync()).GetValue("x-grpc-test-echo-initial").ShouldBe("initial");
        await call.CompleteAsync();
        (await call.MoveNext(CancellationToken.None)).ShouldBeFalse();
        call.GetTrailers().GetValueBytes("x-grpc-test-echo-trailing-bin").ShouldBe([0xab, 0xab, 0xab]);
    }

    [Theory]
    [InlineData("test status message")]
    [InlineData("\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n")]
    public async Task Unary_StatusOfTheServer_IsThrown(string message)
    {
        RpcException e = await Should.ThrowAsync<RpcException>(() => UnaryAsync(new SimpleRequest { ResponseStatus = new EchoStatus { Code = 2, Message = message } }));
        e.Status.ShouldBe(new Status(StatusCode.Unknown, message));
    }

    [Fact]
    public async Task Unary_RichStatus_CarriesItsDetails()
    {
        RpcException e = await Should.ThrowAsync<RpcException>(() => UnaryAsync(new SimpleRequest { ResponseStatus = new EchoStatus { Code = 9, Message = "rich" } }));
        e.GetRpcStatus()!.Details.Single().Unpack<ErrorInfo>().Reason.ShouldBe("AGREEMENT_MISSING");
    }

    [Fact]
    public async Task Unary_MethodTheServerLacks_IsUnimplemented()
    {
        RpcException e = await Should.ThrowAsync<RpcException>(() => _channel.CallAsync<Empty, Empty>(Method("UnimplementedCall"), new Empty()));
        e.StatusCode.ShouldBe(StatusCode.Unimplemented);
    }

    [Fact]
    public async Task Unary_ServerThatAnswersHttp503_IsUnavailable()
    {
        MethodDescriptor method = InteropReflection.Descriptor.Services.Single(s => s.Name == "UnimplementedService").Methods[0];
        RpcException e = await Should.ThrowAsync<RpcException>(() => _channel.CallAsync<Empty, Empty>(method, new Empty()));
        e.StatusCode.ShouldBe(StatusCode.Unavailable);
    }

    [Fact]
    public async Task Unary_NobodyListens_IsUnavailable()
    {
        using Socket reserved = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        reserved.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using GrpcChannel channel = GrpcChannel.ForAddress(new Uri($"http://127.0.0.1:{((IPEndPoint)reserved.LocalEndPoint!).Port}"));
        RpcException e = await Should.ThrowAsync<RpcException>(() => channel.CallAsync<Empty, Empty>(Method("EmptyCall"), new Empty()));
        e.StatusCode.ShouldBe(StatusCode.Unavailable);
    }

    [Fact]
    public async Task Unary_RequestOverTheServersLimit_IsResourceExhausted()
    {
        RpcException e = await Should.ThrowAsync<RpcException>(() => UnaryAsync(new SimpleRequest { Payload = Zeros(5 * 1024 * 1024) }));
        e.StatusCode.ShouldBe(StatusCode.ResourceExhausted);
    }

    [Theory]
    [InlineData(null, 100)]
    [InlineData(100, null)]
    public async Task Unary_MessageOverTheClientsLimit_IsResourceExhausted(int? send, int? receive)
    {
        using GrpcChannel channel = GrpcChannel.ForAddress(_server.Address, new GrpcChannelOptions { MaxSendMessageSize = send, MaxReceiveMessageSize = receive });
        RpcException e = await Should.ThrowAsync<RpcException>(() =>
            channel.CallAsync<SimpleRequest, SimpleResponse>(Method("UnaryCall"), new SimpleRequest { ResponseSize = 1000, Payload = Zeros(1000) }));
        e.StatusCode.ShouldBe(StatusCode.ResourceExhausted);
    }

    [Fact]
    public async Task Duplex_DeadlinePasses_IsDeadlineExceeded()
    {
        await using GrpcCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call = Duplex(new GrpcCallOptions { Timeout = TimeSpan.FromMilliseconds(50) });
        RpcException e = await Should.ThrowAsync<RpcException>(() => call.MoveNext(CancellationToken.None));
        e.StatusCode.ShouldBe(StatusCode.DeadlineExceeded);
    }

    [Fact]
    public async Task Duplex_CancelledAfterFirstResponse_IsCancelled()
    {
        using CancellationTokenSource cancel = new();
        await using GrpcCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call =
            _channel.Start<StreamingOutputCallRequest, StreamingOutputCallResponse>(Method("FullDuplexCall"), cancellationToken: cancel.Token);
        await call.WriteAsync(Asking(31415));
        (await call.MoveNext(CancellationToken.None)).ShouldBeTrue();
        await cancel.CancelAsync();
        (await Should.ThrowAsync<RpcException>(() => call.MoveNext(CancellationToken.None))).StatusCode.ShouldBe(StatusCode.Cancelled);
        (await Should.ThrowAsync<RpcException>(() => call.WriteAsync(Asking(1)))).StatusCode.ShouldBe(StatusCode.Cancelled);
    }

    [Fact]
    public async Task HealthWatch_StateChanges_AreTold()
    {
        await using GrpcCall<HealthCheckRequest, HealthCheckResponse> call = _channel.Start<HealthCheckRequest, HealthCheckResponse>(
            HealthReflection.Descriptor.Services[0].FindMethodByName("Watch"));
        await call.WriteAsync(new HealthCheckRequest { Service = "a.B" });
        await call.CompleteAsync();
        (await NextAsync(call)).ShouldBe(HealthCheckResponse.Types.ServingStatus.ServiceUnknown);
        _server.Health.SetStatus("a.B", HealthCheckResponse.Types.ServingStatus.NotServing);
        (await NextAsync(call)).ShouldBe(HealthCheckResponse.Types.ServingStatus.NotServing);
        _server.Health.ClearStatus("a.B");
        (await NextAsync(call)).ShouldBe(HealthCheckResponse.Types.ServingStatus.ServiceUnknown);
    }

    [Fact]
    public void ForAddress_OtherScheme_Throws() => Should.Throw<ArgumentException>(() => GrpcChannel.ForAddress(new Uri("ftp://127.0.0.1")));

    [Fact]
    public void Start_OtherMessages_Throws() => Should.Throw<ArgumentException>(() => _channel.Start<Empty, Empty>(Method("UnaryCall")));

    private Task<SimpleResponse> UnaryAsync(SimpleRequest request, GrpcCallOptions? options = null) =>
        _channel.CallAsync<SimpleRequest, SimpleResponse>(Method("UnaryCall"), request, options);

    private GrpcCall<StreamingOutputCallRequest, StreamingOutputCallResponse> Duplex(GrpcCallOptions? options = null) =>
        _channel.Start<StreamingOutputCallRequest, StreamingOutputCallResponse>(Method("FullDuplexCall"), options);

    private static async Task<HealthCheckResponse.Types.ServingStatus> NextAsync(GrpcCall<HealthCheckRequest, HealthCheckResponse> call)
    {
        (await call.MoveNext(CancellationToken.None)).ShouldBeTrue();
        return call.Current.Status;
    }

    private static async Task<List<T>> AllAsync<T>(IAsyncStreamReader<T> reader)
    {
        List<T> all = [];
        await foreach (T item in reader.ReadAllAsync())
        {
            all.Add(item);
        }

        return all;
    }

    private static MethodDescriptor Method(string name) => InteropService.Descriptor.FindMethodByName(name);

    private static Payload Zeros(int size) => new() { Body = ByteString.CopyFrom(new byte[size]) };

    private static StreamingOutputCallRequest Asking(params int[] sizes) =>
        new() { ResponseParameters = { sizes.Select(size => new ResponseParameters { Size = size }) } };
}
