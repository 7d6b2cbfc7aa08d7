using System.Text;
using System.Text.Json;
using System.Xml;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>What a security server does with <c>/r1/**</c> of its own clients.</summary>
internal sealed class RestConsumerSide(
    SimulatedSecurityServer server, SecurityServerOptions options, ReceivedJournal received, TimeProvider time)
{
    private const int FixedParts = 7; // "", r1, instance, class, member, subsystem, service

    public async Task HandleAsync(HttpContext context)
    {
        CancellationToken gone = context.RequestAborted;
        (RestRequest? request, ServerFault? fault) = await ReadAsync(context, gone);
        if (request is null)
        {
            await ErrorAsync(context, fault!);
            return;
        }

        received.Write(request.Id);
        fault = server.Authenticate(context, request.Client);
        if (fault is not null)
        {
            await ErrorAsync(context, fault);
            return;
        }

        FaultPlan plan = server.Faults.Take(request.Service.ServiceCode);
        if (!plan.IsEmpty && await SimulatedSecurityServer.MisbehaveBeforeAsync(context, plan, time) is { } stop)
        {
            if (stop.Fault is not null)
            {
                await ErrorAsync(context, stop.Fault);
            }

            return;
        }

        (SimulatedSecurityServer? home, fault) = server.FindProvider(
            request.Service.Provider, context.Request.Headers[RestHeaders.SecurityServer].LastOrDefault());
        RestAnswer? answer = null;
        if (home is not null)
        {
            (answer, fault) = await home.RestProvider.ServeAsync(request, gone);
        }

        using (answer)
        {
            if (fault is not null)
            {
                await ErrorAsync(context, fault);
            }
            else if (plan.Has(SecurityServerFaultKind.CloseAfterForward))
            {
                context.Abort();
            }
            else
            {
                await AnswerAsync(context, answer!, plan, gone);
            }
        }
    }

    private async Task<(RestRequest? Request, ServerFault? Fault)> ReadAsync(HttpContext context, CancellationToken gone)
    {
        string raw = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        int mark = raw.IndexOf('?', StringComparison.Ordinal);
        string target = mark < 0 ? raw : raw[..mark];
        string[] parts = target.Split('/', FixedParts + 1);
        if (parts.Length < FixedParts || parts.Take(FixedParts).Skip(1).Any(static part => part.Length == 0))
        {
            // The real one meets this with an exception of its own, not with a code for clients.
            return (null, new ServerFault(FaultTaxonomy.ClientProxy + "internal_error", "Invalid REST path"));
        }

        if (!TryClient(context.Request.Headers[RestHeaders.Client], out ParticipantId client))
        {
            return (null, new ServerFault(
                FaultTaxonomy.ClientProxy + "invalid_client_identifier", $"Missing or invalid header {RestHeaders.Client}"));
        }

        string[] service = [.. parts[2..FixedParts].Select(Uri.UnescapeDataString)];
        var id = new ServedId(new ParticipantId(service[0], service[1], service[2], service[3]), service[4], null);
        string requestId = Guid.NewGuid().ToString();
        (List<KeyValuePair<string, string>> headers, string messageId) = Headers(context.Request, client.Instance, requestId);

        ReadOnlyMemory<byte>? body = null;
        if (options.MaxLoggableBody > 0)
        {
            body = await BoundedBody.ReadAsync(context.Request.Body, options.MaxLoggableBody, gone);
            if (body is null)
            {
                return (null, new ServerFault(FaultTaxonomy.ClientProxy + "logging_failed", "Message size exceeds maximum loggable size"));
            }
        }

        return (new RestRequest
        {
            Verb = context.Request.Method,
            Client = client,
            Service = id,
            Path = parts.Length > FixedParts ? "/" + parts[FixedParts] : "",
            Query = mark < 0 ? "" : raw[mark..],
            Target = target,
            Headers = headers,
            Id = messageId,
            RequestId = requestId,
            Body = body,
            BodyStream = body is null ? context.Request.Body : null,
        }, null);
    }

    private static (List<KeyValuePair<string, string>> Headers, string Id) Headers(HttpRequest request, string instance, string requestId)
    {
        var headers = new List<KeyValuePair<string, string>>(request.Headers.Count + 2);
        string? id = null;
        foreach ((string name, StringValues values) in request.Headers)
        {
            if (!RestHeaders.Crosses(name)
                || name.Equals(RestHeaders.RequestId, StringComparison.OrdinalIgnoreCase)
                || name.Equals(RestHeaders.RequestHash, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            foreach (string? value in values)
            {
                headers.Add(new(name, value ?? ""));
                if (name.Equals(RestHeaders.Id, StringComparison.OrdinalIgnoreCase))
                {
                    id = value;
                }
            }
        }

        headers.Add(new("x-road-request-id", requestId));
        if (string.IsNullOrEmpty(id))
        {
            id = $"{instance}-{Guid.NewGuid()}";
            headers.Add(new("x-road-id", id));
        }

        return (headers, id);
    }

    private static bool TryClient(StringValues header, out ParticipantId client)
    {
        bool valid = ParticipantId.TryParse(header.LastOrDefault(), out ParticipantId raw);
        client = !valid ? default : new ParticipantId(
            Uri.UnescapeDataString(raw.Instance), Uri.UnescapeDataString(raw.MemberClass), Uri.UnescapeDataString(raw.MemberCode),
            raw.SubsystemCode is null ? null : Uri.UnescapeDataString(raw.SubsystemCode));
        return valid;
    }

    private static async Task AnswerAsync(HttpContext context, RestAnswer answer, FaultPlan plan, CancellationToken gone)
    {
        HttpResponse response = context.Response;
        response.StatusCode = answer.Status;
        context.Features.Get<IHttpResponseFeature>()!.ReasonPhrase = answer.Reason;
        foreach ((string name, string value) in RestTampering.Headers(answer.Headers, plan))
        {
            response.Headers.Append(name, value);
        }

        if (HttpMethods.IsHead(context.Request.Method) || answer.Status is StatusCodes.Status204NoContent or StatusCodes.Status304NotModified)
        {
            return;
        }

        if (plan.Has(SecurityServerFaultKind.ForgedResponse) || plan.Has(SecurityServerFaultKind.HalfAnswer))
        {
            await RestTampering.WriteAsync(context, answer, plan, gone);
            return;
        }

        if (answer.BodyStream is null)
        {
            response.ContentLength = answer.Body.Length;
            await response.Body.WriteAsync(answer.Body, gone);
            return;
        }

        try
        {
            await answer.BodyStream.CopyToAsync(response.Body, 64 * 1024, gone);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            context.Abort(); // the status is gone already
        }
    }

    private async Task ErrorAsync(HttpContext context, ServerFault fault)
    {
        string code = FaultTaxonomy.Spell(fault.Code, options.FaultSpelling);
        bool serversFault = fault.Code.StartsWith("server.", StringComparison.Ordinal);
        context.Response.StatusCode = serversFault ? StatusCodes.Status500InternalServerError : StatusCodes.Status400BadRequest;
        context.Response.Headers[RestHeaders.Error] = code;
        string detail = Guid.NewGuid().ToString();
        byte[] body;
        if (WantsXml(context.Request.Headers.Accept))
        {
            context.Response.ContentType = "application/xml;charset=utf-8";
            body = Xml(code, fault.Text, detail);
        }
        else
        {
            context.Response.ContentType = "application/json;charset=utf-8";
            body = JsonSerializer.SerializeToUtf8Bytes(
                new Dictionary<string, string>(StringComparer.Ordinal) { ["type"] = code, ["message"] = fault.Text, ["detail"] = detail });
        }

        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
        }
    }

    // The first media type of the list that fits decides; weights are not looked at.
    private static bool WantsXml(StringValues accept)
    {
        foreach (string type in accept.ToString().Split(',').Select(MimeMessage.MediaType))
        {
            switch (type)
            {
                case "text/xml" or "application/xml" or "text/*":
                    return true;
                case "application/json" or "application/*" or "*/*":
                    return false;
                default:
                    break;
            }
        }

        return false;
    }

    private static byte[] Xml(string type, string message, string detail)
    {
        using var output = new MemoryStream();
        using (var writer = XmlWriter.Create(output, new XmlWriterSettings { Encoding = new UTF8Encoding(false) }))
        {
            writer.WriteStartElement("error");
            writer.WriteElementString("type", type);
            writer.WriteElementString("message", message);
            writer.WriteElementString("detail", detail);
            writer.WriteEndElement();
        }

        return output.ToArray();
    }
}
