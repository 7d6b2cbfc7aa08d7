using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Tunduk.GrpcHosting.Client;

/// <summary>
/// A gRPC server, reached by HTTP/2: with prior knowledge for <c>http</c>, by TLS for <c>https</c>. Connections are made when
/// needed and shared by calls; nothing is retried. Safe for use by many threads.
/// </summary>
public sealed class GrpcChannel : IDisposable
{
    private readonly HttpClient _client;
    private readonly GrpcChannelOptions _options;

    private GrpcChannel(Uri address, GrpcChannelOptions options)
    {
        _options = options;
        HttpMessageHandler handler = options.HttpHandler ?? new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = options.ConnectTimeout,
            KeepAlivePingDelay = TimeSpan.FromSeconds(60),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
        };
        _client = new HttpClient(handler, disposeHandler: options.HttpHandler is null)
        {
            BaseAddress = address,
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>A channel to <c>http://host:port</c> or <c>https://host:port</c>; nothing is connected yet.</summary>
    public static GrpcChannel ForAddress(Uri address, GrpcChannelOptions? options = null) =>
        address.IsAbsoluteUri && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
            ? new GrpcChannel(address, options ?? new GrpcChannelOptions())
            : throw new ArgumentException("The address of a gRPC server is http://host:port or https://host:port.", nameof(address));

    /// <summary>Starts a call of any kind. The call must be disposed; disposing it before its end cancels it.</summary>
    public GrpcCall<TRequest, TResponse> Start<TRequest, TResponse>(
        MethodDescriptor method, GrpcCallOptions? options = null, CancellationToken cancellationToken = default)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        method.InputType.ClrType == typeof(TRequest) && method.OutputType.ClrType == typeof(TResponse)
            ? new GrpcCall<TRequest, TResponse>(_client, _options, method, options ?? GrpcCallOptions.Default, cancellationToken)
            : throw new ArgumentException($"{method.FullName} is declared with other messages.", nameof(method));

    /// <summary>One request, one response. Throws <see cref="RpcException"/> if the call does not end with OK.</summary>
    public async Task<TResponse> CallAsync<TRequest, TResponse>(
        MethodDescriptor method, TRequest request, GrpcCallOptions? options = null, CancellationToken cancellationToken = default)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        Task sent = Task.CompletedTask;
        GrpcCall<TRequest, TResponse> call = Start<TRequest, TResponse>(method, options, cancellationToken);
        try
        {
            // Not awaited first: a server may answer before it has read everything, and its answer is what counts.
            sent = SendAsync(call, request);
            return await call.ReadSingleAsync(sent);
        }
        finally
        {
            await call.DisposeAsync();
            await sent.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => _client.Dispose();

    private static async Task SendAsync<TRequest, TResponse>(GrpcCall<TRequest, TResponse> call, TRequest request)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        await call.WriteAsync(request);
        await call.CompleteAsync();
    }
}
