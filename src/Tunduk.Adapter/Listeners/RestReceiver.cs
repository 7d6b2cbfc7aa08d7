using Microsoft.AspNetCore.Http.Features;
using Tunduk.Adapter.Attachments;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Exchange.Forms;

namespace Tunduk.Adapter.Listeners;

/// <summary>
/// Takes a REST request from the wire as it is: raw target, every header line, and the body: into memory where a list is
/// applied to it, else onto disk from 1 MiB on.
/// </summary>
internal static class RestReceiver
{
    /// <summary>Reads a whole request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="limits">Bounds.</param>
    /// <param name="spool">Where a large body goes.</param>
    /// <param name="owner">Whose quota it takes.</param>
    public static Task<Outcome<ReceivedRest>> ReadAsync(HttpContext context, LimitOptions limits, AttachmentSpool spool, string owner) =>
        ReadAsync(context, context.Features.Get<IHttpRequestFeature>()!.RawTarget, limits, spool, owner);

    /// <summary>The same with another target than that of the request line.</summary>
    public static async Task<Outcome<ReceivedRest>> ReadAsync(HttpContext context, string target, LimitOptions limits, AttachmentSpool spool, string owner)
    {
        var headers = context.Request.Headers.SelectMany(header => header.Value.Select(value => KeyValuePair.Create(header.Key, value ?? ""))).ToList();
        return (await ReadBodyAsync(context.Request, limits, spool, owner)).TryGet(out var body, out var error)
            ? new ReceivedRest(context.Request.Method, target, headers, body) { AnswerShare = spool.Bodies.OfAnswer(context) }
            : error;
    }

    /// <summary>
    /// What follows <c>/v1/services/{alias}/rest</c> in the request line, byte for byte. The router reads a path in which escapes are
    /// undone and dot segments are gone: where the two could mean different services nothing is asked.
    /// </summary>
    public static Outcome<string> AfterAlias(HttpContext context, string alias)
    {
        var raw = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var question = raw.IndexOf('?', StringComparison.Ordinal);
        var parts = (question < 0 ? raw : raw[..question]).Split('/', 6);
        return parts is ["", "v1", "services" or "diagnose", var named, "rest", ..] && Uri.UnescapeDataString(named) == alias
            ? (parts.Length == 6 ? "/" + parts[5] : "") + (question < 0 ? "" : raw[question..])
            : new ExchangeError(ExchangeStage.Decode, ExchangeCodes.AddressInvalid) { Path = "path", Expected = RefusalPhrases.Of("v1_services_alias_rest_and_service_own"), Found = RefusalPhrases.Of("another_writing_of_it") };
    }

    private static async Task<Outcome<RestBody>> ReadBodyAsync(HttpRequest request, LimitOptions limits, AttachmentSpool spool, string owner)
    {
        if (RestPolicy.IsRead(request.ContentType))
        {
            return (await IsListener.ReadBodyAsync(request, limits.MaxBody, "Limits:MaxBody", spool.Bodies)).TryGet(out var read, out var refusal) ? (RestBody)read.Bytes : refusal;
        }

        BodyLimit.Lift(request);
        try
        {
            return await spool.ReceiveBodyAsync(request.Body, request.ContentLength, owner, spool.Bodies.Of(request.HttpContext), request.HttpContext.RequestAborted);
        }
        catch (Exception exception) when (BodyLimit.IsIncomplete(exception))
        {
            return BodyLimit.Incomplete(exception, "body");
        }
    }
}
