namespace Tunduk.Adapter.Trust;

/// <summary>Says in the log when time-stamps become overdue, so that nothing is sent any more, and when exchanges go on.</summary>
internal sealed partial class OverdueWatch(Func<string?> problem, TimeProvider clock, ILogger<OverdueWatch> log) : IAsyncDisposable
{
    /// <summary>How often it is looked.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    private readonly ILogger log = log;
    private readonly CancellationTokenSource stop = new();
    private Task loop = Task.CompletedTask;
    private bool overdue;

    public void Start() => loop = Task.Run(() => RunAsync(stop.Token), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await loop;
        stop.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                Look(problem());
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private void Look(string? found)
    {
        if (found is not null && !overdue)
        {
            LogOverdue(found);
        }
        else if (found is null && overdue)
        {
            LogStampedAgain();
        }

        overdue = found is not null;
    }

    [LoggerMessage(1711, LogLevel.Error, "{Problem}")]
    private partial void LogOverdue(string problem);

    [LoggerMessage(1712, LogLevel.Information, "Time-stamps are given again: exchanges go on")]
    private partial void LogStampedAgain();
}
