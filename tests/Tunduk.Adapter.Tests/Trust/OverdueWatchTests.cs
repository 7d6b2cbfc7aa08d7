using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.Trust;

namespace Tunduk.Adapter.Tests.Trust;

/// <summary>That nothing is sent for want of a time-stamp stands in the log, once.</summary>
public sealed class OverdueWatchTests
{
    [Fact]
    public async Task Look_OverdueAndStampedAgain_EachIsLoggedOnce()
    {
        var clock = new TestClock();
        var log = new Lines();
        string? problem = null;
        var looks = 0;
        await using var watch = new OverdueWatch(
            () =>
            {
                Interlocked.Increment(ref looks);
                return Volatile.Read(ref problem);
            },
            clock,
            log);
        watch.Start();

        Volatile.Write(ref problem, "timestamp_overdue: no time-stamp");
        await LookedAsync(3);
        log.Written.ShouldHaveSingleItem().ShouldBe("Error timestamp_overdue: no time-stamp");

        Volatile.Write(ref problem, null);
        await LookedAsync(3);
        log.Written.Count.ShouldBe(2);
        log.Written.Last().ShouldContain("exchanges go on");

        // The last look may still be under way: the one before has ended.
        Task LookedAsync(int more)
        {
            var wanted = Volatile.Read(ref looks) + more;
            return Wait.ForAsync(() => Volatile.Read(ref looks) >= wanted || (clock.Expire(OverdueWatch.Interval) > 0 && Volatile.Read(ref looks) >= wanted));
        }
    }

    private sealed class Lines : ILogger<OverdueWatch>
    {
        public ConcurrentQueue<string> Written { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Enqueue($"{logLevel} {formatter(state, exception)}");
    }
}
