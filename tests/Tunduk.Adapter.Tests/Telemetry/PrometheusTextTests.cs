using System.Diagnostics.Metrics;
using Tunduk.Adapter.Telemetry;

namespace Tunduk.Adapter.Tests.Telemetry;

/// <summary>The text stays small and well-formed whatever strangers put into labels.</summary>
public sealed class PrometheusTextTests
{
    [Fact]
    public void Render_MoreSeriesThanTheBound_CountsTheRestTogether()
    {
        using var meter = new Meter("test");
        using var text = new PrometheusText(one => ReferenceEquals(one.Meter, meter));
        var counter = meter.CreateCounter<long>("asked");
        for (var i = 0; i < 10_000; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("service", $"invented-{i}"));
        }

        var lines = text.Render().Split('\n').Where(line => line.StartsWith("asked_total{", StringComparison.Ordinal)).ToList();

        lines.Count.ShouldBe(2_001);
        lines.ShouldContain("asked_total{overflow=\"true\"} 8000");
    }

    [Fact]
    public void Render_NumberUnderWayThatBeganBeforeAnybodyListened_DoesNotFallBelowZero()
    {
        using var meter = new Meter("test");
        using var text = new PrometheusText(one => ReferenceEquals(one.Meter, meter));
        var underWay = meter.CreateUpDownCounter<long>("under-way");
        underWay.Add(-1);
        text.Render().ShouldContain("under_way 0\n");
        underWay.Add(1);
        text.Render().ShouldContain("under_way 1\n");
    }

    [Fact]
    public void Render_LabelWithQuotesAndLineEnds_IsEscaped()
    {
        using var meter = new Meter("test");
        using var text = new PrometheusText(one => ReferenceEquals(one.Meter, meter));
        meter.CreateCounter<long>("asked").Add(1, new KeyValuePair<string, object?>("service", "a\"b\\c\nd"));

        text.Render().ShouldContain("""asked_total{service="a\"b\\c\nd"} 1""");
    }
}
