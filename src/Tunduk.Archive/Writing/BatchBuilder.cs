using System.Buffers.Binary;
using Tunduk.Archive.Sealing;
using Tunduk.Archive.Stores;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Writing;

// Over 300 lines: what becomes of one draft, from bound to row, in the order it happens.

/// <summary>
/// Decides about every waiting append and builds the batch: index, time, leaf, tree, claims, ends and space. Writer's thread only.
/// </summary>
/// <remarks>
/// Tree and last time run ahead of what is durable while a batch is built; when its commit fails they are worthless, and
/// <see cref="Load"/> sets everything anew from the store. Only <see cref="inFlight"/> outlives that: the requests this process was
/// told are durable and whose end it still owes.
/// </remarks>
internal sealed class BatchBuilder
{
    private readonly HashSet<RecordId> inFlight = [];
    private readonly Dictionary<RecordId, int> open = [];
    private readonly Dictionary<RecordId, int> opened = [];
    private readonly Dictionary<RecordId, EndRow> closed = [];
    private readonly Dictionary<UInt128, StoreClaimHolder> claimed = [];
    private readonly List<PreparedClaim> held = [];
    private readonly Dictionary<UInt128, ClaimRow> stored = [];
    private LogTree tree = new();
    private StoreBatch? batch;
    private ILogStore store = null!;
    private DateTimeOffset now;
    private ArchiveOptions options = null!;
    private ISpace reserve = null!;
    private long freeBytes;
    private long reserved;
    private DateTimeOffset lastTime;

    private readonly record struct StoreClaimHolder(RecordId Record, long? Until);

    public bool IsLoaded { get; private set; }
    public LogId Log { get; private set; }
    public string Origin { get; private set; } = "";
    public long Size { get; private set; }
    public LogHash Root { get; private set; }
    public DateTimeOffset LastTime { get; private set; }
    public int OpenCount => open.Count;

    /// <summary>Whether the batch holds anything to commit.</summary>
    public bool HasWork => batch is { } b && (b.Rows.Count > 0 || b.Checkpoints.Count > 0 || b.Rewraps.Count > 0);

    /// <summary>Takes what a freshly opened store holds; returns an outcome-unknown entry for every request whose end nobody owes.</summary>
    public IReadOnlyList<Pending> Load(StoreState state, ILogStore from)
    {
        tree = state.Tree;
        Log = state.Log;
        Origin = state.Origin;
        Size = tree.Size;
        Root = tree.Root();
        LastTime = lastTime = state.LastTime;
        open.Clear();
        foreach (OpenRequest request in state.OpenRequests)
        {
            open.Add(request.Record, request.Reserve);
        }

        inFlight.IntersectWith(open.Keys);
        IsLoaded = true;
        List<Pending> orphans = [];
        foreach (RecordId request in open.Keys.Where(r => !inFlight.Contains(r)).OrderBy(static r => r.Index).ToList())
        {
            // A row that marks anything but a request without end was not written by this program: it must not become an entry, and
            // verify names it.
            LogEntry? entry = Wait(from.FindEntryAsync(request, CancellationToken.None));
            if (entry is not { Kind: EntryKind.Request } || Wait(from.FindEndAsync(request, CancellationToken.None)) is not null)
            {
                open.Remove(request);
                continue;
            }

            orphans.Add(new Pending
            {
                Prepared = Sealer.PrepareBare(new EntryDraft
                {
                    Kind = EntryKind.OutcomeUnknown,
                    Role = entry.Role,
                    Counterparty = entry.Counterparty,
                    OwnSubsystem = entry.OwnSubsystem,
                    Service = entry.Service,
                    Agreement = entry.Agreement,
                    AgreementVersion = entry.AgreementVersion,
                    Stage = "Recovery",
                    Code = EntryCodes.OutcomeUnknown,
                    Link = request,
                }),
            });
        }

        reserved = open.Values.Sum(static r => (long)r);
        return orphans;
    }

    /// <summary>Begins a batch of these items; everything the store has of their claimed names is read at once.</summary>
    public void Begin(IReadOnlyCollection<Pending> items, ILogStore into, DateTimeOffset clock, ArchiveOptions settings, long free, ISpace space)
    {
        store = into;
        now = EntryClock.Truncate(clock);
        options = settings;
        freeBytes = free;
        reserve = space;
        opened.Clear();
        closed.Clear();
        claimed.Clear();
        batch = new StoreBatch { Log = Log, ExpectedSize = tree.Size };
        stored.Clear();
        List<byte[]> names = [.. items.SelectMany(static i => i.Prepared?.Claims ?? []).SelectMany(static c => c.Macs)];
        foreach (ClaimRow row in names.Count == 0 ? [] : Wait(store.FindClaimsAsync(names, CancellationToken.None)))
        {
            stored[Key(row.Mac)] = row;
        }
    }

    /// <summary>Decides about one item: a row of the batch, or an answer that needs none.</summary>
    public void Add(Pending item)
    {
        if (item.Checkpoint is { } checkpoint)
        {
            batch!.Checkpoints.Add(checkpoint);
            item.Result = new AppendResult { Outcome = AppendOutcome.Appended };
            return;
        }

        if (item.Prepared is not { } prepared)
        {
            batch!.Rewraps.AddRange(item.Rewraps ?? []);
            item.Result = new AppendResult { Outcome = AppendOutcome.Appended };
            return;
        }

        RecordId? closes = null;
        if (item.IsEnd)
        {
            item.Result = CheckEnd(prepared, out closes);
            if (item.Result is not null)
            {
                return;
            }
        }
        else if (Refuse(prepared) is { } fault)
        {
            item.Result = new AppendResult { Outcome = AppendOutcome.Failed, Fault = fault };
            return;
        }

        ClaimState? existing = null;
        held.Clear();
        foreach (PreparedClaim claim in prepared.Claims)
        {
            if (Holder(claim) is { } holder)
            {
                ClaimState state = State(claim, holder);
                existing ??= state;
                if (claim.Claim.Exclusive)
                {
                    item.Result = new AppendResult { Outcome = AppendOutcome.Claimed, Existing = state };
                    return;
                }

                if (state.EndKind is null or EntryKind.OutcomeUnknown)
                {
                    // The name stays with the request whose end nobody knows: were it taken over by a repeat that is refused,
                    // the repeat after that would be told that all is well.
                    held.Add(claim);
                }
            }
        }

        item.Result = Append(prepared, closes) with { Existing = existing };
        if (item.Result.IsDurable)
        {
            batch!.Erasures.AddRange(item.Erasures);
            batch.Journal = item.Journal ?? batch.Journal;
        }
    }

    public StoreBatch Finish() => batch!;

    /// <summary>The batch is durable: what it changed is now the state.</summary>
    public void Accept()
    {
        foreach ((RecordId record, int bytes) in opened)
        {
            if (!closed.ContainsKey(record))
            {
                open.Add(record, bytes);
                inFlight.Add(record);
            }
        }

        foreach (RecordId record in closed.Keys)
        {
            open.Remove(record);
            inFlight.Remove(record);
        }

        // Size and root change together and only here: the head store must never be told a root that is not durable.
        Size = tree.Size;
        Root = tree.Root();
        LastTime = lastTime;
    }

    private AppendResult Append(PreparedDraft prepared, RecordId? closes)
    {
        lastTime = now > lastTime ? now : lastTime;
        LogEntry entry = prepared.Template with { Log = Log, Index = tree.Size, Time = lastTime };
        if (!EntryEncoder.TryEncode(entry, out byte[] leaf, out string? error))
        {
            // The template was encoded when the draft was prepared, and only fixed-size fields changed.
            return new AppendResult { Outcome = AppendOutcome.Failed, Fault = new ArchiveFault(ArchiveFaultCode.DraftInvalid, error!, Phrases.Of("Writing.CorrectDraft")) };
        }

        RecordId record = new(Log, entry.Index);
        LogHash hash = MerkleHash.Leaf(leaf);
        tree.Append(hash, batch!.Tiles);
        int? opens = entry.Kind == EntryKind.Request ? prepared.AnswerReserve : null;
        if (opens is { } bytes)
        {
            opened.Add(record, bytes);
            reserved += bytes;
        }

        if (closes is { } request)
        {
            closed.Add(request, new EndRow(record, entry.Kind, entry.SealId, entry.Time));
            reserved -= open.GetValueOrDefault(request) + opened.GetValueOrDefault(request);
        }

        List<StoreClaim> claims = new(prepared.Claims.Count);
        foreach (PreparedClaim claim in prepared.Claims)
        {
            if (held.Contains(claim))
            {
                continue;
            }

            long? until = claim.Claim.Until is { } t ? EntryClock.Micro(t) : null;
            claims.Add(new StoreClaim(claim.Macs[0], until, stored.TryGetValue(Key(claim.Macs[0]), out ClaimRow before) ? before.Record : null));
            claimed[Key(claim.Macs[0])] = new StoreClaimHolder(record, until);
        }

        batch.Rows.Add(new StoreRow
        {
            Entry = entry,
            Leaf = leaf,
            LeafHash = hash,
            Seal = prepared.Seal,
            Terms = prepared.Terms,
            Claims = claims,
            OpensReserve = opens,
            Closes = closes,
        });
        return new AppendResult { Outcome = AppendOutcome.Appended, Record = record, Time = entry.Time };
    }

    // Null with the request to close when the end may be appended.
    private AppendResult? CheckEnd(PreparedDraft end, out RecordId? closes)
    {
        RecordId request = end.Template.Link!.Value;
        closes = null;
        bool isOpen = open.ContainsKey(request) || opened.ContainsKey(request);
        if (isOpen && !closed.ContainsKey(request))
        {
            closes = request;
            return null;
        }

        EndRow? other = closed.TryGetValue(request, out EndRow inBatch) ? inBatch : Wait(store.FindEndAsync(request, CancellationToken.None));
        if (other is { } found)
        {
            return new AppendResult
            {
                Outcome = found.SealId == end.SealId ? AppendOutcome.Appended : AppendOutcome.AlreadyEnded,
                Record = found.Record,
                Time = found.Time,
            };
        }

        // A refusal may point to an entry that is no request; nothing else may.
        LogEntry? linked = Wait(store.FindEntryAsync(request, CancellationToken.None));
        return end.Template.Kind == EntryKind.Refusal && linked is not null && linked.Kind != EntryKind.Request
            ? null
            : new AppendResult
            {
                Outcome = AppendOutcome.Failed,
                Fault = new ArchiveFault(ArchiveFaultCode.LinkUnknown, Phrases.Of("Writing.NoOpenRequestArchive", request), Phrases.Of("Writing.AppendRequestFirst")),
            };
    }

    /// <summary>The refusal of what would stand before the newest entry; null while the clock is not behind it by more than it may be.</summary>
    public static ArchiveFault? ClockBack(DateTimeOffset last, DateTimeOffset now, ArchiveOptions options) => last - now <= options.MaxClockStepBack ? null
        : new ArchiveFault(ArchiveFaultCode.ArchiveClock, Phrases.Of("Writing.ClockStandsSBefore", (last - now).TotalSeconds), Phrases.Of("Writing.CorrectClock"));

    private ArchiveFault? Refuse(PreparedDraft prepared)
    {
        if (ClockBack(lastTime, now, options) is { } back)
        {
            return back;
        }

        long floor = prepared.Template.Kind switch
        {
            EntryKind.Request => options.MinFreeForExchanges,
            EntryKind.Refusal => options.MinFreeForRefusals,
            _ => options.MinFreeForAccess,
        };
        if (freeBytes < floor)
        {
            return new ArchiveFault(ArchiveFaultCode.ArchiveFull, Phrases.Of("Writing.MiBFreeArchiveVolume", freeBytes >> 20, floor >> 20), Phrases.Of("Writing.FreeSpaceArchiveVolume"));
        }

        return prepared.Template.Kind == EntryKind.Request && !reserve.Ensure(reserved + prepared.AnswerReserve)
            ? new ArchiveFault(ArchiveFaultCode.ArchiveFull, Phrases.Of("Writing.ReserveAnswersMiBCannot", options.AnswerReserve >> 20, open.Count + opened.Count), Phrases.Of("Writing.FreeSpaceEnlargeReserve"))
            : null;
    }

    private StoreClaimHolder? Holder(PreparedClaim claim)
    {
        if (claimed.TryGetValue(Key(claim.Macs[0]), out StoreClaimHolder holder))
        {
            return Live(holder.Until) ? holder : null;
        }

        foreach (byte[] mac in claim.Macs)
        {
            if (stored.TryGetValue(Key(mac), out ClaimRow row) && Live(row.Until))
            {
                return new StoreClaimHolder(row.Record, row.Until);
            }
        }

        return null;
    }

    private bool Live(long? until) => until is null || until >= EntryClock.Micro(now);

    private ClaimState State(PreparedClaim claim, StoreClaimHolder holder)
    {
        EndRow? end = null;
        if (closed.TryGetValue(holder.Record, out EndRow inBatch))
        {
            end = inBatch;
        }
        else if (!open.ContainsKey(holder.Record) && !opened.ContainsKey(holder.Record))
        {
            end = Wait(store.FindEndAsync(holder.Record, CancellationToken.None));
        }

        return new ClaimState(claim.Claim.Kind, holder.Record, end?.Record, end?.Kind);
    }

    private static UInt128 Key(byte[] mac) => BinaryPrimitives.ReadUInt128BigEndian(mac);

    private static T Wait<T>(ValueTask<T> task) => task.IsCompletedSuccessfully ? task.Result : task.AsTask().GetAwaiter().GetResult();
}
