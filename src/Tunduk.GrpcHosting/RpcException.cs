namespace Tunduk.GrpcHosting;

/// <summary>
/// Ends a call with a status: thrown by a service it becomes the status and trailers of the answer; thrown by the client it is
/// what the server answered, or what became of the transport.
/// </summary>
public sealed class RpcException(Status status, Metadata trailers, Exception? innerException = null)
    : Exception($"{status.StatusCode}: {status.Detail}", innerException)
{
    public RpcException(Status status) : this(status, []) { }

    public RpcException(StatusCode code, string detail) : this(new Status(code, detail)) { }

    public Status Status { get; } = status;
    public StatusCode StatusCode => Status.StatusCode;
    public Metadata Trailers { get; } = trailers;

    /// <summary>At a client: the server gave this status itself. False for what this side made of a lost connection, a deadline or an answer it could not read.</summary>
    public bool FromServer { get; init; }

    /// <summary>At a client: the call ended before any message of the request could leave, so that the server was asked nothing. False where that is not known.</summary>
    public bool NothingSent { get; init; }
}
