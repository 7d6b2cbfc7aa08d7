using Tunduk.Adapter.Attachments;

namespace Tunduk.Adapter.Tests.DropIn;

/// <summary>A transfer is under way while enough of it moves: a byte now and then holds no place.</summary>
public sealed class ProgressTimeoutTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly Counting clock = new();

    [Fact]
    public void Advance_FewerBytesThanTheLeast_TheTimeGoesOn()
    {
        using var progress = new ProgressTimeout(Limit, Timeout.InfiniteTimeSpan, clock, CancellationToken.None);
        for (var i = 0; i < 7199; i++)
        {
            progress.Advance(1);
        }

        clock.Begun.ShouldBe(1);
        clock.Ring();
        progress.HasStalled.ShouldBeTrue();
    }

    [Fact]
    public void Advance_AsManyAsTheLeast_TheTimeBeginsAgain()
    {
        using var progress = new ProgressTimeout(Limit, Timeout.InfiniteTimeSpan, clock, CancellationToken.None);
        progress.Advance(7199);
        progress.Advance(1);
        clock.Begun.ShouldBe(2);

        progress.Advance(7199);
        clock.Begun.ShouldBe(2, "what moved before is not counted twice");
        progress.Advance(100_000);
        clock.Begun.ShouldBe(3);
    }

    // Counts how often the one timer was set.
    private sealed class Counting : TimeProvider, ITimer
    {
        private Action ring = () => { };

        public int Begun { get; private set; }

        public void Ring() => ring();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            ring = () => callback(state);
            Begun = 1;
            return this;
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            dueTime.ShouldBe(Limit);
            Begun++;
            return true;
        }

        public void Dispose()
        {
            // There is nothing to free.
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
