using Tunduk.Archive.Heads;
using Tunduk.Archive.Stores;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Writing;

// Over 300 lines: one queue and one thread; what state the log is in at each line is to be seen at once.

/// <summary>
/// The one writer of a log. Appends queue up; a thread of its own takes what has arrived, commits it as one transaction and then
/// answers all of it.
/// </summary>
/// <remarks>
/// State of the world, line by line of <see cref="Process"/>: before the commit nothing of the batch exists; after it everything does
/// and is answered; when the commit throws, nobody knows, so every waiting append is refused, the store is thrown away, and the next
/// append opens a fresh one by the same path as at start (<see cref="LogOpener"/>), which reads what is really there.
/// </remarks>
internal sealed class LogWriter : IAsyncDisposable
{
    private const long MaxBatchBytes = 16L << 20;
    private const int MaxConflicts = 10;
    private readonly ArchiveOptions options;
    private readonly TimeProvider time;
    private readonly LogOpener opener;
    private readonly ISpace space;
    private readonly BatchBuilder builder = new();
    private readonly object gate = new();
    private readonly Thread thread;
    private readonly TaskCompletionSource<ArchiveFault?> started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<Pending> queue = [];
    private readonly List<Pending> taken = [];
    private bool stopping;
    private ILogStore? store;
    private ArchiveFault? refusing;
    private long failedAt;
    private long spaceCheckedAt;
    private long freeBytes = long.MaxValue;
    private long purgedAt;
    private long busy;
    private long erasing;
    private bool scrubDue = true; // the process before may have ended between an erasure and the cleaning

    public LogWriter(ArchiveOptions options, TimeProvider time, LogOpener opener, ISpace space)
    {
        this.options = options;
        this.time = time;
        this.opener = opener;
        this.space = space;
        thread = new Thread(Run) { IsBackground = true, Name = "archive writer" };
    }

    /// <summary>The newest acknowledged state; null before the start.</summary>
    public AckedState? Acked { get; private set; }

    /// <summary>The checkpoint key the log names last; the publisher sets it when it has appended a change.</summary>
    public LogKey? NamedKey { get; set; }

    /// <summary>Requests that recovery has given an end since the start.</summary>
    public int Recovered { get; private set; }

    /// <summary>Transactions committed since the start.</summary>
    public int Commits { get; private set; }

    /// <summary>Time spent on appends since the start; batches with an erasure are not counted.</summary>
    public TimeSpan Busy => new(Interlocked.Read(ref busy));

    /// <summary>Time spent on erasures and cleaning since the start. Counted before they are answered.</summary>
    public TimeSpan Erasing => new(Interlocked.Read(ref erasing));

    /// <summary>Called on the writer's thread after each commit, with the number of entries in it. Must not block.</summary>
    public Action<int>? Committed { get; set; }

    /// <summary>Set while the clock is too far from a time-stamping authority's: nothing but ends is appended, and evidence that may cure it.</summary>
    public ArchiveFault? ClockFault { get; set; }

    /// <summary>How far the head store is behind, once somebody moves it: too far, and nothing but ends is appended, and what may cure it.</summary>
    public HeadLag? HeadLag { get; set; }

    /// <summary>Why new exchanges are refused although the store could be written; null when they are not.</summary>
    public ArchiveFault? Refusal => Held ?? BatchBuilder.ClockBack(Acked!.LastTime, time.GetUtcNow(), options);

    private ArchiveFault? Held => ClockFault ?? HeadLag?.Refusal;

    /// <summary>Opens and recovers; the fault that stops the start, or null.</summary>
    public Task<ArchiveFault?> StartAsync()
    {
        thread.Start();
        return started.Task;
    }

    /// <summary>Lines of the erasure journal that the store has seen. Only right after the start, before anything is queued.</summary>
    public ValueTask<long> FindAppliedAsync(LogId journal) => store!.FindAppliedAsync(journal, CancellationToken.None);

    /// <summary>Queues an item; its result comes when it is durable.</summary>
    public Task<AppendResult> EnqueueAsync(Pending item)
    {
        lock (gate)
        {
            if (stopping)
            {
                item.Fail(new ArchiveFault(ArchiveFaultCode.ArchiveClosed, Phrases.Of("Writing.ArchiveShuttingDown"), Phrases.Of("Writing.SendAgainAfterRestart")));
            }
            else if (queue.Count >= options.MaxQueue && !item.IsEnd && item.Checkpoint is null)
            {
                item.Fail(new ArchiveFault(ArchiveFaultCode.ArchiveBusy, Phrases.Of("Writing.AppendsWaiting", queue.Count), Phrases.Of("Writing.SendLessGiveArchive")));
            }
            else
            {
                queue.Enqueue(item);
                if (queue.Count == 1)
                {
                    Monitor.Pulse(gate);
                }
            }
        }

        return item.Answered;
    }

    /// <summary>Writes what is queued and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            stopping = true;
            Monitor.Pulse(gate);
        }

        if (thread.ThreadState.HasFlag(ThreadState.Unstarted))
        {
            return;
        }

        await stopped.Task.ConfigureAwait(false);
    }

    private void Run()
    {
        try
        {
            ArchiveFault? fault = Reopen();
            started.TrySetResult(fault);
            while (fault is null && Take())
            {
                long begun = time.GetTimestamp();
                Process(taken);
                if (!Erases(taken[0]))
                {
                    Interlocked.Add(ref busy, time.GetElapsedTime(begun).Ticks);
                }
            }
        }
        catch (Exception e) // the edge of the thread: a bug must not leave appends waiting for ever
        {
            refusing = new ArchiveFault(ArchiveFaultCode.ArchiveUnwritable, Phrases.Of("Writing.WriterEnded", e.GetType().Name), Phrases.Of("Writing.RestartAdapterReportFault"));
            started.TrySetResult(refusing);
            Publish();
        }
        finally
        {
            Close();
            lock (gate)
            {
                stopping = true;
                taken.AddRange(queue);
                queue.Clear();
            }

            foreach (Pending item in taken)
            {
                item.Fail(refusing ?? new ArchiveFault(ArchiveFaultCode.ArchiveClosed, Phrases.Of("Writing.ArchiveShuttingDown"), Phrases.Of("Writing.SendAgainAfterRestart")));
            }

            stopped.TrySetResult();
        }
    }

    // What is to be committed together: as much as has arrived by now and a batch may hold. What is left has company when its turn comes.
    // False when stopping and nothing is left.
    private bool Take()
    {
        taken.Clear();
        lock (gate)
        {
            while (queue.Count == 0)
            {
                if (stopping)
                {
                    return false;
                }

                Monitor.Wait(gate);
            }

            // Erasures are a batch of their own: what they take from the appends is known by itself, and so is how busy the appends are (ErasurePace).
            bool erases = Erases(queue.Peek());
            for (long bytes = 0; taken.Count < options.MaxBatch && bytes < MaxBatchBytes && queue.TryPeek(out Pending? next) && Erases(next) == erases;)
            {
                bytes += next.Prepared?.Bytes ?? 0;
                taken.Add(queue.Dequeue());
            }

            return true;
        }
    }

    private static bool Erases(Pending item) => item.Erasures.Count > 0 || item.ScrubDeep is not null;

    private void Process(List<Pending> items)
    {
        if (store is null && !MayReopen())
        {
            Refuse(items);
            return;
        }

        bool done = TryCommit(items, out StoreException? failure);
        for (int again = 0; again < MaxConflicts && failure is StoreConflictException && Reopen(nothingPending: true) is null; again++)
        {
            done = TryCommit(items, out failure);
        }

        if (!done)
        {
            // Nobody knows whether the batch is on disk. Nothing is written again before the store was reopened and read.
            if (store is not null)
            {
                Fail(failure!);
            }

            Refuse(items); // for the fault of the reopening where that failed
        }
    }

    // Everything is refused for the fault that stands; but when the volume is full, ends of requests get the room kept for them.
    private void Refuse(List<Pending> items)
    {
        ArchiveFault fault = refusing!;
        items = items.FindAll(static item => !item.Answered.IsCompleted); // what fails after the commit takes nothing back
        List<Pending> ends = fault.Code == ArchiveFaultCode.ArchiveFull ? items.FindAll(static item => item.IsEnd) : [];
        items.FindAll(item => !ends.Contains(item)).ForEach(item => item.Fail(fault));
        if (ends.Count > 0)
        {
            RetryEnds(ends);
        }
    }

    // The volume is full and answers are waiting: their reserve is given up for them, once.
    private void RetryEnds(List<Pending> ends)
    {
        StoreException? failure = null;
        bool written = space.Release() && Reopen() is null && TryCommit(ends, out failure);
        if (!written)
        {
            if (failure is not null)
            {
                Fail(failure);
            }

            ends.ForEach(item => item.Fail(refusing!));
        }
    }

    private bool TryCommit(List<Pending> items, out StoreException? failure)
    {
        failure = null;
        long begun = time.GetTimestamp();
        try
        {
            CheckSpace();
            builder.Begin(items, store!, time.GetUtcNow(), options, freeBytes, space);
            ArchiveFault? held = Held;
            foreach (Pending item in items)
            {
                if (held is not null && item is { IsEnd: false, Prepared.Template.Kind: not (EntryKind.CheckpointEvidence or EntryKind.KeyChange) })
                {
                    item.Result = new AppendResult { Outcome = AppendOutcome.Failed, Fault = held };
                }
                else
                {
                    builder.Add(item);
                }
            }

            if (builder.HasWork)
            {
                StoreBatch batch = builder.Finish();
                Wait(store!.CommitAsync(batch, CancellationToken.None)); // durable when it returns
                builder.Accept();
                scrubDue |= batch.Erasures.Count > 0;
                Commits++;
                Publish();
                Committed?.Invoke(batch.Rows.Count);
            }

            Scrub(items);
            if (Erases(items[0]))
            {
                Interlocked.Add(ref erasing, time.GetElapsedTime(begun).Ticks);
            }

            foreach (Pending item in items)
            {
                item.Answer(item.Result!);
            }

            PurgeClaims();
            return true;
        }
        catch (StoreException e)
        {
            failure = e;
            return false;
        }
    }

    private void CheckSpace()
    {
        long now = time.GetTimestamp();
        if (freeBytes == long.MaxValue || time.GetElapsedTime(spaceCheckedAt, now) > TimeSpan.FromMilliseconds(200))
        {
            spaceCheckedAt = now;
            freeBytes = space.Measure();
        }
    }

    private void Scrub(List<Pending> items)
    {
        foreach (Pending item in items.Where(static i => i.ScrubDeep is not null))
        {
            item.Scrubbed = Wait(store!.ScrubAsync(item.ScrubDeep!.Value, CancellationToken.None));
            scrubDue = item.Scrubbed != ScrubState.Clean;
        }
    }

    private void PurgeClaims()
    {
        long now = time.GetTimestamp();
        if (purgedAt == 0 || time.GetElapsedTime(purgedAt, now) > TimeSpan.FromSeconds(60))
        {
            purgedAt = now;
            scrubDue = scrubDue && Wait(store!.ScrubAsync(deep: false, CancellationToken.None)) != ScrubState.Clean;
            Wait(store!.PurgeClaimsAsync(EntryClock.Micro(time.GetUtcNow()), CancellationToken.None));
        }
    }

    private void Fail(StoreException failure)
    {
        Close();
        failedAt = time.GetTimestamp();
        freeBytes = long.MaxValue;
        refusing = failure.ToFault();
        Publish();
    }

    // What was acknowledged must be there, also what the head store has not been told yet: a failover may have lost it.
    private void RequireAcknowledged(StoreState state, bool nothingPending)
    {
        if (nothingPending && builder.IsLoaded && state.Log == builder.Log && state.Size > builder.Size)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveLocked, Phrases.Of("Sqlite.LogGrownBehindWriter"));
        }

        if (builder.IsLoaded && state.Log == builder.Log
            && (state.Size < builder.Size || (builder.Size > 0 && MerkleProofBuilder.Root(state.Nodes, builder.Size) != builder.Root)))
        {
            store!.LeaveAsFound();
            throw new StoreException(ArchiveFaultCode.ArchiveRolledBack, Phrases.Of("Writing.EntriesAcknowledgedDatabaseAnswers", builder.Size, state.Size, state.Size < builder.Size ? "" : Phrases.Of("Writing.NotSame")));
        }
    }

    private bool MayReopen() => refusing?.Code != ArchiveFaultCode.ArchiveFenced && time.GetElapsedTime(failedAt) >= options.ReopenDelay && Reopen() is null;

    // Start and recovery are this one path: open, compare with the head, load the tree, give every orphaned request its end.
    private ArchiveFault? Reopen(bool nothingPending = false)
    {
        Close();
        try
        {
            (store, StoreState state) = opener.Open();
            RequireAcknowledged(state, nothingPending);
            IReadOnlyList<Pending> orphans = builder.Load(state, store);
            refusing = null;
            Publish();
            foreach (Pending[] part in opener.FirstEntries(state).Concat(orphans).Chunk(options.MaxBatch))
            {
                builder.Begin(part, store, time.GetUtcNow(), options, long.MaxValue, space);
                Array.ForEach(part, builder.Add);
                Wait(store.CommitAsync(builder.Finish(), CancellationToken.None));
                builder.Accept();
                Publish();
                Committed?.Invoke(part.Length);
            }

            NamedKey = opener.NamedKey;
            Recovered += orphans.Count;
            return null;
        }
        catch (StoreException e)
        {
            Fail(e);
            return refusing;
        }
    }

    private void Publish()
    {
        if (builder.IsLoaded)
        {
            Acked = new AckedState(builder.Log, builder.Origin, builder.Size, builder.Root, builder.LastTime, builder.OpenCount, refusing, freeBytes == long.MaxValue ? 0 : freeBytes);
        }
    }

    private void Close()
    {
        if (store is { } old)
        {
            store = null;
            Wait(old.DisposeAsync());
        }
    }

    private static T Wait<T>(ValueTask<T> task) => task.IsCompletedSuccessfully ? task.Result : task.AsTask().GetAwaiter().GetResult();

    private static void Wait(ValueTask task)
    {
        if (!task.IsCompletedSuccessfully)
        {
            task.AsTask().GetAwaiter().GetResult(); // the writer's thread is its own: blocking it starves nobody
        }
    }
}
