using System.Buffers;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Primitives;
using Tunduk.Adapter.Callers;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.SecurityServers;
using Tunduk.Adapter.Contracts;
using Tunduk.XRoad.Contracts.Outcomes;

namespace Tunduk.Adapter.Listeners;

/// <summary>Endpoints of <c>Listen:Is</c>: the own information system's face.</summary>
internal sealed class IsListener(
    AdapterOptions options,
    IsAuthentication authentication,
    ExchangePipeline pipeline,
    ServiceCatalogue services,
    AgreementGate agreements,
    DropInFace dropIn) : IListenerFace
{
    /// <summary>Response header with the record id of the exchange.</summary>
    public const string RecordHeader = "X-Tunduk-Record";

    public void Map(WebApplication application)
    {
        dropIn.Map(application);
        application.MapPost("/v1/services/{alias}", context => AskAsync(context, AnswerAsync));
        application.MapPost("/v1/diagnose/{alias}", context => AskAsync(context, DiagnoseAsync));
        application.MapGet("/v1/services", ListAsync);
        application.MapGet("/v1/services/{alias}/openapi.json", context => DocumentAsync(context, service => ServiceDocuments.OpenApi(service, agreements.TermsOf(service, out var state), state)));
        application.MapGet("/v1/services/{alias}/service.proto", context => DocumentAsync(context, ServiceDocuments.Proto));
        application.MapGet("/v1/services/{alias}/example", context => DocumentAsync(context, service => ServiceDocuments.Example(service, agreements.TermsOf(service, out _))));
    }

    private async Task AskAsync(HttpContext context, Func<HttpContext, ConsumerRequest, Task> then)
    {
        if (await AuthenticateAsync(context) is not { } caller)
        {
            return;
        }

        if (!CallHeaders.Read(context.Request.Headers).TryGet(out var headers, out var error))
        {
            await RefuseAsync(context, await pipeline.RefuseAsync(caller, error));
            return;
        }

        if (!IsJson(context.Request.ContentType))
        {
            error = new ExchangeError(ExchangeStage.Decode, ExchangeCodes.ContentTypeUnsupported)
            {
                Path = "Content-Type",
                Expected = "application/json",
                Found = string.IsNullOrEmpty(context.Request.ContentType) ? "nothing" : "another media type",
            };
            await RefuseAsync(context, await pipeline.RefuseAsync(caller, error));
            return;
        }

        if (!(await ReadBodyAsync(context.Request, options.Limits.MaxBody, "Limits:MaxBody")).TryGet(out var body, out error))
        {
            await RefuseAsync(context, await pipeline.RefuseAsync(caller, error));
            return;
        }

        var alias = (string)context.Request.RouteValues["alias"]!;
        await then(context, new ConsumerRequest(caller, alias, body.Bytes, headers));
    }

    // Says what would happen: the answer is 200 also where the exchange would be refused.
    private async Task DiagnoseAsync(HttpContext context, ConsumerRequest request)
    {
        var json = (await pipeline.DiagnoseAsync(request)).ToJson();
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = json.Length;
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.BodyWriter.WriteAsync(json, context.RequestAborted);
    }

    private async Task AnswerAsync(HttpContext context, ConsumerRequest request)
    {
        var answer = await pipeline.AskAsync(request);
        context.Response.Headers[RecordHeader] = answer.Record?.ToString() ?? StringValues.Empty;
        if (answer.MessageId is not null)
        {
            context.Response.Headers[CallHeaders.IdName] = answer.MessageId;
        }

        if (answer.Error is not null)
        {
            await RefuseAsync(context, answer);
            return;
        }

        if (answer.Business is { } outcome)
        {
            context.Response.StatusCode = BusinessOutcomes.StatusOf(outcome);
            context.Response.Headers[BusinessOutcomes.Header] = OutcomeRules.Name(outcome);
        }

        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = answer.Body.Length;
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.BodyWriter.WriteAsync(answer.Body, context.RequestAborted);
    }

    private async Task ListAsync(HttpContext context)
    {
        if (await AuthenticateAsync(context) is not { } caller)
        {
            return;
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteStartArray("services");
            foreach (var service in services.ConsumedBy(caller))
            {
                json.WriteStartObject();
                json.WriteString("alias", service.Alias);
                json.WriteString("service", service.Service.ToString());
                json.WriteString("client", service.Client.ToString());
                json.WriteString("address", $"/v1/services/{service.Alias}");
                json.WriteString("agreement", agreements.StateOf(service));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.BodyWriter.WriteAsync(buffer.WrittenMemory, context.RequestAborted);
    }

    private async Task DocumentAsync(HttpContext context, Func<ConsumedService, ServiceDocuments.Document> make)
    {
        if (await AuthenticateAsync(context) is not { } caller)
        {
            return;
        }

        if (!services.FindConsumed(caller, (string)context.Request.RouteValues["alias"]!, client: null).TryGet(out var service, out var error))
        {
            await RefuseAsync(context, new ExchangeAnswer { Error = error });
            return;
        }

        if (service.Operation is null)
        {
            await RefuseAsync(context, new ExchangeAnswer { Error = new ExchangeError(ExchangeStage.Authenticate, ExchangeCodes.ServiceAliasUnknown) { Path = "/v1/services/{alias}", Expected = "an alias of a SOAP service; REST services are asked under /r1", Found = "a REST service" } });
            return;
        }

        var document = make(service);
        context.Response.ContentType = document.ContentType;
        context.Response.ContentLength = document.Content.Length;
        await context.Response.BodyWriter.WriteAsync(document.Content, context.RequestAborted);
    }

    private async Task<Caller?> AuthenticateAsync(HttpContext context)
    {
        if (authentication.Authenticate(context, CallerFace.Own).TryGet(out var caller, out var error))
        {
            return caller;
        }

        if (error.Code == ExchangeCodes.CallerUnknown)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        await RefuseAsync(context, new ExchangeAnswer { Error = error });
        return null;
    }

    /// <summary>Reads a whole body within a bound.</summary>
    internal static async Task<Outcome<ReceivedBody>> ReadBodyAsync(HttpRequest request, int most, string setting)
    {
        try
        {
            var body = await BoundedBody.ReadAsync(request.Body, request.ContentLength, most, request.HttpContext.RequestAborted);
            return body is null
                ? new ExchangeError(ExchangeStage.Decode, ExchangeCodes.MessageTooLarge) { Path = "body", Expected = $"at most {most} bytes ({setting})", Found = "more" }
                : new ReceivedBody(body);
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return new ExchangeError(ExchangeStage.Decode, ExchangeCodes.MessageTooLarge) { Path = "body", Expected = $"at most {most} bytes ({setting})", Found = "more" };
        }
        catch (Exception exception) when (BodyLimit.IsIncomplete(exception))
        {
            return BodyLimit.Incomplete(exception, "body");
        }
    }

    public Task RefuseAsync(HttpContext context, ExchangeError error)
    {
        var answer = new ExchangeAnswer { Error = error };
        return DropInFace.IsSoap(context) ? dropIn.RefuseSoapAsync(context, answer)
            : DropInFace.IsRest(context) ? DropInFace.RefuseRestAsync(context, answer)
            : RefuseAsync(context, answer);
    }

    private static async Task RefuseAsync(HttpContext context, ExchangeAnswer answer)
    {
        var error = answer.Error!;
        var problem = RefusalMapping.ToProblem(error, answer.Record?.ToString(), Activity.Current?.TraceId.ToString());
        context.Response.StatusCode = (int)ExchangeCodes.StatusOf(error.Code);
        context.Response.ContentType = RefusalMapping.ProblemContentType;
        context.Response.ContentLength = problem.Length;
        context.Response.Headers.CacheControl = "no-store";
        if (answer.Record is { } record)
        {
            context.Response.Headers[RecordHeader] = record.ToString();
        }

        context.Response.Headers.RetryAfter = RefusalMapping.RetryAfter(error);

        await context.Response.BodyWriter.WriteAsync(problem, context.RequestAborted);
    }

    private static bool IsJson(string? contentType) =>
        Microsoft.Net.Http.Headers.MediaTypeHeaderValue.TryParse(contentType, out var media)
        && media.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        && (!media.Charset.HasValue || media.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase));
}
