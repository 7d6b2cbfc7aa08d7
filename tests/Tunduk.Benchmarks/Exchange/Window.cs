namespace Tunduk.Benchmarks.Exchange;

/// <summary>What one window of closed-loop load saw.</summary>
internal sealed record Window(int Count, int Failed, double Seconds, double[] SortedMilliseconds)
{
    /// <summary>CPU of the process measured beside, for each request; 0 where nothing was.</summary>
    public double RelayMicroseconds { get; init; }

    public double PerSecond => Count / Seconds;

    public double Percentile(double part) => SortedMilliseconds.Length == 0 ? 0 : SortedMilliseconds[Math.Min(SortedMilliseconds.Length - 1, (int)(SortedMilliseconds.Length * part))];
}
