namespace Tunduk.Benchmarks.Exchange;

/// <summary>CPU time of this process over a repeated act, user and system. Nothing else runs in it meanwhile.</summary>
internal static class CpuClock
{
    public static double Microseconds(int times, Action act)
    {
        var before = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < times; i++)
        {
            act();
        }

        return (Environment.CpuUsage.TotalTime - before).TotalMicroseconds / times;
    }
}
