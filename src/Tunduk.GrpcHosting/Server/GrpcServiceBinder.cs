using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Tunduk.GrpcHosting.Server;

/// <summary>
/// Collects the handlers of a service. A name that the descriptor lacks, a message type or a kind of streaming that differs from it,
/// and a second handler for a method are bugs and throw <see cref="ArgumentException"/> when the service is mapped.
/// </summary>
public sealed class GrpcServiceBinder<TService> where TService : class
{
    private readonly ServiceDescriptor _service;
    private readonly Dictionary<string, (MethodDescriptor Method, Func<TService, ServerCall, Task> Handler)> _methods = new(StringComparer.Ordinal);

    internal GrpcServiceBinder(ServiceDescriptor service) => _service = service;

    internal IEnumerable<(MethodDescriptor Method, Func<TService, ServerCall, Task> Handler)> Methods => _methods.Values;

    /// <summary>One request, one response.</summary>
    public GrpcServiceBinder<TService> Unary<TRequest, TResponse>(
        string method, Func<TService, TRequest, ServerCallContext, Task<TResponse>> handler)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse> =>
        Add<TRequest, TResponse>(method, clientStreams: false, serverStreams: false, async (service, call) =>
            call.WriteLast(await handler(service, await call.ReadSingleAsync<TRequest>(), call.Context)));

    /// <summary>Many requests, one response.</summary>
    public GrpcServiceBinder<TService> ClientStreaming<TRequest, TResponse>(
        string method, Func<TService, IAsyncStreamReader<TRequest>, ServerCallContext, Task<TResponse>> handler)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse> =>
        Add<TRequest, TResponse>(method, clientStreams: true, serverStreams: false, async (service, call) =>
            call.WriteLast(await handler(service, new RequestStream<TRequest>(call), call.Context)));

    /// <summary>One request, many responses.</summary>
    public GrpcServiceBinder<TService> ServerStreaming<TRequest, TResponse>(
        string method, Func<TService, TRequest, IServerStreamWriter<TResponse>, ServerCallContext, Task> handler)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse> =>
        Add<TRequest, TResponse>(method, clientStreams: false, serverStreams: true, async (service, call) =>
            await handler(service, await call.ReadSingleAsync<TRequest>(), new ResponseStream<TResponse>(call), call.Context));

    /// <summary>Many requests and many responses, in any interleaving.</summary>
    public GrpcServiceBinder<TService> DuplexStreaming<TRequest, TResponse>(
        string method, Func<TService, IAsyncStreamReader<TRequest>, IServerStreamWriter<TResponse>, ServerCallContext, Task> handler)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse> =>
        Add<TRequest, TResponse>(method, clientStreams: true, serverStreams: true, (service, call) =>
            handler(service, new RequestStream<TRequest>(call), new ResponseStream<TResponse>(call), call.Context));

    private GrpcServiceBinder<TService> Add<TRequest, TResponse>(
        string name, bool clientStreams, bool serverStreams, Func<TService, ServerCall, Task> handler)
    {
        MethodDescriptor method = _service.FindMethodByName(name)
            ?? throw new ArgumentException($"{_service.FullName} has no method {name}.", nameof(name));
        if (method.InputType.ClrType != typeof(TRequest) || method.OutputType.ClrType != typeof(TResponse)
            || method.IsClientStreaming != clientStreams || method.IsServerStreaming != serverStreams)
        {
            throw new ArgumentException($"{method.FullName} is declared with other messages or another kind of streaming than it is bound with.", nameof(name));
        }

        return _methods.TryAdd(name, (method, handler))
            ? this
            : throw new ArgumentException($"{method.FullName} is bound twice.", nameof(name));
    }
}
