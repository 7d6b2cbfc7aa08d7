using System.Buffers;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Primitives;
using Tunduk.Adapter.Attachments;
using Tunduk.Adapter.Callers;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Exchange.Forms;
using Tunduk.Adapter.SecurityServers;
using Tunduk.Adapter.Contracts;
using Tunduk.XRoad.Attachments;
using Tunduk.XRoad.Contracts.Outcomes;
using Tunduk.XRoad.Rest;

namespace Tunduk.Adapter.Listeners;

/// <summary>Endpoints of <c>Listen:Is</c>: the own information system's face.</summary>
/// <remarks>Over 300 lines: the addresses of one face are to be read in one place.</remarks>
internal sealed class IsListener(
    AdapterOptions options,
    IsAuthentication authentication,
    ExchangePipeline pipeline,
    ServiceCatalogue services,
    AgreementGate agreements,
    DropInFace dropIn,
    AttachmentSpool spool) : IListenerFace
{
    /// <summary>Response header with the record id of the exchange.</summary>
    public const string RecordHeader = "X-Tunduk-Record";

    public void Map(WebApplication application)
    {
        dropIn.Map(application);
        RefusalPage.Map(application);
        application.MapPost("/v1/services/{alias}", context => AskAsync(context, AnswerAsync));
        application.MapPost("/v1/services/{alias}/{operation}", context => AskAsync(context, AnswerAsync));
        application.MapPost("/v1/diagnose/{alias}", context => AskAsync(context, DiagnoseAsync));
        application.MapPost("/v1/diagnose/{alias}/{operation}", context => AskAsync(context, DiagnoseAsync));
        application.Map("/v1/services/{alias}/rest/{**rest}", context => AskRestAsync(context, AnswerRestAsync));
        application.Map("/v1/diagnose/{alias}/rest/{**rest}", context => AskRestAsync(context, DiagnoseRestAsync));
        application.MapGet("/v1/services", ListAsync);
        application.MapGet("/v1/services/{alias}/openapi.json", context => DocumentAsync(context, service => ServiceDocuments.OpenApi(service, agreements.TermsOf(service, out var state), state)));
        application.MapGet("/v1/services/{alias}/service.proto", context => DocumentAsync(context, ServiceDocuments.Proto));
        application.MapGet("/v1/services/{alias}/example", context => DocumentAsync(context, service => ServiceDocuments.Example(service.Operations, agreements.TermsOf(service, out _))));
        application.MapGet("/v1/services/{alias}/{operation}/example", context => DocumentAsync(context, service => ServiceDocuments.Example(service.Operations, agreements.TermsOf(service, out _))));
    }

    private async Task AskAsync(HttpContext context, Func<HttpContext, ConsumerRequest, MultipartMessage?, Task> then)
    {
        if (await AuthenticateAsync(context) is not { } caller)
        {
            return;
        }

        if (!CallHeaders.Read(context.Request.Headers).TryGet(out var headers, out var error)
            || !(await ReadJsonAsync(context.Request, caller)).TryGet(out var body, out error))
        {
            await RefuseAsync(context, await pipeline.RefuseAsync(caller, error, headers?.Id));
            return;
        }

        await then(context, new ConsumerRequest(caller, Alias(context), body.Json, headers) { Operation = OperationName(context), AnswerShare = spool.Bodies.OfAnswer(context) }, body.Attachments);
    }

    // JSON by itself, or with attachments.
    private async Task<Outcome<ReceivedJson>> ReadJsonAsync(HttpRequest request, Caller caller)
    {
        // What a query says nobody would read, and what is compressed nobody has read: neither is passed over in silence.
        if (request.QueryString.HasValue && request.QueryString.Value!.Length > 1)
        {
            return new ExchangeError(ExchangeStage.Decode, ExchangeCodes.AddressInvalid) { Path = "query", Expected = RefusalPhrases.Of("address_without_query_what_is_asked"), Found = RefusalPhrases.Of("parameters", request.Query.Count), Remedy = RefusalTexts.Remedy(ExchangeCodes.AddressInvalid, "query") };
        }

        if (BodyLimit.Encoded(request) is { } encoded)
        {
            return encoded;
        }

        if (JsonMultipart.Is(request.ContentType, out var media))
        {
            BodyLimit.Lift(request);
            try
            {
                return await spool.ReceiveJsonAsync(request.Body, media, caller.Name, spool.Bodies.Of(request.HttpContext), request.HttpContext.RequestAborted);
            }
            catch (Exception exception) when (BodyLimit.IsIncomplete(exception))
            {
                return BodyLimit.Incomplete(exception, "multipart");
            }
        }

        if (!IsJson(request.ContentType, out var inAnotherCharset))
        {
            return inAnotherCharset ? new ExchangeError(ExchangeStage.Decode, ExchangeCodes.ContentTypeUnsupported)
            {
                Path = "Content-Type/charset",
                Expected = RefusalPhrases.Of("utf_8_or_none_json_has_no_other_rfc_8259"),
                Found = RefusalPhrases.Of("another_charset"),
                Remedy = RefusalTexts.Remedy(ExchangeCodes.ContentTypeUnsupported, "charset"),
            } : new ExchangeError(ExchangeStage.Decode, ExchangeCodes.ContentTypeUnsupported)
            {
                Path = "Content-Type",
                Expected = RefusalPhrases.Of("application_json_or_or_with_json_first", JsonMultipart.FormType, JsonMultipart.RelatedType),
                Found = string.IsNullOrEmpty(request.ContentType) ? RefusalPhrases.Of("nothing") : RefusalPhrases.Of("another_media_type"),
            };
        }

        return (await ReadBodyAsync(request, options.Limits.MaxBody, "Limits:MaxBody", spool.Bodies)).TryGet(out var body, out var error) ? new ReceivedJson(body.Bytes, null) : error;
    }

    // Says what would happen: the answer is 200 also where the exchange would be refused.
    private async Task DiagnoseAsync(HttpContext context, ConsumerRequest request, MultipartMessage? attachments) =>
        await WriteJsonAsync(context, (await pipeline.DiagnoseAsync(request, attachments, spool)).ToJson());

    private async Task DiagnoseRestAsync(HttpContext context, RestConsumerForm form, Caller caller) =>
        await WriteJsonAsync(context, (await pipeline.DiagnoseAsync(caller, form)).ToJson());

    private async Task AskRestAsync(HttpContext context, Func<HttpContext, RestConsumerForm, Caller, Task> then)
    {
        if (await AuthenticateAsync(context) is not { } caller)
        {
            return;
        }

        if (!CallHeaders.Read(context.Request.Headers).TryGet(out _, out var error)
            || !RestReceiver.AfterAlias(context, Alias(context)).TryGet(out var target, out error)
            || !(await RestReceiver.ReadAsync(context, target, options.Limits, spool, caller.Name)).TryGet(out var message, out error))
        {
            await RefuseAsync(context, await pipeline.RefuseAsync(caller, error));
            return;
        }

        using var form = new RestConsumerForm(message with { Caller = caller, Alias = Alias(context) }, spool);
        await then(context, form, caller);
    }

    private async Task AnswerRestAsync(HttpContext context, RestConsumerForm form, Caller caller)
    {
        var answer = await pipeline.AskAsync(caller, form);
        await (answer.Error is null ? DropInFace.WriteRestAsync(context, answer, spool) : RefuseAsync(context, answer));
    }

    private static string Alias(HttpContext context) => (string)context.Request.RouteValues["alias"]!;

    private static string? OperationName(HttpContext context) => (string?)context.Request.RouteValues["operation"];

    private static Task WriteJsonAsync(HttpContext context, ReadOnlyMemory<byte> json)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = json.Length;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.BodyWriter.WriteAsync(json, context.RequestAborted).AsTask();
    }

    private async Task AnswerAsync(HttpContext context, ConsumerRequest request, MultipartMessage? attachments)
    {
        var answer = await pipeline.AskAsync(request, attachments, spool);
        using var answered = answer.Multipart;
        if (answer.Error is not null)
        {
            await RefuseAsync(context, answer);
            return;
        }

        context.Response.Headers[RecordHeader] = answer.Record?.ToString() ?? StringValues.Empty;
        context.Response.Headers[CallHeaders.IdName] = answer.MessageId ?? StringValues.Empty;

        context.Response.StatusCode = answer.Status;
        if (answer.Business is { } outcome)
        {
            context.Response.StatusCode = BusinessOutcomes.StatusOf(outcome);
            context.Response.Headers[BusinessOutcomes.Header] = OutcomeRules.Name(outcome);
        }

        // Of REST: the provider said nothing beside its status.
        if (answer.Body.IsEmpty && context.Response.StatusCode == StatusCodes.Status204NoContent)
        {
            return;
        }

        if (answered is not { Parts.Count: > 0 })
        {
            await WriteJsonAsync(context, answer.Body);
            return;
        }

        // Whatever Accept says: the service was asked, and what it answered is not lost for the form of it (RFC 9110 §12.5.1).
        var form = JsonMultipart.AnswersAsForm(context.Request.Headers.Accept, context.Request.ContentType);
        var boundary = MultipartWriter.NewBoundary();
        context.Response.ContentType = JsonMultipart.ContentType(form, boundary);
        context.Response.Headers.CacheControl = "no-store";
        await SpooledWriting.WriteAsync(context, spool, progress => JsonMultipart.WriteAsync(context.Response.Body, boundary, form, answer.Body, answered, progress));
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
                json.WriteString("address", $"/v1/services/{service.Alias}{(service.Operation is null ? "/rest" : "")}");
                if (service.RestOperations.Count > 0)
                {
                    json.WriteStartArray("operations");
                    foreach (var operation in service.RestOperations)
                    {
                        json.WriteStringValue(service.AddressOf(operation));
                    }

                    json.WriteEndArray();
                }

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

        if (service.Operations.Count == 0)
        {
            await RefuseAsync(context, new ExchangeAnswer { Error = new ExchangeError(ExchangeStage.Authenticate, ExchangeCodes.ServiceAliasUnknown) { Path = "/v1/services/{alias}", Expected = RefusalPhrases.Of("service_with_contract_whose_operations"), Found = RefusalPhrases.Of("rest_service_without_one") } });
            return;
        }

        if (OperationName(context) is { } name)
        {
            if (!JsonRestConsumerForm.OperationOf(service, name).TryGet(out var operation, out error))
            {
                await RefuseAsync(context, new ExchangeAnswer { Error = error });
                return;
            }

            service = service with { Operation = operation };
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

    /// <summary>Reads a whole body within a bound, and within what all bodies may take.</summary>
    internal static async Task<Outcome<ReceivedBody>> ReadBodyAsync(HttpRequest request, int most, string setting, BodyBudget? bodies)
    {
        try
        {
            var share = bodies?.Of(request.HttpContext);
            var body = await BoundedBody.ReadAsync(request.Body, request.ContentLength, most, share, request.HttpContext.RequestAborted);
            return share is { IsFull: true } ? bodies!.Refusal()
                : body is null
                ? new ExchangeError(ExchangeStage.Decode, ExchangeCodes.MessageTooLarge) { Path = "body", Expected = RefusalPhrases.Of("bytes_at_most_by_setting", most, setting), Found = RefusalPhrases.Of("more") }
                : new ReceivedBody(body);
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return new ExchangeError(ExchangeStage.Decode, ExchangeCodes.MessageTooLarge) { Path = "body", Expected = RefusalPhrases.Of("bytes_at_most_by_setting", most, setting), Found = RefusalPhrases.Of("more") };
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

        if (answer.MessageId is { } id)
        {
            context.Response.Headers[CallHeaders.IdName] = id;
        }

        context.Response.Headers.RetryAfter = RefusalMapping.RetryAfter(error);
        if (context.Request.Path.Value?.Split('/') is ["", "v1", "services", _, "rest", ..])
        {
            // Any other answer there is the provider's, whatever its status and type.
            context.Response.Headers[RestHeaderNames.Error] = RefusalMapping.ToFaultCode(error);
        }

        await context.Response.BodyWriter.WriteAsync(problem, context.RequestAborted);
    }

    private static bool IsJson(string? contentType, out bool inAnotherCharset)
    {
        inAnotherCharset = Microsoft.Net.Http.Headers.MediaTypeHeaderValue.TryParse(contentType, out var media)
            && media.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase);
        if (!inAnotherCharset)
        {
            return false;
        }

        inAnotherCharset = media!.Charset.HasValue && !Microsoft.Net.Http.Headers.HeaderUtilities.RemoveQuotes(media.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase);
        return !inAnotherCharset;
    }
}
