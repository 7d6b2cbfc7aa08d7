using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Publishing;

/// <summary>
/// Sends checkpoints to one anchor in their order, from a queue and a task of its own: whoever made them never waits for it. What fails is
/// tried again, at first after a second and then ever later; when the queue is full the oldest goes, because a newer checkpoint covers it.
/// </summary>
internal sealed class AnchorQueue : IAsyncDisposable
{
    public const int MaxWaiting = 256;
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastRetry = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MostAtEnd = TimeSpan.FromSeconds(5);
    private readonly IAnchor anchor;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private readonly LinkedList<(SignedCheckpoint Note, TaskCompletionSource Tried)> waiting = [];
    private readonly SemaphoreSlim signal = new(0);
    private readonly CancellationTokenSource hurry = new();
    private readonly CancellationTokenSource stop = new();
    private readonly Task loop;
    private bool closed;
    private long dropped;
    private SignedCheckpoint? newest;
    private ArchiveFault? fault;

    public AnchorQueue(IAnchor anchor, TimeProvider time)
    {
        this.anchor = anchor;
        this.time = time;
        loop = Task.Run(LoopAsync, CancellationToken.None); // it ends by itself when disposed
    }

    public bool IsLocal => anchor.IsLocal;

    public AnchorStatus Status
    {
        get
        {
            lock (gate)
            {
                return new AnchorStatus(anchor.Name, anchor.IsReceipted, newest?.Size ?? 0, newest?.Time, waiting.Count, dropped, fault);
            }
        }
    }

    /// <summary>Queues a checkpoint; the task ends when it was tried once, whatever came of it. An anchor that was removed meanwhile takes none.</summary>
    public Task PublishAsync(SignedCheckpoint note)
    {
        TaskCompletionSource tried = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (closed)
            {
                return Task.CompletedTask;
            }

            if (waiting.Count >= MaxWaiting)
            {
                waiting.First!.Value.Tried.TrySetResult();
                waiting.RemoveFirst();
                dropped++;
            }

            waiting.AddLast((note, tried));
            signal.Release();
        }

        return tried.Task;
    }

    /// <summary>Tries what waits once more, for five seconds at most.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            closed = true;
        }

        await hurry.CancelAsync().ConfigureAwait(false);
        stop.CancelAfter(MostAtEnd);
        await loop.ConfigureAwait(false);
        foreach ((_, TaskCompletionSource tried) in waiting)
        {
            tried.TrySetResult();
        }

        anchor.Dispose();
        hurry.Dispose();
        stop.Dispose();
        signal.Dispose();
    }

    private async Task LoopAsync()
    {
        TimeSpan wait = FirstRetry;
        while (true)
        {
            if (Next() is not { } next)
            {
                if (hurry.IsCancellationRequested)
                {
                    return;
                }

                await signal.WaitAsync(hurry.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }

            bool done = await TryAsync(next.Note).ConfigureAwait(false);
            next.Tried.TrySetResult();
            if (done)
            {
                wait = FirstRetry;
                continue;
            }

            if (hurry.IsCancellationRequested)
            {
                return;
            }

            await Task.Delay(wait, time, hurry.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            wait = wait + wait < LastRetry ? wait + wait : LastRetry;
        }
    }

    private (SignedCheckpoint Note, TaskCompletionSource Tried)? Next()
    {
        lock (gate)
        {
            return waiting.First?.Value;
        }
    }

    private async Task<bool> TryAsync(SignedCheckpoint note)
    {
        ArchiveFault? failed = null;
        try
        {
            await anchor.PublishAsync(note, stop.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            failed = new ArchiveFault(ArchiveFaultCode.ArchiveUnwritable, Phrases.Of("Publishing.AnchorDidNotTake", anchor.Name, e.Message), Phrases.Of("Publishing.CheckAnchorTriedAgain"));
        }

        lock (gate)
        {
            fault = failed ?? anchor.Warning;
            if (failed is null)
            {
                newest = newest is { } known && known.Origin == note.Origin && known.Size > note.Size ? known : note;

                // It may have been given up for a newer one meanwhile.
                if (waiting.First is { } first && ReferenceEquals(first.Value.Note, note))
                {
                    waiting.RemoveFirst();
                }
            }
        }

        return failed is null;
    }
}
