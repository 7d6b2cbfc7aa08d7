using Tunduk.Adapter.Attachments;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;
using Tunduk.XRoad.Attachments;
using Tunduk.XRoad.Faults;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Listeners;

/// <summary>Takes a SOAP message from the wire, with or without attachments, within the bounds of both.</summary>
internal static class SoapReceiver
{
    /// <summary>Reads a whole message.</summary>
    /// <param name="request">The request.</param>
    /// <param name="limits">Bounds.</param>
    /// <param name="spool">Where attachments go.</param>
    /// <param name="owner">Whose quota they take.</param>
    public static async Task<Outcome<ReceivedSoap>> ReadAsync(HttpRequest request, LimitOptions limits, AttachmentSpool spool, Func<MultipartSoapPart, string> owner) =>
        (await ReceiveAsync(request, limits, spool, owner)).TryGet(out var received, out var error) ? received with { AnswerShare = spool.Bodies.OfAnswer(request.HttpContext) } : error;

    private static async Task<Outcome<ReceivedSoap>> ReceiveAsync(HttpRequest request, LimitOptions limits, AttachmentSpool spool, Func<MultipartSoapPart, string> owner)
    {
        if (!SoapHttpRules.TryReadContentType(request.ContentType, out var media, out var fault))
        {
            return Refuse(ExchangeCodes.ContentTypeUnsupported, fault);
        }

        if (BodyLimit.Encoded(request) is { } encoded)
        {
            return encoded;
        }

        string? action = request.Headers["SOAPAction"];
        fault = SoapHttpRules.CheckSoapAction(action);
        if (!fault.IsNone)
        {
            return Refuse(ExchangeCodes.HeaderInvalid, fault);
        }

        if (media.Type != "multipart/related")
        {
            return (await IsListener.ReadBodyAsync(request, limits.MaxBody, "Limits:MaxBody", spool.Bodies)).TryGet(out var body, out var error)
                ? new ReceivedSoap(body.Bytes, media["charset"], null) { SoapAction = action }
                : error;
        }

        BodyLimit.Lift(request);
        try
        {
            return (await spool.ReceiveAsync(request.Body, request.ContentType!, media, owner, spool.Bodies.Of(request.HttpContext), request.HttpContext.RequestAborted)).TryGet(out var message, out var error)
                ? new ReceivedSoap(message.Soap, message.Charset, message) { SoapAction = action }
                : error;
        }
        catch (Exception exception) when (BodyLimit.IsIncomplete(exception))
        {
            return BodyLimit.Incomplete(exception, "multipart");
        }
    }

    private static ExchangeError Refuse(string code, ProtocolFault fault) =>
        new(ExchangeStage.Decode, code) { Path = fault.Path, Expected = fault.Expected, Found = fault.Found };
}
