using System.Diagnostics.Metrics;
using Tunduk.Adapter.Hosting;
using Tunduk.XRoad.Contracts;

namespace Tunduk.Adapter.Contracts;

/// <summary>Runs <see cref="ContractDriftCheck"/> at every interval; the last report stands behind <c>/health/ready</c> and in metrics.</summary>
internal sealed partial class ContractDriftSchedule : IAsyncDisposable
{
    /// <summary>The first check comes this long after the start, so that a start in trouble asks nobody anything.</summary>
    public static readonly TimeSpan FirstAfter = TimeSpan.FromMinutes(5);

    // How often it is asked whether it is switched on again.
    private static readonly TimeSpan WhenOff = TimeSpan.FromMinutes(1);
    private readonly Func<CancellationToken, Task<ContractDriftReport>> check;
    private readonly Func<TimeSpan> interval;
    private readonly TimeProvider clock;
    private readonly ILogger log;
    private readonly Recurring checks;
    private ContractDriftReport? last;
    private string? broken;

    public ContractDriftSchedule(Func<CancellationToken, Task<ContractDriftReport>> check, Func<TimeSpan> interval, Meter meter, TimeProvider clock, ILogger<ContractDriftSchedule> log)
    {
        this.check = check;
        this.interval = interval;
        this.clock = clock;
        this.log = log;
        checks = new Recurring(CheckAsync, () => interval() is var now && now == TimeSpan.Zero ? WhenOff : now, NotChecked, clock);
        meter.CreateObservableGauge("tunduk_contract_differences", Differences, description: "Differences of the contracts in use from those served now, by alias and effect, at the last check.");
        meter.CreateObservableGauge("tunduk_contract_unchecked", Unchecked, description: "1 for each service whose served contract could not be had or read at the last check.");
        meter.CreateObservableGauge("tunduk_contract_check_age_seconds", Age, "s", "Time since the contracts were last compared with those served.");
    }

    /// <summary>What somebody has to look at.</summary>
    public IEnumerable<string> Alarms => [.. Volatile.Read(ref last)?.Alarms() ?? [], .. Volatile.Read(ref broken) is { } fault ? [fault] : Array.Empty<string>()];

    /// <summary>Begins; while the interval is zero nobody is asked.</summary>
    public void Start() => checks.Start(interval() is var now && now != TimeSpan.Zero && now < FirstAfter ? now : FirstAfter);

    /// <summary>The interval may have changed.</summary>
    public void Reconsider() => checks.Reconsider();

    public ValueTask DisposeAsync() => checks.DisposeAsync();

    private IEnumerable<Measurement<long>> Differences()
    {
        var report = Volatile.Read(ref last);
        foreach (var name in report?.Checked ?? [])
        {
            foreach (var effect in Enum.GetValues<ContractEffect>())
            {
                yield return new Measurement<long>(
                    report!.Differences.Count(entry => entry.Alias == name && entry.Change.Effect == effect),
                    new("alias", name),
                    new KeyValuePair<string, object?>("effect", effect.ToString().ToLowerInvariant()));
            }
        }
    }

    private IEnumerable<Measurement<long>> Unchecked()
    {
        var report = Volatile.Read(ref last);
        return (report?.Checked ?? []).Select(name => new Measurement<long>(report!.Unread.Count(unread => unread.Name == name), new KeyValuePair<string, object?>("alias", name)));
    }

    private IEnumerable<Measurement<double>> Age() =>
        Volatile.Read(ref last) is { } report ? [new Measurement<double>(Math.Round((clock.GetUtcNow() - report.At).TotalSeconds, 3))] : [];

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        if (interval() == TimeSpan.Zero)
        {
            return;
        }

        var known = Alarms.ToHashSet(StringComparer.Ordinal);
        Volatile.Write(ref last, await check(cancellationToken));
        Volatile.Write(ref broken, null);
        foreach (var alarm in Alarms.Where(alarm => !known.Contains(alarm)))
        {
            LogDrift(alarm);
        }
    }

    // A check that could not be made has failed: the last report stays, and so does the fault.
    private void NotChecked(Exception exception) =>
        Volatile.Write(ref broken, Phrases.Of("Contracts.ContractCheckEndedRun", exception.GetType().Name));

    [LoggerMessage(1502, LogLevel.Warning, "{Drift}")]
    private partial void LogDrift(string drift);
}
