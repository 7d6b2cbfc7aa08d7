using System.Net;
using System.Net.Http.Headers;
using Tunduk.GrpcHosting.Wire;

namespace Tunduk.GrpcHosting.Client;

/// <summary>The status of a call whose server gave none: from the HTTP status or the transport's error.</summary>
internal static class TransportFaults
{
    /// <summary>gRPC "HTTP to gRPC Status Code Mapping".</summary>
    public static StatusCode FromHttp(HttpStatusCode code) => code switch
    {
        HttpStatusCode.BadRequest => StatusCode.Internal,
        HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
        HttpStatusCode.NotFound => StatusCode.Unimplemented,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };

    /// <summary>gRPC over HTTP/2, "Errors": the code of RST_STREAM or GOAWAY, else the connection is lost.</summary>
    public static Status FromException(Exception exception)
    {
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            if (e is HttpProtocolException protocol)
            {
                return protocol.ErrorCode switch
                {
                    7 => new Status(StatusCode.Unavailable, "The server refused the stream."),
                    8 => new Status(StatusCode.Cancelled, "The server cancelled the call."),
                    11 => new Status(StatusCode.ResourceExhausted, "The server asks to slow down."),
                    12 => new Status(StatusCode.PermissionDenied, "The server finds the transport not secure enough."),
                    _ => new Status(StatusCode.Internal, $"HTTP/2 error {protocol.ErrorCode}."),
                };
            }
        }

        return new Status(StatusCode.Unavailable, "The server cannot be reached, or the connection was lost.");
    }

    /// <summary>The status in these headers or trailers, with the metadata beside it; null if there is none.</summary>
    public static (Status Status, Metadata Trailers)? ReadStatus(HttpResponseHeaders headers)
    {
        if (!headers.NonValidated.TryGetValues(WireNames.Status, out HeaderStringValues values))
        {
            return null;
        }

        Status status = int.TryParse(values.ToString(), System.Globalization.NumberStyles.None, null, out int code)
            ? new Status(
                Enum.IsDefined((StatusCode)code) ? (StatusCode)code : StatusCode.Unknown,
                headers.NonValidated.TryGetValues(WireNames.Message, out HeaderStringValues message) ? PercentEncoding.Decode(message.ToString()) : "")
            : new Status(StatusCode.Unknown, "grpc-status is no number.");
        return (status, ReadMetadata(headers));
    }

    public static Metadata ReadMetadata(HttpResponseHeaders headers)
    {
        Metadata metadata = [];
        foreach ((string name, HeaderStringValues values) in headers.NonValidated)
        {
            foreach (string value in values)
            {
                MetadataCodec.AddReceived(metadata, name, value);
            }
        }

        return metadata;
    }
}
