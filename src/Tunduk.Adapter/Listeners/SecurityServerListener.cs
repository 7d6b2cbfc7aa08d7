using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;

namespace Tunduk.Adapter.Listeners;

/// <summary>
/// Endpoints of <c>Listen:SecurityServer</c>: the provider's face. Who may connect is settled by TLS (the pinned internal
/// certificate of the security server) before a request is read.
/// </summary>
internal sealed class SecurityServerListener(AdapterOptions options, ExchangePipeline pipeline) : IListenerFace
{
    private const string SoapContentType = "text/xml; charset=utf-8";

    public void Map(WebApplication application) => application.MapPost("/soap", AnswerAsync);

    public async Task RefuseAsync(HttpContext context, ExchangeError error) =>
        await WriteAsync(context, await pipeline.RefuseUnreadAsync(context.Connection.RemoteIpAddress, error));

    private async Task AnswerAsync(HttpContext context)
    {
        if ((await IsListener.ReadBodyAsync(context.Request, options.Limits.MaxBody, "Limits:MaxBody")).TryGet(out var body, out var error))
        {
            await WriteAsync(context, await pipeline.AnswerAsync(new ProviderRequest(body.Bytes, context.Request.ContentType, context.Connection.RemoteIpAddress)));
        }
        else
        {
            await RefuseAsync(context, error);
        }
    }

    private static async Task WriteAsync(HttpContext context, SoapAnswer answer)
    {
        // A security server takes 200 and 500 and nothing else from a provider (facts "Twelve traps", 8).
        context.Response.StatusCode = answer.IsFault ? StatusCodes.Status500InternalServerError : StatusCodes.Status200OK;
        context.Response.ContentType = SoapContentType;
        context.Response.ContentLength = answer.Envelope.Length;
        await context.Response.BodyWriter.WriteAsync(answer.Envelope, context.RequestAborted);
    }
}
