using Tunduk.Adapter.Attachments;
using Tunduk.Adapter.Exchange;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.SecurityServers;

/// <summary>Takes answers with attachments from a security server: the SOAP part into memory, the rest onto disk.</summary>
internal static class SpooledReply
{
    /// <summary>For <see cref="SecurityServerRequest.ReadSpooled"/>: null for an answer that is not multipart.</summary>
    public static Func<HttpResponseMessage, CancellationToken, ValueTask<Outcome<SecurityServerReply>?>> Reader(AttachmentSpool spool, string owner) => async (response, cancellationToken) =>
    {
        var contentType = response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values) ? values.ToString() : null;
        if (!SoapHttpRules.TryReadContentType(contentType, out var media, out _) || media.Type != "multipart/related")
        {
            return null;
        }

        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        if (!(await spool.ReceiveAsync(stream, contentType!, media, owner, cancellationToken)).TryGet(out var message, out var error))
        {
            // A message of bad form is the provider's fault: it must not count against the security server that brought it whole.
            return (Outcome<SecurityServerReply>)(error.Code == ExchangeCodes.MultipartMalformed
                ? error with { Stage = ExchangeStage.Verify, Code = ExchangeCodes.ResponseMalformed, OutcomeUnknown = true }
                : error with { Stage = ExchangeStage.Forward, Code = error.Code == ExchangeCodes.SpoolFull ? error.Code : ExchangeCodes.SecurityServerBroken, OutcomeUnknown = true });
        }

        return (Outcome<SecurityServerReply>)new SecurityServerReply(message.Soap, contentType, (int)response.StatusCode) { Headers = HttpHeaderList.Of(response), Multipart = message };
    };
}
