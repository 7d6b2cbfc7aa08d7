using Tunduk.Archive.Keys;
using Tunduk.Archive.Sealing;
using Tunduk.Archive.Stores;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Erasures;

// Over 300 lines: planning, naming and committing an erasure, whose order decides what a crash may leave.

/// <summary>Erases sealed values: of a record as a whole, or some of them.</summary>
/// <remarks>
/// Order: journal (on disk) → one transaction with the erasure entry, the emptied rows and the journal's mark → cleaning of the
/// store's files. After a crash in between the journal is ahead of the mark, and <see cref="ReplayAsync"/> ends what was begun.
/// </remarks>
internal sealed class Eraser(IArchiveStore store, FileKeyStore keys, LogWriter writer, ErasureJournal journal, TimeProvider time) : IDisposable
{
    private const int RecordsAnEntry = ErasurePace.Records;

    // Their values are in memory at once.
    private const int ReadTogether = 25;
    private readonly Unsealer unsealer = new(keys);
    private readonly SemaphoreSlim one = new(1, 1);
    private long applied;
    private long waited;

    /// <summary>Held while erasing and sealing, so that neither writes over what the other read.</summary>
    public SemaphoreSlim Turn => one;

    /// <summary>Time in which what was planned waited for appends before it.</summary>
    public TimeSpan Waited => new(Interlocked.Read(ref waited));

    // Line: what the entry says of it. More: positions are left for a further entry.
    private sealed record Planned(StoreErasure Erasure, IReadOnlyList<int>? Slots, int Epoch, string Line, bool More, bool IsFirst);

    // Choose: null for the whole sealed part.
    private sealed class Wanted(RecordId record, Func<SealedBlob, IEnumerable<int>>? choose)
    {
        public RecordId Record => record;

        public Func<SealedBlob, IEnumerable<int>>? Choose => choose;

        /// <summary>Some of it stands in an entry before.</summary>
        public bool Begun { get; set; }
    }

    public async Task<ErasureResult> EraseAsync(ErasureRequest request, Func<EntryDraft, (PreparedDraft? Prepared, string? Error)> prepare, CancellationToken cancellationToken)
    {
        if (request.Entry.Kind is not (EntryKind.Erasure or EntryKind.RetentionRun) || request.Entry.Subject is not null)
        {
            return new ErasureResult { Fault = new ArchiveFault(ArchiveFaultCode.DraftInvalid, Phrases.Of("Erasures.ErasureNeedsEntryKind"), Phrases.Of("Erasures.CorrectDraft")) };
        }

        await one.WaitAsync(cancellationToken).ConfigureAwait(false);
        ErasureResult result = new();
        try
        {
            if (applied < journal.Lines)
            {
                await ReplayAsync(applied).ConfigureAwait(false); // an erasure before this one is in the journal only
            }

            EntryDraft draft = request.Entry;
            Func<SealedBlob, IEnumerable<int>>? choose = request.Paths is { } paths ? blob => Matching(blob, paths) : null;
            Queue<Wanted> left = new(request.Records.Distinct().Select(record => new Wanted(record, choose)));
            while (left.Count > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                List<Planned> plans = Fill(left, (record, known) =>
                    result = known ? result with { Nothing = result.Nothing + 1 } : result with { Unknown = [.. result.Unknown, record] });
                if (plans.Count == 0)
                {
                    continue;
                }

                (PreparedDraft? prepared, string? error) = prepare(draft with { Subject = Subject(plans) });
                if (prepared is null)
                {
                    return result with { Fault = new ArchiveFault(ArchiveFaultCode.DraftInvalid, error!, Phrases.Of("Erasures.CorrectDraft")) };
                }

                // From here on it happens, whether anybody waits or not.
                AppendResult append = await CommitAsync(prepared, plans, journal.Append([.. plans.Select(static p => new JournalLine(p.Erasure.Record, p.Slots))])).ConfigureAwait(false);
                if (!append.IsDurable)
                {
                    return result with { Fault = append.Fault };
                }

                result = result with
                {
                    Erased = result.Erased + plans.Count(static p => p.IsFirst),
                    Entries = [.. result.Entries, append.Record!.Value],
                    Epochs = [.. result.Epochs.Concat(plans.Select(static p => p.Epoch)).Distinct().Order()],
                };
                draft = new EntryDraft { Kind = draft.Kind, Stage = draft.Stage, Code = draft.Code, Link = append.Record };
            }

            return result with { FilesClean = result.Erased == 0 || (!request.MoreFollow && await CleanAsync(deep: false).ConfigureAwait(false)) };
        }
        catch (StoreException e)
        {
            return result with { Fault = e.ToFault() };
        }
        finally
        {
            one.Release();
        }
    }

    /// <summary>Brings a database up to the journal: what it lost in a restore, and what a crash cut off. The number of records that lost values.</summary>
    public async Task<int> ReplayAsync(long seen)
    {
        if (seen > journal.Lines)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveRolledBack, Phrases.Of("Erasures.ErasureJournalLinesDatabase", journal.Lines, seen));
        }

        int erased = 0;
        long at = seen;
        foreach (JournalLine[] part in journal.After(seen).Chunk(RecordsAnEntry))
        {
            // A record may stand there more than once; what is planned reads what is stored, so each goes once.
            Queue<Wanted> left = new();
            foreach (IGrouping<RecordId, JournalLine> lines in part.GroupBy(static l => l.Record))
            {
                HashSet<int> slots = [.. lines.SelectMany(static l => l.Slots ?? [])];
                left.Enqueue(new Wanted(lines.Key, lines.Any(static l => l.Slots is null) ? null : blob => slots.Where(s => s < blob.Slots.Count)));
            }

            while (left.Count > 0)
            {
                List<Planned> plans = Fill(left, static (_, _) => { });
                if (plans.Count == 0)
                {
                    continue;
                }

                PreparedDraft entry = Sealer.PrepareBare(new EntryDraft { Kind = EntryKind.Erasure, Stage = "Archive", Code = EntryCodes.ErasureReplayed, Subject = Subject(plans) });
                AppendResult append = await CommitAsync(entry, plans, new JournalMark(journal.Id, left.Count == 0 ? at + part.Length : at)).ConfigureAwait(false);
                if (!append.IsDurable)
                {
                    throw new StoreException(append.Fault!.Code, Phrases.Of("Erasures.ErasuresCouldNotRepeated", append.Fault.Detail));
                }

                erased += plans.Count(static p => p.IsFirst);
            }

            at += part.Length;
        }

        applied = at;
        if (erased > 0)
        {
            await CleanAsync(deep: false).ConfigureAwait(false);
        }

        return erased;
    }

    /// <summary>Cleans the store's files, piece by piece between appends; false when a reader was in the way.</summary>
    public async Task<bool> CleanAsync(bool deep)
    {
        Pending scrub;
        do
        {
            scrub = new Pending { ScrubDeep = deep };
            if (!(await writer.EnqueueAsync(scrub).ConfigureAwait(false)).IsDurable)
            {
                return false;
            }
        }
        while (scrub.Scrubbed == ScrubState.More && !deep);
        if (store.IsShared)
        {
            await Task.Run(() => store.Reclaim(deep)).ConfigureAwait(false);
        }

        return scrub.Scrubbed == ScrubState.Clean;
    }

    public void Dispose() => one.Dispose();

    private async Task<AppendResult> CommitAsync(PreparedDraft entry, List<Planned> plans, JournalMark mark)
    {
        long begun = time.GetTimestamp();
        TimeSpan before = writer.Erasing;
        AppendResult append = await writer.EnqueueAsync(new Pending { Prepared = entry, Erasures = [.. plans.Select(static p => p.Erasure)], Journal = mark }).ConfigureAwait(false);
        Interlocked.Add(ref waited, ErasurePace.Work(time.GetElapsedTime(begun), writer.Erasing - before).Ticks);
        applied = append.IsDurable ? mark.Applied : applied;
        return append;
    }

    private static string Subject(List<Planned> plans) => string.Join('\n', plans.Select(static p => p.Line));

    // As many as one entry can name, in their order. Of a record with more positions than fit the rest stays in the queue.
    private List<Planned> Fill(Queue<Wanted> left, Action<RecordId, bool> nothing)
    {
        List<Planned> plans = [];
        int room = EntryFormat.MaxSubjectBytes;
        Dictionary<RecordId, Planned?> whole = PlanWhole([.. left.Take(RecordsAnEntry).Where(static wanted => wanted.Choose is null).Select(static wanted => wanted.Record)]);
        while (plans.Count < RecordsAnEntry && left.TryPeek(out Wanted? wanted))
        {
            (bool known, Planned? plan, bool isFull) = wanted.Choose is null
                ? (whole.TryGetValue(wanted.Record, out Planned? found), found, found is not null && found.Line.Length > room)
                : Plan(wanted, room);
            if (isFull)
            {
                break;
            }

            if (plan is not null)
            {
                plans.Add(plan);
                room -= plan.Line.Length + 1;
                wanted.Begun = true;
                if (plan.More)
                {
                    break;
                }
            }
            else if (!wanted.Begun)
            {
                nothing(wanted.Record, known);
            }

            left.Dequeue();
        }

        return plans;
    }

    // Of records that go as a whole nothing but what leads to them is read. Records that are not there are left out; null: nothing is left of it.
    private Dictionary<RecordId, Planned?> PlanWhole(IReadOnlyCollection<RecordId> records)
    {
        Dictionary<RecordId, Planned?> plans = [];
        long now = EntryClock.Micro(time.GetUtcNow());
        foreach (RecordId[] some in records.Chunk(ReadTogether))
        {
            foreach (ValuesRow row in store.Use(reader => reader.Values(some)))
            {
                if (!EntryDecoder.TryDecode(row.Leaf, out LogEntry? entry, out _))
                {
                    continue;
                }

                // What cannot be opened can be erased all the same.
                SealedBlob? blob = row.Values is { } values ? unsealer.OpenValues(entry!, values) : null;
                plans[row.Record] = row.Values is null ? null
                    : new Planned(new StoreErasure(row.Record, null, blob?.Terms, blob?.Claims, now), null, row.Values.Epoch, new ErasureLine(row.Record, null).ToString(), More: false, IsFirst: true);
            }
        }

        return plans;
    }

    private (bool Known, Planned? Plan, bool IsFull) Plan(Wanted wanted, int room) => store.Use(reader =>
    {
        RecordId record = wanted.Record;
        if (reader.Leaf(record) is not { } leaf || !EntryDecoder.TryDecode(leaf, out LogEntry? entry, out _))
        {
            return (false, (Planned?)null, false);
        }

        if (reader.Seal(record) is not { } stored)
        {
            return (true, null, false);
        }

        long now = EntryClock.Micro(time.GetUtcNow());
        Unsealed opened = unsealer.Open(entry!, stored, keepParts: false);
        if (opened.Blob is not { } blob)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveUnreadable, Phrases.Of("Erasures.SealedPartCannotOpened", record, opened.Error));
        }

        // Chunks always go: the message's bytes repeat its fields. So do facts that are computed over them. They go with the first value that does.
        List<int> chosen = [.. wanted.Choose!(blob).Where(i => blob.Slots[i].Kind is SlotKind.Value or SlotKind.Part).Distinct()];
        if (chosen.Count == 0)
        {
            return (true, null, false);
        }

        List<int> first = [.. Enumerable.Range(0, blob.Slots.Count).Where(i => blob.Slots[i].Kind == SlotKind.Part || SealedPaths.IsDigest(blob.Slots[i].Path))];
        List<int> all = [.. first, .. chosen.Except(first)];
        return Fit(record, all, first.Count, room) is (var fitting, var take)
            ? (true, Partial(record, entry!, stored, blob, [.. all.Take(take)], now) with { Line = fitting.ToString(), More = take < all.Count, IsFirst = !wanted.Begun }, false)
            : (true, null, true);
    });

    // The line for as many of the positions as there is room for; null where not even those that go together fit.
    private static (ErasureLine Line, int Take)? Fit(RecordId record, List<int> slots, int together, int room)
    {
        for (int take = slots.Count; take > 0 && take >= together;)
        {
            ErasureLine line = ErasureLine.Of(record, slots.Take(take).Order());
            int length = line.ToString().Length;
            if (length <= room)
            {
                return (line, take);
            }

            take = Math.Min(take - 1, (int)((long)take * room / length));
        }

        // Thousands of parts: a run that covers them all, though it covers values between them too.
        return room == EntryFormat.MaxSubjectBytes ? (new ErasureLine(record, [(slots.Take(together).Min(), slots.Take(together).Max())]), together) : null;
    }

    private Planned Partial(RecordId record, LogEntry entry, StoredSeal stored, SealedBlob blob, HashSet<int> slots, long now)
    {
        List<SealedSlot> rest = [];
        for (int i = 0; i < blob.Slots.Count; i++)
        {
            SealedSlot slot = blob.Slots[i];
            rest.Add(slots.Contains(i) && slot.Kind is SlotKind.Value or SlotKind.Part
                ? new SealedSlot(SlotKind.Erased, Hash(slot, stored, entry), default, "", default, default, default, 0, 0)
                : slot);
        }

        (List<byte[]> gone, List<byte[]> kept) = Split(blob, rest);
        SealedBlob left = new(rest, kept, []);
        SealedRest replacement = Sealer.Reseal(entry, stored, left, keys.FindSeals(stored.Epoch)[0]);
        return new Planned(new StoreErasure(record, replacement, gone, blob.Claims, now), [.. slots.Order()], stored.Epoch, "", More: false, IsFirst: true);
    }

    // The leaf of a value is computed from it; that of a part was checked when the record was opened and is read again here.
    private LogHash Hash(SealedSlot slot, StoredSeal stored, LogEntry entry) => slot.Kind == SlotKind.Part
        ? unsealer.PartLeaf(entry, stored, slot) ?? throw new StoreException(ArchiveFaultCode.ArchiveUnreadable, Phrases.Of("Erasures.PayloadPartDoesNot"))
        : Commitment.Leaf(slot.Salt.Span, System.Text.Encoding.UTF8.GetBytes(slot.Path), slot.Type, slot.Presence, slot.Value.Span);

    // A search hash stays when one of the values that are left gives it, under any kind and any index key.
    private (List<byte[]> Gone, List<byte[]> Kept) Split(SealedBlob blob, List<SealedSlot> rest)
    {
        HashSet<UInt128> given = [];
        foreach (SealedSlot slot in rest.Where(static s => s.Kind == SlotKind.Value && s.Presence is ValuePresence.Present or ValuePresence.Removed))
        {
            bool isRemoved = slot.Presence == ValuePresence.Removed;
            string value = isRemoved ? slot.Path : System.Text.Encoding.UTF8.GetString(slot.Value.Span);
            foreach (IndexKind kind in isRemoved ? SealedPaths.Removed : SealedPaths.KindsOf(slot.Path))
            {
                IndexTerm term = new(kind, value);
                foreach (EpochKey key in keys.IndexKeys())
                {
                    given.Add(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(Sealer.Mac(key, term)));
                }
            }
        }

        ILookup<bool, byte[]> split = blob.Terms.ToLookup(mac => given.Contains(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(mac)));
        return ([.. split[false]], [.. split[true]]);
    }

    private static IEnumerable<int> Matching(SealedBlob blob, IReadOnlyList<string>? paths)
    {
        for (int i = 0; i < blob.Slots.Count; i++)
        {
            string path = blob.Slots[i].Path;
            if (path.Length > 0 && paths!.Any(p => path == p || (path.StartsWith(p, StringComparison.Ordinal) && path[p.Length] == '/')))
            {
                yield return i;
            }
        }
    }
}
