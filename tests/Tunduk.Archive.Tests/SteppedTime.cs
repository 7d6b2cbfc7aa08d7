namespace Tunduk.Archive.Tests;

/// <summary>A clock that goes only when the test says so, with the timers that wait for it.</summary>
internal sealed class SteppedTime : TimeProvider
{
    private readonly Lock access = new();
    private readonly List<Timer> timers = [];
    private readonly DateTimeOffset begin = System.GetUtcNow();
    private long ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref ticks) + TimeSpan.TicksPerDay; // never 0, which some take for "not yet"

    public override DateTimeOffset GetUtcNow() => begin + TimeSpan.FromTicks(Interlocked.Read(ref ticks));

    public void Advance(TimeSpan by)
    {
        List<Timer> due;
        lock (access)
        {
            ticks += by.Ticks;
            due = timers.FindAll(timer => timer.Due <= ticks);
            timers.RemoveAll(due.Contains);
        }

        due.ForEach(static timer => timer.Fire());
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Timer timer = new(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(SteppedTime time, TimerCallback callback, object? state) : ITimer
    {
        public long Due { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time.access)
            {
                time.timers.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan)
                {
                    return true;
                }

                Due = time.ticks + dueTime.Ticks;
                time.timers.Add(this);
            }

            if (dueTime <= TimeSpan.Zero)
            {
                time.Advance(TimeSpan.Zero);
            }

            return true;
        }

        public void Dispose()
        {
            lock (time.access)
            {
                time.timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
