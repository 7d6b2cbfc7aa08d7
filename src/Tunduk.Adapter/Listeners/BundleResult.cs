using Tunduk.Adapter.Reading;

namespace Tunduk.Adapter.Listeners;

/// <summary>A bundle as an answer; the connection ends where it does not arrive whole.</summary>
/// <param name="bundle">The bundle, which somebody else disposes.</param>
/// <param name="send">Sends, and says whether all of it arrived.</param>
internal sealed class BundleResult(ExportedBundle bundle, Func<Func<Task>, Task<bool>> send) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.Headers["X-Tunduk-Record"] = bundle.Access;
        httpContext.Response.ContentLength = bundle.Content.Length;
        httpContext.Response.ContentType = "application/zip";
        var isWhole = await send(async () =>
        {
            await bundle.Content.CopyToAsync(httpContext.Response.Body, httpContext.RequestAborted);
            await httpContext.Response.Body.FlushAsync(httpContext.RequestAborted);
        });
        if (!isWhole)
        {
            httpContext.Abort();
        }
    }
}
