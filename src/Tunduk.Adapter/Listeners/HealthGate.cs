using Tunduk.Adapter.Exchange;

namespace Tunduk.Adapter.Listeners;

/// <summary>
/// <c>grpc.health.v1.Health</c> asks for no key: whoever reaches the listener may call it. So the question is short, comes at once, and
/// calls are bounded in number, watches apart from checks: who keeps one kind busy does not keep out the other.
/// </summary>
internal sealed class HealthGate(TimeProvider clock)
{
    /// <summary>Bytes of a question.</summary>
    public const int LongestQuestion = 4 * 1024;

    /// <summary>Calls of each kind under way.</summary>
    public const int Most = 1_000;

    private const string Service = "/grpc.health.v1.Health/";
    private readonly ExchangeLimiter checks = new(Most);
    private readonly ExchangeLimiter watches = new(Most);

    /// <summary>True for a call of this service.</summary>
    public static bool IsOf(HttpContext context) => context.Request.Path.Value?.StartsWith(Service, StringComparison.Ordinal) == true;

    /// <summary>The refusal of a question that is longer than any; null for others.</summary>
    public static ExchangeError? TooLong(HttpContext context, int bytes) => bytes <= LongestQuestion || !IsOf(context) ? null
        : new ExchangeError(ExchangeStage.Decode, ExchangeCodes.MessageTooLarge) { Path = "message", Expected = RefusalPhrases.Of("bytes_at_most", LongestQuestion), Found = RefusalPhrases.Of("bytes", bytes) };

    /// <summary>Lets a call through within the bounds.</summary>
    public async Task PassAsync(HttpContext context, RequestDelegate next, Func<HttpContext, ExchangeError, Task> refuse)
    {
        var isWatch = context.Request.Path.Value == Service + "Watch";
        using var place = (isWatch ? watches : checks).TryEnter();
        if (place is null)
        {
            await refuse(context, new ExchangeError(ExchangeStage.Authenticate, ExchangeCodes.Overloaded) { Path = Service.Trim('/'), Expected = RefusalPhrases.Of("at_most_calls_under_way", Most), Found = RefusalPhrases.Of("as_many") });
            return;
        }

        // A check is answered as soon as it was asked: one that is not asked by then loses its stream, and nothing else of its connection.
        var late = clock.CreateTimer(static state => ((HttpContext)state!).Abort(), context, isWatch ? Timeout.InfiniteTimeSpan : KestrelListener.LongestHeaders, Timeout.InfiniteTimeSpan);
        await using (late)
        {
            await next(context);
        }
    }
}
