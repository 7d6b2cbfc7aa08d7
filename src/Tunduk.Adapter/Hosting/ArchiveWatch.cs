using Tunduk.Archive;

namespace Tunduk.Adapter.Hosting;

/// <summary>
/// Says in the log when something of the archive begins to fail, and when that is over: appends, an anchor (a file that cannot be written, an address
/// that does not answer), signing. What fails so long also stands in <c>/health/ready</c> and in the metrics; none of it is silent.
/// </summary>
internal sealed partial class ArchiveWatch : IAsyncDisposable
{
    /// <summary>How often it is looked.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    private readonly Func<ArchiveStatus> status;
    private readonly ILogger log;
    private readonly Recurring looks;
    private HashSet<string> failing = new(StringComparer.Ordinal);

    public ArchiveWatch(Func<ArchiveStatus> status, TimeProvider clock, ILogger<ArchiveWatch> log)
    {
        this.status = status;
        this.log = log;
        looks = new Recurring(Look, Interval, exception => LogLookFailed(exception.GetType().Name), clock);
    }

    public void Start() => looks.Start();

    public ValueTask DisposeAsync() => looks.DisposeAsync();

    // By what fails, not by the words, which may change from one attempt to the next.
    private static Dictionary<string, ArchiveFault> Faults(ArchiveStatus status)
    {
        var faults = new Dictionary<string, ArchiveFault>(StringComparer.Ordinal);
        if (status.Refusing is { } refusing)
        {
            faults["appends"] = refusing;
        }

        foreach (var anchor in status.Anchors.Where(anchor => anchor.Fault is not null))
        {
            faults["the anchor " + anchor.Name] = anchor.Fault!;
        }

        foreach (var warning in status.Warnings.Where(warning => status.Anchors.All(anchor => anchor.Fault != warning)))
        {
            faults[warning.Name] = warning;
        }

        return faults;
    }

    private Task Look(CancellationToken cancellationToken)
    {
        var now = Faults(status());
        foreach (var (what, fault) in now.Where(one => !failing.Contains(one.Key)))
        {
            LogFails(what, fault.Name, fault.Detail, fault.Remedy);
        }

        foreach (var what in failing.Where(what => !now.ContainsKey(what)))
        {
            LogOver(what);
        }

        failing = [.. now.Keys];
        return Task.CompletedTask;
    }

    [LoggerMessage(1721, LogLevel.Error, "Archive, {What}: {Code}: {Detail} {Remedy}")]
    private partial void LogFails(string what, string code, string detail, string remedy);

    [LoggerMessage(1722, LogLevel.Information, "Archive, {What}: works again")]
    private partial void LogOver(string what);

    [LoggerMessage(1723, LogLevel.Error, "It could not be looked how the archive is: {Type}")]
    private partial void LogLookFailed(string type);
}
