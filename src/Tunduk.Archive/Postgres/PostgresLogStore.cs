using System.Security.Cryptography;
using Npgsql;
using Tunduk.Archive.Sealing;
using Tunduk.Archive.Searching;
using Tunduk.Archive.Stores;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Postgres;

// Over 300 lines: the statements of one store and one transaction, read together.

/// <summary>The writer of one log in PostgreSQL: one connection of its own, under a lock that ends with it.</summary>
/// <remarks>
/// Every append is conditional on log, size and fence. The fence is a number that grows with each take-over of a log by a step only the
/// taker knows: a writer that was away while another one took over finds a number that is not its own and stops for good, and one that
/// lost the connection before it heard that its number is committed knows it again. Opening commits the new number, and that commit waits
/// for the standby like any other: so whatever an earlier commit left unreplicated is replicated before it is built upon.
/// </remarks>
internal sealed class PostgresLogStore(PostgresStore store, NpgsqlDataSource source, PostgresOptions options, TimeProvider time) : ILogStore
{
    private const int MostSecondsToUnlock = 2;
    private const int MaxNames = 10_000;
    private const int PartsOfATile = 4;

    // What a commit means is the server's to change at any moment (ALTER SYSTEM): each is held to what CheckServer held the opening to.
    private const string Advance = """
        UPDATE log SET size = $1 WHERE no = $2 AND size = $3 AND fence = $4
          AND current_setting('fsync')::boolean AND current_setting('full_page_writes')::boolean AND (NOT $5 OR current_setting('synchronous_standby_names') <> '')
        """;

    private readonly Dictionary<string, long> names = [];
    private readonly Dictionary<EntryShape, int> shapes = [];
    private readonly HashSet<int> months = [];
    private PostgresDb? db;
    private PostgresRows? rows;
    private int logNumber;
    private LogId logId;
    private long fence;
    private readonly WriteGuard writes = new();

    private PostgresDb Db => db is not null && !writes.IsBroken ? db : throw new StoreException(ArchiveFaultCode.ArchiveUnwritable, Phrases.Of("Postgres.StoreNotOpen"));

    private PostgresRows Rows => rows!;

    public ValueTask<StoreState?> OpenAsync(CancellationToken cancellationToken)
    {
        db = PostgresDb.Open(source);
        rows = new PostgresRows(db, store.Months);
        CheckServer(db);
        if (!db.Query("SELECT pg_try_advisory_lock(hashtextextended($1, 0))", static row => row.GetBoolean(0), "tunduk-archive " + options.Instance)[0])
        {
            throw new StoreException(ArchiveFaultCode.ArchiveLocked, Phrases.Of("Postgres.AnotherProcessWritesLog", options.Instance));
        }

        PostgresSchema.Migrate(db);
        PostgresSchema.CheckTables(db);
        StoreState? state = Load(db);
        store.Room.Attach(db);
        return ValueTask.FromResult(state);
    }

    public ValueTask CreateLogAsync(LogId log, string origin, CancellationToken cancellationToken) => writes.RunAsync(() =>
    {
        Db.Transaction(() => logNumber = Db.Query("INSERT INTO log(id, origin, instance, fence) VALUES($1, $2, $3, 1) RETURNING no", static row => row.GetInt32(0),
            log.ToArray(), origin, options.Instance)[0]);
        logId = log;
        fence = 1;
        store.Fences[logNumber] = new PostgresFence(fence, fence);
    });

    public ValueTask<IReadOnlyList<ClaimRow>> FindClaimsAsync(IReadOnlyList<byte[]> macs, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<ClaimRow>>(Db.Query("SELECT mac, seq, until FROM claim WHERE mac = ANY($1)",
            static row => (row.GetFieldValue<byte[]>(0), row.GetInt64(1), row.IsDBNull(2) ? (long?)null : row.GetInt64(2)), (object)macs.ToArray())
            .ConvertAll(row => new ClaimRow(row.Item1, Rows.RecordOf(row.Item2), row.Item3)));

    public ValueTask<EndRow?> FindEndAsync(RecordId request, CancellationToken cancellationToken)
    {
        _ = Db;
        return ValueTask.FromResult(Rows.FindEnd(request));
    }

    public ValueTask<LogEntry?> FindEntryAsync(RecordId record, CancellationToken cancellationToken)
    {
        _ = Db;
        return ValueTask.FromResult(Rows.SeqOf(record) is { } seq ? Rows.Entry(seq) : null);
    }

    public ValueTask PurgeClaimsAsync(long before, CancellationToken cancellationToken) => writes.RunAsync(() =>
        Db.Execute("DELETE FROM claim WHERE mac IN (SELECT mac FROM claim WHERE until IS NOT NULL AND until < $1 LIMIT 1000)", before));

    public ValueTask<long> FindAppliedAsync(LogId journal, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Db.Query("SELECT applied FROM journal WHERE id = $1", static row => row.GetInt64(0), journal.ToArray()).FirstOrDefault());

    // The server's own work (PostgresReclaim), on another connection: appends do not wait for it.
    public ValueTask<ScrubState> ScrubAsync(bool deep, CancellationToken cancellationToken) => ValueTask.FromResult(ScrubState.Later);

    public ValueTask CommitAsync(StoreBatch batch, CancellationToken cancellationToken) => writes.RunAsync(() =>
    {
        foreach (int month in batch.Rows.Select(static r => PostgresSchema.MonthOf(r.Entry.Time)).Distinct().Where(m => !months.Contains(m)).ToList())
        {
            PostgresSchema.MakeMonth(Db, month);
            months.Add(month);
        }

        if (batch.Checkpoints.Count > 0)
        {
            PostgresSchema.CheckTables(Db); // what was changed since the last one
        }

        LoadNames(batch.Rows);
        LoadShapes(batch.Rows);
        Dictionary<long, (long Time, int Shape)> erased = RowsOf(batch.Erasures);
        PostgresDb.Guard(() =>
        {
            using NpgsqlTransaction transaction = Db.Connection.BeginTransaction();
            using NpgsqlBatch statements = new(Db.Connection, transaction);
            Add(statements, Advance, batch.ExpectedSize + batch.Rows.Count, logNumber, batch.ExpectedSize, fence, store.RequiresStandby);
            List<(NpgsqlBatchCommand Insert, int Rows)> inserts = [];
            AddEntries(statements, batch.Rows, inserts);
            NpgsqlBatchCommand? claims = AddClaims(statements, batch.Rows, out int claimed);
            AddRequests(statements, batch.Rows, inserts, out NpgsqlBatchCommand? ends, out int ended);
            AddTree(statements, batch, inserts);
            AddErasures(statements, batch, erased, out List<NpgsqlBatchCommand> replaced);
            statements.ExecuteNonQuery();
            if (batch.Log != logId || statements.BatchCommands[0].RecordsAffected != 1)
            {
                transaction.Rollback();
                throw NotAdvanced(batch);
            }

            if (inserts.Exists(static i => i.Insert.RecordsAffected != i.Rows))
            {
                transaction.Rollback();
                throw RowsKeptBack();
            }

            if (claims is not null && claims.RecordsAffected != claimed)
            {
                transaction.Rollback();
                throw new StoreConflictException();
            }

            if ((ends is not null && ends.RecordsAffected != ended) || replaced.Exists(static c => c.RecordsAffected != 1))
            {
                transaction.Rollback();
                throw new StoreException(ArchiveFaultCode.ArchiveUnwritable, ends is null ? Phrases.Of("Postgres.SealedPartChangedSomebody") : Phrases.Of("Postgres.RequestEndNotOpen"));
            }

            // COMMIT POINT. Before this line nothing of the batch exists for anyone; after it everything does, for ever: the server has
            // synced its write-ahead log, and its standby has too where one is asked for. When it throws, nobody knows.
            Db.Commit(transaction);
            return 0;
        });
    });

    public ValueTask DisposeAsync()
    {
        store.Room.Attach(null);
        Unlock();
        db?.Dispose();
        db = null;
        return ValueTask.CompletedTask;
    }

    // The server notices the end of a connection when it comes to it: whoever opens the log next must not find it locked until then.
    private void Unlock()
    {
        try
        {
            if (db is { Connection: { State: System.Data.ConnectionState.Open } connection })
            {
                using NpgsqlCommand command = new("SELECT pg_advisory_unlock_all()", connection) { CommandTimeout = MostSecondsToUnlock };
                command.ExecuteNonQuery();
            }
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException or TimeoutException)
        {
            // The connection is gone, and the lock with it, or soon will be.
        }
    }

    // Whose trigger or rule it is stands in the fault of the next opening.
    private static StoreException RowsKeptBack() => new(ArchiveFaultCode.ArchiveUnwritable, Phrases.Of("Postgres.ServerKeptRowsBack")) { Remedy = Phrases.Of("Postgres.TakeTriggersAway") };

    private StoreException NotAdvanced(StoreBatch batch)
    {
        CheckServer(Db);
        long? found = Db.Query("SELECT fence FROM log WHERE no = $1", static row => (long?)row.GetInt64(0), logNumber).FirstOrDefault();
        return found == fence
            ? new StoreException(ArchiveFaultCode.ArchiveUnwritable, Phrases.Of("Postgres.LogDoesNotHold", batch.ExpectedSize))
            : new StoreException(ArchiveFaultCode.ArchiveFenced, Phrases.Of("Postgres.AnotherProcessTakenLog"));
    }

    private void CheckServer(PostgresDb open)
    {
        Require(open, "fsync", "on");
        Require(open, "full_page_writes", "on");
        if (open.Query("SELECT pg_is_in_recovery()", static row => row.GetBoolean(0))[0])
        {
            throw new StoreException(ArchiveFaultCode.ArchiveUnwritable, Phrases.Of("Postgres.ServerStandby"));
        }

        open.Execute("SET synchronous_commit = on");
        Require(open, "synchronous_commit", "on");
        if (store.RequiresStandby && open.Query("SHOW synchronous_standby_names", static row => row.GetString(0))[0].Length == 0)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveSettings, Phrases.Of("Postgres.StandbyRequiredSynchronousStandby"));
        }
    }

    private static void Require(PostgresDb open, string setting, string expected)
    {
        string found = open.Query("SHOW " + setting, static row => row.GetString(0))[0];
        if (found != expected)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveSettings, Phrases.Of("Postgres.ServerMust", setting, found, expected));
        }
    }

    private StoreState? Load(PostgresDb open)
    {
        (int Number, byte[] Id, string Origin, long Size, long Fence) newest = open.Query("SELECT no, id, origin, size, fence FROM log WHERE instance = $1 ORDER BY no DESC LIMIT 1",
            static row => (row.GetInt32(0), row.GetFieldValue<byte[]>(1), row.GetString(2), row.GetInt64(3), row.GetInt64(4)), options.Instance).FirstOrDefault();
        PostgresSchema.MakeMonth(open, PostgresSchema.MonthOf(time.GetUtcNow()));
        PostgresSchema.MakeMonth(open, PostgresSchema.MonthOf(time.GetUtcNow()) + 1);
        if (newest.Id is null)
        {
            return null;
        }

        logNumber = newest.Number;
        logId = new LogId(newest.Id);
        long size = Rows.Size(logNumber);
        if (size != newest.Size)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveRolledBack, Phrases.Of("Postgres.LogRowSaysEntries", newest.Size, size));
        }

        if (store.Fences.TryGetValue(logNumber, out PostgresFence mine) && !mine.Includes(newest.Fence))
        {
            throw new StoreException(ArchiveFaultCode.ArchiveFenced, Phrases.Of("Postgres.AnotherProcessTakenLog"));
        }

        long next = newest.Fence + RandomNumberGenerator.GetInt32(1, int.MaxValue);
        store.Fences[logNumber] = new PostgresFence(newest.Fence, next);
        open.Transaction(() =>
        {
            if (open.Change("UPDATE log SET fence = $3 WHERE no = $1 AND fence = $2", logNumber, newest.Fence, next) != 1)
            {
                throw new StoreException(ArchiveFaultCode.ArchiveLocked, Phrases.Of("Postgres.AnotherProcessTakesLog"));
            }
        });
        fence = next;
        return Read(open, newest.Origin, size);
    }

    private StoreState Read(PostgresDb open, string origin, long size)
    {
        StoredNodes nodes = Rows.Nodes(logNumber);
        LogTree tree = LogTree.Load(size, nodes.Hashes);
        DateTimeOffset last = size == 0 ? DateTimeOffset.UnixEpoch : Rows.Entry(EntrySeq.Of(logNumber, size - 1))?.Time
            ?? throw new StoreException(ArchiveFaultCode.ArchiveUnreadable, Phrases.Of("Postgres.NewestEntryDoesNot"));
        List<OpenRequest> requests = open.Query(
            "SELECT r.seq, r.reserve FROM open_request r JOIN log l ON l.no = (r.seq >> 40) WHERE l.instance = $1 ORDER BY r.seq", static row => (row.GetInt64(0), row.GetInt32(1)), options.Instance)
            .ConvertAll(row => new OpenRequest(Rows.RecordOf(row.Item1), row.Item2));
        List<SignedCheckpoint> checkpoints = [];
        foreach (string note in open.Query("SELECT note FROM checkpoint WHERE log = $1 ORDER BY no DESC LIMIT 1", static row => row.GetString(0), logNumber))
        {
            if (CheckpointNote.TryParse(note, out SignedCheckpoint? parsed))
            {
                checkpoints.Add(parsed!);
            }
        }

        int epoch = open.Query("SELECT epoch FROM sealed WHERE seq >= $1 AND seq < $2 ORDER BY seq DESC LIMIT 1", static row => row.GetInt32(0),
            EntrySeq.Of(logNumber, 0), EntrySeq.Of(logNumber + 1, 0)).FirstOrDefault();
        return new StoreState(logId, origin, size, last, tree, requests, checkpoints, epoch, nodes, StoreState.KeyOf(Rows.KeyLeaves(logNumber)));
    }

    private void AddEntries(NpgsqlBatch statements, List<StoreRow> batch, List<(NpgsqlBatchCommand Insert, int Rows)> inserts)
    {
        if (batch.Count == 0)
        {
            return;
        }

        long[] seqs = [.. batch.Select(r => EntrySeq.Of(logNumber, r.Entry.Index))];
        long[] times = [.. batch.Select(static r => EntryClock.Micro(r.Entry.Time))];
        int[] entryShapes = [.. batch.Select(r => shapes.TryGetValue(ShapeOf(r.Entry), out int shape) ? shape : throw RowsKeptBack())];
        inserts.Add((Add(statements,
            """
            INSERT INTO entry(seq, time, kind, shape, link, leaf, hash)
            SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::integer[], $5::bigint[], $6::bytea[], $7::bytea[])
            """,
            seqs, times, batch.Select(static r => (long)r.Entry.Kind).ToArray(), entryShapes,
            batch.Select(r => r.Entry.Link is { } link ? Rows.SeqOf(link) : null).ToArray(), batch.Select(static r => r.Leaf).ToArray(), batch.Select(static r => r.LeafHash.ToArray()).ToArray()), batch.Count));

        List<int> sealedRows = [.. Enumerable.Range(0, batch.Count).Where(i => batch[i].Seal is not null)];
        inserts.Add((Add(statements, "INSERT INTO sealed(seq, time, epoch, wrapped, data) SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $4::bytea[], $5::bytea[])",
            sealedRows.Select(i => seqs[i]).ToArray(), sealedRows.Select(i => times[i]).ToArray(), sealedRows.Select(i => batch[i].Seal!.Epoch).ToArray(),
            sealedRows.Select(i => batch[i].Seal!.WrappedKey).ToArray(), sealedRows.Select(i => batch[i].Seal!.Values).ToArray()), sealedRows.Count));
        ReadOnlyMemory<byte>[] chunks = [.. sealedRows.SelectMany(i => batch[i].Seal!.Chunks.Select(static c => c.Data))];
        inserts.Add((Add(statements, "INSERT INTO chunk(seq, time, part, no, last, data) SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $4::integer[], $5::integer[], $6::bytea[])",
            sealedRows.SelectMany(i => batch[i].Seal!.Chunks.Select(_ => seqs[i])).ToArray(), sealedRows.SelectMany(i => batch[i].Seal!.Chunks.Select(_ => times[i])).ToArray(),
            Chunks(static c => c.Part), Chunks(static c => c.Number), Chunks(static c => c.Last ? 1 : 0), chunks), chunks.Length));

        List<(int Row, byte[] Mac)> terms = [.. Enumerable.Range(0, batch.Count).SelectMany(i => batch[i].Terms.DistinctBy(Mac).Select(mac => (i, mac)))];
        inserts.Add((Add(statements, "INSERT INTO term(mac, shape, seq, time) SELECT * FROM unnest($1::bytea[], $2::integer[], $3::bigint[], $4::bigint[])",
            terms.Select(static t => t.Mac).ToArray(), terms.Select(t => entryShapes[t.Row]).ToArray(), terms.Select(t => seqs[t.Row]).ToArray(), terms.Select(t => times[t.Row]).ToArray()), terms.Count));

        int[] Chunks(Func<SealedChunk, int> value) => [.. sealedRows.SelectMany(i => batch[i].Seal!.Chunks.Select(value))];
    }

    // A name that another adapter took since it was looked up is not taken from it: fewer rows are changed, and the batch is decided anew.
    private NpgsqlBatchCommand? AddClaims(NpgsqlBatch statements, List<StoreRow> batch, out int count)
    {
        Dictionary<UInt128, (byte[] Mac, long Seq, long? Until, long? Before)> claims = [];
        foreach (StoreRow row in batch)
        {
            foreach (StoreClaim claim in row.Claims)
            {
                long? before = claims.TryGetValue(Mac(claim.Mac), out var earlier) ? earlier.Before : claim.Before is { } holder ? Rows.SeqOf(holder) : null;
                claims[Mac(claim.Mac)] = (claim.Mac, EntrySeq.Of(logNumber, row.Entry.Index), claim.Until, before);
            }
        }

        count = claims.Count;
        if (count == 0)
        {
            return null;
        }

        // In one order everywhere, so that two writers cannot wait for each other.
        List<(byte[] Mac, long Seq, long? Until, long? Before)> ordered = [.. claims.OrderBy(static c => c.Key).Select(static c => c.Value)];
        return Add(statements,
            """
            INSERT INTO claim(mac, seq, until, before) SELECT * FROM unnest($1::bytea[], $2::bigint[], $3::bigint[], $4::bigint[])
            ON CONFLICT (mac) DO UPDATE SET seq = excluded.seq, until = excluded.until, before = excluded.before WHERE claim.seq = excluded.before
            """,
            ordered.Select(static c => c.Mac).ToArray(), ordered.Select(static c => c.Seq).ToArray(), ordered.Select(static c => c.Until).ToArray(), ordered.Select(static c => c.Before).ToArray());
    }

    private void AddRequests(NpgsqlBatch statements, List<StoreRow> batch, List<(NpgsqlBatchCommand Insert, int Rows)> inserts, out NpgsqlBatchCommand? ends, out int ended)
    {
        List<StoreRow> opens = batch.FindAll(static r => r.OpensReserve is not null);
        if (opens.Count > 0)
        {
            inserts.Add((Add(statements, "INSERT INTO open_request(seq, reserve) SELECT * FROM unnest($1::bigint[], $2::integer[])",
                opens.Select(r => EntrySeq.Of(logNumber, r.Entry.Index)).ToArray(), opens.Select(static r => r.OpensReserve!.Value).ToArray()), opens.Count));
        }

        long[] closes = [.. batch.Where(static r => r.Closes is not null).Select(r => Rows.SeqOf(r.Closes!.Value) ?? -1)];
        ended = closes.Length;
        ends = ended == 0 ? null : Add(statements, "DELETE FROM open_request WHERE seq = ANY($1)", closes);
    }

    private void AddTree(NpgsqlBatch statements, StoreBatch batch, List<(NpgsqlBatchCommand Insert, int Rows)> inserts)
    {
        foreach (LogTree.Tile tile in batch.Tiles)
        {
            inserts.Add((Add(statements,
                "INSERT INTO tile(log, level, no, part, root, hashes) SELECT $1, $2, $3, p, CASE WHEN p = 0 THEN $4::bytea END, substr($5::bytea, p * 2048 + 1, 2048) FROM generate_series(0, 3) AS p",
                logNumber, tile.Level, tile.Index, tile.Root.ToArray(), TileBytes.Encode(tile.Hashes)), PartsOfATile));
        }

        foreach (SignedCheckpoint checkpoint in batch.Checkpoints)
        {
            inserts.Add((Add(statements, "INSERT INTO checkpoint(log, no, size, time, note) VALUES($1, (SELECT coalesce(max(no), 0) + 1 FROM checkpoint WHERE log = $1), $2, $3, $4)",
                logNumber, checkpoint.Size, checkpoint.Time.ToUnixTimeSeconds(), checkpoint.Note), 1));
        }
    }

    // Whole records together: their rows lie in few months, and each statement says in which.
    private void AddErasures(NpgsqlBatch statements, StoreBatch batch, Dictionary<long, (long Time, int Shape)> erased, out List<NpgsqlBatchCommand> replaced)
    {
        replaced = [];
        if (erased.Count > 0)
        {
            long first = erased.Values.Min(static e => e.Time);
            long last = erased.Values.Max(static e => e.Time);
            List<(StoreErasure Erasure, long Seq)> there = [.. batch.Erasures.Select(e => (e, Seq: Rows.SeqOf(e.Record) ?? -1)).Where(e => erased.ContainsKey(e.Seq))];
            foreach ((StoreErasure erasure, long seq) in there.Where(static e => e.Erasure.Rest is not null))
            {
                replaced.Add(Add(statements, "UPDATE sealed SET wrapped = $1, data = $2 WHERE seq = $3 AND wrapped = $4 AND time = $5",
                    erasure.Rest!.WrappedKey, erasure.Rest.Values, seq, erasure.Rest.Before, erased[seq].Time));
            }

            Add(statements, "UPDATE sealed SET wrapped = '', data = '' WHERE seq = ANY($1) AND time >= $2 AND time <= $3",
                there.Where(static e => e.Erasure.Rest is null).Select(static e => e.Seq).ToArray(), first, last);
            Add(statements, "UPDATE chunk SET data = '' WHERE seq = ANY($1) AND time >= $2 AND time <= $3", there.Select(static e => e.Seq).ToArray(), first, last);

            (byte[] Mac, long Seq)[] terms = [.. there.SelectMany(static e => (e.Erasure.Terms ?? []).Select(mac => (mac, e.Seq)))];
            Add(statements,
                """
                DELETE FROM term t USING unnest($1::bytea[], $2::integer[], $3::bigint[], $4::bigint[]) AS r(mac, shape, time, seq)
                  WHERE t.mac = r.mac AND t.shape = r.shape AND t.time = r.time AND t.seq = r.seq AND t.time >= $5 AND t.time <= $6
                """,
                terms.Select(static t => t.Mac).ToArray(), terms.Select(t => erased[t.Seq].Shape).ToArray(), terms.Select(t => erased[t.Seq].Time).ToArray(),
                terms.Select(static t => t.Seq).ToArray(), first, last);

            // Nobody can say which they are: all rows of those months are looked at.
            if (there.Where(static e => e.Erasure.Terms is null).Select(static e => e.Seq).ToArray() is { Length: > 0 } unknown)
            {
                Add(statements, "DELETE FROM term WHERE seq = ANY($1) AND time >= $2 AND time <= $3", unknown, first, last);
            }

            // A claim that still guards against replay lapses by itself.
            foreach (IGrouping<long, (StoreErasure Erasure, long Seq)> at in there.GroupBy(static e => e.Erasure.Now))
            {
                (byte[] Mac, long Seq)[] claims = [.. at.SelectMany(static e => (e.Erasure.Claims ?? []).Select(mac => (mac, e.Seq)))];
                Add(statements, "DELETE FROM claim c USING unnest($1::bytea[], $2::bigint[]) AS r(mac, seq) WHERE c.mac = r.mac AND c.seq = r.seq AND (c.until IS NULL OR c.until < $3)",
                    claims.Select(static c => c.Mac).ToArray(), claims.Select(static c => c.Seq).ToArray(), at.Key);
                if (at.Where(static e => e.Erasure.Claims is null).Select(static e => e.Seq).ToArray() is { Length: > 0 } all)
                {
                    Add(statements, "DELETE FROM claim WHERE seq = ANY($1) AND (until IS NULL OR until < $2)", all, at.Key);
                }
            }
        }

        foreach (StoreRewrap rewrap in batch.Rewraps)
        {
            replaced.Add(Add(statements, "UPDATE sealed SET wrapped = $1 WHERE seq = $2 AND wrapped = $3", rewrap.Next, Rows.SeqOf(rewrap.Record) ?? -1, rewrap.Wrapped));
        }

        if (batch.Journal is { } mark)
        {
            Add(statements, "INSERT INTO journal(id, applied) VALUES($1, $2) ON CONFLICT (id) DO UPDATE SET applied = excluded.applied", mark.Journal.ToArray(), mark.Applied);
        }
    }

    // An entry's row never changes: it can be read before the transaction.
    private Dictionary<long, (long Time, int Shape)> RowsOf(List<StoreErasure> erasures) => erasures.Count == 0 ? [] : Db.Query(
        "SELECT r.seq, e.time, e.shape FROM unnest($1::bigint[]) AS r(seq) CROSS JOIN LATERAL (SELECT time, shape FROM entry WHERE seq = r.seq LIMIT 1) e",
        static row => (row.GetInt64(0), (row.GetInt64(1), row.GetInt32(2))), (object)erasures.Select(e => Rows.SeqOf(e.Record) ?? -1).ToArray()).ToDictionary();

    private static NpgsqlBatchCommand Add(NpgsqlBatch statements, string sql, params object[] parameters)
    {
        NpgsqlBatchCommand command = new(sql);
        foreach (object value in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        statements.BatchCommands.Add(command);
        return command;
    }

    // Names are no part of the log: they are committed before it and shared by all logs.
    private void LoadNames(List<StoreRow> batch)
    {
        if (names.Count > MaxNames)
        {
            names.Clear(); // they come from messages too: the memory they take is bounded
        }

        string[] missing = [.. batch.SelectMany(static r => new[] { r.Entry.Counterparty, r.Entry.OwnSubsystem, r.Entry.Service, r.Entry.Agreement, r.Entry.Stage, r.Entry.Code })
            .OfType<string>().Where(n => !names.ContainsKey(n)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (missing.Length > 0)
        {
            Db.Execute("INSERT INTO name(text) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING", (object)missing);
            foreach ((long id, string text) in Db.Query("SELECT id, text FROM name WHERE text = ANY($1)", static row => (row.GetInt64(0), row.GetString(1)), (object)missing))
            {
                names[text] = id;
            }
        }
    }

    // Like names: committed before the log, shared by all logs.
    private void LoadShapes(List<StoreRow> batch)
    {
        if (shapes.Count > MaxNames)
        {
            shapes.Clear();
        }

        EntryShape[] missing = [.. batch.Select(r => ShapeOf(r.Entry)).Distinct().Where(s => !shapes.ContainsKey(s))];
        if (missing.Length == 0)
        {
            return;
        }

        long[][] columns = [.. Enumerable.Range(0, missing[0].Values().Length).Select(i => missing.Select(s => s.Values()[i]).ToArray())];
        string unnested = $"SELECT * FROM unnest({string.Join(", ", Enumerable.Range(1, columns.Length).Select(static i => $"${i}::bigint[]"))})";
        Db.Execute($"INSERT INTO shape({EntryShape.Columns}) SELECT * FROM ({unnested}) AS r({EntryShape.Columns}) ORDER BY {EntryShape.Columns} ON CONFLICT DO NOTHING", columns);
        foreach ((int id, EntryShape shape) in Db.Query($"SELECT id, {EntryShape.Columns} FROM shape WHERE ({EntryShape.Columns}) IN ({unnested})",
            static row => (row.GetInt32(0), new EntryShape(row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), row.GetInt64(7), row.GetInt64(8), row.GetInt64(9))), columns))
        {
            shapes[shape] = id;
        }
    }

    private EntryShape ShapeOf(LogEntry entry) => EntryShape.Of(entry, name => name is null ? null : names.TryGetValue(name, out long id) ? id : throw RowsKeptBack());

    private static UInt128 Mac(byte[] mac) => System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(mac);
}
