using Tunduk.Adapter.Configuration;

namespace Tunduk.Adapter.Exchange;

/// <summary>
/// Bounds the bytes of messages that are held in memory at once, over all listeners and across changes of the settings: a number of
/// exchanges alone bounds nothing where each may be as long as <c>Limits:MaxBody</c>. Bytes count from when they arrive until whoever
/// asked has been answered.
/// </summary>
/// <remarks>
/// Requests and answers count together. A request is refused from <c>Limits:MaxBodies</c> on, an answer from twice as much: what may
/// have been executed already goes before what was not yet begun.
/// </remarks>
/// <param name="limits">The bounds to begin with.</param>
internal sealed class BodyBudget(LimitOptions limits)
{
    private long most = MostOf(limits);
    private long taken;

    /// <summary>Bytes taken now.</summary>
    public long Taken => Interlocked.Read(ref taken);

    /// <summary>Takes other bounds; what is held stays counted.</summary>
    public void Take(LimitOptions changed) => Interlocked.Exchange(ref most, MostOf(changed));

    /// <summary>Begins to count one request; what it took is given back when its answer has left.</summary>
    public Share Of(HttpContext context) => Lasting(new Share(this, 1), context);

    /// <summary>Begins to count what a neighbour answers to one request; given back likewise.</summary>
    public Share OfAnswer(HttpContext context) => Lasting(new Share(this, 2), context);

    /// <summary>Counts one message; disposing gives back. Null where there is no room.</summary>
    public Share? TryHold(int bytes)
    {
        var share = new Share(this, 1);
        return share.TryTake(bytes) ? share : null;
    }

    /// <summary>The refusal of a request that does not fit now.</summary>
    public ExchangeError Refusal() => Refuse(ExchangeStage.Authenticate, Interlocked.Read(ref most), RefusalPhrases.Of("bytes_of_messages_under_way"));

    /// <summary>The refusal of an answer that does not fit now: its request may have been executed.</summary>
    public ExchangeError AnswerRefusal() => Refuse(ExchangeStage.Forward, 2 * Interlocked.Read(ref most), RefusalPhrases.Of("bytes_of_messages_under_way_answers")) with
    {
        OutcomeUnknown = true,
        Remedy = RefusalTexts.Remedy(ExchangeCodes.Overloaded, "answer"),
    };

    // An exchange takes several times its messages: where the process has little memory (a container, DOTNET_GCHeapHardLimit) they may take an eighth of it.
    private static long MostOf(LimitOptions limits) => MostOf(limits, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    /// <summary>Bytes that messages may take at once.</summary>
    /// <param name="limits">The bounds set.</param>
    /// <param name="memory">Bytes the process may have.</param>
    internal static long MostOf(LimitOptions limits, long memory) => Math.Max(Math.Min(limits.MaxBodies, memory / 8), 2L * limits.MaxBody);

    private static ExchangeError Refuse(ExchangeStage stage, long most, string what) =>
        new(stage, ExchangeCodes.Overloaded) { Path = "Limits:MaxBodies", Expected = RefusalPhrases.Of("at_most_of_something", most, what), Found = RefusalPhrases.Of("more") };

    private static Share Lasting(Share share, HttpContext context)
    {
        context.Response.RegisterForDispose(share);
        return share;
    }

    /// <summary>What one message has taken. Its calls follow each other.</summary>
    /// <param name="budget">Where it counts.</param>
    /// <param name="times">How many times <c>Limits:MaxBodies</c> may be taken in all when it takes more.</param>
    public sealed class Share(BodyBudget budget, int times) : IDisposable
    {
        private long held;

        /// <summary>True once something did not fit.</summary>
        public bool IsFull { get; private set; }

        /// <summary>Takes room for more bytes; false when there is none.</summary>
        public bool TryTake(int bytes)
        {
            if (Interlocked.Add(ref budget.taken, bytes) > times * Interlocked.Read(ref budget.most))
            {
                Interlocked.Add(ref budget.taken, -bytes);
                IsFull = true;
                return false;
            }

            held += bytes;
            return true;
        }

        /// <summary>The refusal of an answer that found no room.</summary>
        public ExchangeError AnswerRefusal() => budget.AnswerRefusal();

        public void Dispose()
        {
            Interlocked.Add(ref budget.taken, -held);
            held = 0;
        }
    }
}
