using Tunduk.Adapter.Hosting;

namespace Tunduk.Adapter.Trust;

/// <summary>Says in the log when time-stamps become overdue, so that nothing is sent any more, and when exchanges go on.</summary>
internal sealed partial class OverdueWatch : IAsyncDisposable
{
    /// <summary>How often it is looked.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    private readonly Func<string?> problem;
    private readonly ILogger log;
    private readonly Recurring looks;
    private bool overdue;

    public OverdueWatch(Func<string?> problem, TimeProvider clock, ILogger<OverdueWatch> log)
    {
        this.problem = problem;
        this.log = log;
        looks = new Recurring(Look, Interval, exception => LogLookFailed(exception.GetType().Name), clock);
    }

    public void Start() => looks.Start();

    public ValueTask DisposeAsync() => looks.DisposeAsync();

    private Task Look(CancellationToken cancellationToken)
    {
        var found = problem();
        if (found is not null && !overdue)
        {
            LogOverdue(found);
        }
        else if (found is null && overdue)
        {
            LogStampedAgain();
        }

        overdue = found is not null;
        return Task.CompletedTask;
    }

    [LoggerMessage(1711, LogLevel.Error, "{Problem}")]
    private partial void LogOverdue(string problem);

    [LoggerMessage(1712, LogLevel.Information, "Time-stamps are given again: exchanges go on")]
    private partial void LogStampedAgain();

    [LoggerMessage(1713, LogLevel.Error, "It could not be looked whether time-stamps are overdue: {Type}")]
    private partial void LogLookFailed(string type);
}
