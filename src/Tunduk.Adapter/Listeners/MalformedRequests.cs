using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Tunduk.Adapter.Exchange;
using Tunduk.XRoad.Rest;

namespace Tunduk.Adapter.Listeners;

/// <summary>
/// Names what Kestrel refuses before anything of ours sees it: a malformed request line or header, more headers than it takes, headers
/// that never come to an end. It says so to whoever listens for <see cref="EventName"/> and then writes a status without a body;
/// here the body of every refusal goes out instead. Which face was meant is not known yet: it is RFC 9457 on all of them.
/// </summary>
/// <remarks>Nothing of it is archived: no request was read, and who sends a thousand of them would write a thousand entries.</remarks>
internal sealed class MalformedRequests(TimeProvider clock) : IObserver<KeyValuePair<string, object?>>
{
    /// <summary>Kestrel's event for a request it gives up; its value are the features of the request.</summary>
    public const string EventName = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    /// <summary>Puts itself between a connection and its HTTP.</summary>
    public static ConnectionDelegate Watch(ConnectionDelegate next) => connection =>
    {
        var output = new RefusableOutput(connection.Transport.Output);
        connection.Transport = new Duplex(connection.Transport.Input, output);
        connection.Features.Set(output);
        return next(connection);
    };

    /// <summary>Starts listening.</summary>
    public IDisposable Subscribe(DiagnosticListener events) => events.Subscribe(this, static name => name == EventName);

    /// <summary>The same refusal of a request that Kestrel takes and nobody here reads; the connection ends, since where the next request begins is not known.</summary>
    public static Task WriteAsync(HttpContext context, ExchangeError error)
    {
        var body = RefusalMapping.ToProblem(error, recordId: null, traceId: null);
        var response = context.Response;
        response.StatusCode = (int)ExchangeCodes.StatusOf(error.Code);
        response.ContentType = RefusalMapping.ProblemContentType;
        response.ContentLength = body.Length;
        response.Headers.Connection = "close";
        response.Headers.CacheControl = "no-store";
        response.Headers[RestHeaderNames.Error] = RefusalMapping.ToFaultCode(error);
        return response.BodyWriter.WriteAsync(body, context.RequestAborted).AsTask();
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Value is IFeatureCollection features
            && features.Get<RefusableOutput>() is { } output
            && features.Get<IBadRequestExceptionFeature>()?.Error is BadHttpRequestException exception
            && features.Get<IHttpResponseFeature>() is not { HasStarted: true })
        {
            output.Refuse(Response(Refusal(exception.StatusCode)));
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    // By the status alone: the exception's text quotes the request.
    private static ExchangeError Refusal(int status) => status switch
    {
        StatusCodes.Status431RequestHeaderFieldsTooLarge => new(ExchangeStage.Decode, ExchangeCodes.HeadersTooLarge) { Path = "headers", Expected = RefusalPhrases.Of("at_most_headers_and_characters", RequestGuard.MostHeaders, RequestGuard.MostHeaderBytes), Found = RefusalPhrases.Of("many_more") },
        StatusCodes.Status414UriTooLong => new(ExchangeStage.Decode, ExchangeCodes.AddressInvalid) { Path = "request line", Expected = RefusalPhrases.Of("at_most_characters", RestTarget.MaxLength), Found = RefusalPhrases.Of("more") },
        StatusCodes.Status408RequestTimeout => new(ExchangeStage.Decode, ExchangeCodes.TransferStalled) { Path = "headers", Expected = RefusalPhrases.Of("whole_headers_within_s", KestrelListener.LongestHeaders.TotalSeconds), Found = RefusalPhrases.Of("fewer") },
        StatusCodes.Status413PayloadTooLarge => new(ExchangeStage.Decode, ExchangeCodes.MessageTooLarge) { Path = "body", Expected = RefusalPhrases.Of("body_within_limits_maxbody"), Found = RefusalPhrases.Of("larger_one") },
        _ => new(ExchangeStage.Decode, ExchangeCodes.HttpMalformed) { Path = "request line, headers or framing of the body", Expected = RefusalPhrases.Of("http_1_1_rfc_9112"), Found = RefusalPhrases.Of("something_else") },
    };

    private ReadOnlyMemory<byte> Response(ExchangeError error)
    {
        var body = RefusalMapping.ToProblem(error, recordId: null, traceId: null);
        var status = (int)ExchangeCodes.StatusOf(error.Code);
        var head = string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} {ReasonPhrases.GetReasonPhrase(status)}\r\nDate: {clock.GetUtcNow():r}\r\nConnection: close\r\nContent-Type: {RefusalMapping.ProblemContentType}\r\nContent-Length: {body.Length}\r\nCache-Control: no-store\r\n{RestHeaderNames.Error}: {RefusalMapping.ToFaultCode(error)}\r\n\r\n");
        return new ReadOnlyMemory<byte>([.. Encoding.ASCII.GetBytes(head), .. body.Span]);
    }

    private sealed class Duplex(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
