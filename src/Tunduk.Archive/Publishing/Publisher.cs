using Tunduk.Archive.Heads;
using Tunduk.Archive.Sealing;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Publishing;

// Over 300 lines: the order of a checkpoint, from head to anchor and time-stamp, and every way it may end.

/// <summary>
/// Follows the writer: moves the head store along and signs checkpoints. It never delays an append.
/// </summary>
/// <remarks>
/// Order of a checkpoint, each step durable before the next: head holds size and root → signed → head holds the signed note → database
/// → anchors' queues → <see cref="Latest"/>. So a second root for a size is never signed: whatever was signed is vouched for by the head, and
/// a database that does not fit the head is not opened.
/// </remarks>
internal sealed class Publisher : IAsyncDisposable
{
    private static readonly TimeSpan DiskWait = TimeSpan.FromSeconds(2);
    private readonly ArchiveOptions options;
    private readonly TimeProvider time;
    private readonly LogWriter writer;
    private readonly HeadKeeper head;
    private readonly HeadLag lag;
    private readonly ICheckpointKeys keys;
    private readonly List<Task> leaving = [];
    private readonly Timestamper? timestamper;
    private readonly SemaphoreSlim one = new(1, 1);
    private readonly SemaphoreSlim signal = new(0, 1);
    private readonly CancellationTokenSource stop = new();
    private readonly Dictionary<string, ArchiveFault> warnings = [];
    private ArchivePolicy policy;
    private IReadOnlyDictionary<string, AnchorQueue> anchors;
    private Task loop = Task.CompletedTask;
    private long signedAt;
    private int sinceCheckpoint;

    public Publisher(ArchiveOptions options, TimeProvider time, LogWriter writer, HeadKeeper head, ICheckpointKeys keys, ArchivePolicy policy, Timestamper? timestamper)
    {
        this.options = options;
        this.time = time;
        this.writer = writer;
        this.head = head;
        lag = new HeadLag(time, options.HeadLag);
        this.keys = keys;
        this.policy = policy;
        anchors = Queues(policy, new Dictionary<string, AnchorQueue>());
        this.timestamper = timestamper;
    }

    /// <summary>Newest published checkpoint.</summary>
    public SignedCheckpoint? Latest { get; private set; }

    /// <summary>The settings it goes by now.</summary>
    public ArchivePolicy Policy => Volatile.Read(ref policy);

    public long HeadSize => head.Current?.Size ?? 0;

    public IReadOnlyList<ArchiveFault> Warnings
    {
        get
        {
            lock (warnings)
            {
                return [.. warnings.Values, .. Queues().Select(static anchor => anchor.Status.Fault).OfType<ArchiveFault>()];
            }
        }
    }

    /// <summary>How far each anchor has come, the time-stamping authority among them.</summary>
    public IReadOnlyList<AnchorStatus> Anchors => [.. Queues().Select(static anchor => anchor.Status), .. timestamper is { IsOn: true } ? [timestamper.Status] : Array.Empty<AnchorStatus>()];

    /// <summary>Goes by other settings from the next checkpoint on; new anchors get the newest one at once.</summary>
    public void Take(ArchivePolicy next)
    {
        List<AnchorQueue> fresh;
        lock (leaving)
        {
            IReadOnlyDictionary<string, AnchorQueue> before = anchors;
            IReadOnlyDictionary<string, AnchorQueue> after = Queues(next, before);
            Volatile.Write(ref policy, next);
            Volatile.Write(ref anchors, after);
            leaving.RemoveAll(static task => task.IsCompleted);
            leaving.AddRange(before.Where(one => !after.ContainsKey(one.Key)).Select(static one => Task.Run(() => one.Value.DisposeAsync().AsTask())));
            fresh = [.. after.Where(one => !before.ContainsKey(one.Key)).Select(static one => one.Value)];
        }

        if (Latest is { } latest)
        {
            fresh.ForEach(anchor => _ = anchor.PublishAsync(latest)); // its queue says what came of it
        }

        if (timestamper is not null)
        {
            timestamper.Interval = next.TimestampInterval;
            JudgeClock();
        }
    }

    public void Start()
    {
        if (head.Current?.Checkpoint is { } note && CheckpointNote.TryParse(note, out SignedCheckpoint? known))
        {
            Latest = known;
            _ = Anchor(known!); // what the last end left unsent
        }

        signedAt = time.GetTimestamp();
        lag.Begin(HeadSize);
        writer.Committed = OnCommitted;
        writer.HeadLag = lag;
        OnCommitted(0);
        loop = Task.Run(LoopAsync, CancellationToken.None); // it ends by itself when stopped
    }

    /// <summary>Signs a checkpoint of everything acknowledged, unless the newest one covers it and <paramref name="again"/> is false.</summary>
    public async ValueTask<SignedCheckpoint> CheckpointAsync(bool again, CancellationToken cancellationToken)
    {
        await one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ICheckpointSigner signer = keys.Current;
            await NameKeyAsync(signer, cancellationToken).ConfigureAwait(false);
            AckedState acked = writer.Acked ?? throw new InvalidOperationException("The archive is not open.");
            if (!again && Latest is { } latest && latest.Size == acked.Size && latest.Origin == acked.Origin)
            {
                return latest;
            }

            Interlocked.Exchange(ref sinceCheckpoint, 0);
            MoveHead(acked, head.Current?.Checkpoint);
            SignedCheckpoint signed = await CheckpointNote.SignAsync(acked.Origin, acked.Size, acked.Root, time.GetUtcNow(), signer, cancellationToken).ConfigureAwait(false);
            if (!CheckpointNote.Verify(signed, signer.PublicKey.Span))
            {
                throw new StoreException(ArchiveFaultCode.ArchiveKeys, Phrases.Of("Publishing.SignerSignatureDoesNot"));
            }

            MoveHead(acked, signed.Note);
            AppendResult stored = await writer.EnqueueAsync(new Pending { Checkpoint = signed }).ConfigureAwait(false);
            Note("checkpoint", stored.Fault);
            if (!stored.IsDurable)
            {
                // Nobody outside has seen it: what an anchor or a counterparty holds, the archive holds for ever.
                throw new StoreException(stored.Fault!);
            }

            await WaitForDisksAsync(Anchor(signed)).ConfigureAwait(false);
            Latest = signed;
            signedAt = time.GetTimestamp();
            return signed;
        }
        finally
        {
            one.Release();
        }
    }

    /// <summary>Says in the log that another key signs now, before it does; a failure is a warning, and nothing is signed with the new key until it is said.</summary>
    public async Task AnnounceKeyAsync(CancellationToken cancellationToken) => await TryAsync("sign", async () =>
    {
        await one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await NameKeyAsync(keys.Current, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            one.Release();
        }
    }).ConfigureAwait(false);

    /// <summary>Has the newest checkpoint stamped if it is time; a failure is a warning, and the next checkpoint is tried.</summary>
    public async Task StampAsync(CancellationToken cancellationToken)
    {
        if (Latest is { } latest && timestamper is { IsOn: true } && timestamper.IsDue(latest))
        {
            await StampAsync(latest, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Has a checkpoint stamped now, unless that was done last; whether it is.</summary>
    public async Task<bool> StampAsync(SignedCheckpoint latest, CancellationToken cancellationToken)
    {
        if (timestamper is not { IsOn: true })
        {
            return false;
        }

        if (timestamper.LastNote == latest.Note)
        {
            return true;
        }

        ArchiveFault? fault = null;
        try
        {
            await timestamper.StampAsync(latest, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or TimeoutException or System.Security.Cryptography.CryptographicException)
        {
            fault = new ArchiveFault(ArchiveFaultCode.TimestampMissing, Phrases.Of("Publishing.GaveNoTimeStamp", timestamper.Name, e.Message), Phrases.Of("Publishing.CheckAuthorityNextCheckpoint"));
        }

        Note("time-stamp", fault);
        JudgeClock();
        return fault is null;
    }

    /// <summary>Signs the last checkpoint and stops; the writer must still run.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await loop.ConfigureAwait(false);
        if (writer.Acked is { Refusing: null })
        {
            await GuardedAsync(again: false, CancellationToken.None).ConfigureAwait(false);
        }

        RecordHead();
        Task[] gone;
        lock (leaving)
        {
            gone = [.. leaving];
        }

        await Task.WhenAll([.. gone, .. Queues().Select(static anchor => anchor.DisposeAsync().AsTask())]).ConfigureAwait(false);
        stop.Dispose();
        one.Dispose();
        signal.Dispose();
    }

    private void OnCommitted(int entries)
    {
        Interlocked.Add(ref sinceCheckpoint, entries);
        lag.Acknowledge(writer.Acked!.Size);
        if (signal.CurrentCount == 0)
        {
            try
            {
                signal.Release();
            }
            catch (SemaphoreFullException)
            {
                // Somebody signalled in between: one signal is enough.
            }
        }
    }

    private async Task LoopAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                TimeSpan idle = options.IdleCheckpointInterval - time.GetElapsedTime(signedAt);
                using (CancellationTokenSource timer = new(idle > TimeSpan.Zero ? idle : TimeSpan.FromMilliseconds(1), time))
                using (CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, stop.Token))
                {
                    await signal.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }

                if (stop.IsCancellationRequested)
                {
                    return;
                }

                if (time.GetElapsedTime(signedAt) >= options.IdleCheckpointInterval)
                {
                    await GuardedAsync(again: true, stop.Token).ConfigureAwait(false);
                }

                await FollowAsync().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
        }
    }

    // Entries arrived: the head follows every HeadInterval until a checkpoint covers them all.
    private async Task FollowAsync()
    {
        while (writer.Acked is { } acked && (Latest is null || Latest.Size != acked.Size || Latest.Origin != acked.Origin))
        {
            bool due = Volatile.Read(ref sinceCheckpoint) >= Policy.CheckpointEntries || time.GetElapsedTime(signedAt) >= Policy.CheckpointInterval || Latest is null;
            if (due)
            {
                await GuardedAsync(again: false, stop.Token).ConfigureAwait(false);
            }
            else if (acked.Size > HeadSize)
            {
                await one.WaitAsync(stop.Token).ConfigureAwait(false);
                try
                {
                    MoveHead(acked, head.Current?.Checkpoint);
                    Note("head", null);
                }
                catch (StoreException e)
                {
                    Note("head", e.ToFault());
                }
                finally
                {
                    one.Release();
                }
            }

            await Task.Delay(options.HeadInterval, time, stop.Token).ConfigureAwait(false);
        }
    }

    // The database may be gone for good: the head must know all that was acknowledged before this process forgets it.
    private void RecordHead()
    {
        try
        {
            if (writer.Acked is { } acked && acked.Size > HeadSize && head.Current?.Log == acked.Log)
            {
                MoveHead(acked, head.Current?.Checkpoint);
            }
        }
        catch (StoreException e)
        {
            Note("head", e.ToFault());
        }
    }

    private async Task GuardedAsync(bool again, CancellationToken cancellationToken)
    {
        if (await TryAsync("sign", async () => await CheckpointAsync(again, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false))
        {
            await StampAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> TryAsync(string what, Func<Task> action)
    {
        try
        {
            await action().ConfigureAwait(false);
            Note(what, null);
            return true;
        }
        catch (StoreException e)
        {
            Note(what, e.ToFault());
        }
        catch (Exception e) when (e is not OperationCanceledException || !stop.IsCancellationRequested)
        {
            // Whatever a signer throws, a token's own kinds among them: the loop must not end while the log grows.
            Note(what, new ArchiveFault(ArchiveFaultCode.ArchiveKeys, Phrases.Of("Publishing.CheckpointCouldNotSigned", e.GetType().Name), Phrases.Of("Publishing.CheckSigningKeyCheckpoints")));
        }

        return false;
    }

    // The log names the key before anything is signed with it: the key before says so where it is still at hand, and the new one accepts.
    private async Task NameKeyAsync(ICheckpointSigner signer, CancellationToken cancellationToken)
    {
        LogKey next = LogKey.Of(signer);
        if (writer.NamedKey is not { } named || named.Equals(next))
        {
            return;
        }

        AckedState acked = writer.Acked!;
        string subject = await KeyChange.SubjectAsync(acked.Origin, acked.Size, named, keys.Find(named), signer, cancellationToken).ConfigureAwait(false);
        EntryDraft draft = new() { Kind = EntryKind.KeyChange, Stage = "Archive", Code = KeyChange.Code, Subject = subject };
        AppendResult said = await writer.EnqueueAsync(new Pending { Prepared = Sealer.PrepareBare(draft) }).ConfigureAwait(false);
        if (!said.IsDurable)
        {
            throw new StoreException(said.Fault!);
        }

        writer.NamedKey = next;
    }

    // The writer may have reopened or another call moved the head further in the meantime: it never goes back.
    private void MoveHead(AckedState acked, string? note) => lag.Move(() =>
    {
        HeadState? current = head.Current;
        HeadState next = current is not null && current.Log == acked.Log && current.Size > acked.Size ? current : new HeadState(acked.Log, 0, acked.Size, acked.Root, note);
        head.Replace(next with { Version = (current?.Version ?? 0) + 1, Checkpoint = note });
        return next.Size;
    });

    private IEnumerable<AnchorQueue> Queues() => Volatile.Read(ref anchors).Values;

    // One that stays keeps its queue and what is known of it.
    private Dictionary<string, AnchorQueue> Queues(ArchivePolicy of, IReadOnlyDictionary<string, AnchorQueue> known)
    {
        Dictionary<string, AnchorQueue> queues = [];
        foreach (string path in of.AnchorFiles)
        {
            queues.TryAdd(path, known.GetValueOrDefault(path) ?? new AnchorQueue(new FileAnchor(path), time));
        }

        foreach (AnchorOptions anchor in of.Anchors)
        {
            string key = Publishing.Anchors.KeyOf(anchor);
            queues.TryAdd(key, known.GetValueOrDefault(key) ?? new AnchorQueue(Publishing.Anchors.Make(anchor, time), time));
        }

        return queues;
    }

    // Where no authority is asked any more, also a stamp that was under way says nothing.
    private void JudgeClock()
    {
        lock (warnings)
        {
            bool isOn = timestamper!.IsOn;
            TimeSpan off = timestamper.Offset?.Duration() ?? TimeSpan.Zero;
            ArchiveFault wrong = new(ArchiveFaultCode.ArchiveClock, Phrases.Of("Publishing.ClockSOff", off.TotalSeconds, timestamper.Name), Phrases.Of("Publishing.CorrectClock"));
            writer.ClockFault = isOn && off >= Policy.ClockRefusal ? wrong : null; // before anybody reads the alarm
            Note("clock", isOn && off >= Policy.ClockAlarm ? wrong : null);
            if (!isOn)
            {
                Note("time-stamp", null);
            }
        }
    }

    // To every anchor's own queue; the task is of those on a disk of this host.
    private Task Anchor(SignedCheckpoint checkpoint)
    {
        List<Task> disks = [];
        foreach (AnchorQueue anchor in Queues())
        {
            Task tried = anchor.PublishAsync(checkpoint);
            if (anchor.IsLocal)
            {
                disks.Add(tried);
            }
        }

        return Task.WhenAll(disks);
    }

    // A disk is as fast as the archive's own; one that hangs is not waited for.
    private static async Task WaitForDisksAsync(Task written)
    {
        try
        {
            await written.WaitAsync(DiskWait, TimeProvider.System).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Its queue goes on.
        }
    }

    private void Note(string what, ArchiveFault? fault)
    {
        lock (warnings)
        {
            if (fault is null)
            {
                warnings.Remove(what);
            }
            else
            {
                warnings[what] = fault;
            }
        }
    }
}
