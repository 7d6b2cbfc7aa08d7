namespace Tunduk.Archive.Tests;

/// <summary>A wall clock that the test sets; waiting and measuring stay real.</summary>
internal sealed class ManualTime(DateTimeOffset start) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = start;

    public override DateTimeOffset GetUtcNow() => Now;
}
