namespace Tunduk.Adapter.Attachments;

/// <summary>
/// A time limit on standing still instead of on the whole: a gigabyte may take its time, a neighbour that neither sends nor
/// takes a byte may not, nor one that moves a byte now and then to hold a place for ever.
/// </summary>
internal sealed class ProgressTimeout : IDisposable
{
    // Fewer bytes a second than this are standing still: what Kestrel asks of a request's body.
    private const int LeastBytesPerSecond = 240;

    private readonly CancellationTokenSource source;
    private readonly CancellationTokenSource linked;
    private readonly TimeSpan limit;
    private readonly TimeSpan answer;
    private readonly long least;
    private long moved;
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
        least = Least(limit);
        source = new CancellationTokenSource(limit, clock);
        linked = CancellationTokenSource.CreateLinkedTokenSource(source.Token, cancellationToken);
    }

    /// <summary>Cancelled when nothing moved for the limit, or by the caller's own token.</summary>
    public CancellationToken Token => linked.Token;

    /// <summary>True when it was the standing still that ended it.</summary>
    public bool HasStalled => source.IsCancellationRequested;

    /// <summary>How many bytes have to move within a limit.</summary>
    public static long Least(TimeSpan limit) => (long)(limit.TotalSeconds * LeastBytesPerSecond);

    /// <summary>Something moved: with enough of it the time begins again.</summary>
    /// <param name="bytes">How much moved since the last time.</param>
    public void Advance(long bytes)
    {
        if (Interlocked.Add(ref moved, bytes) >= least)
        {
            Interlocked.Exchange(ref moved, 0);
            source.CancelAfter(limit);
        }
    }

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
