using System.Net;

namespace Tunduk.Adapter.Attachments;

/// <summary>A REST body as the body of an HTTP request, from memory or from disk.</summary>
internal sealed class SpooledContent : HttpContent
{
    private readonly SpooledBody body;
    private readonly ProgressTimeout progress;

    private SpooledContent(SpooledBody body, ProgressTimeout progress)
    {
        this.body = body;
        this.progress = progress;
    }

    /// <summary>The body under a Content-Type taken as it is.</summary>
    public static HttpContent Of(RestBody body, string? contentType, ProgressTimeout? progress)
    {
        if (body.Spooled is not { } spooled)
        {
            return SecurityServers.SecurityServerRequest.Bytes(body.Bytes, contentType);
        }

        var content = new SpooledContent(spooled, progress!);
        if (contentType is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        return content;
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await body.WriteAsync(stream, progress);
        progress.EndWriting();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = body.Length;
        return true;
    }
}
