using Tunduk.Adapter.Attachments;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Exchange.Forms;
using Tunduk.XRoad.Rest;

namespace Tunduk.Adapter.Listeners;

/// <summary>
/// Endpoints of <c>Listen:SecurityServer</c>: the provider's face. Who may connect is settled by TLS (the pinned internal
/// certificate of the security server) before a request is read.
/// </summary>
internal sealed class SecurityServerListener(AdapterOptions options, ExchangePipeline pipeline, AttachmentSpool spool, ProvidedDescriptions descriptions) : IListenerFace
{
    private const string RestPrefix = "/rest/";

    public void Map(WebApplication application)
    {
        application.MapPost("/soap", SoapAsync);
        application.Map("/rest/{service}/{**path}", RestAsync);
        application.MapGet("/wsdl/{service}", context => DescribeAsync(context, descriptions.Wsdl));
        application.MapGet("/openapi/{service}", context => DescribeAsync(context, descriptions.OpenApi));
    }

    public async Task RefuseAsync(HttpContext context, ExchangeError error) =>
        await WriteAsync(context, context.Request.Path.StartsWithSegments("/rest", StringComparison.Ordinal) || error.Code is ExchangeCodes.AddressUnknown or ExchangeCodes.MethodUnsupported
            ? await RestProviderForm.UnreadAsync(error, record: null, context.Request.Headers.Accept)
            : await pipeline.RefuseUnreadAsync(context.Connection.RemoteIpAddress, error));

    private async Task SoapAsync(HttpContext context)
    {
        if (!(await SoapReceiver.ReadAsync(context.Request, options.Limits, spool, SpoolOwner.Of)).TryGet(out var received, out var error))
        {
            await RefuseAsync(context, error);
            return;
        }

        using var form = new SoapProviderForm(received, spool);
        await WriteAsync(context, await pipeline.AnswerAsync(form, context.Connection.RemoteIpAddress));
    }

    private async Task RestAsync(HttpContext context)
    {
        if (!(await RestReceiver.ReadAsync(context, options.Limits, spool, SpoolOwner.Of(context.Request.Headers[RestHeaderNames.Client].LastOrDefault()))).TryGet(out var message, out var error))
        {
            await RefuseAsync(context, error);
            return;
        }

        // /rest/{name}: what follows is the path after the service code, raw.
        var name = (string)context.Request.RouteValues["service"]!;
        var rest = message.RawTarget.StartsWith(RestPrefix, StringComparison.Ordinal) ? message.RawTarget[RestPrefix.Length..] : "";
        var end = rest.AsSpan().IndexOfAny('/', '?');
        using var form = new RestProviderForm(message with { RawTarget = end < 0 ? "" : rest[end..] }, name, spool);
        await WriteAsync(context, await pipeline.AnswerAsync(form, context.Connection.RemoteIpAddress));
    }

    private async Task DescribeAsync(HttpContext context, Func<string, HttpRequest, Outcome<ProvidedDescriptions.Description>> describe)
    {
        if (!describe((string)context.Request.RouteValues["service"]!, context.Request).TryGet(out var description, out var error))
        {
            await RefuseAsync(context, error);
            return;
        }

        context.Response.ContentType = description.ContentType;
        context.Response.ContentLength = description.Content.Length;
        await context.Response.BodyWriter.WriteAsync(description.Content, context.RequestAborted);
    }

    private async Task WriteAsync(HttpContext context, ProviderAnswer answer)
    {
        using (answer)
        {
            var response = context.Response;
            response.StatusCode = answer.Status;
            foreach (var (name, value) in answer.Headers)
            {
                response.Headers.Append(name, value);
            }

            if (answer.ContentType is not null)
            {
                response.ContentType = answer.ContentType;
            }

            if (answer.Multipart is { } attachments)
            {
                await SpooledWriting.WriteAsync(context, attachments, answer.Body, spool);
            }
            else if (answer.Spooled is { } spooled)
            {
                await SpooledWriting.WriteAsync(context, spooled, spool);
            }
            else if (!HttpMethods.IsHead(context.Request.Method) && answer.Status is not (StatusCodes.Status204NoContent or StatusCodes.Status304NotModified))
            {
                response.ContentLength = answer.Body.Length;
                await response.BodyWriter.WriteAsync(answer.Body, context.RequestAborted);
            }
        }
    }
}
