using System.Globalization;
using System.Runtime.InteropServices;

namespace Tunduk.Benchmarks.Exchange;

/// <summary>Where a figure was measured.</summary>
internal static class Machine
{
    public static object Describe() => new
    {
        cpu = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString(),
        cores = Environment.ProcessorCount,
        system = RuntimeInformation.OSDescription,
        runtime = RuntimeInformation.FrameworkDescription,

        // Others on the machine make every figure larger: a load above the cores says so.
        loadAverage = File.ReadAllText("/proc/loadavg").Split(' ')[0],
    };

    public static double ResidentMegabytes(int process) =>
        long.Parse(File.ReadAllText($"/proc/{process}/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize / 1048576.0;
}
