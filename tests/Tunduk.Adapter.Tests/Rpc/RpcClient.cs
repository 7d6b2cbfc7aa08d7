using Google.Protobuf;
using Google.Protobuf.Reflection;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.V1;
using Tunduk.GrpcHosting;
using Tunduk.GrpcHosting.Client;
using Refusal = Tunduk.Adapter.V1.Refusal;

namespace Tunduk.Adapter.Tests.Rpc;

/// <summary>Calls an adapter by gRPC with a key.</summary>
internal sealed class RpcClient(Uri address, string key) : IDisposable
{
    private readonly GrpcChannel channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions { MaxReceiveMessageSize = null });

    public static MethodDescriptor Exchange(string method) => ExchangeReflection.Descriptor.Services[0].FindMethodByName(method);

    public static MethodDescriptor Archive(string method) => ArchiveReflection.Descriptor.Services[0].FindMethodByName(method);

    public static RpcClient Of(TestWorld world, string? key = null) => new(world.Consumer.GrpcAddress!, key ?? world.Folders.ApiKey);

    public static CallRequest GetPerson(string? json = null) => new() { Alias = "getPerson", UserId = TestPersons.UserId, Issue = TestPersons.Issue, Json = ByteString.CopyFromUtf8(json ?? TestPersons.Request) };

    public Task<TResponse> CallAsync<TRequest, TResponse>(MethodDescriptor method, TRequest request)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        channel.CallAsync<TRequest, TResponse>(method, request, Options());

    public Task<CallResponse> AskAsync(CallRequest? request = null) => CallAsync<CallRequest, CallResponse>(Exchange("Call"), request ?? GetPerson());

    /// <summary>Sends all messages, reads all answers.</summary>
    public async Task<List<TResponse>> StreamAsync<TRequest, TResponse>(MethodDescriptor method, params IEnumerable<TRequest> requests)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        await using var call = channel.Start<TRequest, TResponse>(method, Options());
        foreach (var request in requests)
        {
            try
            {
                await call.WriteAsync(request);
            }
            catch (RpcException)
            {
                break; // The server has answered already: what it said is read below.
            }
        }

        await call.CompleteAsync();
        var answers = new List<TResponse>();
        while (await call.MoveNext(CancellationToken.None))
        {
            answers.Add(call.Current);
        }

        return answers;
    }

    /// <summary>Expects a refusal with this code; the first detail of its rich status.</summary>
    public static async Task<Refusal> RefusedAsync(string code, Func<Task> call)
    {
        var exception = await Should.ThrowAsync<RpcException>(call);
        var status = exception.GetRpcStatus().ShouldNotBeNull(exception.ToString());
        var refusal = status.Details[0].Unpack<Refusal>();
        refusal.Code.ShouldBe(code, refusal.ToString());
        refusal.Remedy.ShouldNotBeNullOrEmpty();
        TestPersons.ShouldHoldNoValue(refusal.ToString(), "a refusal");
        return refusal;
    }

    /// <summary>A call of which nothing was sent yet.</summary>
    public GrpcCall<TRequest, TResponse> Start<TRequest, TResponse>(MethodDescriptor method)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() => channel.Start<TRequest, TResponse>(method, Options());

    public void Dispose() => channel.Dispose();

    private GrpcCallOptions Options() => new() { Headers = new Metadata { { "authorization", "Bearer " + key } }, Timeout = Wait.Longest };
}
