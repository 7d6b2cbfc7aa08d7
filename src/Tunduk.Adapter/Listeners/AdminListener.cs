using System.Diagnostics;
using System.Text.Json;
using Tunduk.Adapter.Administration;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Callers;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Grants;
using Tunduk.Adapter.Hosting;
using Tunduk.Adapter.Reading;
using Tunduk.Adapter.Telemetry;
using Tunduk.Evidence.Bundles;

namespace Tunduk.Adapter.Listeners;

/// <summary>Endpoints of <c>Listen:Admin</c>: operations and auditors.</summary>
internal sealed class AdminListener(
    CallerDoor door,
    Func<HealthReport> health,
    PrometheusText prometheus,
    OperationalDataEndpoint operational,
    ArchiveDesk desk,
    AgreementAdministration agreements,
    UnauthenticatedRefusals refusals,
    AdapterMetrics metrics,
    BodyBudget bodies) : IListenerFace
{
    private const int LongestQuery = 4 * 1024 * 1024;

    public void Map(WebApplication application)
    {
        Map(application, HttpMethods.Get, "/health/live", static _ => Task.FromResult(Results.Text("live")));
        Map(application, HttpMethods.Get, "/health/ready", _ => Task.FromResult(Ready()));
        Map(application, HttpMethods.Get, "/metrics", _ => Task.FromResult(Results.Text(prometheus.Render(), "text/plain; version=0.0.4; charset=utf-8")));
        operational.Map(application, RefuseAsync);
        RefusalPage.Map(application);

        Map(application, HttpMethods.Post, "/v1/archive/search", SearchAsync);
        Map(application, HttpMethods.Post, "/v1/archive/records/{record}", context => ShowAsync(context, (string)context.Request.RouteValues["record"]!));
        Map(application, HttpMethods.Post, "/v1/archive/prove/{record}", context => ProveAsync(context, (string)context.Request.RouteValues["record"]!));
        Map(application, HttpMethods.Post, "/v1/archive/explain/{record}", context => ExplainAsync(context, (string)context.Request.RouteValues["record"]!));
        Map(application, HttpMethods.Post, "/v1/archive/export", ExportAsync);
        Map(application, HttpMethods.Post, "/v1/archive/hold", HoldAsync);
        Map(application, HttpMethods.Post, "/v1/archive/holds", HoldsAsync);
        Map(application, HttpMethods.Post, "/v1/archive/erase", EraseAsync);
        Map(application, HttpMethods.Post, "/v1/archive/purge", PurgeAsync);
        Map(application, HttpMethods.Post, "/v1/archive/trust", TrustAsync);
        Map(application, HttpMethods.Post, "/v1/agreements/status", StatusAsync);
        Map(application, HttpMethods.Post, "/v1/agreements/suspend", SuspendAsync);
        Map(application, HttpMethods.Post, "/v1/agreements/lift", LiftAsync);
        Map(application, HttpMethods.Post, "/v1/agreements/test", TestAsync);
    }

    // What the code's own remedy names is on another listener.
    public Task RefuseAsync(HttpContext context, ExchangeError error) =>
        Problem(error.Code == ExchangeCodes.AddressUnknown ? error with { Remedy = RefusalTexts.Remedy(ExchangeCodes.AddressUnknown, "admin") } : error).ExecuteAsync(context);

    // As request delegates: what binds parameters by reflection and compiles an expression a route costs a tenth of a start.
    private static void Map(WebApplication application, string method, string pattern, Func<HttpContext, Task<IResult>> answer) =>
        application.MapMethods(pattern, [method], (RequestDelegate)(async context => await (await answer(context)).ExecuteAsync(context)));

    private IResult Ready()
    {
        var report = health();
        return Results.Json(report, JsonSerializerOptions.Web, statusCode: report.Ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private Task<IResult> SearchAsync(HttpContext context) =>
        ReadAsync<ArchiveSearchRequest>(context, async (caller, request) => Answer(await desk.Reader.SearchAsync(caller, request)));

    private Task<IResult> ShowAsync(HttpContext context, string record) =>
        ReadAsync<ArchiveAccess>(context, async (caller, access) => Answer(await desk.Reader.ShowAsync(caller, record, access)));

    private Task<IResult> ProveAsync(HttpContext context, string record) =>
        ReadAsync<ArchiveAccess>(context, async (caller, access) => Answer(await desk.Reader.ProveAsync(caller, record, access)));

    private Task<IResult> ExplainAsync(HttpContext context, string record) =>
        ReadAsync<ArchiveAccess>(context, async (caller, access) => Answer(await desk.Reader.ExplainAsync(caller, record, access)));

    private Task<IResult> HoldAsync(HttpContext context) =>
        ReadAsync<ArchiveHoldRequest>(context, async (caller, request) => Answer(await desk.Retention.HoldAsync(caller, request)));

    private Task<IResult> HoldsAsync(HttpContext context) =>
        ReadAsync<ArchiveAccess>(context, async (caller, access) => Answer(await desk.Retention.HoldsAsync(caller, access)));

    private Task<IResult> EraseAsync(HttpContext context) =>
        ReadAsync<ArchiveEraseRequest>(context, async (caller, request) => Answer(await desk.Retention.EraseAsync(caller, request, context.RequestAborted)));

    private Task<IResult> PurgeAsync(HttpContext context) =>
        ReadAsync<ArchivePurgeRequest>(context, async (caller, request) => Answer(await desk.Retention.PurgeAsync(caller, request, context.RequestAborted)));

    private Task<IResult> TrustAsync(HttpContext context) =>
        ReadAsync<ArchiveAccess>(context, async (caller, _) => (await desk.TrustAsync(caller)).TryGet(out var trust, out var error) ? Results.Bytes(BundleTrust.Write(trust), "application/json") : Problem(error));

    // The file goes with the answer, sent or not.
    private Task<IResult> ExportAsync(HttpContext context) => ReadAsync<ArchiveExportRequest>(context, async (caller, request) =>
    {
        if (!(await desk.Exporter.ExportAsync(caller, request, context.RequestAborted)).TryGet(out var bundle, out var error))
        {
            return Problem(error);
        }

        context.Response.RegisterForDispose(bundle);
        return new BundleResult(bundle, send => desk.Exporter.SendAsync(caller, request, send));
    });

    private Task<IResult> StatusAsync(HttpContext context) =>
        ReadAsync<AgreementStatusRequest>(context, async (caller, request) => Answer(await agreements.StatusAsync(caller, request)));

    private Task<IResult> SuspendAsync(HttpContext context) =>
        ReadAsync<SuspendRequest>(context, async (caller, request) => Answer(await agreements.SuspendAsync(caller, request)));

    private Task<IResult> LiftAsync(HttpContext context) =>
        ReadAsync<SuspendRequest>(context, async (caller, request) => Answer(await agreements.LiftAsync(caller, request)));

    private Task<IResult> TestAsync(HttpContext context) =>
        ReadAsync<AgreementTestRequest>(context, async (caller, request) => Answer(await agreements.TestAsync(caller, request, context.RequestAborted)), 2 * YamlDocumentReader.MaxBytes);

    // Searched values travel in bodies, never in an address: addresses stand in logs.
    private async Task<IResult> ReadAsync<T>(HttpContext context, Func<Caller, T, Task<IResult>> read, int longest = LongestQuery)
        where T : class
    {
        if (!door.Enter(context, []).TryGet(out var caller, out var error))
        {
            metrics.Unauthenticated("admin");
            refusals.Count("admin", context.Connection.RemoteIpAddress, error);
            return Problem(error);
        }

        if (context.Request.QueryString.HasValue)
        {
            return Problem(await DenyAsync(context, caller, ArchiveQueries.Bad("address", RefusalPhrases.Of("query_in_body_addresses_stand_in_logs"), RefusalPhrases.Of("one_in_address"))));
        }

        if (!(await IsListener.ReadBodyAsync(context.Request, longest, Phrases.Of("Listeners.Query"), bodies)).TryGet(out var body, out error))
        {
            return Problem(await DenyAsync(context, caller, error));
        }

        T? request;
        try
        {
            request = JsonSerializer.Deserialize<T>(body.Bytes.Span, ArchiveReader.Json);
        }
        catch (JsonException exception)
        {
            return Problem(await DenyAsync(context, caller, new ExchangeError(ExchangeStage.Decode, ExchangeCodes.JsonMalformed) { Path = exception.Path, Expected = RefusalPhrases.Of("query_as_documented"), Found = RefusalPhrases.Of("another_shape") }));
        }

        return request is null
            ? Problem(await DenyAsync(context, caller, new ExchangeError(ExchangeStage.Decode, ExchangeCodes.JsonMalformed) { Path = "$", Expected = RefusalPhrases.Of("object"), Found = "null" }))
            : await read(caller, request);
    }

    // A look that cannot even be read is a denial all the same, and an entry.
    private async Task<ExchangeError> DenyAsync(HttpContext context, Caller caller, ExchangeError error)
    {
        const string prefix = "/v1/archive/";
        var path = context.Request.Path.Value ?? "";
        if (!path.StartsWith(prefix, StringComparison.Ordinal))
        {
            return error;
        }

        var act = path[prefix.Length..].Split('/')[0] switch
        {
            "records" => ArchiveAct.Show,
            "explain" => ArchiveAct.Explain,
            "export" or "trust" => ArchiveAct.Export,
            "hold" or "holds" => ArchiveAct.Hold,
            "erase" => ArchiveAct.Erase,
            "purge" => ArchiveAct.Purge,
            _ => ArchiveAct.Search,
        };
        return await desk.Gate.DenyAsync(caller, act, error);
    }

    private static IResult Answer<T>(Outcome<T> outcome) =>
        outcome.TryGet(out var value, out var error) ? Results.Json(value, ArchiveReader.Json) : Problem(error);

    private static IResult Problem(ExchangeError error) =>
        Results.Bytes(RefusalMapping.ToProblem(error, recordId: null, Activity.Current?.TraceId.ToString()).ToArray(), RefusalMapping.ProblemContentType) is var body
            ? new WithStatus(body, (int)ExchangeCodes.StatusOf(error.Code), RefusalMapping.RetryAfter(error))
            : body;

    private sealed class WithStatus(IResult inner, int status, string? retryAfter) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = status;
            httpContext.Response.Headers.RetryAfter = retryAfter;
            return inner.ExecuteAsync(httpContext);
        }
    }
}
