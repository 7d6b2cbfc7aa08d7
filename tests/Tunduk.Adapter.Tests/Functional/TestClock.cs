namespace Tunduk.Adapter.Tests.Functional;

/// <summary>
/// The real clock, whose deadlines a test can make pass at once: <see cref="Expire"/> fires the timers that wait for a
/// given time. So a test of a 30-second timeout neither waits nor depends on how loaded the machine is.
/// </summary>
internal sealed class TestClock : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<Pending> pending = [];

    private long offset;
    private long passed;
    private long standing;

    /// <summary>Sets the clock forward or back, for everything that reads it from now on.</summary>
    public void Jump(TimeSpan by) => Interlocked.Add(ref offset, by.Ticks);

    /// <summary>Lets what reads the clock see this moment from now on, but for the jumps: what is bounded by moments no longer depends on how fast the machine is.</summary>
    public void Stand() => Interlocked.Exchange(ref standing, System.GetUtcNow().UtcTicks);

    /// <summary>Lets time pass for what measures how long ago something was; timers wait on.</summary>
    public void Pass(TimeSpan by) => Interlocked.Add(ref passed, (long)(by.TotalSeconds * System.TimestampFrequency));

    /// <summary>A time nobody can wait for: making a timer for it throws. Null: there is none.</summary>
    public TimeSpan? Broken { get; set; }

    /// <summary>What <see cref="Broken"/> throws.</summary>
    public Func<Exception> Fault { get; set; } = static () => new InvalidOperationException("a fault nobody foresaw");

    public override DateTimeOffset GetUtcNow() =>
        (Interlocked.Read(ref standing) is var stood and not 0 ? new DateTimeOffset(stood, TimeSpan.Zero) : System.GetUtcNow()) + TimeSpan.FromTicks(Interlocked.Read(ref offset));

    public override long GetTimestamp() => System.GetTimestamp() + Interlocked.Read(ref passed);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime == Broken)
        {
            throw Fault();
        }

        var timer = new Pending(this, callback, state, dueTime, System.CreateTimer(callback, state, dueTime, period));
        lock (gate)
        {
            pending.Add(timer);
        }

        return timer;
    }

    /// <summary>Fires every timer that was made to wait for <paramref name="due"/>; says how many there were.</summary>
    public int Expire(TimeSpan due) => Expire(timer => timer == due);

    /// <summary>Fires every timer that waits for what is left of <paramref name="due"/>, of which at most half was spent before it was made.</summary>
    public int ExpireRest(TimeSpan due) => Expire(timer => timer > due / 2 && timer <= due);

    private int Expire(Func<TimeSpan, bool> isMeant)
    {
        List<Pending> now;
        lock (gate)
        {
            now = [.. pending.Where(timer => isMeant(timer.Due))];
        }

        foreach (var timer in now)
        {
            timer.Fire();
        }

        return now.Count;
    }

    private sealed class Pending(TestClock clock, TimerCallback callback, object? state, TimeSpan due, ITimer real) : ITimer
    {
        public TimeSpan Due { get; private set; } = due;

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Due = dueTime;
            return real.Change(dueTime, period);
        }

        public void Dispose()
        {
            lock (clock.gate)
            {
                clock.pending.Remove(this);
            }

            real.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
