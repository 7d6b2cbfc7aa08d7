using System.Diagnostics;

namespace Tunduk.Benchmarks.Exchange;

/// <summary>So many callers, each of which asks again as soon as it is answered.</summary>
internal static class ClosedLoop
{
    /// <param name="concurrency">How many callers.</param>
    /// <param name="length">How long a new request is begun.</param>
    /// <param name="callAsync">One request of a caller; false is a failure.</param>
    public static async Task<Window> RunAsync(int concurrency, TimeSpan length, Func<Task<bool>> callAsync)
    {
        var started = Stopwatch.GetTimestamp();
        var workers = Enumerable.Range(0, concurrency).Select(_ => Task.Run(() => WorkAsync(started, length, callAsync))).ToArray();
        var all = await Task.WhenAll(workers);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var times = all.SelectMany(one => one.Times).Order().ToArray();
        return new Window(times.Length, all.Sum(one => one.Failed), seconds, times);
    }

    private static async Task<(List<double> Times, int Failed)> WorkAsync(long started, TimeSpan length, Func<Task<bool>> callAsync)
    {
        var times = new List<double>(4096);
        var failed = 0;
        do
        {
            var began = Stopwatch.GetTimestamp();
            if (await callAsync())
            {
                times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
            else
            {
                failed++;
            }
        }
        while (Stopwatch.GetElapsedTime(started) < length);

        return (times, failed);
    }
}
