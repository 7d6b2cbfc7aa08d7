using System.Collections.Concurrent;
using System.Threading.RateLimiting;

namespace Tunduk.Adapter.Resilience;

/// <summary>
/// Keeps a slow service from starving the others: each has at most its own number of calls at the neighbour, and a bounded
/// number that wait for one of these places, in the order they came.
/// </summary>
/// <param name="places">Places of a service that sets none.</param>
/// <param name="waiting">Calls of one service that may wait; more are refused at once.</param>
internal sealed class ServiceBulkheads(int places, int waiting) : IDisposable
{
    private readonly ConcurrentDictionary<string, ConcurrencyLimiter> services = new(StringComparer.Ordinal);

    /// <summary>How many of the places for exchanges one service may take: an eighth is always left to the others.</summary>
    public static int ShareOf(int all) => Math.Max(1, all - Math.Max(1, all / 8));

    /// <summary>Takes a place, waiting for one if it must; a lease that is not acquired means that too many wait already.</summary>
    public ValueTask<RateLimitLease> EnterAsync(ServiceLimits limits, CancellationToken cancellationToken) =>
        services.GetOrAdd(limits.Service, static (_, state) => Make(state.Most, state.Waiting), (Most: limits.MaxConcurrent ?? places, Waiting: waiting))
            .AcquireAsync(1, cancellationToken);

    public void Dispose()
    {
        foreach (var limiter in services.Values)
        {
            limiter.Dispose();
        }
    }

    private static ConcurrencyLimiter Make(int most, int waiting) =>
        new(new ConcurrencyLimiterOptions { PermitLimit = most, QueueLimit = waiting, QueueProcessingOrder = QueueProcessingOrder.OldestFirst });
}
