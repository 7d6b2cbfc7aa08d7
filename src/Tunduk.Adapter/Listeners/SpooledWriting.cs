using Tunduk.Adapter.Attachments;

namespace Tunduk.Adapter.Listeners;

/// <summary>Answers that come from disk. A reader that stops reading loses the connection: what is half written cannot be refused.</summary>
internal static class SpooledWriting
{
    /// <summary>Writes a SOAP message with its attachments.</summary>
    public static Task WriteAsync(HttpContext context, MultipartMessage message, ReadOnlyMemory<byte> soap, AttachmentSpool spool) =>
        WriteAsync(context, spool, progress => message.WriteAsync(context.Response.Body, soap, progress));

    /// <summary>Writes a REST body.</summary>
    public static Task WriteAsync(HttpContext context, SpooledBody body, AttachmentSpool spool)
    {
        context.Response.ContentLength = body.Length;
        return WriteAsync(context, spool, progress => body.WriteAsync(context.Response.Body, progress));
    }

    /// <summary>Writes whatever comes from disk.</summary>
    public static async Task WriteAsync(HttpContext context, AttachmentSpool spool, Func<ProgressTimeout, Task> write)
    {
        using var progress = spool.StartProgress(context.RequestAborted);
        try
        {
            await write(progress);
        }
        catch (OperationCanceledException) when (progress.HasStalled)
        {
            context.Abort();
        }
    }
}
