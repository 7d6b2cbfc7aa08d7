using Tunduk.Adapter.Attachments;
using Tunduk.Adapter.Exchange;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.SecurityServers;

/// <inheritdoc cref="SpooledReply.OfSoap"/>
internal sealed class SpooledSoapReply(AttachmentSpool spool, string owner, BodyBudget.Share? share) : SpooledReply
{
    public override bool Takes(string method, HttpResponseMessage response) =>
        SoapHttpRules.TryReadContentType(ContentType(response), out var media, out _) && media.Type == "multipart/related";

    public override async Task<Outcome<SecurityServerReply>> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var contentType = ContentType(response)!;
        SoapHttpRules.TryReadContentType(contentType, out var media, out _);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        return (await spool.ReceiveAsync(stream, contentType, media!, _ => owner, share, cancellationToken)).TryGet(out var message, out var error)
            ? new SecurityServerReply(message.Soap, contentType, (int)response.StatusCode) { Headers = HttpHeaderList.Of(response), Multipart = message }
            : Broken(error, share);
    }
}
