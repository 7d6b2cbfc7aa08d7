using System.Collections.Concurrent;
using Tunduk.Adapter.Hosting;
using Tunduk.Adapter.Tests.Functional;

namespace Tunduk.Adapter.Tests.Hosting;

/// <summary>What is done again and again beside the exchanges goes on, whatever a turn ends with.</summary>
public sealed class RecurringTests
{
    private static readonly TimeSpan Period = TimeSpan.FromHours(7);
    private readonly TestClock clock = new();
    private readonly ConcurrentQueue<Exception> failures = new();
    private int turns;

    [Theory]
    [InlineData("a fault nobody foresaw")]
    [InlineData("a wait of its own that was cancelled")]
    public async Task Turn_EndsWithAFault_IsToldAndTheNextIsMade(string fault)
    {
        await using var work = new Recurring(
            _ =>
            {
                Interlocked.Increment(ref turns);
                throw fault.StartsWith("a wait", StringComparison.Ordinal) ? new TaskCanceledException() : new InvalidOperationException();
            },
            Period,
            failures.Enqueue,
            clock);

        work.Start(TimeSpan.Zero);

        await TurnsAsync(3, Period);
        failures.Count.ShouldBeGreaterThanOrEqualTo(2);
    }

    [Fact]
    public async Task Period_ChangedByATurn_HoldsForTheNext()
    {
        var longer = Period * 2;
        await using var work = new Recurring(_ => Task.FromResult(Interlocked.Increment(ref turns)), () => Volatile.Read(ref turns) < 1 ? Period : longer, failures.Enqueue, clock);

        work.Start();
        await TurnsAsync(1, Period);
        await TurnsAsync(2, longer);

        clock.Expire(Period).ShouldBe(0);
        failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task Dispose_DuringATurn_EndsItAndTellsNothing()
    {
        var work = new Recurring(
            async token =>
            {
                Interlocked.Increment(ref turns);
                await Task.Delay(Timeout.InfiniteTimeSpan, clock, token);
            },
            Period,
            failures.Enqueue,
            clock);
        work.Start(TimeSpan.Zero);
        await Wait.ForAsync(() => Volatile.Read(ref turns) == 1);

        await work.DisposeAsync();

        failures.ShouldBeEmpty();
    }

    private Task TurnsAsync(int wanted, TimeSpan due) =>
        Wait.ForAsync(() => Volatile.Read(ref turns) >= wanted || (clock.Expire(due) > 0 && Volatile.Read(ref turns) >= wanted));
}
