using Microsoft.AspNetCore.Http;

namespace Tunduk.GrpcHosting.Server;

/// <summary>What a service sees of one call, besides the messages.</summary>
public sealed class ServerCallContext
{
    private readonly ServerCall _call;
    private Metadata? _requestHeaders;
    private Metadata? _responseTrailers;

    internal ServerCallContext(ServerCall call) => _call = call;

    /// <summary><c>/package.Service/Method</c>.</summary>
    public string Method => _call.Http.Request.Path.Value ?? "";

    /// <summary>The authority the caller named.</summary>
    public string Host => _call.Http.Request.Host.Value ?? "";

    /// <summary><c>ipv4:address:port</c>, <c>ipv6:[address]:port</c> or <c>unknown</c>.</summary>
    public string Peer => _call.Http.Connection.RemoteIpAddress is { } address
        ? address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
            ? $"ipv6:[{address}]:{_call.Http.Connection.RemotePort}"
            : $"ipv4:{address}:{_call.Http.Connection.RemotePort}"
        : "unknown";

    /// <summary>When the caller gives up, UTC; <see cref="DateTime.MaxValue"/> if it never does.</summary>
    public DateTime Deadline => _call.Deadline;

    /// <summary>Custom metadata the caller sent.</summary>
    public Metadata RequestHeaders => _requestHeaders ??= _call.ReadRequestHeaders();

    /// <summary>Cancelled when the caller cancels, vanishes, or its deadline passes.</summary>
    public CancellationToken CancellationToken => _call.Cancellation;

    /// <summary>Metadata sent after the last message.</summary>
    public Metadata ResponseTrailers => _responseTrailers ??= [];

    internal Metadata? SetTrailers => _responseTrailers;

    /// <summary>The outcome if the handler returns normally.</summary>
    public Status Status { get; set; } = Status.DefaultSuccess;

    /// <summary>How messages are written, unless the stream says otherwise.</summary>
    public WriteOptions? WriteOptions { get; set; }

    /// <summary>Sends the headers now; later a bug (<see cref="InvalidOperationException"/>), since the first message sends them too.</summary>
    public Task WriteResponseHeadersAsync(Metadata responseHeaders) => _call.WriteHeadersAsync(responseHeaders);

    /// <summary>The HTTP request behind the call: user, connection, services.</summary>
    public HttpContext GetHttpContext() => _call.Http;
}
