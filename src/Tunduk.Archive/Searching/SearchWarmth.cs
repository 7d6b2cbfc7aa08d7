using System.Buffers.Binary;
using Tunduk.Archive.Stores;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Searching;

/// <summary>
/// Searches that nobody asked for, below the gate: what they find is thrown away at once and shown to nobody, so that they are no looks and no entries.
/// Whoever searches first afterwards finds the code compiled, statements prepared, the server's catalog read over the connections that searches use, and
/// inner pages of the indexes in memory.
/// </summary>
/// <remarks>
/// Bounded in work: the number of searches and lookups goes with nothing, and each looks at a few entries, by limits of its own that lead down every
/// way of <see cref="EntrySearch"/> in any archive. Bounded in time by <see cref="Longest"/>. It has a thread of its own: those of the pool do not wait for the disk.
/// </remarks>
/// <param name="store">The archive's.</param>
/// <param name="macs">Keyed hashes of a search term under every index key.</param>
/// <param name="time">The clock.</param>
internal sealed class SearchWarmth(IArchiveStore store, Func<IndexTerm, IReadOnlyList<byte[]>> macs, TimeProvider time) : IAsyncDisposable
{
    /// <summary>No search is begun after this.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    // A statement is prepared after two uses over a connection, and a server plans it anew for five more: each search asks most of them several times.
    private const int Rounds = 2;

    /// <summary>Connections for reading that a store on a server keeps open while nobody reads; searches use them in turn.</summary>
    public const int Connections = 2;

    // Places of an index and of a log, evenly over each, so that pages above the last ones are in memory: as many as an archive of some ten million entries
    // has. A server has an index for each month.
    private const int HashPlaces = 1024;
    private const int HashPlacesAMonth = 128;
    private const int HashesTogether = 16;
    private const int EntryPlaces = 512;

    // As a small archive would be searched: entries are few and hashes rare, or hashes are frequent, conditions allow many shapes, and a page ends early.
    private static readonly SearchLimits[] Ways = [new(64, 64, 64, 16, 64, 64), new(64, -1, 64, 16, 0, 64), new(64, -1, 64, 16, 64, 0)];
    private readonly CancellationTokenSource stop = new();
    private readonly Lock access = new();
    private Task<ArchiveFault?> running = Task.FromResult<ArchiveFault?>(null);
    private bool disposed;

    /// <summary>Searches made since the start.</summary>
    public int Made { get; private set; }

    /// <summary>
    /// Does it once beside everything else; while it is under way the same one is waited for. Null when it was done, cut short or the archive is closing;
    /// else the fault that ended it. Cancelling ends it after the search it is at.
    /// </summary>
    public Task<ArchiveFault?> RunAsync(CancellationToken cancellationToken)
    {
        lock (access)
        {
            if (!disposed && running.IsCompleted)
            {
                running = Task.Factory.StartNew(() => Run(cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }

            return running;
        }
    }

    /// <summary>Ends it after the search it is at, and waits for that.</summary>
    public async ValueTask DisposeAsync()
    {
        Task<ArchiveFault?> last;
        lock (access)
        {
            disposed = true;
            last = running;
        }

        await stop.CancelAsync().ConfigureAwait(false);
        await last.ConfigureAwait(false);
        stop.Dispose();
    }

    private ArchiveFault? Run(CancellationToken cancellationToken)
    {
        long begun = time.GetTimestamp();
        try
        {
            // One connection within the other, so that it is another one.
            Over(store.IsShared ? Connections : 1);
            return null;
        }
        catch (StoreException e)
        {
            return e.ToFault();
        }
        catch (Exception e) // the edge of the thread: what nobody asked for must not end anything
        {
            return new ArchiveFault(ArchiveFaultCode.ArchiveUnreadable, Phrases.Of("Searching.SearchAheadEnded", e.GetType().Name), Phrases.Of("Searching.ReportFault"));
        }

        bool Over(int connections) => connections == 0 || store.Use(reader =>
        {
            bool goesOn = Warm(reader, isFirst: connections == 1, () => !stop.IsCancellationRequested && !cancellationToken.IsCancellationRequested && time.GetElapsedTime(begun) < Longest);
            return goesOn && Over(connections - 1);
        });
    }

    // False when it is to end.
    private bool Warm(IStoreReader reader, bool isFirst, Func<bool> mayGoOn)
    {
        for (int round = 0; round < (store.IsShared ? Rounds : 1) && mayGoOn(); round++)
        {
            SearchQuery[] queries = Queries(reader);
            foreach ((SearchQuery query, SearchLimits limits) in queries.SelectMany(static query => Ways.Select(limits => (query, limits))))
            {
                if (!mayGoOn())
                {
                    return false;
                }

                reader.Find(query, [.. query.Terms.Select(macs)], limits);
                Made++;
            }
        }

        return mayGoOn() && (!isFirst || (Hashes(reader, mayGoOn) && Entries(reader, mayGoOn)));
    }

    // Of each kind one: without conditions, by what the newest entry has, by what none has, by time, by one person, by two terms, and together.
    private SearchQuery[] Queries(IStoreReader reader)
    {
        SearchQuery all = new();
        LogEntry? newest = reader.Find(all with { PageSize = 1 }, [], Ways[0]).Entries.FirstOrDefault()?.Entry;
        DateTimeOffset now = time.GetUtcNow();
        SearchQuery like = all with
        {
            Counterparty = newest?.Counterparty,
            OwnSubsystem = newest?.OwnSubsystem,
            Service = newest?.Service,
            Agreement = newest?.Agreement,
            Stage = newest?.Stage,
            Code = newest?.Code,
            Kinds = [newest?.Kind ?? EntryKind.Request],
        };
        SearchQuery person = all with { Terms = [new IndexTerm(IndexKind.Pin, "0")] };
        SearchQuery both = all with { Terms = [.. person.Terms, new IndexTerm(IndexKind.MessageId, "0")] };
        return
        [
            all, like, like with { Code = "0" }, all with { Kinds = [EntryKind.Request] }, all with { From = now - TimeSpan.FromDays(1), Until = now },
            person, person with { Kinds = [EntryKind.Request] }, both, both with { Stage = newest?.Stage ?? "0" },
        ];
    }

    // Hashes that nothing has, and entries, each a walk down its index.
    private bool Hashes(IStoreReader reader, Func<bool> mayGoOn)
    {
        if (macs(new IndexTerm(IndexKind.Pin, "0")) is not [{ } some, ..])
        {
            return true; // nothing was ever indexed
        }

        int all = store.IsShared ? HashPlacesAMonth : HashPlaces;
        foreach (int[] places in Enumerable.Range(0, all).Chunk(HashesTogether))
        {
            if (!mayGoOn())
            {
                return false;
            }

            reader.Find(new SearchQuery { Terms = [new IndexTerm(IndexKind.Pin, "0")] }, [[.. places.Select(place => At(some, place * (ushort.MaxValue + 1) / all))]], Ways[0]);
            Made++;
        }

        return true;
    }

    private static byte[] At(byte[] mac, int begin)
    {
        byte[] at = [.. mac];
        BinaryPrimitives.WriteUInt16BigEndian(at, (ushort)begin);
        return at;
    }

    private static bool Entries(IStoreReader reader, Func<bool> mayGoOn)
    {
        foreach (LogRow log in reader.Logs())
        {
            long size = reader.Size(log);
            long step = Math.Max(1, size / EntryPlaces);
            for (long index = 0; index < size; index += step)
            {
                if (!mayGoOn())
                {
                    return false;
                }

                reader.Leaf(log, index);
            }
        }

        return true;
    }
}
