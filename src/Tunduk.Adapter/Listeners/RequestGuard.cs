using System.Collections.Frozen;
using System.Net;
using Tunduk.Adapter.Exchange;

namespace Tunduk.Adapter.Listeners;

/// <summary>
/// The edge of a listener: refuses foreign <c>Host</c> and <c>Origin</c> headers (a page in a browser must not reach an
/// adapter on its machine by a name of its own), and makes a named refusal of what nobody foresaw.
/// </summary>
internal sealed partial class RequestGuard
{
    /// <summary>Header fields a request may have.</summary>
    public const int MostHeaders = 100;

    /// <summary>Characters they may have in all.</summary>
    public const int MostHeaderBytes = 32 * 1024;

    private readonly FrozenSet<string> hosts;
    private readonly Func<HttpContext, ExchangeError, Task> refuse;
    private readonly ILogger log;

    /// <summary>Makes the guard of a listener.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="allowedHosts">Further names it goes by.</param>
    /// <param name="refuse">Writes a refusal in the listener's own dress.</param>
    /// <param name="log">Where an unforeseen fault goes: its type and place, never its text, which may hold a value.</param>
    public RequestGuard(string address, IEnumerable<string> allowedHosts, Func<HttpContext, ExchangeError, Task> refuse, ILogger log)
    {
        this.refuse = refuse;
        this.log = log;
        hosts = new[] { "localhost", "127.0.0.1", "::1", new Uri(address).Host.Trim('[', ']') }
            .Concat(allowedHosts)
            .ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (RequestFraming.Check(context.Request) is { } unframed)
        {
            await MalformedRequests.WriteAsync(context, unframed);
            return;
        }

        try
        {
            await (Refusal(context.Request) is { } refusal ? refuse(context, refusal) : AnswerAsync(context, next));
            await BodyLimit.EndAsync(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be told.
        }
    }

    private async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
            await NameAsync(context);
        }
        catch (Exception exception) when (!context.Response.HasStarted && !(exception is OperationCanceledException && context.RequestAborted.IsCancellationRequested))
        {
            LogUnforeseen(exception.GetType().FullName, new System.Diagnostics.StackTrace(exception, fNeedFileInfo: false).ToString());
            await refuse(context, ExchangeError.Unforeseen(exception, outcomeUnknown: true));
        }
    }

    private ExchangeError? Refusal(HttpRequest request) =>
        !IsKnown(request.Host.Host) ? Foreign("Host")
        : request.Headers.Origin is [{ Length: > 0 } origin, ..] && !(Uri.TryCreate(origin, UriKind.Absolute, out var from) && IsKnown(from.Host)) ? Foreign("Origin")
        : TooManyHeaders(request);

    // Below Kestrel's own bound, which closes the connection.
    private static ExchangeError? TooManyHeaders(HttpRequest request)
    {
        var count = 0;
        long bytes = 0;
        foreach (var (name, values) in request.Headers)
        {
            count += values.Count;
            bytes += values.Sum(value => name.Length + (value?.Length ?? 0));
        }

        return count <= MostHeaders && bytes <= MostHeaderBytes ? null : new ExchangeError(ExchangeStage.Decode, ExchangeCodes.HeadersTooLarge)
        {
            Path = "headers",
            Expected = RefusalPhrases.Of("at_most_headers_and_characters", MostHeaders, MostHeaderBytes),
            Found = RefusalPhrases.Of("headers_characters", count, bytes),
        };
    }

    // The framework answers an unknown address or method with a bare status: here it gets the body every refusal has.
    private async Task NameAsync(HttpContext context)
    {
        if (context.Response.HasStarted)
        {
            return;
        }

        if (context.Response.StatusCode == StatusCodes.Status404NotFound && context.GetEndpoint() is null)
        {
            await refuse(context, new ExchangeError(ExchangeStage.Decode, ExchangeCodes.AddressUnknown) { Path = "path", Expected = RefusalPhrases.Of("address_of_this_listener"), Found = RefusalPhrases.Of("another") });
        }
        else if (context.GetEndpoint()?.DisplayName is { } name && name.StartsWith("405 ", StringComparison.Ordinal))
        {
            await refuse(context, new ExchangeError(ExchangeStage.Decode, ExchangeCodes.MethodUnsupported) { Path = "method", Expected = context.Response.Headers.Allow.ToString(), Found = RefusalPhrases.Of("another_method") });
        }
    }

    private bool IsKnown(string host) =>
        hosts.Contains(host.Trim('[', ']')) || (hosts.Contains(IPAddress.Any.ToString()) && IPAddress.TryParse(host.Trim('[', ']'), out _));

    private static ExchangeError Foreign(string header) => new(ExchangeStage.Authenticate, ExchangeCodes.HeaderInvalid)
    {
        Path = header,
        Expected = RefusalPhrases.Of("name_of_this_listener_allowedhosts"),
        Found = RefusalPhrases.Of("another"),
    };

    [LoggerMessage(1401, LogLevel.Error, "Unforeseen fault {Type}{StackTrace}")]
    private partial void LogUnforeseen(string? type, string stackTrace);
}
