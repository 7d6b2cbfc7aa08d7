using System.Globalization;
using Tunduk.Archive.Files;
using Tunduk.Archive.Heads;
using Tunduk.Archive.Keys;
using Tunduk.Archive.Publishing;
using Tunduk.Archive.Sealing;
using Tunduk.Archive.Sqlite;
using Tunduk.Archive.Verification;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive;

/// <summary>The embedded archive: one SQLite file, one process.</summary>
public sealed class SqliteArchive : IArchive
{
    private readonly FileKeyStore keys;
    private readonly HeadKeeper head;
    private readonly LogWriter writer;
    private readonly Publisher publisher;
    private readonly SqliteReaders readers;
    private readonly Sealer sealer;
    private readonly Unsealer unsealer;
    private readonly IReadOnlyList<string> anchorFiles;
    private readonly ArchiveOptions options;
    private int disposed;

    private SqliteArchive(FileKeyStore keys, HeadKeeper head, LogWriter writer, Publisher publisher, string folder, ArchiveOptions options, TimeProvider time)
    {
        this.keys = keys;
        this.head = head;
        this.writer = writer;
        this.publisher = publisher;
        Log = writer.Acked!.Log;
        readers = new SqliteReaders(Path.Combine(folder, SqliteLogStore.FileName));
        sealer = new Sealer(Log, keys, options, time);
        unsealer = new Unsealer(keys);
        anchorFiles = options.AnchorFiles;
        this.options = options;
    }

    public LogId Log { get; }

    /// <summary>Transactions committed since the start.</summary>
    internal int Commits => writer.Commits;

    public SignedCheckpoint? LatestCheckpoint => publisher.Latest;

    public ArchiveStatus Status
    {
        get
        {
            AckedState acked = writer.Acked!;
            long free = FreeBytes(acked);
            return new ArchiveStatus
            {
                Log = acked.Log,
                Origin = acked.Origin,
                Size = acked.Size,
                HeadSize = publisher.HeadSize,
                CheckpointSize = publisher.Latest?.Size ?? 0,
                CheckpointTime = publisher.Latest?.Time,
                OpenRequests = acked.OpenRequests,
                Refusing = acked.Refusing ?? (free < options.MinFreeForExchanges ? Full(free, "new exchanges are refused") : null),
                Warnings = free < options.MinFreeForRefusals ? [.. publisher.Warnings, Full(free, "refusals are no longer archived")] : publisher.Warnings,
                FreeBytes = free,
            };
        }
    }

    // What the writer saw at its last append is old news to whoever asks for health.
    private long FreeBytes(AckedState acked)
    {
        try
        {
            return LocalVolume.FreeBytes(options.Folder);
        }
        catch (IOException)
        {
            return acked.FreeBytes;
        }
    }

    private static ArchiveFault Full(long free, string effect) =>
        new(ArchiveFaultCode.ArchiveFull, $"{free >> 20} MiB are free on the archive's volume: {effect}", "Free space on the archive's volume.");

    /// <summary>
    /// Opens the archive, making it if nothing is there; holds it against the head store; gives every request whose end nobody knows an
    /// outcome-unknown entry. Never throws for what may happen in production.
    /// </summary>
    public static Task<ArchiveOpening> OpenAsync(ArchiveOptions options, ICheckpointSigner signer, TimeProvider time, CancellationToken cancellationToken) =>
        OpenAsync(options, signer, time, null, null, null, cancellationToken);

    /// <summary>
    /// The way out of <c>archive_rolled_back</c>: closes the old log where it stands and begins a new one whose first entry names the old
    /// checkpoint, the lost range and the reason.
    /// </summary>
    public static Task<ArchiveOpening> SucceedAsync(ArchiveOptions options, ICheckpointSigner signer, TimeProvider time, string reason, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return OpenAsync(options, signer, time, reason, null, null, cancellationToken);
    }

    /// <summary>Verifies an archive's files without a running adapter and without changing them: a copy, a backup, or the live folder.</summary>
    public static async Task<(VerifyReport? Report, ArchiveFault? Fault)> VerifyOfflineAsync(
        OfflineArchive archive, VerifyOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(archive);
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            using FileKeyStore? keys = archive.KeyFolder is null || archive.MasterKeyFile is null ? null : FileKeyStore.Open(archive.KeyFolder, archive.MasterKeyFile, create: false);
            HeadState? known = archive.HeadFolder is null ? null : FileHeadStore.ReadOnly(archive.HeadFolder);
            using SqliteReaders readers = new(Path.Combine(archive.Folder, SqliteLogStore.FileName));
            ArchiveVerifier verifier = new(readers, keys, known, archive.AnchorFiles);
            return (await verifier.RunAsync(options, cancellationToken).ConfigureAwait(false), null);
        }
        catch (StoreException e)
        {
            return (null, e.ToFault());
        }
    }

    internal static async Task<ArchiveOpening> OpenAsync(
        ArchiveOptions options, ICheckpointSigner signer, TimeProvider time, string? succeedReason,
        Func<ILogStore>? stores, IHeadStore? heads, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(signer);
        ArgumentNullException.ThrowIfNull(time);
        cancellationToken.ThrowIfCancellationRequested();
        if (ArchiveOptionsValidator.Validate(options) is { } settings)
        {
            return new ArchiveOpening { Fault = settings };
        }

        FileKeyStore? keys = null;
        HeadKeeper head = new(heads ?? new FileHeadStore(options.HeadFolder));
        try
        {
            keys = FileKeyStore.Open(options.KeyFolder, options.MasterKeyFile, options.CreateMasterKey);
            head.Open();
            LogOpener opener = new(options, stores ?? (() => new SqliteLogStore(options.Folder)), head, keys, signer, succeedReason);
            LogWriter writer = new(options, time, opener);
            if (await writer.StartAsync().ConfigureAwait(false) is { } fault)
            {
                await writer.DisposeAsync().ConfigureAwait(false);
                head.Dispose();
                keys.Dispose();
                return new ArchiveOpening { Fault = fault };
            }

            Publisher publisher = new(options, time, writer, head, signer, [.. options.AnchorFiles.Select(static path => new FileAnchor(path))]);
            publisher.Start();
            return new ArchiveOpening { Archive = new SqliteArchive(keys, head, writer, publisher, options.Folder, options, time), Recovered = writer.Recovered };
        }
        catch (StoreException e)
        {
            head.Dispose();
            keys?.Dispose();
            return new ArchiveOpening { Fault = e.ToFault() };
        }
    }

    public async ValueTask<AppendResult> AppendAsync(EntryDraft draft, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(draft);
        cancellationToken.ThrowIfCancellationRequested();
        PreparedDraft? prepared;
        string? error;
        try
        {
            prepared = sealer.Prepare(draft, out error);
        }
        catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // A new epoch key could not be stored.
            return Failed(ArchiveFaultCode.ArchiveKeys, $"No key to seal with: {e.Message}", "Check the key folder.");
        }

        if (prepared is null)
        {
            return Failed(ArchiveFaultCode.DraftInvalid, error!, "Correct the draft.");
        }

        Task<AppendResult> append = writer.EnqueueAsync(new Pending { Prepared = prepared });
        return await append.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<SearchPage> SearchAsync(SearchQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        cancellationToken.ThrowIfCancellationRequested();
        List<IReadOnlyList<byte[]>> terms = [.. query.Terms.Select(sealer.SearchMacs)];
        return ValueTask.FromResult(readers.Use(db => SqliteSearch.Find(db, query, terms)));
    }

    public ValueTask<ArchiveRecord?> GetAsync(RecordId record, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(readers.Use(db => ArchiveVerifier.ReadRecord(db, unsealer, record)));
    }

    public ValueTask<ArchiveRecord?> GetEndAsync(RecordId request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(readers.Use(db =>
            SqliteRows.FindEnd(db, request, SqliteSearch.SeqOf(db, request)) is { } end ? ArchiveVerifier.ReadRecord(db, unsealer, end.Record) : null));
    }

    public async ValueTask<VerifyReport> VerifyAsync(VerifyOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArchiveVerifier verifier = new(readers, keys, head.Current, anchorFiles);
        return await verifier.RunAsync(options, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<SignedCheckpoint> CheckpointAsync(CancellationToken cancellationToken) => publisher.CheckpointAsync(again: false, cancellationToken);

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

        InclusionProof? proof = readers.Use(db =>
        {
            long? seq = SqliteSearch.SeqOf(db, record);
            if (seq is null || SqliteSearch.Leaf(db, seq.Value) is not { } leaf)
            {
                return null;
            }

            SqliteNodes nodes = new(db, SqliteSchema.LogOf(seq.Value));
            return new InclusionProof(record, MerkleHash.Leaf(leaf), MerkleProofBuilder.Inclusion(nodes, record.Index, checkpoint.Size), checkpoint);
        });
        return proof is null || proof.Holds() ? proof : throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"The proof of {record} does not hold: run verify."));
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
        {
            return;
        }

        await publisher.DisposeAsync().ConfigureAwait(false);
        await writer.DisposeAsync().ConfigureAwait(false);
        readers.Dispose();
        head.Dispose();
        keys.Dispose();
    }

    private static AppendResult Failed(ArchiveFaultCode code, string detail, string remedy) =>
        new() { Outcome = AppendOutcome.Failed, Fault = new ArchiveFault(code, detail, remedy) };
}
