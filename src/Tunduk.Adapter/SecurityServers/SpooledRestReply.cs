using Tunduk.Adapter.Attachments;
using Tunduk.Adapter.Exchange;

namespace Tunduk.Adapter.SecurityServers;

/// <inheritdoc cref="SpooledReply.OfRest"/>
internal sealed class SpooledRestReply(AttachmentSpool spool, string owner, BodyBudget.Share? share) : SpooledReply
{
    public override bool Takes(string method, HttpResponseMessage response) =>
        method != "HEAD" && !RestPolicy.IsRead(ContentType(response)) && !(response.Content.Headers.ContentLength <= AttachmentSpool.MostInMemory);

    public override async Task<Outcome<SecurityServerReply>> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        return (await spool.ReceiveBodyAsync(stream, response.Content.Headers.ContentLength, owner, share, cancellationToken)).TryGet(out var body, out var error)
            ? new SecurityServerReply(body.Bytes, ContentType(response), (int)response.StatusCode) { Headers = HttpHeaderList.Of(response), Spooled = body.Spooled }
            : Broken(error, share);
    }
}
