using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tunduk.GrpcHosting.Wire;

namespace Tunduk.GrpcHosting.Server;

/// <summary>An answer of one block of headers ("Trailers-Only"), for what is refused before a method is known.</summary>
public static class TrailersOnly
{
    /// <summary>Writes status, message and trailers; nothing of the response may have been sent.</summary>
    public static void Write(HttpResponse response, RpcException refusal)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = WireNames.ContentType;
        response.Headers[WireNames.Status] = ((int)refusal.StatusCode).ToString(CultureInfo.InvariantCulture);
        if (refusal.Status.Detail.Length > 0)
        {
            response.Headers[WireNames.Message] = PercentEncoding.Encode(refusal.Status.Detail);
        }

        foreach (Metadata.Entry entry in refusal.Trailers)
        {
            response.Headers.Append(entry.Key, MetadataCodec.Encode(entry));
        }
    }
}
