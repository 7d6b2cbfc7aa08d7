using Tunduk.Adapter.Reading;

namespace Tunduk.Adapter.Listeners;

/// <summary>Sends a bundle. That it did not arrive whole is said to the archive: whoever reads there that it was taken along would be wrong.</summary>
/// <param name="bundle">The bundle, which somebody else disposes.</param>
/// <param name="interrupted">Archives that it was cut short.</param>
internal sealed class BundleResult(ExportedBundle bundle, Func<Task> interrupted) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.Headers["X-Tunduk-Record"] = bundle.Access;
        httpContext.Response.ContentLength = bundle.Content.Length;
        httpContext.Response.ContentType = "application/zip";
        try
        {
            await bundle.Content.CopyToAsync(httpContext.Response.Body, httpContext.RequestAborted);
            await httpContext.Response.Body.FlushAsync(httpContext.RequestAborted);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            await interrupted();
            httpContext.Abort();
        }
    }
}
