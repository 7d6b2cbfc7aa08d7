using System.Buffers;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Runtime.CompilerServices;
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
    private const int LabelChars = 512;
    private const string Overflow = "overflow=\"true\"";
    private static readonly SearchValues<char> NotInNames = SearchValues.Create(".-");
    private static readonly SearchValues<char> NotInValues = SearchValues.Create("\\\"\n");
    private readonly MeterListener listener = new();
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, Family> families = new(StringComparer.Ordinal);

    /// <summary>Begins to collect.</summary>
    /// <param name="select">Which instruments are rendered.</param>
    public PrometheusText(Func<Instrument, bool> select)
    {
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (select(instrument))
            {
                l.EnableMeasurementEvents(instrument, FamilyOf(instrument));
            }
        };
        listener.SetMeasurementEventCallback<long>(static (_, value, tags, family) => ((Family)family!).Record(value, tags));
        listener.SetMeasurementEventCallback<int>(static (_, value, tags, family) => ((Family)family!).Record(value, tags));
        listener.SetMeasurementEventCallback<double>(static (_, value, tags, family) => ((Family)family!).Record(value, tags));
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

    private Family FamilyOf(Instrument instrument)
    {
        var name = FamilyName(instrument);
        lock (gate)
        {
            if (!families.TryGetValue(name, out var family))
            {
                families[name] = family = new Family(instrument);
            }

            return family;
        }
    }

    private sealed class Family
    {
        private readonly string? description;
        private readonly string type;
        private readonly bool absolute;
        private readonly bool isHistogram;
        private readonly bool isNumberUnderWay;
        private readonly Lock gate = new();
        private readonly Dictionary<string, Series> series = new(StringComparer.Ordinal);
        private readonly Dictionary<string, Series>.AlternateLookup<ReadOnlySpan<char>> byText;

        public Family(Instrument instrument)
        {
            description = instrument.Description;
            var generic = instrument.GetType().GetGenericTypeDefinition();
            absolute = instrument.IsObservable;
            type = generic == typeof(Histogram<>) ? "histogram"
                : generic == typeof(Counter<>) || generic == typeof(ObservableCounter<>) ? "counter"
                : "gauge";
            isHistogram = type == "histogram";
            isNumberUnderWay = generic == typeof(UpDownCounter<>);
            byText = series.GetAlternateLookup<ReadOnlySpan<char>>();
        }

        public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var text = new DefaultInterpolatedStringHandler(0, 0, CultureInfo.InvariantCulture, stackalloc char[LabelChars]);
            Label(ref text, tags);
            lock (gate)
            {
                Find(text.Text).Record(value, absolute, isHistogram, isNumberUnderWay);
            }

            text.Clear();
        }

        private Series Find(ReadOnlySpan<char> labels)
        {
            if (byText.TryGetValue(labels, out var found))
            {
                return found;
            }

            // Labels of refused exchanges come from strangers: memory does not grow with what they invent.
            var name = series.Count >= MostSeries ? Overflow : labels.ToString();
            if (!series.TryGetValue(name, out found))
            {
                series[name] = found = new Series();
            }

            return found;
        }

        public void Write(StringBuilder text, string name)
        {
            lock (gate)
            {
                if (series.Count == 0)
                {
                    return;
                }

                if (!string.IsNullOrEmpty(description))
                {
                    text.Append("# HELP ").Append(name).Append(' ').Append(description.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('\n');
                }

                text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
                foreach (var (labels, one) in series.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
                {
                    if (isHistogram)
                    {
                        Distribution(text, name, labels, one);
                    }
                    else
                    {
                        Line(text, name, "", labels, one.Sum);
                    }
                }
            }
        }

        // An exchange records some thirty values: their labels are written where nothing is allocated, and found by their text.
        private static void Label(ref DefaultInterpolatedStringHandler text, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var first = true;
            foreach (var (key, value) in tags)
            {
                text.AppendLiteral(first ? "" : ",");
                first = false;
                Escaped(ref text, key, NotInNames, static _ => "_");
                text.AppendLiteral("=\"");
                if (value is string words)
                {
                    Escaped(ref text, words, NotInValues, Escape);
                }
                else
                {
                    Escaped(ref text, string.Create(CultureInfo.InvariantCulture, $"{value}"), NotInValues, Escape);
                }

                text.AppendLiteral("\"");
            }
        }

        private static string Escape(char c) => c switch
        {
            '\\' => "\\\\",
            '"' => "\\\"",
            _ => "\\n",
        };

        private static void Escaped(ref DefaultInterpolatedStringHandler text, ReadOnlySpan<char> words, SearchValues<char> not, Func<char, string> instead)
        {
            for (var at = words.IndexOfAny(not); at >= 0; at = words.IndexOfAny(not))
            {
                text.AppendFormatted(words[..at]);
                text.AppendLiteral(instead(words[at]));
                words = words[(at + 1)..];
            }

            text.AppendFormatted(words);
        }

        private static void Distribution(StringBuilder text, string name, string labels, Series one)
        {
            var separator = labels.Length == 0 ? "" : ",";
            long below = 0;
            for (var i = 0; i < Buckets.Length; i++)
            {
                below += one.Counts[i];
                Line(text, name, "_bucket", $"{labels}{separator}le=\"{Buckets[i].ToString(CultureInfo.InvariantCulture)}\"", below);
            }

            Line(text, name, "_bucket", $"{labels}{separator}le=\"+Inf\"", one.Count);
            Line(text, name, "_sum", labels, one.Sum);
            Line(text, name, "_count", labels, one.Count);
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

    // One set of labels: a value, or a distribution.
    private sealed class Series
    {
        public long[] Counts { get; private set; } = [];

        public long Count { get; private set; }

        /// <summary>Of a counter or gauge: its value.</summary>
        public double Sum { get; private set; }

        public void Record(double value, bool absolute, bool isHistogram, bool isNumberUnderWay)
        {
            Count++;
            Sum = absolute ? value : Sum + value;
            if (isNumberUnderWay && Sum < 0)
            {
                Sum = 0; // What began before anybody listened has ended.
            }

            if (!isHistogram)
            {
                return;
            }

            if (Counts.Length == 0)
            {
                Counts = new long[Buckets.Length];
            }

            for (var bucket = 0; bucket < Buckets.Length; bucket++)
            {
                if (value <= Buckets[bucket])
                {
                    Counts[bucket]++;
                    break;
                }
            }
        }
    }
}
