using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Tunduk.Adapter.Telemetry;

/// <summary>
/// Renders instruments in the Prometheus text exposition format 0.0.4. Own code because no exporter package can be
/// restored where the project is built (README, dependency table).
/// </summary>
internal sealed class PrometheusText : IDisposable
{
    private static readonly double[] Buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
    private const int MostSeries = 2_000;
    private const string Overflow = "overflow=\"true\"";
    private readonly MeterListener listener = new();
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, Family> families = new(StringComparer.Ordinal);

    /// <summary>Begins to collect.</summary>
    /// <param name="select">Which meters are rendered.</param>
    public PrometheusText(Func<Meter, bool> select)
    {
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (select(instrument.Meter))
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        listener.Start();
    }

    public string Render()
    {
        listener.RecordObservableInstruments();
        var text = new StringBuilder(16 * 1024);
        lock (gate)
        {
            foreach (var (name, family) in families)
            {
                family.Write(text, name);
            }
        }

        return text.ToString();
    }

    public void Dispose() => listener.Dispose();

    private static string FamilyName(Instrument instrument)
    {
        var name = instrument.Name.Replace('.', '_').Replace('-', '_');
        return instrument is Counter<long> or Counter<double> or ObservableCounter<long> or ObservableCounter<double> && !name.EndsWith("_total", StringComparison.Ordinal)
            ? name + "_total"
            : name;
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return "";
        }

        var text = new StringBuilder();
        foreach (var (key, value) in tags)
        {
            text.Append(text.Length == 0 ? "" : ",").Append(key.Replace('.', '_').Replace('-', '_')).Append("=\"");
            foreach (var c in value?.ToString() ?? "")
            {
                _ = c switch
                {
                    '\\' => text.Append("\\\\"),
                    '"' => text.Append("\\\""),
                    '\n' => text.Append("\\n"),
                    _ => text.Append(c),
                };
            }

            text.Append('"');
        }

        return text.ToString();
    }

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var name = FamilyName(instrument);
        var labels = Labels(tags);
        lock (gate)
        {
            if (!families.TryGetValue(name, out var family))
            {
                families[name] = family = new Family(instrument);
            }

            family.Record(labels, value);
        }
    }

    private sealed class Family
    {
        private readonly string? description;
        private readonly string type;
        private readonly bool absolute;
        private readonly SortedDictionary<string, double> values = new(StringComparer.Ordinal);
        private readonly SortedDictionary<string, Distribution> distributions = new(StringComparer.Ordinal);

        public Family(Instrument instrument)
        {
            description = instrument.Description;
            var generic = instrument.GetType().GetGenericTypeDefinition();
            absolute = instrument.IsObservable;
            type = generic == typeof(Histogram<>) ? "histogram"
                : generic == typeof(Counter<>) || generic == typeof(ObservableCounter<>) ? "counter"
                : "gauge";
        }

        public void Record(string labels, double value)
        {
            // Labels of refused exchanges come from strangers: memory does not grow with what they invent.
            if (values.Count + distributions.Count >= MostSeries && !values.ContainsKey(labels) && !distributions.ContainsKey(labels))
            {
                labels = Overflow;
            }

            if (type == "histogram")
            {
                if (!distributions.TryGetValue(labels, out var distribution))
                {
                    distributions[labels] = distribution = new Distribution();
                }

                distribution.Record(value);
            }
            else
            {
                values[labels] = absolute ? value : values.GetValueOrDefault(labels) + value;
            }
        }

        public void Write(StringBuilder text, string name)
        {
            if (!string.IsNullOrEmpty(description))
            {
                text.Append("# HELP ").Append(name).Append(' ').Append(description.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('\n');
            }

            text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
            foreach (var (labels, value) in values)
            {
                Line(text, name, "", labels, value);
            }

            foreach (var (labels, distribution) in distributions)
            {
                var separator = labels.Length == 0 ? "" : ",";
                long below = 0;
                for (var i = 0; i < Buckets.Length; i++)
                {
                    below += distribution.Counts[i];
                    Line(text, name, "_bucket", $"{labels}{separator}le=\"{Buckets[i].ToString(CultureInfo.InvariantCulture)}\"", below);
                }

                Line(text, name, "_bucket", $"{labels}{separator}le=\"+Inf\"", distribution.Count);
                Line(text, name, "_sum", labels, distribution.Sum);
                Line(text, name, "_count", labels, distribution.Count);
            }
        }

        private static void Line(StringBuilder text, string name, string suffix, string labels, double value)
        {
            text.Append(name).Append(suffix);
            if (labels.Length > 0)
            {
                text.Append('{').Append(labels).Append('}');
            }

            text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        }
    }

    private sealed class Distribution
    {
        public long[] Counts { get; } = new long[Buckets.Length];

        public long Count { get; private set; }

        public double Sum { get; private set; }

        public void Record(double value)
        {
            Count++;
            Sum += value;
            var bucket = Array.FindIndex(Buckets, most => value <= most);
            if (bucket >= 0)
            {
                Counts[bucket]++;
            }
        }
    }
}
