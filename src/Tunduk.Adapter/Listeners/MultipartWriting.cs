using Tunduk.Adapter.Attachments;

namespace Tunduk.Adapter.Listeners;

/// <summary>Answers with attachments.</summary>
internal static class MultipartWriting
{
    /// <summary>Writes the message; a reader that stops reading loses the connection.</summary>
    public static async Task WriteAsync(HttpContext context, MultipartMessage message, ReadOnlyMemory<byte> soap, AttachmentSpool spool)
    {
        using var progress = spool.StartProgress(context.RequestAborted);
        try
        {
            await message.WriteAsync(context.Response.Body, soap, progress);
        }
        catch (OperationCanceledException) when (progress.HasStalled)
        {
            context.Abort();
        }
    }
}
