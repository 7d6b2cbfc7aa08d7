using System.Diagnostics.Metrics;
using Tunduk.Adapter.Hosting;

namespace Tunduk.Adapter.Doctor;

/// <summary>Examines a running adapter at every interval; what it found stands behind <c>/health/ready</c> and in metrics.</summary>
internal sealed partial class DoctorSchedule : IAsyncDisposable
{
    // How often it is asked whether it is switched on again.
    private static readonly TimeSpan WhenOff = TimeSpan.FromMinutes(1);
    private readonly Func<CancellationToken, Task<IReadOnlyList<DoctorFinding>>> examine;
    private readonly Func<TimeSpan> interval;
    private readonly ILogger log;
    private readonly Recurring examinations;
    private IReadOnlyList<DoctorFinding> findings = [];

    public DoctorSchedule(Func<CancellationToken, Task<IReadOnlyList<DoctorFinding>>> examine, Func<TimeSpan> interval, Meter meter, TimeProvider clock, ILogger<DoctorSchedule> log)
    {
        this.examine = examine;
        this.interval = interval;
        this.log = log;
        examinations = new Recurring(ExamineAsync, () => interval() is var now && now == TimeSpan.Zero ? WhenOff : now, NotExamined, clock);
        meter.CreateObservableGauge("tunduk_days_left", DaysLeft, "d", "Days until a certificate or agreement expires.");
        meter.CreateObservableGauge("tunduk_doctor_findings", Counts, description: "Findings of the last examination, by severity.");
    }

    /// <summary>Findings of the last examination that somebody has to look at.</summary>
    public IEnumerable<DoctorFinding> Alarms => Volatile.Read(ref findings).Where(finding => finding.Severity != DoctorSeverity.Ok);

    /// <summary>Begins; the first examination is made at once, beside the start.</summary>
    public void Start() => examinations.Start(TimeSpan.Zero);

    /// <summary>The interval may have changed.</summary>
    public void Reconsider() => examinations.Reconsider();

    public ValueTask DisposeAsync() => examinations.DisposeAsync();

    private IEnumerable<Measurement<double>> DaysLeft() => Volatile.Read(ref findings)
        .Where(finding => finding.DaysLeft is not null)
        .Select(finding => new Measurement<double>(Math.Round(finding.DaysLeft!.Value, 3), new KeyValuePair<string, object?>("subject", finding.Subject)));

    private IEnumerable<Measurement<long>> Counts()
    {
        var current = Volatile.Read(ref findings);
        return Enum.GetValues<DoctorSeverity>()
            .Select(severity => new Measurement<long>(current.Count(finding => finding.Severity == severity), new KeyValuePair<string, object?>("severity", severity.ToString().ToLowerInvariant())));
    }

    private async Task ExamineAsync(CancellationToken cancellationToken)
    {
        if (interval() == TimeSpan.Zero)
        {
            return;
        }

        var known = Volatile.Read(ref findings).Select(finding => finding.ToString()).ToHashSet(StringComparer.Ordinal);
        var found = await examine(cancellationToken);
        Volatile.Write(ref findings, found);
        foreach (var finding in found.Where(finding => finding.Severity != DoctorSeverity.Ok && !known.Contains(finding.ToString())))
        {
            LogFinding(finding.Severity == DoctorSeverity.Fault ? LogLevel.Error : LogLevel.Warning, finding.ToString());
        }
    }

    // A check that could not be made has failed: it is not passed over in silence.
    private void NotExamined(Exception exception) =>
        Volatile.Write(ref findings, [DoctorFinding.Broken("doctor", Phrases.Of("Doctor.ExaminationEnded", exception.GetType().Name), Phrases.Of("Doctor.LetAdapterUserRead"))]);

    [LoggerMessage(EventId = 1501, Message = "Doctor: {Finding}")]
    private partial void LogFinding(LogLevel level, string finding);
}
