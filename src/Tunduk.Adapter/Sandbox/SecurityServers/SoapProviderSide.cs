using System.Net;
using System.Text;

namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>
/// What a security server does with a SOAP request for one of its services: checks in the real order, the call, and the
/// answer written again with the request hash.
/// </summary>
internal sealed class SoapProviderSide(
    SimulatedSecurityServer server, SecurityServerOptions options, ProviderConnection connection, ReceivedJournal forwarded, TimeProvider time)
{
    public async Task<(SoapAnswer? Answer, ServerFault? Fault)> ServeAsync(SoapRequest request, CancellationToken cancellationToken)
    {
        if (SoapMetaservices.Handles(request.Head.Service!.Value.ServiceCode))
        {
            return server.SoapMetaservices.Serve(request);
        }

        (ServiceRegistration? service, ServerFault? refusal) = server.Admit(
            request.Head.Client!.Value, request.Head.Service!.Value, static kind => kind == ServiceKind.Wsdl);
        if (service is null)
        {
            return (null, refusal);
        }

        if (service.Url is null)
        {
            return (null, new ServerFault(FaultTaxonomy.ServerProxy + "service_missing_url", "The service has no address"));
        }

        if (request.Mime is { } mime && options.MaxLoggableBody > 0
            && await mime.BufferAsync(options.MaxLoggableBody, cancellationToken) is { } unlogged)
        {
            return (null, unlogged.Within(FaultTaxonomy.ServerProxy));
        }

        forwarded.Write(request.Head.Id!);
        (SoapAnswer? answer, ServerFault? fault) = await CallAsync(service, request, cancellationToken);
        return (answer, fault?.Within(FaultTaxonomy.ServerProxy + FaultTaxonomy.ServiceFailed));
    }

    private async Task<(SoapAnswer? Answer, ServerFault? Fault)> CallAsync(
        ServiceRegistration service, SoapRequest request, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(service.Timeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        HttpResponseMessage? response = null;
        try
        {
            using HttpRequestMessage message = Message(service, request);
            response = await connection.SendAsync(service, server.OwnerOf(service), message, stop.Token);
            (SoapAnswer? answer, ServerFault? fault) = await ReadAsync(response, request, stop.Token);
            if (answer?.Source is not null)
            {
                response = null; // the unread parts still come from it
            }

            return (answer, fault);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return (null, ProviderConnection.Classify(e));
        }
        finally
        {
            response?.Dispose();
        }
    }

    private static HttpRequestMessage Message(ServiceRegistration service, SoapRequest request)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, service.Url);
        if (request.Mime is { } mime)
        {
            message.Content = new RelayContent((stream, cancel) => mime.WriteAsync(stream, request.Soap, cancel));
            message.Content.Headers.TryAddWithoutValidation("Content-Type", mime.ContentType);
        }
        else
        {
            message.Content = new ReadOnlyMemoryContent(request.Soap);
            // Whatever the client wrote: a message without parts is always announced so.
            message.Content.Headers.TryAddWithoutValidation("Content-Type", SoapNames.TextXml);
        }

        message.Headers.TransferEncodingChunked = true;
        message.Headers.TryAddWithoutValidation("accept-encoding", "");
        if (request.SoapAction is not null)
        {
            message.Headers.TryAddWithoutValidation("SOAPAction", request.SoapAction);
        }

        return message;
    }

    private async Task<(SoapAnswer? Answer, ServerFault? Fault)> ReadAsync(
        HttpResponseMessage response, SoapRequest request, CancellationToken cancellationToken)
    {
        if (response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.InternalServerError))
        {
            return (null, new ServerFault("http_error", $"The service answered with HTTP status {(int)response.StatusCode}"));
        }

        string? contentType = response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values) ? values.ToString() : null;
        switch (MimeMessage.MediaType(contentType))
        {
            case "text/xml" or "application/xop+xml":
                byte[] soap = await response.Content.ReadAsByteArrayAsync(cancellationToken);
                return Rewrite(soap, request, contentType!, null, null);
            case "multipart/related":
                Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
                (MimeMessage? mime, ReadOnlyMemory<byte> root, ServerFault? fault) =
                    await MimeMessage.OpenAsync(contentType!, body, cancellationToken);
                if (fault is null && options.MaxLoggableBody > 0)
                {
                    fault = await mime!.BufferAsync(options.MaxLoggableBody, cancellationToken);
                }

                return fault is not null ? (null, fault) : Rewrite(root, request, contentType!, mime, response);
            default:
                return (null, new ServerFault("invalid_content_type", "The service answered with a content type that is not SOAP"));
        }
    }

    private static (SoapAnswer? Answer, ServerFault? Fault) Rewrite(
        ReadOnlyMemory<byte> soap, SoapRequest request, string contentType, MimeMessage? mime, HttpResponseMessage? source)
    {
        Encoding charset = MimeMessage.Charset(mime?.SoapContentType ?? contentType);
        using var rewriter = new SoapRewriter(request.RequestHash, soap.Length, charset, []);
        (SoapHead head, ServerFault? fault) = SoapScanner.Scan(soap, charset, rewriter);
        if (fault is not null)
        {
            return (null, fault);
        }

        if (head.IsFault)
        {
            // The provider's own fault goes to the client as it is: no prefix, no request hash.
            return (new SoapAnswer { Soap = soap }, null);
        }

        head.RequestHash = request.RequestHash; // whatever the provider wrote there is gone
        return head.IsResponse
            ? (new SoapAnswer { Soap = rewriter.Written(), Head = head, Mime = mime, Source = source }, null)
            : (null, new ServerFault("invalid_message", "The service answered with a request"));
    }
}
