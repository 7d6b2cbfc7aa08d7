using Microsoft.AspNetCore.Http.Features;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Exchange.Forms;

namespace Tunduk.Adapter.Listeners;

/// <summary>Takes a REST request from the wire as it is: raw target, every header line, the body within its bound.</summary>
internal static class RestReceiver
{
    /// <summary>Reads a whole request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="most">Largest body.</param>
    public static async Task<Outcome<ReceivedRest>> ReadAsync(HttpContext context, int most)
    {
        var headers = context.Request.Headers.SelectMany(header => header.Value.Select(value => KeyValuePair.Create(header.Key, value ?? ""))).ToList();
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        return (await IsListener.ReadBodyAsync(context.Request, most, "Limits:MaxBody")).TryGet(out var body, out var error)
            ? new ReceivedRest(context.Request.Method, target, headers, body.Bytes)
            : error;
    }
}
