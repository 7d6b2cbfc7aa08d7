using System.Net;

namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>An HTTP body that is written by a callback, chunked, so that what is relayed is never held whole.</summary>
internal sealed class RelayContent(Func<Stream, CancellationToken, Task> write) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        write(stream, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        write(stream, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
