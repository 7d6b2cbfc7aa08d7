using Google.Protobuf;

namespace Tunduk.GrpcHosting.Server;

/// <summary>The service's messages.</summary>
internal sealed class ResponseStream<T>(ServerCall call) : IServerStreamWriter<T> where T : class, IMessage<T>
{
    public WriteOptions? WriteOptions { get; set; }

    public Task WriteAsync(T message, CancellationToken cancellationToken = default) => call.WriteAsync(message, WriteOptions, cancellationToken);
}
