using System.Globalization;
using Tunduk.Archive.Files;
using Tunduk.Archive.Sealing;
using Tunduk.Archive.Searching;
using Tunduk.Archive.Stores;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Sqlite;

// Over 300 lines: the statements of one store and one transaction, read together.

/// <summary>The embedded store: one SQLite file, one writing connection.</summary>
internal sealed class SqliteLogStore(SqliteStore store, string folder, SqliteSettings settings) : ILogStore
{
    /// <summary>Name of the database in the archive's folder.</summary>
    public const string FileName = "archive.db";

    // Eight megabytes: appends wait for it.
    private const int PagesAtOnce = 1000;

    private readonly Dictionary<string, long> names = [];
    private readonly Dictionary<EntryShape, long> shapes = [];
    private ProcessLock? processLock;
    private SqliteDb? db;
    private SqliteCheckpointer? checkpointer;
    private SqliteFiles? files;
    private bool isLeftAsFound;
    private int pagesToMove;
    private int pagesInLog;
    private int roundsBefore;
    private int logNumber;
    private LogId logId;
    private readonly WriteGuard writes = new();

    private SqliteDb Db => db is not null && !writes.IsBroken ? db : throw new StoreException(ArchiveFaultCode.ArchiveUnwritable, Phrases.Of("Sqlite.StoreNotOpen"));

    public ValueTask<StoreState?> OpenAsync(CancellationToken cancellationToken)
    {
        string path = Path.Combine(folder, FileName);
        try
        {
            if (store.WasOpen && !File.Exists(path))
            {
                throw new StoreException(ArchiveFaultCode.ArchiveUnwritable, Phrases.Of("Sqlite.DatabaseGone", path)) { Remedy = Phrases.Of("Sqlite.PutDatabaseBack") };
            }

            DurableFile.MakeFolder(folder);
            if (LocalVolume.NetworkFormat(folder) is { } format)
            {
                throw new StoreException(ArchiveFaultCode.ArchiveSettings, Phrases.Of("Sqlite.ArchiveFolderLiesNetwork", format));
            }

            SqliteFiles.RequireOneName(path);
            processLock = ProcessLock.TryTake(Path.Combine(folder, "archive.lock"))
                ?? throw new StoreException(ArchiveFaultCode.ArchiveLocked, Phrases.Of("Sqlite.AnotherProcessArchiveOpen"));
            if (!File.Exists(path))
            {
                // Made before SQLite opens it: its log and shared memory get the same mode.
                DurableFile.Create(path, FileMode.OpenOrCreate).Dispose();
            }

            db = SqliteDb.Open(path, write: true, settings);

            // Not by the file's length: SQLite writes its header on opening, and a power cut may fall between that and the tables.
            if (db.Scalar("PRAGMA application_id") == 0 && db.Scalar("SELECT count(*) FROM sqlite_master") == 0)
            {
                db.Execute("BEGIN IMMEDIATE");
                db.Execute(SqliteSchema.Create);
                db.Execute($"PRAGMA application_id={SqliteSchema.ApplicationId}; PRAGMA user_version={SqliteSchema.Version};");
                db.Execute("COMMIT");
                DurableFile.SyncFolder(folder);
            }

            CheckVersion(db);
            Migrate(db);
            checkpointer = new SqliteCheckpointer(path, settings);
            StoreState? state = Load(db);
            files = new SqliteFiles(path); // before anything is written
            store.WasOpen = true;
            return ValueTask.FromResult(state);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveUnwritable, Phrases.Of("Sqlite.ArchiveFolderCannotUsed", e.Message), e);
        }
    }

    public void LeaveAsFound()
    {
        isLeftAsFound = true;
        db?.LeaveLog();
        checkpointer?.LeaveLog();
    }

    public ValueTask CreateLogAsync(LogId log, string origin, CancellationToken cancellationToken) => Write(() =>
    {
        Db.Prepare("INSERT INTO log(id, origin) VALUES(?, ?)").Bind(1, log.ToArray()).Bind(2, origin).Run();
        logNumber = (int)Db.Scalar("SELECT max(no) FROM log");
        logId = log;
    });

    public ValueTask<IReadOnlyList<ClaimRow>> FindClaimsAsync(IReadOnlyList<byte[]> macs, CancellationToken cancellationToken)
    {
        List<ClaimRow> found = [];
        SqliteStatement statement = Db.Prepare("SELECT seq, until FROM claim WHERE mac = ?");
        foreach (byte[] mac in macs)
        {
            statement.Bind(1, mac);
            if (statement.Step())
            {
                found.Add(new ClaimRow(mac, ToRecord(statement.Int64(0)), statement.Nullable(1)));
            }

            statement.Reset();
        }

        return ValueTask.FromResult<IReadOnlyList<ClaimRow>>(found);
    }

    public ValueTask<EndRow?> FindEndAsync(RecordId request, CancellationToken cancellationToken) =>
        ValueTask.FromResult(SqliteRows.FindEnd(Db, request, SeqOf(request)));

    public ValueTask<LogEntry?> FindEntryAsync(RecordId record, CancellationToken cancellationToken) =>
        ValueTask.FromResult(SeqOf(record) is { } seq ? SqliteRows.FindEntry(Db, seq) : null);

    public ValueTask PurgeClaimsAsync(long before, CancellationToken cancellationToken) => Write(() =>
        Db.Prepare("DELETE FROM claim WHERE mac IN (SELECT mac FROM claim WHERE until IS NOT NULL AND until < ? LIMIT 1000)").Bind(1, before).Run());

    public ValueTask CommitAsync(StoreBatch batch, CancellationToken cancellationToken) => Write(() =>
    {
        Db.Execute("BEGIN IMMEDIATE");
        if (batch.Log != logId || SqliteRows.LogSize(Db, logNumber) != batch.ExpectedSize)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveLocked, Phrases.Of("Sqlite.LogGrownBehindWriter"));
        }

        foreach (StoreRow row in batch.Rows)
        {
            Insert(row);
        }

        foreach (LogTree.Tile tile in batch.Tiles)
        {
            Db.Prepare("INSERT INTO tile(log, level, no, root, hashes) VALUES(?, ?, ?, ?, ?)")
                .Bind(1, logNumber).Bind(2, tile.Level).Bind(3, tile.Index).Bind(4, tile.Root.ToArray()).Bind(5, TileBytes.Encode(tile.Hashes)).Run();
        }

        foreach (SignedCheckpoint checkpoint in batch.Checkpoints)
        {
            Db.Prepare("INSERT INTO checkpoint(log, size, time, note) VALUES(?, ?, ?, ?)")
                .Bind(1, logNumber).Bind(2, checkpoint.Size).Bind(3, checkpoint.Time.ToUnixTimeSeconds()).Bind(4, checkpoint.Note).Run();
        }

        batch.Erasures.ForEach(Erase);
        foreach (StoreRewrap rewrap in batch.Rewraps)
        {
            Replace("UPDATE sealed SET wrapped = ? WHERE seq = ? AND wrapped = ?", rewrap.Record, static (row, r) => row.Bind(1, r.Next), rewrap, rewrap.Wrapped);
        }

        if (batch.Journal is { } mark)
        {
            Db.Prepare("INSERT OR REPLACE INTO journal(id, applied) VALUES(?, ?)").Bind(1, mark.Journal.ToArray()).Bind(2, mark.Applied).Run();
        }

        // COMMIT POINT. Before this line nothing of the batch exists for anyone; after it everything does, for ever:
        // the WAL was written and synced (synchronous=FULL).
        Db.Execute("COMMIT");
    }, isCommit: true);

    public ValueTask<long> FindAppliedAsync(LogId journal, CancellationToken cancellationToken) => ValueTask.FromResult(
        Db.Query("SELECT applied FROM journal WHERE id = ?", row => row.Bind(1, journal.ToArray()), static row => row.Int64(0)).FirstOrDefault());

    /// <summary>
    /// Empties the write-ahead log, which still holds what was erased, and gives free pages back. Deep: builds the file anew, because pages
    /// of indexes keep copies of moved rows in their free space.
    /// </summary>
    public ValueTask<ScrubState> ScrubAsync(bool deep, CancellationToken cancellationToken)
    {
        ScrubState state = ScrubState.Later;
        _ = Write(() =>
        {
            checkpointer?.Rest();
            if (deep)
            {
                Db.Execute("VACUUM");
            }
            else
            {
                Db.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA incremental_vacuum({PagesAtOnce})"));
            }

            // A reader in the middle of a query holds the log: then it is emptied later, and appends do not wait for it.
            Db.Execute("PRAGMA busy_timeout=0");
            if (Db.Query("PRAGMA wal_checkpoint(TRUNCATE)", static _ => { }, static row => row.Int64(0)) is [0])
            {
                state = Db.Scalar("PRAGMA freelist_count") > 0 ? ScrubState.More : ScrubState.Clean;
            }

            Db.Execute("PRAGMA busy_timeout=5000");
        });
        return ValueTask.FromResult(state);
    }

    public ValueTask DisposeAsync()
    {
        if (files is null || (!writes.IsBroken && files.Look() is not null && files.IsForeign))
        {
            LeaveAsFound(); // not opened to the end, or touched since the last entry
        }

        checkpointer?.Dispose();
        checkpointer = null;
        if (db is not null && !writes.IsBroken && !isLeftAsFound)
        {
            // Whoever still reads keeps SQLite from emptying its log at the end: what was erased must not stay there.
            _ = db.TryExecute("PRAGMA busy_timeout=0; PRAGMA wal_checkpoint(TRUNCATE)");
        }

        db?.Dispose();
        db = null;
        processLock?.Dispose();
        processLock = null;
        return ValueTask.CompletedTask;
    }

    // SQLite writes into the files it has open, whatever was done to them. Before: nothing of the batch is written into files that somebody touched. After: it
    // counts only when it is in the files that have the names. Only a commit is decided anew: what else is written follows one that was done.
    private ValueTask Write(Action write, bool isCommit = false) => writes.RunAsync(() =>
    {
        if (files!.Look() is { } touched)
        {
            GiveUpFiles();
            throw isCommit ? new StoreConflictException(touched) : touched;
        }

        write();
        if (files.LookAndNote() is { } gone)
        {
            GiveUpFiles();
            throw gone;
        }

        KeepLogShort(checkpointer!);
    });

    // A log that lost its name is gone when the last connection closes: what was acknowledged is brought into the database. A log that was cut or written
    // by somebody else is left alone, and so is one whose database was: the next opening reads what is really there.
    private void GiveUpFiles()
    {
        checkpointer!.Rest();
        store.DropReaders();
        if (files!.IsForeign)
        {
            LeaveAsFound();
        }
        else
        {
            _ = Db.TryExecute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }

    // The log begins anew only when every page of it has been moved: after the other thread has moved nearly all, the few that were written meanwhile
    // are moved here.
    private void KeepLogShort(SqliteCheckpointer aside)
    {
        int pages = Db.TakePagesWritten();
        pagesToMove += pages;
        pagesInLog += pages;
        if (pagesToMove >= settings.AsidePages)
        {
            pagesToMove = 0;
            roundsBefore = aside.Rounds;
            aside.Begin();
        }
        else if (pagesInLog >= settings.LogPages && aside.Rounds > roundsBefore)
        {
            pagesInLog = 0;
            _ = Db.TryExecute("PRAGMA wal_checkpoint(PASSIVE)");
        }
    }

    private void Insert(StoreRow row)
    {
        LogEntry entry = row.Entry;
        long seq = EntrySeq.Of(logNumber, entry.Index);
        long shape = ShapeId(entry);
        Db.Prepare("INSERT INTO entry(seq, time, kind, shape, link, leaf, hash) VALUES(?, ?, ?, ?, ?, ?, ?)")
            .Bind(1, seq).Bind(2, EntryClock.Micro(entry.Time)).Bind(3, (long)entry.Kind).Bind(4, shape)
            .Bind(5, entry.Link is { } link ? SeqOf(link) : null).Bind(6, row.Leaf).Bind(7, row.LeafHash.ToArray()).Run();

        if (row.Seal is { } seal)
        {
            Db.Prepare("INSERT INTO sealed(seq, epoch, wrapped, data) VALUES(?, ?, ?, ?)")
                .Bind(1, seq).Bind(2, seal.Epoch).Bind(3, seal.WrappedKey).Bind(4, seal.Values.Span).Run();
            foreach (SealedChunk chunk in seal.Chunks)
            {
                Db.Prepare("INSERT INTO chunk(seq, part, no, last, data) VALUES(?, ?, ?, ?, ?)")
                    .Bind(1, seq).Bind(2, chunk.Part).Bind(3, chunk.Number).Bind(4, chunk.Last ? 1 : 0).Bind(5, chunk.Data.Span).Run();
            }
        }

        foreach (byte[] mac in row.Terms)
        {
            Db.Prepare("INSERT OR IGNORE INTO term(mac, shape, seq) VALUES(?, ?, ?)").Bind(1, mac).Bind(2, shape).Bind(3, seq).Run();
        }

        foreach (StoreClaim claim in row.Claims)
        {
            Db.Prepare("INSERT OR REPLACE INTO claim(mac, seq, until) VALUES(?, ?, ?)").Bind(1, claim.Mac).Bind(2, seq).Bind(3, claim.Until).Run();
        }

        if (row.OpensReserve is { } reserve)
        {
            Db.Prepare("INSERT INTO open_request(seq, reserve) VALUES(?, ?)").Bind(1, seq).Bind(2, reserve).Run();
        }

        if (row.Closes is { } closes && SeqOf(closes) is { } closed)
        {
            Db.Prepare("DELETE FROM open_request WHERE seq = ?").Bind(1, closed).Run();
            if (Db.Changes != 1)
            {
                throw new StoreException(ArchiveFaultCode.ArchiveUnwritable, Phrases.Of("Sqlite.RequestEndNotOpen"));
            }
        }
    }

    private void Erase(StoreErasure erasure)
    {
        if (SeqOf(erasure.Record) is not { } seq)
        {
            return;
        }

        if (erasure.Rest is { } rest)
        {
            Replace("UPDATE sealed SET wrapped = ?, data = ? WHERE seq = ? AND wrapped = ?", erasure.Record,
                static (row, r) => row.Bind(1, r.WrappedKey).Bind(2, r.Values), rest, rest.Before);
        }
        else
        {
            Db.Prepare("UPDATE sealed SET wrapped = x'', data = x'' WHERE seq = ?").Bind(1, seq).Run();
        }

        Db.Prepare("UPDATE chunk SET data = x'' WHERE seq = ?").Bind(1, seq).Run();
        if (erasure.Terms is null)
        {
            Db.Prepare("DELETE FROM term WHERE seq = ?").Bind(1, seq).Run(); // nobody can say which they are: all rows are looked at
        }

        else if (Db.Query("SELECT shape FROM entry WHERE seq = ?", row => row.Bind(1, seq), static row => row.Int64(0)) is [var shape])
        {
            foreach (byte[] mac in erasure.Terms)
            {
                Db.Prepare("DELETE FROM term WHERE mac = ? AND shape = ? AND seq = ?").Bind(1, mac).Bind(2, shape).Bind(3, seq).Run();
            }
        }

        // A claim that still guards against replay lapses by itself.
        if (erasure.Claims is null)
        {
            Db.Prepare("DELETE FROM claim WHERE seq = ? AND (until IS NULL OR until < ?)").Bind(1, seq).Bind(2, erasure.Now).Run();
        }

        foreach (byte[] mac in erasure.Claims ?? [])
        {
            Db.Prepare("DELETE FROM claim WHERE mac = ? AND seq = ? AND (until IS NULL OR until < ?)").Bind(1, mac).Bind(2, seq).Bind(3, erasure.Now).Run();
        }
    }

    // Writes in place, and only over what was read before.
    private void Replace<T>(string sql, RecordId record, Func<SqliteStatement, T, SqliteStatement> bind, T value, byte[] before)
    {
        long seq = SeqOf(record) ?? -1;
        SqliteStatement statement = bind(Db.Prepare(sql), value);
        int next = statement.Parameters - 1;
        statement.Bind(next, seq).Bind(next + 1, before).Run();
        if (Db.Changes != 1)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveUnwritable, Phrases.Of("Sqlite.SealedPartChangedSomebody", record));
        }
    }

    private long? NameId(string? text)
    {
        if (text is null)
        {
            return null;
        }

        if (names.TryGetValue(text, out long known))
        {
            return known;
        }

        Db.Prepare("INSERT OR IGNORE INTO name(text) VALUES(?)").Bind(1, text).Run();
        SqliteStatement find = Db.Prepare("SELECT id FROM name WHERE text = ?").Bind(1, text);
        find.Step();
        long id = find.Int64(0);
        find.Reset();
        if (names.Count < 10_000) // names come from messages too: the memory they take is bounded
        {
            names.Add(text, id);
        }

        return id;
    }

    private long ShapeId(LogEntry entry)
    {
        EntryShape shape = EntryShape.Of(entry, NameId);
        if (shapes.TryGetValue(shape, out long known))
        {
            return known;
        }

        long[] values = shape.Values();
        Bind(Db.Prepare($"INSERT OR IGNORE INTO shape({EntryShape.Columns}) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)")).Run();
        SqliteStatement find = Bind(Db.Prepare($"SELECT id FROM shape WHERE ({EntryShape.Columns}) = (?, ?, ?, ?, ?, ?, ?, ?, ?)"));
        find.Step();
        long id = find.Int64(0);
        find.Reset();
        if (shapes.Count < 10_000)
        {
            shapes.Add(shape, id);
        }

        return id;

        SqliteStatement Bind(SqliteStatement statement)
        {
            for (int i = 0; i < values.Length; i++)
            {
                statement.Bind(i + 1, values[i]);
            }

            return statement;
        }
    }

    private readonly Dictionary<LogId, int> logNumbers = [];

    private long? SeqOf(RecordId record)
    {
        if (!logNumbers.TryGetValue(record.Log, out int number))
        {
            SqliteStatement find = Db.Prepare("SELECT no FROM log WHERE id = ?").Bind(1, record.Log.ToArray());
            number = find.Step() ? find.Int32(0) : 0;
            find.Reset();
            if (number == 0)
            {
                return null;
            }

            logNumbers.Add(record.Log, number);
        }

        return EntrySeq.Of(number, record.Index);
    }

    private RecordId ToRecord(long seq)
    {
        int number = EntrySeq.LogOf(seq);
        return new RecordId(number == logNumber ? logId : SqliteRows.LogIdOf(Db, number), EntrySeq.IndexOf(seq));
    }

    private StoreState? Load(SqliteDb open)
    {
        SqliteStatement newest = open.Prepare("SELECT no, id, origin FROM log ORDER BY no DESC LIMIT 1");
        if (!newest.Step())
        {
            newest.Reset();
            return null;
        }

        logNumber = newest.Int32(0);
        logId = new LogId(newest.Blob(1));
        string origin = newest.Text(2)!;
        newest.Reset();

        long size = SqliteRows.LogSize(open, logNumber);
        long lastTime = open.Scalar("SELECT coalesce(max(time), 0) FROM (SELECT time FROM entry ORDER BY seq DESC LIMIT 1)");
        StoredNodes nodes = SqliteRows.Nodes(open, logNumber);
        LogTree tree = LogTree.Load(size, nodes.Hashes);
        List<OpenRequest> requests = [];
        SqliteStatement pending = open.Prepare("SELECT seq, reserve FROM open_request ORDER BY seq");
        while (pending.Step())
        {
            long seq = pending.Int64(0);
            int number = EntrySeq.LogOf(seq);
            requests.Add(new OpenRequest(new RecordId(number == logNumber ? logId : SqliteRows.LogIdOf(open, number), EntrySeq.IndexOf(seq)), pending.Int32(1)));
        }

        pending.Reset();
        int epoch = (int)open.Scalar("SELECT coalesce(max(epoch), 0) FROM (SELECT epoch FROM sealed ORDER BY seq DESC LIMIT 1)");
        return new StoreState(logId, origin, size, EntryClock.FromMicro(lastTime), tree, requests,
            SqliteRows.Checkpoints(open, logNumber, newestOnly: true), epoch, nodes, StoreState.KeyOf(SqliteRows.KeyLeaves(open, logNumber)));
    }

    private static void Migrate(SqliteDb open)
    {
        for (int version = (int)open.Scalar("PRAGMA user_version"); version < SqliteSchema.Version; version++)
        {
            open.Execute("BEGIN IMMEDIATE");
            open.Execute(SqliteSchema.Migrations[version - 1]);
            open.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version={version + 1}"));
            open.Execute("COMMIT");
        }
    }

    internal static void CheckVersion(SqliteDb open)
    {
        long application = open.Scalar("PRAGMA application_id");
        long version = open.Scalar("PRAGMA user_version");
        if (application != SqliteSchema.ApplicationId || version < 1)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveUnreadable, Phrases.Of("Sqlite.FileNoArchiveProgram"));
        }

        if (version > SqliteSchema.Version)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveUnreadable, Phrases.Of("Sqlite.ArchiveVersionProgramKnows", version, SqliteSchema.Version));
        }
    }
}
