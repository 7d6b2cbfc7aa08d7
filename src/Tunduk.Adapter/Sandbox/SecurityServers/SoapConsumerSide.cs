using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>
/// What a security server does with a SOAP request of its own clients: checks in the real order, hand-over to the
/// provider's server, checks of the answer, and the faults on demand. Faults go out with HTTP 200.
/// </summary>
internal sealed class SoapConsumerSide(
    SimulatedSecurityServer server, SecurityServerOptions options, ReceivedJournal received, TimeProvider time)
{
    public async Task HandleAsync(HttpContext context)
    {
        CancellationToken gone = context.RequestAborted;
        (SoapRequest? request, ServerFault? fault) = await ReadAsync(context, gone);
        if (request is null)
        {
            await FaultAsync(context, fault!);
            return;
        }

        received.Write(request.Head.Id!);
        fault = server.Authenticate(context, request.Head.Client!.Value);
        if (fault is not null)
        {
            await FaultAsync(context, fault);
            return;
        }

        FaultPlan plan = server.Faults.Take(request.Head.Service!.Value.ServiceCode);
        if (!plan.IsEmpty && await SimulatedSecurityServer.MisbehaveBeforeAsync(context, plan, time) is { } stop)
        {
            if (stop.Fault is not null)
            {
                await FaultAsync(context, stop.Fault);
            }

            return;
        }

        await RelayAsync(context, request, plan, gone);
    }

    private async Task RelayAsync(HttpContext context, SoapRequest request, FaultPlan plan, CancellationToken gone)
    {
        (SimulatedSecurityServer? home, ServerFault? fault) = server.FindProvider(
            request.Head.Service!.Value.Provider, request.Head.SecurityServer);
        SoapAnswer? answer = null;
        if (home is not null)
        {
            (answer, fault) = await home.SoapProvider.ServeAsync(request, gone);
            fault ??= answer!.Head is { } head ? Compare(request, head) : null;
        }

        using (answer)
        {
            if (fault is not null)
            {
                await FaultAsync(context, fault);
                return;
            }

            if (plan.Has(SecurityServerFaultKind.CloseAfterForward))
            {
                context.Abort();
                return;
            }

            await AnswerAsync(context, answer!, plan, gone);
        }
    }

    private static ServerFault? Compare(SoapRequest request, SoapHead response)
    {
        if (request.Head.FirstDifference(response) is { } field)
        {
            return new ServerFault(
                FaultTaxonomy.ClientProxy + FaultTaxonomy.ServiceFailed + "inconsistent_response",
                $"The response does not repeat the field '{field}' of the request");
        }

        return response.RequestHash is null || response.RequestHash == request.RequestHash
            ? null
            : new ServerFault(FaultTaxonomy.ClientProxy + "inconsistent_response", "The request hash does not match the request");
    }

    private async Task<(SoapRequest? Request, ServerFault? Fault)> ReadAsync(HttpContext context, CancellationToken gone)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            return (null, Client("invalid_http_method", "Must use POST request method"));
        }

        string? contentType = context.Request.ContentType;
        if (string.IsNullOrEmpty(contentType))
        {
            return (null, Client("invalid_request", "Could not get content type from request"));
        }

        string? soapAction = context.Request.Headers.TryGetValue("SOAPAction", out var action) ? action.ToString() : null;
        if (!IsValidSoapAction(soapAction))
        {
            return (null, Client("invalid_soap_action", "SOAPAction must be a quoted URI or empty"));
        }

        ReadOnlyMemory<byte> soap;
        MimeMessage? mime = null;
        switch (MimeMessage.MediaType(contentType))
        {
            case "text/xml" or "application/xop+xml":
                soap = await BodyReader.ReadAsync(context.Request, gone);
                break;
            case "multipart/related":
                (mime, soap, ServerFault? broken) = await MimeMessage.OpenAsync(contentType, context.Request.Body, gone);
                if (broken is not null)
                {
                    return (null, broken.Within(FaultTaxonomy.Client));
                }

                break;
            default:
                return (null, Client("invalid_content_type", "The content type is not SOAP"));
        }

        Encoding charset = MimeMessage.Charset(mime?.SoapContentType ?? contentType);
        (SoapHead head, ServerFault? fault) = SoapScanner.Scan(soap, charset);
        if (fault is null && head.IsFault)
        {
            fault = new ServerFault("invalid_message", "A fault is not a request");
        }

        if (fault is null && mime is not null && options.MaxLoggableBody > 0)
        {
            // Where messages are logged with their parts, a part too large is refused before anything is sent.
            fault = await mime.BufferAsync(options.MaxLoggableBody, gone);
            if (fault is { Code: "logging_failed" })
            {
                return (null, fault.Within(FaultTaxonomy.ClientProxy));
            }
        }

        return fault is not null
            ? (null, fault.Within(FaultTaxonomy.Client))
            : (new SoapRequest(soap, head, soapAction, Convert.ToBase64String(SHA512.HashData(soap.Span))) { Mime = mime, Charset = charset }, null);
    }

    private static ServerFault Client(string code, string text) => new(FaultTaxonomy.Client + code, text);

    // PR-MESS §2.2: absent, empty, "" or a quoted URI.
    private static bool IsValidSoapAction(string? value) =>
        string.IsNullOrEmpty(value)
        || (value.Length >= 2 && value[0] == '"' && value[^1] == '"'
            && (value.Length == 2 || Uri.IsWellFormedUriString(value[1..^1], UriKind.RelativeOrAbsolute)));

    private static async Task AnswerAsync(HttpContext context, SoapAnswer answer, FaultPlan plan, CancellationToken gone)
    {
        ReadOnlyMemory<byte> soap = plan.IsEmpty || answer.Head is null ? answer.Soap : ResponseTampering.Apply(answer.Soap, plan);
        HttpResponse response = context.Response;
        if (answer.Mime is { } mime)
        {
            response.ContentType = mime.ContentType;
            try
            {
                await mime.WriteAsync(response.Body, soap, gone);
            }
            catch (Exception e) when (e is IOException or InvalidDataException or HttpRequestException)
            {
                context.Abort(); // the status is gone already: only a broken connection can tell
            }

            return;
        }

        response.ContentType = SoapNames.TextXml;
        response.ContentLength = soap.Length;
        if (plan.Has(SecurityServerFaultKind.HalfAnswer))
        {
            await response.Body.WriteAsync(soap[..(soap.Length / 2)], gone);
            await response.Body.FlushAsync(gone);
            context.Abort();
            return;
        }

        await response.Body.WriteAsync(soap, gone);
    }

    private Task FaultAsync(HttpContext context, ServerFault fault)
    {
        byte[] soap = FaultWriter.Write(FaultTaxonomy.Spell(fault.Code, options.FaultSpelling), fault.Text);
        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Response.ContentType = "text/xml;charset=utf-8";
        context.Response.Headers["SOAPAction"] = "";
        context.Response.ContentLength = soap.Length;
        return context.Response.Body.WriteAsync(soap, context.RequestAborted).AsTask();
    }
}
