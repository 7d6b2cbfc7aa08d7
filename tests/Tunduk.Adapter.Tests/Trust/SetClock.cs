namespace Tunduk.Adapter.Tests.Trust;

/// <summary>The real clock, moved by hand; timers run on real time.</summary>
internal sealed class SetClock : TimeProvider
{
    private TimeSpan moved;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + moved;

    public void Move(TimeSpan by) => moved += by;
}
