using Microsoft.AspNetCore.Http;
using Tunduk.GrpcHosting.Wire;

namespace Tunduk.GrpcHosting.Server;

/// <summary>What the request's headers ask of the server beside the method.</summary>
internal static class CallHeaders
{
    /// <summary>Beyond it a timer cannot be set, and a call is taken to have no deadline.</summary>
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(40);

    /// <summary>What is wrong with them, if anything; else how long the caller waits, if it says so.</summary>
    public static Status? Refuse(IHeaderDictionary headers, out TimeSpan? timeout)
    {
        timeout = null;
        string? encoding = headers[WireNames.Encoding];
        if (encoding is not (null or WireNames.Identity or WireNames.Gzip))
        {
            return new Status(StatusCode.Unimplemented, "The compression of the request is not supported; supported: " + WireNames.Accepted + ".");
        }

        string? text = headers[WireNames.Timeout];
        if (text is null)
        {
            return null;
        }

        if (!GrpcTimeout.TryParse(text, out TimeSpan asked))
        {
            return new Status(StatusCode.Internal, "grpc-timeout is not at most eight digits and a unit.");
        }

        timeout = asked < LongestTimeout ? asked : null;
        return asked == TimeSpan.Zero ? new Status(StatusCode.DeadlineExceeded, "") : null;
    }
}
