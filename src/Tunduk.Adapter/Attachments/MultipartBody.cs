using System.Net;

namespace Tunduk.Adapter.Attachments;

/// <summary>A message with attachments as the body of an HTTP request, chunked as security servers send it.</summary>
internal sealed class MultipartBody : HttpContent
{
    private readonly MultipartMessage message;
    private readonly ReadOnlyMemory<byte> soap;
    private readonly ProgressTimeout progress;

    public MultipartBody(MultipartMessage message, ReadOnlyMemory<byte> soap, ProgressTimeout progress)
    {
        this.message = message;
        this.soap = soap;
        this.progress = progress;
        Headers.TryAddWithoutValidation("Content-Type", message.TypeWith(soap));
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await message.WriteAsync(stream, soap, progress);
        progress.EndWriting();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
