namespace Tunduk.Adapter.Exchange;

/// <summary>
/// Bounds the bytes of requests that are held in memory at once, over all listeners: a number of exchanges alone bounds nothing where
/// each may be as long as <c>Limits:MaxBody</c>. Bytes count from when they arrive until the request is answered.
/// </summary>
/// <param name="most">Bytes in all (<c>Limits:MaxBodies</c>).</param>
internal sealed class BodyBudget(long most)
{
    private readonly long most = most;
    private long taken;

    /// <summary>Bytes taken now.</summary>
    public long Taken => Interlocked.Read(ref taken);

    /// <summary>Begins to count one request; what it took is given back when its answer has left.</summary>
    public Share Of(HttpContext context)
    {
        var share = new Share(this);
        context.Response.RegisterForDispose(share);
        return share;
    }

    /// <summary>Counts one message; disposing gives back. Null where there is no room.</summary>
    public Share? TryHold(int bytes)
    {
        var share = new Share(this);
        return share.TryTake(bytes) ? share : null;
    }

    /// <summary>The refusal of a request that does not fit now.</summary>
    public ExchangeError Refusal() => new(ExchangeStage.Authenticate, ExchangeCodes.Overloaded)
    {
        Path = "Limits:MaxBodies",
        Expected = $"at most {most} bytes of requests under way",
        Found = "more",
    };

    /// <summary>What one request has taken. Its calls follow each other.</summary>
    public sealed class Share(BodyBudget budget) : IDisposable
    {
        private long held;

        /// <summary>True once something did not fit.</summary>
        public bool IsFull { get; private set; }

        /// <summary>Takes room for more bytes; false when there is none.</summary>
        public bool TryTake(int bytes)
        {
            if (Interlocked.Add(ref budget.taken, bytes) > budget.most)
            {
                Interlocked.Add(ref budget.taken, -bytes);
                IsFull = true;
                return false;
            }

            held += bytes;
            return true;
        }

        public void Dispose()
        {
            Interlocked.Add(ref budget.taken, -held);
            held = 0;
        }
    }
}
