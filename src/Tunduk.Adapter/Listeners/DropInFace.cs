using System.Buffers;
using System.Diagnostics;
using System.Text;
using Tunduk.Adapter.Attachments;
using Tunduk.Adapter.Callers;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Exchange.Forms;
using Tunduk.XRoad.Contracts.Outcomes;
using Tunduk.XRoad.Rest;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Listeners;

/// <summary>
/// The face of a security server on <c>Listen:Is</c>: existing X-Road clients change nothing but the host. It answers as a
/// security server does: SOAP faults with HTTP 200, REST errors with <c>X-Road-Error</c> in JSON or XML by Accept.
/// </summary>
internal sealed class DropInFace(AdapterOptions options, IsAuthentication authentication, ExchangePipeline pipeline, AttachmentSpool spool)
{
    private const string FaultContentType = "text/xml;charset=utf-8";

    // The second is what clients written for the fifth version of X-Road post to; security servers take it still.
    private static readonly string[] SoapPaths = ["/", "/cgi-bin/consumer_proxy"];

    public void Map(WebApplication application)
    {
        foreach (var path in SoapPaths)
        {
            application.MapPost(path, SoapAsync);
        }

        application.Map("/r1/{**rest}", RestAsync);
        application.Map("/listClients", RestAsync);
    }

    /// <summary>True for an address of this face: what is refused there is refused as a security server refuses.</summary>
    public static bool IsSoap(HttpContext context) => Array.Exists(SoapPaths, path => context.Request.Path == path) && HttpMethods.IsPost(context.Request.Method);

    /// <inheritdoc cref="IsSoap"/>
    public static bool IsRest(HttpContext context) => context.Request.Path.StartsWithSegments("/r1", StringComparison.Ordinal) || context.Request.Path == "/listClients";

    /// <summary>Writes a refusal as a SOAP fault.</summary>
    public async Task RefuseSoapAsync(HttpContext context, ExchangeAnswer answer)
    {
        var envelope = answer.Fault is { } fault && !IsInDoubt(answer) ? fault.ToEnvelope(headers: null) : Fault(answer);
        var response = context.Response;
        response.StatusCode = options.Listen.SoapFaultStatus;
        response.ContentType = FaultContentType;
        response.ContentLength = envelope.Length;
        response.Headers["SOAPAction"] = "";
        SetRecord(response, answer);
        await response.BodyWriter.WriteAsync(envelope, context.RequestAborted);
    }

    /// <summary>Writes a refusal as a REST error.</summary>
    public static async Task RefuseRestAsync(HttpContext context, ExchangeAnswer answer)
    {
        var error = answer.Error!;
        var code = answer.Fault?.Code ?? RefusalMapping.ToFaultCode(error);
        var text = TextOf(answer);
        var detail = answer.Fault is { Detail.IsEmpty: false } fault ? Encoding.ASCII.GetString(fault.Detail.Span) : answer.Record?.ToString() ?? "";
        var response = context.Response;
        response.ContentType = RestError.ContentTypeFor(context.Request.Headers.Accept);
        var body = new ArrayBufferWriter<byte>(512);
        new RestError(code, text, detail).Write(body, response.ContentType);
        response.StatusCode = answer.Fault?.Status ?? (int)ExchangeCodes.StatusOf(error.Code);
        response.ContentLength = body.WrittenCount;
        response.Headers[RestHeaderNames.Error] = code;
        SetRecord(response, answer);
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.BodyWriter.WriteAsync(body.WrittenMemory, context.RequestAborted);
        }
    }

    private async Task SoapAsync(HttpContext context)
    {
        if (!authentication.Authenticate(context, CallerFace.DropIn).TryGet(out var caller, out var error))
        {
            await RefuseSoapAsync(context, new ExchangeAnswer { Error = error });
            return;
        }

        if (!(await SoapReceiver.ReadAsync(context.Request, options.Limits, spool, _ => caller.Name)).TryGet(out var received, out error))
        {
            await RefuseSoapAsync(context, await pipeline.RefuseAsync(caller, error));
            return;
        }

        var envelope = ReceivedEnvelope.Decode(received.Soap, received.Charset);
        if (envelope.Error is not null)
        {
            received.Dispose();
            await RefuseSoapAsync(context, await pipeline.RefuseAsync(caller, envelope.Error));
            return;
        }

        using var form = new SoapConsumerForm(caller, envelope, received.Multipart, received.SoapAction, spool) { AnswerShare = received.AnswerShare };
        var answer = await pipeline.AskAsync(caller, form);
        if (answer.Error is not null)
        {
            await RefuseSoapAsync(context, answer);
            return;
        }

        using var attachments = answer.Multipart;
        var response = context.Response;
        response.ContentType = answer.ContentType;
        SetRecord(response, answer);
        if (attachments is null)
        {
            response.ContentLength = answer.Body.Length;
            await response.BodyWriter.WriteAsync(answer.Body, context.RequestAborted);
            return;
        }

        await SpooledWriting.WriteAsync(context, attachments, answer.Body, spool);
    }

    private async Task RestAsync(HttpContext context)
    {
        if (!authentication.Authenticate(context, CallerFace.DropIn).TryGet(out var caller, out var error))
        {
            await RefuseRestAsync(context, new ExchangeAnswer { Error = error });
            return;
        }

        if (!(await RestReceiver.ReadAsync(context, options.Limits, spool, caller.Name)).TryGet(out var message, out error))
        {
            await RefuseRestAsync(context, await pipeline.RefuseAsync(caller, error));
            return;
        }

        await RestAsync(context, caller, message with { Caller = caller });
    }

    private async Task RestAsync(HttpContext context, Caller caller, ReceivedRest message)
    {
        using var form = new RestConsumerForm(message, spool);
        var answer = await pipeline.AskAsync(caller, form);
        if (answer.Error is not null)
        {
            await RefuseRestAsync(context, answer);
            return;
        }

        await WriteRestAsync(context, answer, spool);
    }

    /// <summary>Writes the answer of a REST service.</summary>
    public static async Task WriteRestAsync(HttpContext context, ExchangeAnswer answer, AttachmentSpool spool)
    {
        using var spooled = answer.Spooled;
        var response = context.Response;
        response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers)
        {
            response.Headers.Append(name, value);
        }

        SetRecord(response, answer);
        if (answer.ContentType is not null)
        {
            response.ContentType = answer.ContentType;
        }

        // RFC 9110 §6.4.1: none of these has a body.
        if (!HttpMethods.IsHead(context.Request.Method) && answer.Status is not (StatusCodes.Status204NoContent or StatusCodes.Status304NotModified))
        {
            if (spooled is not null)
            {
                await SpooledWriting.WriteAsync(context, spooled, spool);
                return;
            }

            response.ContentLength = answer.Body.Length;
            await response.BodyWriter.WriteAsync(answer.Body, context.RequestAborted);
        }
    }

    // Code, string, actor, detail: the shape security servers give their faults; the detail holds the record to ask with, and all else.
    private static ReadOnlyMemory<byte> Fault(ExchangeAnswer answer)
    {
        var (error, record) = (answer.Error!, answer.Record?.ToString());
        var buffer = new ArrayBufferWriter<byte>(2048);
        var detail = RefusalMapping.ToFaultDetail(error, record, Activity.Current?.TraceId.ToString());
        SoapWriter.WriteFault(buffer, new SoapFaultText(answer.Fault?.Code ?? RefusalMapping.ToFaultCode(error), TextOf(answer), record), detail: detail.Span);
        return buffer.WrittenMemory;
    }

    // A fault of the provider's adapter after which the request must not be sent again unasked: its code as it came, and our word of it.
    private static bool IsInDoubt(ExchangeAnswer answer) => answer.Error is { Code: ExchangeCodes.ProviderFault, OutcomeUnknown: true };

    private static string TextOf(ExchangeAnswer answer) => answer.Fault switch
    {
        null => RefusalMapping.ToClientText(answer.Error!),
        var fault when IsInDoubt(answer) => $"{fault.Text}. {RefusalMapping.ToClientText(answer.Error!)}",
        var fault => fault.Text,
    };

    private static void SetRecord(HttpResponse response, ExchangeAnswer answer)
    {
        if (answer.Record is { } record)
        {
            response.Headers[IsListener.RecordHeader] = record.ToString();
        }

        if (answer.Business is { } outcome)
        {
            response.Headers[BusinessOutcomes.Header] = OutcomeRules.Name(outcome);
        }

        if (answer.Error is { } error)
        {
            response.Headers.RetryAfter = RefusalMapping.RetryAfter(error);
        }
    }
}
