namespace Tunduk.Adapter.Tests.Functional;

/// <summary>Waits for what another thread will bring about; never longer than the bound, and never a fixed time.</summary>
internal static class Wait
{
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    public static async Task<T> ForAsync<T>(Func<Task<T?>> look)
        where T : class
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (await look() is { } found)
            {
                return found;
            }

            TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(Longest, "what was waited for did not come");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }

    public static Task ForAsync(Func<bool> holds) => ForAsync(() => Task.FromResult(holds() ? "yes" : null));
}
