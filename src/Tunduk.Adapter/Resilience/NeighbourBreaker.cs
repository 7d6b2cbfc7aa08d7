using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;
using Tunduk.Adapter.Exchange;

namespace Tunduk.Adapter.Resilience;

/// <summary>
/// Bounds calls to one neighbour, or to one service of it: a total timeout for each call, and a circuit breaker over all of them, so that a
/// neighbour that does not answer is not asked by every caller in turn. Nothing is ever repeated.
/// </summary>
/// <remarks>The circuit opens for 5 s when half of at least 20 calls within 10 s failed to be answered.</remarks>
/// <typeparam name="T">What a call gives.</typeparam>
internal sealed class NeighbourBreaker<T>
{
    private static readonly ResiliencePropertyKey<TimeSpan> TimeoutKey = new("timeout");
    private readonly ResiliencePipeline<Exchange.Outcome<T>> pipeline;
    private readonly ExchangeError whenOpen;
    private readonly Func<TimeSpan, ExchangeError> whenLate;

    /// <summary>Makes a breaker for one neighbour.</summary>
    /// <param name="isFailure">Which refusals count against the neighbour.</param>
    /// <param name="whenOpen">The refusal while the circuit is open: nothing was sent.</param>
    /// <param name="whenLate">The refusal when a call took longer than its timeout.</param>
    /// <param name="clock">The clock.</param>
    public NeighbourBreaker(Func<ExchangeError, bool> isFailure, ExchangeError whenOpen, Func<TimeSpan, ExchangeError> whenLate, TimeProvider clock)
    {
        this.whenOpen = whenOpen;
        this.whenLate = whenLate;
        pipeline = new ResiliencePipelineBuilder<Exchange.Outcome<T>> { TimeProvider = clock }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<Exchange.Outcome<T>>
            {
                FailureRatio = 0.5,
                MinimumThroughput = 20,
                SamplingDuration = TimeSpan.FromSeconds(10),
                BreakDuration = TimeSpan.FromSeconds(5),
                ShouldHandle = arguments => new ValueTask<bool>(arguments.Outcome.Exception is TimeoutRejectedException || (arguments.Outcome.Result.Error is { } error && isFailure(error))),
            })
            .AddTimeout(new TimeoutStrategyOptions
            {
                TimeoutGenerator = static arguments => new ValueTask<TimeSpan>(arguments.Context.Properties.GetValue(TimeoutKey, System.Threading.Timeout.InfiniteTimeSpan)),
            })
            .Build();
    }

    /// <summary>Makes one call.</summary>
    public async Task<Exchange.Outcome<T>> CallAsync<TState>(Func<TState, CancellationToken, ValueTask<Exchange.Outcome<T>>> call, TState state, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(TimeoutKey, timeout);
        try
        {
            return await pipeline.ExecuteAsync(static (context, inner) => inner.Call(inner.State, context.CancellationToken), context, (Call: call, State: state));
        }
        catch (BrokenCircuitException)
        {
            return whenOpen;
        }
        catch (TimeoutRejectedException)
        {
            return whenLate(timeout);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }
}
