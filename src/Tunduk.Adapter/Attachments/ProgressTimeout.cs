namespace Tunduk.Adapter.Attachments;

/// <summary>
/// A time limit on standing still instead of on the whole: a gigabyte may take its time, a neighbour that neither sends nor
/// takes a byte may not.
/// </summary>
internal sealed class ProgressTimeout : IDisposable
{
    private readonly CancellationTokenSource source;
    private readonly CancellationTokenSource linked;
    private readonly TimeSpan limit;
    private readonly TimeSpan answer;
    private volatile bool isAnswered;

    /// <summary>Begins to wait.</summary>
    /// <param name="limit">Longest standing still while something is written or read.</param>
    /// <param name="answer">Longest wait for an answer to begin once all is written; infinite where another limit holds.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="cancellationToken">The caller's own.</param>
    public ProgressTimeout(TimeSpan limit, TimeSpan answer, TimeProvider clock, CancellationToken cancellationToken)
    {
        this.limit = limit;
        this.answer = answer;
        source = new CancellationTokenSource(limit, clock);
        linked = CancellationTokenSource.CreateLinkedTokenSource(source.Token, cancellationToken);
    }

    /// <summary>Cancelled when nothing moved for the limit, or by the caller's own token.</summary>
    public CancellationToken Token => linked.Token;

    /// <summary>True when it was the standing still that ended it.</summary>
    public bool HasStalled => source.IsCancellationRequested;

    /// <summary>Something moved: the time begins again.</summary>
    public void Advance() => source.CancelAfter(limit);

    /// <summary>All is written: what is waited for is work now, not a transfer.</summary>
    public void EndWriting() => source.CancelAfter(isAnswered ? Timeout.InfiniteTimeSpan : answer);

    /// <summary>The answer has begun; reading it has a limit of its own, and the writing may still go on.</summary>
    public void BeginAnswer()
    {
        isAnswered = true;
        source.CancelAfter(Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        linked.Dispose();
        source.Dispose();
    }
}
