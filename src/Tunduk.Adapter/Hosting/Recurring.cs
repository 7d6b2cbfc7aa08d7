namespace Tunduk.Adapter.Hosting;

/// <summary>
/// Work done again and again beside the exchanges until it is disposed. Whatever a turn ends with, the next one is made: a watch
/// that dies unseen would let a removed caller or a withdrawn agreement go on for ever.
/// </summary>
/// <param name="turn">One turn; turns never overlap.</param>
/// <param name="period">Time from one turn to the next, asked after each; longer turns have no other beside them.</param>
/// <param name="failed">Takes what a turn ended with, unless the adapter is stopping; must not throw.</param>
/// <param name="clock">The time.</param>
internal sealed class Recurring(Func<CancellationToken, Task> turn, Func<TimeSpan> period, Action<Exception> failed, TimeProvider clock) : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private PeriodicTimer? ticks;
    private Task loop = Task.CompletedTask;

    public Recurring(Func<CancellationToken, Task> turn, TimeSpan period, Action<Exception> failed, TimeProvider clock)
        : this(turn, () => period, failed, clock)
    {
    }

    /// <summary>Begins.</summary>
    /// <param name="firstAfter">When the first turn is made; zero makes it at once, null after one period.</param>
    public void Start(TimeSpan? firstAfter = null) => loop = Task.Run(() => RunAsync(firstAfter, stop.Token), CancellationToken.None);

    /// <summary>The period may have changed: one that is shorter now begins at once, not after what is left of the longer one.</summary>
    public void Reconsider()
    {
        lock (gate)
        {
            if (ticks is { } timer && period() is var next && next < timer.Period)
            {
                timer.Period = next;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await loop;
        stop.Dispose();
    }

    private async Task RunAsync(TimeSpan? firstAfter, CancellationToken cancellationToken)
    {
        try
        {
            if (firstAfter is { } first)
            {
                await Task.Delay(first, clock, cancellationToken);
                await TurnAsync(cancellationToken);
            }

            using var timer = new PeriodicTimer(period(), clock);
            Show(timer);
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                await TurnAsync(cancellationToken);
                lock (gate)
                {
                    if (period() is var next && next != timer.Period)
                    {
                        timer.Period = next;
                    }
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping.
        }
        finally
        {
            Show(null);
        }
    }

    private void Show(PeriodicTimer? timer)
    {
        lock (gate)
        {
            ticks = timer;
        }
    }

    private async Task TurnAsync(CancellationToken cancellationToken)
    {
        try
        {
            await turn(cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // Edge: also a cancelled wait of somebody else's, which is no stop of ours.
            failed(exception);
        }
    }
}
