using System.Collections.Frozen;
using System.Threading.RateLimiting;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;

namespace Tunduk.Adapter.Callers;

/// <summary>Rate and concurrency of each caller. A caller that sets neither is bounded by the adapter's own limits alone.</summary>
internal sealed class CallerLimits : IDisposable
{
    private readonly FrozenDictionary<string, (ConcurrencyLimiter? Places, TokenBucketRateLimiter? Rate)> callers;

    public CallerLimits(IEnumerable<CallerOptions> options) => callers = options
        .Where(caller => caller.MaxConcurrent is not null || caller.RequestsPerSecond is not null)
        .ToFrozenDictionary(caller => caller.Name, Make, StringComparer.Ordinal);

    /// <summary>Takes the caller's place until the lease is disposed; a refusal with the time to wait when it is beyond its limits.</summary>
    public Outcome<IDisposable> Enter(Caller caller)
    {
        if (!callers.TryGetValue(caller.Name, out var limits))
        {
            return new Lease(null);
        }

        var place = limits.Places?.AttemptAcquire();
        if (place is { IsAcquired: false })
        {
            place.Dispose();
            return Refuse("Callers:MaxConcurrent", RefusalPhrases.Of("fewer_requests_of_this_caller_under_way"), TimeSpan.FromSeconds(1));
        }

        using var token = limits.Rate?.AttemptAcquire();
        if (token is not { IsAcquired: false })
        {
            return new Lease(place);
        }

        place?.Dispose();
        return Refuse("Callers:RequestsPerSecond", RefusalPhrases.Of("fewer_requests_second_of_this_caller"), token.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromSeconds(1));
    }

    public void Dispose()
    {
        foreach (var (places, rate) in callers.Values)
        {
            places?.Dispose();
            rate?.Dispose();
        }
    }

    private static (ConcurrencyLimiter? Places, TokenBucketRateLimiter? Rate) Make(CallerOptions caller) => (
        caller.MaxConcurrent is { } most ? new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = most }) : null,
        caller.RequestsPerSecond is { } rate
            ? new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
            {
                TokenLimit = caller.Burst ?? rate,
                TokensPerPeriod = rate,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            })
            : null);

    private static ExchangeError Refuse(string path, string expected, TimeSpan after) => new(ExchangeStage.Authenticate, ExchangeCodes.CallerLimitReached)
    {
        Path = path,
        Expected = expected,
        Found = RefusalPhrases.Of("as_many_as_it_may_have"),
        RetryAfter = after,
    };

    private sealed class Lease(RateLimitLease? place) : IDisposable
    {
        public void Dispose() => place?.Dispose();
    }
}
