using System.Globalization;
using System.Text.RegularExpressions;
using Tunduk.Adapter.Tests.Processes;

namespace Tunduk.Benchmarks.Exchange;

/// <summary>Mean time of each stage between two looks at the adapters' own metrics, and how many of a thousand took over 10 and over 25 ms.</summary>
internal sealed partial class StageTimes
{
    private readonly SortedDictionary<string, (double Seconds, double Count)> sums = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> within = new(StringComparer.Ordinal);

    /// <summary>Milliseconds by side and stage; a stage an exchange enters twice counts as two.</summary>
    public IReadOnlyDictionary<string, double> Means => sums.Where(stage => stage.Value.Count > 0)
        .ToDictionary(stage => stage.Key, stage => Math.Round(stage.Value.Seconds * 1000 / stage.Value.Count, 2), StringComparer.Ordinal);

    /// <summary>Of a thousand, how many took over 10 ms and over 25 ms, by side and stage.</summary>
    public IReadOnlyDictionary<string, double[]> Slow => sums.Where(stage => stage.Value.Count > 0)
        .ToDictionary(stage => stage.Key, stage => new[] { Over(stage.Key, "0.01"), Over(stage.Key, "0.025") }, StringComparer.Ordinal);

    private double Over(string stage, string bound) => Math.Round(1000 * (1 - (within.GetValueOrDefault($"{stage} {bound}") / sums[stage].Count)), 1);

    /// <summary>Reads both adapters' metrics.</summary>
    /// <param name="world">The adapters.</param>
    /// <param name="sign">-1 before a window, 1 after it.</param>
    public async Task AddAsync(ProcessWorld world, int sign)
    {
        using var http = new HttpClient();
        foreach (var side in new[] { ProcessWorld.ConsumerSide, ProcessWorld.ProviderSide })
        {
            var text = await http.GetStringAsync(new Uri(world.Of(side)["admin"], "metrics"));
            foreach (Match line in Bucket().Matches(text))
            {
                var name = $"{side} {line.Groups["stage"].Value} {line.Groups["le"].Value}";
                within[name] = within.GetValueOrDefault(name) + (sign * double.Parse(line.Groups["value"].Value, CultureInfo.InvariantCulture));
            }

            foreach (Match line in Line().Matches(text))
            {
                var name = $"{side} {line.Groups["stage"].Value}";
                var (seconds, count) = sums.GetValueOrDefault(name);
                var value = sign * double.Parse(line.Groups["value"].Value, CultureInfo.InvariantCulture);
                sums[name] = line.Groups["what"].Value == "sum" ? (seconds + value, count) : (seconds, count + value);
            }
        }
    }

    [GeneratedRegex("""^tunduk_stage_seconds_(?<what>sum|count)\{[^}]*stage="(?<stage>[^"]+)"[^}]*\} (?<value>\S+)""", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Line();

    [GeneratedRegex("""^tunduk_stage_seconds_bucket\{[^}]*stage="(?<stage>[^"]+)"[^}]*le="(?<le>0\.01|0\.025)"\} (?<value>\S+)""", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Bucket();
}
