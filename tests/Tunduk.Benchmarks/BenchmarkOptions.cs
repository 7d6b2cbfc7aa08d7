using System.Globalization;

namespace Tunduk.Benchmarks;

/// <summary>Reads <c>--name value</c> of a benchmark's command line.</summary>
internal static class BenchmarkOptions
{
    public static int Int(string[] args, string name, int fallback) =>
        Text(args, name) is { } value ? int.Parse(value, CultureInfo.InvariantCulture) : fallback;

    public static string? Text(string[] args, string name)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }
}
