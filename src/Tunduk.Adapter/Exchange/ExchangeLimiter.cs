namespace Tunduk.Adapter.Exchange;

/// <summary>Bounds the exchanges under way: load is shed by name before memory grows.</summary>
internal sealed class ExchangeLimiter(int most)
{
    private int active;

    /// <summary>Takes a place; null when all are taken. Disposing gives it back.</summary>
    public IDisposable? TryEnter()
    {
        if (Interlocked.Increment(ref active) > most)
        {
            Interlocked.Decrement(ref active);
            return null;
        }

        return new Place(this);
    }

    public ExchangeError Refusal() => new(ExchangeStage.Authenticate, ExchangeCodes.Overloaded)
    {
        Path = "Limits:MaxConcurrentExchanges",
        Expected = RefusalPhrases.Of("at_most_exchanges_under_way", most),
        Found = RefusalPhrases.Of("as_many"),
    };

    private sealed class Place(ExchangeLimiter limiter) : IDisposable
    {
        private ExchangeLimiter? held = limiter;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref held, null) is { } owner)
            {
                Interlocked.Decrement(ref owner.active);
            }
        }
    }
}
