using Google.Protobuf;

namespace Tunduk.GrpcHosting.Server;

/// <summary>The caller's messages.</summary>
internal sealed class RequestStream<T>(ServerCall call) : IAsyncStreamReader<T> where T : class, IMessage<T>, new()
{
    private T? _current;
    private bool _ended;

    public T Current => _current ?? throw new InvalidOperationException("There is no current message.");

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        _current = _ended ? null : await call.ReadAsync<T>(cancellationToken);
        _ended = _current is null;
        return !_ended;
    }
}
