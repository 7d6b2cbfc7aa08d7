using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Reflection.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tunduk.GrpcHosting.Client;
using Tunduk.GrpcHosting.Server;
using Tunduk.GrpcHosting.Tests.Interop;
using Tunduk.GrpcHosting.Tests.Interop.Messages;

namespace Tunduk.GrpcHosting.Tests.Server;

/// <summary>The wire as a bare HTTP/2 client sees it.</summary>
public sealed class GrpcServerTests
{
    private static readonly byte[] EmptyMessage = new byte[5];

    [Fact]
    public async Task Call_OtherContentType_Is415()
    {
        await using GrpcTestServer server = await GrpcTestServer.StartAsync();
        using HttpResponseMessage response = await PostAsync(server, "/grpc.testing.TestService/EmptyCall", EmptyMessage, contentType: "application/json");
        response.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task Call_Http1_Is426()
    {
        await using GrpcTestServer server = await GrpcTestServer.StartAsync(protocols: HttpProtocols.Http1);
        using HttpResponseMessage response = await PostAsync(server, "/grpc.testing.TestService/EmptyCall", EmptyMessage, version: HttpVersion.Version11);
        response.StatusCode.ShouldBe(HttpStatusCode.UpgradeRequired);
    }

    [Fact]
    public async Task Call_OtherApplicationRoute_IsLeftAlone()
    {
        await using GrpcTestServer server = await GrpcTestServer.StartAsync(map: app => app.MapPost("/rest/thing", () => "rest"));
        using HttpResponseMessage response = await PostAsync(server, "/rest/thing", [], contentType: "application/json");
        (await response.Content.ReadAsStringAsync()).ShouldBe("rest");
    }

    [Theory]
    [InlineData("/grpc.testing.TestService/emptycall", "12")]
    [InlineData("/grpc.testing.TestService/UnimplementedCall", "12")]
    [InlineData("/no.Service/Method", "12")]
    [InlineData("/grpc.testing.TestService/EmptyCall", "0")]
    public async Task Call_Path_IsTakenLiterally(string path, string status)
    {
        await using GrpcTestServer server = await GrpcTestServer.StartAsync();
        (await StatusAsync(server, path, EmptyMessage)).ShouldBe(status);
    }

    [Theory]
    [InlineData("", "12")]
    [InlineData("00000000000000000000", "12")]
    [InlineData("0000000001FF", "13")]
    [InlineData("0100000000", "13")]
    [InlineData("0000000005", "13")]
    public async Task Unary_BodyThatIsNotOneMessage_IsRefused(string hex, string status)
    {
        await using GrpcTestServer server = await GrpcTestServer.StartAsync();
        (await StatusAsync(server, "/grpc.testing.TestService/EmptyCall", Convert.FromHexString(hex))).ShouldBe(status);
    }

    [Theory]
    [InlineData("grpc-encoding", "snappy", "12")]
    [InlineData("grpc-timeout", "soon", "13")]
    [InlineData("grpc-timeout", "0S", "4")]
    public async Task Call_HeaderThatCannotBeHonoured_IsRefused(string name, string value, string status)
    {
        await using GrpcTestServer server = await GrpcTestServer.StartAsync();
        (await StatusAsync(server, "/grpc.testing.TestService/EmptyCall", EmptyMessage, (name, value))).ShouldBe(status);
    }

    [Fact]
    public async Task Call_UnknownCompression_NamesTheKnownOnes()
    {
        await using GrpcTestServer server = await GrpcTestServer.StartAsync();
        using HttpResponseMessage response = await PostAsync(server, "/grpc.testing.TestService/EmptyCall", EmptyMessage, header: ("grpc-encoding", "snappy"));
        response.Headers.GetValues("grpc-accept-encoding").ShouldBe(["identity,gzip"]);
    }

    [Theory]
    [InlineData(true, true, 1)]
    [InlineData(false, true, 0)]
    [InlineData(true, false, 0)]
    public async Task Unary_Answer_IsCompressedIfBothSidesWish(bool wished, bool accepted, byte flag)
    {
        await using GrpcTestServer server = await GrpcTestServer.StartAsync(o => o.ResponseCompressionAlgorithm = "gzip");
        SimpleRequest request = new() { ResponseSize = 10_000, ResponseCompressed = new BoolValue { Value = wished } };
        using HttpResponseMessage response = await PostAsync(server, "/grpc.testing.TestService/UnaryCall", Framed(request),
            header: ("grpc-accept-encoding", accepted ? "identity, gzip" : "identity"));
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        body[0].ShouldBe(flag);
        (body.Length < 5000).ShouldBe(flag == 1);
        response.Headers.Contains("grpc-encoding").ShouldBe(accepted);
    }

    [Fact]
    public async Task Unary_HandlerThatThrows_HidesTheReason()
    {
        await using GrpcTestServer server = await GrpcTestServer.StartAsync();
        // A negative size makes the service's own code throw.
        using HttpResponseMessage response = await PostAsync(server, "/grpc.testing.TestService/UnaryCall", Framed(new SimpleRequest { ResponseSize = -1 }));
        response.Headers.GetValues("grpc-status").ShouldBe(["2"]);
        response.Headers.GetValues("grpc-message").ShouldBe(["The service failed."]);
    }

    [Fact]
    public async Task Unary_AnswerOverTheLimit_IsRefused()
    {
        await using GrpcTestServer server = await GrpcTestServer.StartAsync(o => o.MaxSendMessageSize = 100);
        (await StatusAsync(server, "/grpc.testing.TestService/UnaryCall", Framed(new SimpleRequest { ResponseSize = 101 }))).ShouldBe("8");
    }

    [Fact]
    public async Task Deadline_HandlerThatDoesNotListen_AnswersAnyway()
    {
        TaskCompletionSource release = new();
        await using GrpcTestServer server = await GrpcTestServer.StartAsync(map: app => app.MapGrpcService<DeafService>());
        DeafService.Release = release.Task;
        try
        {
            (await StatusAsync(server, "/grpc.testing.UnimplementedService/UnimplementedCall", EmptyMessage, ("grpc-timeout", "50m"))).ShouldBe("4");
        }
        finally
        {
            release.SetResult();
        }
    }

    [Fact]
    public async Task Cancel_ByTheCaller_ReachesTheHandler()
    {
        await using GrpcTestServer server = await GrpcTestServer.StartAsync();
        using GrpcChannel channel = GrpcChannel.ForAddress(server.Address);
        GrpcCall<StreamingInputCallRequest, StreamingInputCallResponse> call =
            channel.Start<StreamingInputCallRequest, StreamingInputCallResponse>(InteropService.Descriptor.FindMethodByName("StreamingInputCall"));
        ServerCallContext context = await server.Log.NextAsync();
        TaskCompletionSource cancelled = new();
        await using CancellationTokenRegistration registration = context.CancellationToken.Register(cancelled.SetResult);
        await call.DisposeAsync();
        await cancelled.Task.WaitAsync(TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task Context_Call_TellsMethodPeerAndDeadline()
    {
        await using GrpcTestServer server = await GrpcTestServer.StartAsync();
        await StatusAsync(server, "/grpc.testing.TestService/UnaryCall", EmptyMessage, ("grpc-timeout", "1H"));
        ServerCallContext context = await server.Log.NextAsync();
        context.Deadline.ShouldBeInRange(TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(50), TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(70));
    }

    [Theory]
    [InlineData("Nothing")]
    [InlineData("EmptyCall")]
    public void Bind_MethodThatDiffersFromTheDescriptor_Throws(string method) =>
        Should.Throw<ArgumentException>(() => new GrpcServiceBinder<InteropService>(InteropService.Descriptor)
            .Unary<SimpleRequest, SimpleResponse>(method, (_, _, _) => Task.FromResult(new SimpleResponse())));

    [Fact]
    public void Bind_OtherKindOfStreaming_Throws() =>
        Should.Throw<ArgumentException>(() => new GrpcServiceBinder<InteropService>(InteropService.Descriptor)
            .ServerStreaming<Empty, Empty>("EmptyCall", (_, _, _, _) => Task.CompletedTask));

    [Fact]
    public void Bind_MethodTwice_Throws() =>
        Should.Throw<ArgumentException>(() => new GrpcServiceBinder<InteropService>(InteropService.Descriptor)
            .Unary<Empty, Empty>("EmptyCall", (_, _, _) => Task.FromResult(new Empty()))
            .Unary<Empty, Empty>("EmptyCall", (_, _, _) => Task.FromResult(new Empty())));

    [Fact]
    public async Task Reflection_PredicateThatPermitsNothing_ShowsNothing()
    {
        await using GrpcTestServer server = await GrpcTestServer.StartAsync(permits: (_, _) => false);
        ServerReflectionResponse[] answers = await ReflectAsync(server,
            new ServerReflectionRequest { ListServices = "" },
            new ServerReflectionRequest { FileContainingSymbol = "grpc.testing.Empty" },
            new ServerReflectionRequest { FileByFilename = "interop.proto" },
            new ServerReflectionRequest { AllExtensionNumbersOfType = "grpc.testing.Empty" });
        answers[0].ListServicesResponse.Service.ShouldBeEmpty();
        answers.Skip(1).ShouldAllBe(a => a.ErrorResponse.ErrorCode == (int)StatusCode.NotFound);
    }

    [Fact]
    public async Task Reflection_PredicateThatPermitsOneMethod_ShowsThatOne()
    {
        await using GrpcTestServer server = await GrpcTestServer.StartAsync(permits: (_, method) => method.Name == "EmptyCall");
        ServerReflectionResponse[] answers = await ReflectAsync(server,
            new ServerReflectionRequest { ListServices = "" },
            new ServerReflectionRequest { FileByFilename = "interop.proto" },
            new ServerReflectionRequest { FileContainingSymbol = "grpc.testing.TestService.UnaryCall" },
            new ServerReflectionRequest { FileContainingSymbol = "grpc.testing.Payload.body" });
        answers[0].ListServicesResponse.Service.Select(s => s.Name).ShouldBe(["grpc.testing.TestService"]);
        FileDescriptorProto file = FileDescriptorProto.Parser.ParseFrom(answers[1].FileDescriptorResponse.FileDescriptorProto.Single());
        file.Service.Single().Method.Select(m => m.Name).ShouldBe(["EmptyCall"]);
        answers[2].ErrorResponse.ErrorCode.ShouldBe((int)StatusCode.NotFound);
        answers[3].FileDescriptorResponse.ShouldNotBeNull();
    }

    private static async Task<ServerReflectionResponse[]> ReflectAsync(GrpcTestServer server, params ServerReflectionRequest[] questions)
    {
        using GrpcChannel channel = GrpcChannel.ForAddress(server.Address);
        await using GrpcCall<ServerReflectionRequest, ServerReflectionResponse> call = channel.Start<ServerReflectionRequest, ServerReflectionResponse>(
            Grpc.Reflection.V1.ReflectionReflection.Descriptor.Services[0].Methods[0]);
        List<ServerReflectionResponse> answers = [];
        foreach (ServerReflectionRequest question in questions)
        {
            await call.WriteAsync(question);
            (await call.MoveNext(CancellationToken.None)).ShouldBeTrue();
            answers.Add(call.Current);
        }

        await call.CompleteAsync();
        (await call.MoveNext(CancellationToken.None)).ShouldBeFalse();
        return [.. answers];
    }

    private static byte[] Framed(IMessage message)
    {
        byte[] bytes = message.ToByteArray();
        return [0, (byte)(bytes.Length >> 24), (byte)(bytes.Length >> 16), (byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes];
    }

    private static async Task<string> StatusAsync(GrpcTestServer server, string path, byte[] body, (string Name, string Value)? header = null)
    {
        using HttpResponseMessage response = await PostAsync(server, path, body, header: header);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        await response.Content.ReadAsByteArrayAsync();
        return (response.Headers.Contains("grpc-status") ? response.Headers : response.TrailingHeaders).GetValues("grpc-status").Single();
    }

    private static async Task<HttpResponseMessage> PostAsync(
        GrpcTestServer server, string path, byte[] body, string contentType = "application/grpc+proto", (string Name, string Value)? header = null, Version? version = null)
    {
        using HttpClient client = new();
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(server.Address, path))
        {
            Version = version ?? HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(contentType) } },
        };
        if (header is { } more)
        {
            request.Headers.TryAddWithoutValidation(more.Name, more.Value);
        }

        return await client.SendAsync(request);
    }

    /// <summary>Waits for the test, whatever its call's token says.</summary>
    private sealed class DeafService : IGrpcService<DeafService>
    {
        public static Task Release { get; set; } = Task.CompletedTask;

        public static ServiceDescriptor Descriptor => InteropReflection.Descriptor.Services.Single(s => s.Name == "UnimplementedService");

        public static void Bind(GrpcServiceBinder<DeafService> binder) => binder.Unary<Empty, Empty>("UnimplementedCall", static async (_, _, _) =>
        {
            await Release;
            return new Empty();
        });
    }
}
