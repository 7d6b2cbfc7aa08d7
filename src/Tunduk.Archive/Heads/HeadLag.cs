using Tunduk.Archive.Writing;

namespace Tunduk.Archive.Heads;

/// <summary>
/// For how long the head store has not vouched for something that was acknowledged. Asked at every commit, it never waits for the head store: one that
/// hangs is as far behind as one that fails.
/// </summary>
/// <param name="time">Measures.</param>
/// <param name="most">The bound: <see cref="ArchiveOptions.HeadLag"/>.</param>
internal sealed class HeadLag(TimeProvider time, TimeSpan most)
{
    private readonly Lock gate = new();
    private long acknowledged;
    private long vouched;
    private long? since;
    private StoreException? last;

    /// <summary>Why nothing but ends of requests is appended; null while the head store is near enough.</summary>
    public ArchiveFault? Refusal
    {
        get
        {
            lock (gate)
            {
                return since is not { } at || time.GetElapsedTime(at) is var behind && behind < most ? null
                    : new ArchiveFault(ArchiveFaultCode.ArchiveUnwritable, Phrases.Of("Heads.HeadStoreBehind", behind.TotalSeconds, acknowledged - vouched, last?.Message ?? Phrases.Of("Heads.HeadStoreSilent")),
                        last?.Remedy ?? Phrases.Of("Heads.MakeHeadStoreWritable"));
            }
        }
    }

    /// <summary>What the head vouches for already, before anything is acknowledged here.</summary>
    public void Begin(long size)
    {
        lock (gate)
        {
            vouched = size;
        }
    }

    /// <summary>So many entries are acknowledged now.</summary>
    public void Acknowledge(long size)
    {
        lock (gate)
        {
            acknowledged = size;
            since = size > vouched ? since ?? time.GetTimestamp() : null;
        }
    }

    /// <summary>Moves the head: what it vouches for when that returns counts from the moment it began.</summary>
    /// <param name="move">Replaces the head; says how many entries it then vouches for.</param>
    /// <exception cref="StoreException">It failed.</exception>
    public void Move(Func<long> move)
    {
        long begun = time.GetTimestamp();
        try
        {
            long size = move();
            lock (gate)
            {
                (vouched, last) = (size, null);
                since = acknowledged > size ? begun : null;
            }
        }
        catch (StoreException e)
        {
            lock (gate)
            {
                last = e;
            }

            throw;
        }
    }
}
