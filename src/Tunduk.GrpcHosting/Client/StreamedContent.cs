using System.Net;
using System.Net.Http.Headers;
using Tunduk.GrpcHosting.Wire;

namespace Tunduk.GrpcHosting.Client;

/// <summary>A request body that is written while the response is read: it lends its stream to the call until the call has sent everything.</summary>
internal sealed class StreamedContent : HttpContent
{
    private readonly TaskCompletionSource<Stream> _stream = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StreamedContent() => Headers.ContentType = new MediaTypeHeaderValue(WireNames.ContentType);

    /// <summary>The stream, once the request's headers are on their way.</summary>
    public Task<Stream> Stream => _stream.Task;

    /// <summary>True once the stream was lent: from then on a message may have left.</summary>
    public bool IsLent => _stream.Task.IsCompletedSuccessfully;

    /// <summary>Everything has been written.</summary>
    public void Complete() => _complete.TrySetResult();

    /// <summary>The call is given up; whoever waits for the stream is told.</summary>
    public void Abandon()
    {
        _stream.TrySetCanceled();
        // Not as if everything had been sent: the stream is reset, not ended.
        _complete.TrySetCanceled();
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // The HTTP client repeats on its own a call that the server says it never looked at (RFC 9113 §8.7). What was written is not
        // here any more: the repetition would be a call without its message.
        if (IsLent)
        {
            throw new IOException("The call was refused unread; a message is sent once.");
        }

        // The headers leave even if the first message comes late.
        await stream.FlushAsync(cancellationToken);
        _stream.TrySetResult(stream);
        await _complete.Task.WaitAsync(cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
