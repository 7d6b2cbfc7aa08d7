using System.Runtime.CompilerServices;
using Tunduk.Archive.Disclosing;
using Tunduk.Archive.Erasures;
using Tunduk.Archive.Heads;
using Tunduk.Archive.Keys;
using Tunduk.Archive.Publishing;
using Tunduk.Archive.Sealing;
using Tunduk.Archive.Searching;
using Tunduk.Archive.Stores;
using Tunduk.Archive.Verification;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive;

// Over 300 lines: every act of an archive, one after the other, each a few lines over its parts.

/// <summary>One log over a store: writer, publisher, reader and eraser of it put together.</summary>
internal sealed class LogArchive : IArchive
{
    private const int DisclosedAtOnce = 500;
    private readonly ArchiveParts parts;
    private readonly LogWriter writer;
    private readonly Publisher publisher;
    private readonly Sealer sealer;
    private readonly Unsealer unsealer;
    private readonly Eraser eraser;
    private readonly EpochSealer epochs;
    private readonly ArchiveOptions options;
    private readonly SearchWarmth warmth;
    private readonly TimeProvider time;

    // Never disposed: a turn may be given back after the end.
    private readonly SemaphoreSlim retention = new(1, 1);

    // Read: a draft is being sealed and queued. Write: an epoch gets another key. Never disposed: an append may still come, to be told that it is too late.
    private readonly ReaderWriterLockSlim sealing = new();
    private readonly TileCache tiles = new();
    private LogRow? ownLog;
    private int disposed;

    private LogArchive(ArchiveParts parts, LogWriter writer, Publisher publisher, Eraser eraser, ArchiveOptions options, TimeProvider time)
    {
        this.parts = parts;
        this.writer = writer;
        this.publisher = publisher;
        this.eraser = eraser;
        this.options = options;
        this.time = time;
        Log = writer.Acked!.Log;
        sealer = new Sealer(Log, parts.Keys, options, time);
        unsealer = new Unsealer(parts.Keys);
        epochs = new EpochSealer(parts.Store, parts.Keys, writer, eraser, time);
        warmth = new SearchWarmth(parts.Store, sealer.SearchMacs, time);
    }

    public LogId Log { get; }

    /// <summary>Transactions committed since the start.</summary>
    internal int Commits => writer.Commits;

    internal SearchLimits SearchLimits { get; set; } = SearchLimits.Default;

    public SignedCheckpoint? LatestCheckpoint => publisher.Latest;

    public ArchiveStatus Status
    {
        get
        {
            AckedState acked = writer.Acked!;
            long free = FreeBytes(acked);
            ArchiveFault? refusing = acked.Refusing ?? writer.Refusal ?? parts.Keys.Fault(time.GetUtcNow());
            return new ArchiveStatus
            {
                Log = acked.Log,
                Origin = acked.Origin,
                Size = acked.Size,
                HeadSize = publisher.HeadSize,
                CheckpointSize = publisher.Latest?.Size ?? 0,
                CheckpointTime = publisher.Latest?.Time,
                OpenRequests = acked.OpenRequests,
                Refusing = refusing ?? (free < options.MinFreeForExchanges ? Full(free, Phrases.Of("Archive.NewExchangesRefused")) : null),
                Warnings = [.. publisher.Warnings.Concat(Warnings(free, refusing)).Distinct()],
                FreeBytes = free,
                Anchors = publisher.Anchors,
                Busy = writer.Busy,
                ErasuresWaited = eraser.Waited,
            };
        }
    }

    // Of a volume that is not there nobody says that it is full.
    private IEnumerable<ArchiveFault> Warnings(long free, ArchiveFault? refusing)
    {
        if (free < options.MinFreeForRefusals && refusing is null or { Code: ArchiveFaultCode.ArchiveFull })
        {
            yield return Full(free, Phrases.Of("Archive.RefusalsNoLongerArchived"));
        }

        if (parts.Store.Warning is { } warning)
        {
            yield return warning;
        }
    }

    // What the writer saw at its last append is old news to whoever asks for health.
    private long FreeBytes(AckedState acked)
    {
        try
        {
            return parts.Store.Space.FreeBytes();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return acked.FreeBytes;
        }
    }

    private static ArchiveFault Full(long free, string effect) =>
        new(ArchiveFaultCode.ArchiveFull, Phrases.Of("Archive.MiBFreeArchiveVolume", free >> 20, effect), Phrases.Of("Archive.FreeSpaceArchiveVolume"));

    /// <summary>
    /// Opens a log of the store, making it if nothing is there; holds it against the head store; gives every request whose end nobody
    /// knows an outcome-unknown entry; erases again what a restored copy still holds. Never throws for what may happen in production.
    /// </summary>
    public static async Task<ArchiveOpening> OpenAsync(
        ArchiveOptions options, ICheckpointSigner signer, TimeProvider time, string? succeedReason,
        Func<IArchiveStore> stores, IHeadStore? heads, bool needsFolder, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (ArchiveOptionsValidator.Validate(options, needsFolder) is { } settings)
        {
            return new ArchiveOpening { Fault = settings };
        }

        ArchiveParts? parts = null;
        LogWriter? writer = null;
        Publisher? publisher = null;
        try
        {
            parts = new ArchiveParts(stores(), new HeadKeeper(heads ?? new FileHeadStore(options.HeadFolder) { MayBeLost = succeedReason is not null }));
            parts.Keys = FileKeyStore.Open(options.KeyFolder, options.MasterKeyFile, options.CreateMasterKey, options.MasterKeyToken);
            parts.Head.Open();
            ErasureJournal journal = ErasureJournal.Open(options.HeadFolder, parts.Head.Current?.Erasures, mayBeLost: succeedReason is not null);
            parts.Head.Journal = () => journal.Mark;
            LogOpener opener = new(options, parts.Store.NewWriter, parts.Head, parts.Keys, signer, succeedReason) { Journal = journal };
            writer = new LogWriter(options, time, opener, parts.Store.Space);
            if (await writer.StartAsync().ConfigureAwait(false) is { } fault)
            {
                throw new StoreException(fault);
            }

            Eraser eraser = new(parts.Store, parts.Keys, writer, journal, time);
            await eraser.ReplayAsync(await writer.FindAppliedAsync(journal.Id).ConfigureAwait(false)).ConfigureAwait(false);
            LogArchive? archive = null;
            Timestamper? timestamper = options.Timestamper is { } authority ? new Timestamper(authority, options.TimestampInterval, time, draft => archive!.Enqueue(draft)) : null;
            publisher = new Publisher(options, time, writer, parts.Head, options.CheckpointKeys ?? new OneCheckpointKey(signer),
                PolicyOf(options), timestamper);
            archive = new LogArchive(parts, writer, publisher, eraser, options, time);
            await publisher.AnnounceKeyAsync(CancellationToken.None).ConfigureAwait(false);
            publisher.Start();
            return new ArchiveOpening { Archive = archive, Recovered = writer.Recovered };
        }
        catch (StoreException e)
        {
            await (writer?.DisposeAsync() ?? default).ConfigureAwait(false);
            parts?.Dispose();
            return new ArchiveOpening { Fault = e.ToFault() };
        }
    }

    /// <summary>What of the settings may change later.</summary>
    internal static ArchivePolicy PolicyOf(ArchiveOptions options) => new()
    {
        CheckpointInterval = options.CheckpointInterval,
        CheckpointEntries = options.CheckpointEntries,
        TimestampInterval = options.TimestampInterval,
        ClockAlarm = options.ClockAlarm,
        ClockRefusal = options.ClockRefusal,
        AnchorFiles = options.AnchorFiles,
        Anchors = options.Anchors,
    };

    public void Take(ArchivePolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        if (policy.Validate() is { } fault)
        {
            throw new ArgumentException(fault.Detail, nameof(policy));
        }

        parts.Store.Take(policy);
        publisher.Take(policy);
    }

    public async ValueTask<AppendResult> AppendAsync(EntryDraft draft, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(draft);
        cancellationToken.ThrowIfCancellationRequested();
        return await Enqueue(draft).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private Task<AppendResult> Enqueue(EntryDraft draft)
    {
        sealing.EnterReadLock();
        try
        {
            return sealer.Prepare(draft, out string? error) is { } prepared
                ? writer.EnqueueAsync(new Pending { Prepared = prepared })
                : Task.FromResult(Failed(ArchiveFaultCode.DraftInvalid, error!, Phrases.Of("Archive.CorrectDraft")));
        }
        catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // A new epoch key could not be stored.
            return Task.FromResult(Failed(ArchiveFaultCode.ArchiveKeys, Phrases.Of("Archive.NoKeySeal", e.Message), (e as StoreException)?.Remedy ?? Phrases.Of("Archive.CheckKeyFolder")));
        }
        finally
        {
            sealing.ExitReadLock();
        }
    }

    public ValueTask<IReadOnlyCollection<RecordId>> FindSealedAsync(IReadOnlyCollection<RecordId> records, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(records);
        cancellationToken.ThrowIfCancellationRequested();
        return UseAsync(reader => reader.Sealed(records));
    }

    public async ValueTask<ErasureResult> EraseAsync(ErasureRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return await eraser.EraseAsync(request, draft => (sealer.Prepare(draft, out string? error), error), cancellationToken).ConfigureAwait(false);
    }

    // Within the process by a semaphore, between processes by the store's lock. Both are let go of whatever the other one says.
    public async ValueTask<RetentionTurn> EnterRetentionAsync(CancellationToken cancellationToken)
    {
        await retention.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            IDisposable held = parts.Store.IsShared ? await Task.Run(parts.Store.LockRetention, CancellationToken.None).ConfigureAwait(false) : parts.Store.LockRetention();
            return new RetentionTurn(() =>
            {
                try
                {
                    held.Dispose();
                }
                finally
                {
                    retention.Release();
                }
            });
        }
        catch (StoreException e)
        {
            retention.Release();
            return new RetentionTurn(e.ToFault());
        }
    }

    public async ValueTask<bool> CleanAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await eraser.Turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await eraser.CleanAsync(deep: false).ConfigureAwait(false);
        }
        finally
        {
            eraser.Turn.Release();
        }
    }

    public async ValueTask<SealingResult> SealEpochAsync(int epoch, CancellationToken cancellationToken) =>
        await epochs.SealAsync(epoch, SwitchKeys, cancellationToken).ConfigureAwait(false);

    private void SwitchKeys(Action action)
    {
        sealing.EnterWriteLock();
        try
        {
            action();
        }
        finally
        {
            sealing.ExitWriteLock();
        }
    }

    public ValueTask<SearchPage> SearchAsync(SearchQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        cancellationToken.ThrowIfCancellationRequested();
        List<IReadOnlyList<byte[]>> terms = [.. query.Terms.Select(sealer.SearchMacs)];
        return UseAsync(reader => reader.Find(query, terms, SearchLimits));
    }

    public async ValueTask<ArchiveFault?> WarmSearchesAsync(CancellationToken cancellationToken) => await warmth.RunAsync(cancellationToken).ConfigureAwait(false);

    public ValueTask<ArchiveRecord?> GetAsync(RecordId record, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return UseAsync(reader => RecordReader.Read(reader, unsealer, record));
    }

    public ValueTask<ArchiveRecord?> GetEndAsync(RecordId request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return UseAsync(reader => reader.FindEnd(request) is { } end ? RecordReader.Read(reader, unsealer, end.Record) : null);
    }

    public async ValueTask<VerifyReport> VerifyAsync(VerifyOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArchiveVerifier verifier = new(parts.Store, parts.Keys, parts.Head.Current, publisher.Policy.AnchorFiles);
        return await verifier.RunAsync(options, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<SignedCheckpoint> CheckpointAsync(CancellationToken cancellationToken) => publisher.CheckpointAsync(again: false, cancellationToken);

    public async ValueTask<bool> StampAsync(SignedCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return await publisher.StampAsync(checkpoint, cancellationToken).ConfigureAwait(false);
    }

    // The row of a log never changes.
    private LogRow OwnLog(IStoreReader reader) => ownLog ??= reader.Logs().First(l => l.Id == Log);

    public async ValueTask<InclusionProof?> ProveAsync(RecordId record, CancellationToken cancellationToken)
    {
        if (record.Log != Log || record.Index >= writer.Acked!.Size)
        {
            return null; // LIMIT: records of a log that was succeeded are proven by verify and by bundles, not here
        }

        SignedCheckpoint? checkpoint = publisher.Latest;
        if (checkpoint is null || checkpoint.Size <= record.Index)
        {
            checkpoint = await CheckpointAsync(cancellationToken).ConfigureAwait(false);
        }

        // Two connections at once: most of a proof of an entry that nobody asked for lately is waiting for the disk.
        Task<byte[]?> read = Task.Run(() => parts.Store.Use(reader => reader.Leaf(OwnLog(reader), record.Index)), CancellationToken.None);
        Task<List<LogHash>> path = Task.Run(
            () => parts.Store.Use(reader => MerkleProofBuilder.Inclusion(reader.Nodes(OwnLog(reader), checkpoint.Size, tiles), record.Index, checkpoint.Size)), CancellationToken.None);
        await Task.WhenAll(read, path).ConfigureAwait(false);
        InclusionProof? proof = await read.ConfigureAwait(false) is { } leaf ? new InclusionProof(record, MerkleHash.Leaf(leaf), await path.ConfigureAwait(false), checkpoint) : null;
        return proof is null || proof.Holds() ? proof : throw new InvalidDataException(Phrases.Of("Archive.ProofDoesNotHold", record));
    }

    public IAsyncEnumerable<RecordDisclosure> DiscloseAsync(IReadOnlyList<RecordId> records, SignedCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(checkpoint);
        return DisclosePiecesAsync(records, checkpoint, cancellationToken);
    }

    private async IAsyncEnumerable<RecordDisclosure> DisclosePiecesAsync(
        IReadOnlyList<RecordId> records, SignedCheckpoint checkpoint, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Piece by piece: no connection is held while a reader takes its time.
        foreach (RecordId[] piece in records.Chunk(DisclosedAtOnce))
        {
            cancellationToken.ThrowIfCancellationRequested();
            List<RecordDisclosure> read = parts.Store.Use(reader => reader.Logs().FirstOrDefault(row => row.Origin == checkpoint.Origin) is { } log
                ? new RecordDiscloser(reader, unsealer, log, checkpoint, log.Id == Log ? tiles : null) is var discloser ? [.. piece.Select(discloser.Disclose).OfType<RecordDisclosure>()] : []
                : new List<RecordDisclosure>());
            foreach (RecordDisclosure disclosure in read)
            {
                yield return disclosure;
            }

            await Task.Yield();
        }
    }

    public async ValueTask<SignedCheckpoint?> CheckpointOfAsync(LogId log, CancellationToken cancellationToken) => log == Log
        ? await CheckpointAsync(cancellationToken).ConfigureAwait(false)
        : parts.Store.Use(reader => reader.Logs().FirstOrDefault(row => row.Id == log) is { } other
            && reader.NewestCheckpoint(other) is { } newest && CheckpointNote.TryParse(newest.Note, out SignedCheckpoint? note)
            ? note
            : null);

    public ValueTask<IReadOnlyList<LogHash>?> ProveConsistencyAsync(LogId log, long size, SignedCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult<IReadOnlyList<LogHash>?>(size < 0 || size > checkpoint.Size ? null : parts.Store.Use(reader =>
            reader.Logs().FirstOrDefault(row => row.Id == log) is { } row ? MerkleProofBuilder.Consistency(reader.Nodes(row, checkpoint.Size, row.Id == Log ? tiles : null), size, checkpoint.Size) : null));
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
        {
            return;
        }

        await warmth.DisposeAsync().ConfigureAwait(false);
        await publisher.DisposeAsync().ConfigureAwait(false);
        await writer.DisposeAsync().ConfigureAwait(false);
        eraser.Dispose();
        parts.Dispose();
    }

    // The embedded database answers from memory; a server is waited for on a thread of the pool.
    private ValueTask<T> UseAsync<T>(Func<IStoreReader, T> read) =>
        parts.Store.IsShared ? new ValueTask<T>(Task.Run(() => parts.Store.Use(read))) : ValueTask.FromResult(parts.Store.Use(read));

    private static AppendResult Failed(ArchiveFaultCode code, string detail, string remedy) =>
        new() { Outcome = AppendOutcome.Failed, Fault = new ArchiveFault(code, detail, remedy) };
}
