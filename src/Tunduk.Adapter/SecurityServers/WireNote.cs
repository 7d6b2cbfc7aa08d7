namespace Tunduk.Adapter.SecurityServers;

/// <summary>
/// What is known of one request on the wire: whether any byte of it was written, and when a byte last moved. It follows
/// the request's own flow, so that the connection can say so from below the HTTP client.
/// </summary>
internal sealed class WireNote : IDisposable
{
    private static readonly AsyncLocal<WireNote?> Flow = new();
    private readonly Lock gate = new();
    private Action? progress;
    private Stream? connection;

    /// <summary>Makes the note of the request that this flow is about to send.</summary>
    /// <param name="progress">Called whenever a byte has moved.</param>
    public WireNote(Action progress)
    {
        this.progress = progress;
        Flow.Value = this;
    }

    /// <summary>The note of the current flow; null outside a request.</summary>
    public static WireNote? Current => Flow.Value;

    /// <summary>True once a byte of the request may have reached the neighbour.</summary>
    public bool IsWritten => connection is not null;

    /// <summary>Notes that the request is being written to a connection.</summary>
    /// <exception cref="IOException">It was written to another one before: the HTTP client repeats on its own what we never repeat.</exception>
    public void Write(Stream stream)
    {
        if (Interlocked.CompareExchange(ref connection, stream, null) is { } before && before != stream)
        {
            throw new IOException(Phrases.Of("SecurityServers.RequestWrittenConnectionClosed"));
        }

        Read();
    }

    /// <summary>Notes that something came back.</summary>
    public void Read()
    {
        lock (gate)
        {
            progress?.Invoke();
        }
    }

    /// <summary>Ends the note; the connection may still move bytes in this flow (it reads ahead), which concern nobody.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            progress = null;
        }
    }
}
