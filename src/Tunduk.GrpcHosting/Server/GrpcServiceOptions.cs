using System.IO.Compression;

namespace Tunduk.GrpcHosting.Server;

/// <summary>How the server handles messages; the names are those of Grpc.AspNetCore.</summary>
public sealed class GrpcServiceOptions
{
    /// <summary>Bytes of one message received, unpacked; null: no limit. Default 4 MiB. Larger ones end the call with RESOURCE_EXHAUSTED.</summary>
    public int? MaxReceiveMessageSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>Bytes of one message sent, before compression; null (default): no limit.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary><c>gzip</c>: answers are compressed for callers that accept it; null (default): they are not. Requests may always be.</summary>
    public string? ResponseCompressionAlgorithm { get; set; }

    /// <summary>Default: fastest.</summary>
    public CompressionLevel ResponseCompressionLevel { get; set; } = CompressionLevel.Fastest;

    /// <summary>
    /// Makes what a caller is told whose bytes are no message of the method's type; null (default): INTERNAL without details, as other
    /// servers answer. A handler that takes bytes reads them itself.
    /// </summary>
    public Func<ServerCallContext, Task<RpcException>>? RefuseMalformedMessage { get; set; }

    /// <summary>
    /// Called as so many bytes of a message arrive (at most 64 KiB ahead), or before they are unpacked; disposed when they count no longer: the first message of a
    /// call until its end, each further one until the next. Refuses by throwing <see cref="RpcException"/>. Null (default): nobody counts.
    /// </summary>
    public Func<ServerCallContext, int, IDisposable>? HoldMessage { get; set; }

    /// <summary>
    /// Longest pause within a message, and around the message of a method that takes one; null (default): as long as the call's deadline.
    /// Where messages stream, the pause between two is the service's affair.
    /// </summary>
    public TimeSpan? LongestPause { get; set; }

    /// <summary>The clock of <see cref="LongestPause"/>. Default: the system's.</summary>
    public TimeProvider PauseClock { get; set; } = TimeProvider.System;

    /// <summary>Makes what a caller is told whose message stood still; null (default): DEADLINE_EXCEEDED without details.</summary>
    public Func<ServerCallContext, Task<RpcException>>? RefuseStalledMessage { get; set; }

    /// <summary>Makes what a caller is told whose message is larger than <see cref="MaxReceiveMessageSize"/>; null (default): RESOURCE_EXHAUSTED without details.</summary>
    public Func<ServerCallContext, Task<RpcException>>? RefuseOversizedMessage { get; set; }

    /// <summary>Whether the text of an unexpected exception goes to the caller. Default false; for development only.</summary>
    public bool EnableDetailedErrors { get; set; }
}
