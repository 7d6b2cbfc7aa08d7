using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Tunduk.GrpcHosting.Server;

/// <summary>What Kestrel must permit so that streams may be long and slow.</summary>
public static class KestrelGrpcExtensions
{
    /// <summary>The listener speaks HTTP/2 alone (prior knowledge where it has no TLS).</summary>
    public static ListenOptions UseGrpc(this ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http2;
        return listen;
    }

    /// <summary>
    /// Lifts the minimum pace at which a caller must read, so that a slow reader of a stream is not cut off.
    /// LIMIT: Kestrel knows this limit only for the whole server; other listeners of the same server lose it too.
    /// </summary>
    public static void AllowSlowGrpcReaders(this KestrelServerOptions options) => options.Limits.MinResponseDataRate = null;
}
