using System.Diagnostics;

namespace Tunduk.Adapter.Tests.Processes;

/// <summary>Waits for something that happens in another process, with a bound.</summary>
internal static class Poll
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(2);

    public static Task UntilAsync(Func<bool> isSo, string what) => UntilAsync(() => Task.FromResult(isSo()), what);

    public static async Task UntilAsync(Func<Task<bool>> isSoAsync, string what)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await isSoAsync())
        {
            if (Stopwatch.GetElapsedTime(started) > Bound)
            {
                throw new TimeoutException($"Not within {Bound.TotalSeconds} s: {what}");
            }

            await Task.Delay(Pause, TimeProvider.System);
        }
    }
}
