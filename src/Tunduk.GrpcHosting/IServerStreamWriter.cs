namespace Tunduk.GrpcHosting;

/// <summary>Messages that leave one by one.</summary>
public interface IServerStreamWriter<in T>
{
    /// <summary>How this and later messages are written; null: as the call says.</summary>
    WriteOptions? WriteOptions { get; set; }

    /// <summary>
    /// Sends one message; completes when the transport has taken it (a reader that is slow makes the writer wait). Throws
    /// <see cref="OperationCanceledException"/> once the call was cancelled or its deadline has passed.
    /// </summary>
    Task WriteAsync(T message, CancellationToken cancellationToken = default);
}
