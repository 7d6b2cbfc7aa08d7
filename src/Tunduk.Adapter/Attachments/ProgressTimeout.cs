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

    public ProgressTimeout(TimeSpan limit, TimeProvider clock, CancellationToken cancellationToken)
    {
        this.limit = limit;
        source = new CancellationTokenSource(limit, clock);
        linked = CancellationTokenSource.CreateLinkedTokenSource(source.Token, cancellationToken);
    }

    /// <summary>Cancelled when nothing moved for the limit, or by the caller's own token.</summary>
    public CancellationToken Token => linked.Token;

    /// <summary>True when it was the standing still that ended it.</summary>
    public bool HasStalled => source.IsCancellationRequested;

    /// <summary>Something moved: the time begins again.</summary>
    public void Advance() => source.CancelAfter(limit);

    public void Dispose()
    {
        linked.Dispose();
        source.Dispose();
    }
}
