using System.Diagnostics;

namespace Tunduk.Benchmarks.Exchange;

/// <summary>Requests at a fixed rate, whether or not the ones before are answered; a request's time begins when it was due.</summary>
internal static class OpenLoop
{
    /// <param name="perSecond">How many requests a second.</param>
    /// <param name="length">How long new ones are begun.</param>
    /// <param name="callAsync">One request; false is a failure.</param>
    public static async Task<Window> RunAsync(double perSecond, TimeSpan length, Func<Task<bool>> callAsync)
    {
        var started = Stopwatch.GetTimestamp();
        var count = Math.Max(1, (int)(perSecond * length.TotalSeconds));
        var calls = new List<Task<double?>>(count);
        for (var i = 0; i < count; i++)
        {
            var due = TimeSpan.FromSeconds(i / perSecond);
            var early = due - Stopwatch.GetElapsedTime(started);
            if (early > TimeSpan.FromMilliseconds(1))
            {
                await Task.Delay(early, TimeProvider.System);
            }

            calls.Add(Task.Run(() => CallAsync(started, due, callAsync)));
        }

        var all = await Task.WhenAll(calls);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var times = all.OfType<double>().Order().ToArray();
        return new Window(times.Length, all.Length - times.Length, seconds, times);
    }

    private static async Task<double?> CallAsync(long started, TimeSpan due, Func<Task<bool>> callAsync) =>
        await callAsync() ? (Stopwatch.GetElapsedTime(started) - due).TotalMilliseconds : null;
}
