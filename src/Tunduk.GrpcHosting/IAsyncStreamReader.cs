namespace Tunduk.GrpcHosting;

/// <summary>Messages that arrive one by one. Not for two readers at once.</summary>
public interface IAsyncStreamReader<out T>
{
    /// <summary>The message <see cref="MoveNext"/> found; undefined before it and after it returned false.</summary>
    T Current { get; }

    /// <summary>
    /// Waits for the next message; false at the end of the stream. Throws <see cref="RpcException"/> if the stream is broken or (at
    /// a client) the call ended with another status than OK, <see cref="OperationCanceledException"/> if the call was cancelled.
    /// </summary>
    Task<bool> MoveNext(CancellationToken cancellationToken);
}
