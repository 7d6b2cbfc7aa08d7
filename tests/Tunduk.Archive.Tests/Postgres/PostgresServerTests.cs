using Npgsql;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Tests.Postgres;

// Over 300 lines: several servers and writers, set up in one way.

/// <summary>What only a server does: several writers, kills, standbys, cancelled waits, foreign settings.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresServerTests(PostgresServer server) : IDisposable
{
    private readonly List<ArchiveFolder> folders = [];

    public void Dispose() => folders.ForEach(static f => f.Dispose());

    // Adapters that share a database share the keys; each has its own head store.
    private ArchiveFolder Folder(string connection, string instance, ArchiveFolder? sharesKeys = null, bool standby = false)
    {
        ArchiveFolder folder = new() { Postgres = new PostgresOptions { ConnectionString = connection, Instance = instance, RequireStandby = standby }, SharedKeys = sharesKeys };
        folders.Add(folder);
        return folder;
    }

    private static async Task<List<RecordId>> LoadAsync(IArchive archive, int pairs, string prefix, bool tolerant = false)
    {
        List<RecordId> durable = [];
        for (int i = 0; i < pairs; i++)
        {
            AppendResult request = await archive.AppendAsync(ArchiveFolder.Request(messageId: $"{prefix}-{i}"), default);
            (tolerant || request.IsDurable).ShouldBeTrue(request.Fault?.ToString());
            if (request.Record is not { } record || !request.IsDurable)
            {
                continue;
            }

            durable.Add(record);
            AppendResult response = await archive.AppendAsync(ArchiveFolder.Response(record), default);
            if (response.IsDurable)
            {
                durable.Add(response.Record!.Value);
            }
        }

        return durable;
    }

    [Fact]
    public async Task Append_SeveralAdaptersAtOnce_EachWritesItsLogAndASearchSpansThem()
    {
        string connection = server.NewDatabase();
        ArchiveFolder first = Folder(connection, "a");
        List<ArchiveFolder> all = [first, Folder(connection, "b", first), Folder(connection, "c", first), Folder(connection, "d", first)];
        IArchive[] archives = await Task.WhenAll(all.Select(static f => f.OpenAsync())); // tables, keys and partitions are made by all at once
        archives.Select(static a => a.Log).Distinct().Count().ShouldBe(4);
        await Task.WhenAll(archives.SelectMany((a, n) => Enumerable.Range(0, 4).Select(k => LoadAsync(a, 20, $"{n}-{k}"))));

        // One name, claimed by all at the same moment, goes to one.
        AppendResult[] claims = await Task.WhenAll(archives.SelectMany(static a => Enumerable.Range(0, 5).Select(_ => a.AppendAsync(
            ArchiveFolder.Request() with { Claims = [new Claim("message-id", ["same"], null, true)] }, default).AsTask())));
        claims.Count(static c => c.IsDurable).ShouldBe(1, string.Join(", ", claims.Select(static c => c.Outcome + " " + c.Fault)));
        claims.Where(static c => !c.IsDurable).ShouldAllBe(c => c.Outcome == AppendOutcome.Claimed && c.Existing!.Record == claims.Single(static w => w.IsDurable).Record);

        HashSet<LogId> seen = [];
        PageToken? after = null;
        DateTimeOffset before = DateTimeOffset.MaxValue;
        int found = 0;
        do
        {
            SearchPage page = await archives[1].SearchAsync(new SearchQuery { Terms = [new IndexTerm(IndexKind.Pin, "21201199000001")], PageSize = 100, After = after }, default);
            found += page.Entries.Count;
            foreach (ArchiveEntry entry in page.Entries)
            {
                entry.Entry.Time.ShouldBeLessThanOrEqualTo(before);
                before = entry.Entry.Time;
                seen.Add(entry.Record.Log);
            }

            after = page.Next;
        }
        while (after is not null);
        (found, seen.Count).ShouldBe(((4 * 4 * 20 * 2) + 1, 4));
        VerifyReport report = await archives[0].VerifyAsync(new VerifyOptions(), default);
        report.Failures.ShouldBeEmpty();
        report.Logs.ShouldBe(4);
        foreach (IArchive archive in archives)
        {
            await archive.DisposeAsync();
        }

        string name = new NpgsqlConnectionStringBuilder(connection).Database!;
        server.Psql(name, "SELECT sum(size) FROM log").ShouldBe(server.Psql(name, "SELECT count(*) FROM entry"));
        server.Psql(name, "SELECT count(*) FROM pg_inherits WHERE inhparent = 'entry'::regclass").ShouldBe("2"); // this month and the next
        server.Psql(name, "SELECT count(*) FROM open_request").ShouldBe("1"); // the one that won the claim
    }

    [Fact]
    public async Task EnterRetention_SeveralAdaptersOfADatabase_OneHasTheTurnAtATime()
    {
        string connection = server.NewDatabase();
        string name = new NpgsqlConnectionStringBuilder(connection).Database!;
        ArchiveFolder folder = Folder(connection, "a");
        await using IArchive first = await folder.OpenAsync();
        await using IArchive second = await Folder(connection, "b", folder).OpenAsync();
        RetentionTurn turn = await first.EnterRetentionAsync(default);
        turn.Fault.ShouldBeNull();
        Task<RetentionTurn> waiting = second.EnterRetentionAsync(default).AsTask();
        await WaitForAsync(() => server.Psql(name, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())") == "1");
        waiting.IsCompleted.ShouldBeFalse();
        await turn.DisposeAsync();
        await turn.DisposeAsync(); // given back once
        RetentionTurn next = await waiting;
        next.Fault.ShouldBeNull();
        using CancellationTokenSource stop = new();
        Task<RetentionTurn> third = second.EnterRetentionAsync(stop.Token).AsTask();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => third);
        await next.DisposeAsync();
        await (await first.EnterRetentionAsync(default)).DisposeAsync();
    }

    [Fact]
    public async Task Append_ServerKilledUnderLoad_LosesNothingAcknowledged()
    {
        using PostgresServer own = new();
        ArchiveFolder folder = Folder(own.NewDatabase(), "a");
        List<RecordId> durable = [];
        await using (IArchive archive = await folder.OpenAsync())
        {
            for (int kill = 0; kill < 2; kill++)
            {
                Task<List<RecordId>>[] load = [.. Enumerable.Range(0, 8).Select(n => Task.Run(() => LoadAsync(archive, 60, $"{kill}-{n}", tolerant: true)))];
                long size = archive.Status.Size;
                await WaitForAsync(() => archive.Status.Size > size + 100 + (kill * 70));
                own.Kill();
                own.Start();
                durable.AddRange((await Task.WhenAll(load)).SelectMany(static l => l));

                // Gone for a while and back: it goes on by itself.
                await LoadAsync(archive, 3, "after-" + kill, tolerant: true);
                string? refusal = null;
                await WaitForAsync(async () =>
                {
                    AppendResult back = await archive.AppendAsync(ArchiveFolder.Request(messageId: $"back-{kill}"), default);
                    refusal = back.Fault?.ToString();
                    return back.IsDurable || back.Fault?.Name is "archive_fenced" or "archive_rolled_back" or "archive_settings";
                });
                refusal.ShouldBeNull(); // what no waiting cures
            }

            foreach (RecordId record in durable)
            {
                (await archive.GetAsync(record, default)).ShouldNotBeNull();
            }

            (await archive.VerifyAsync(new VerifyOptions(), default)).Failures.ShouldBeEmpty();
        }

        durable.Count.ShouldBeGreaterThan(100);
        await using IArchive again = await folder.OpenAsync();
        again.Status.OpenRequests.ShouldBe(0);
        (await again.VerifyAsync(new VerifyOptions(), default)).Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task Append_ServerGone_IsRefusedByNameUntilItIsBack()
    {
        using PostgresServer own = new();
        ArchiveFolder folder = Folder(own.NewDatabase(), "a");
        await using IArchive archive = await folder.OpenAsync();
        RecordId open = (await archive.AppendAsync(ArchiveFolder.Request(), default)).Record!.Value;
        own.Stop();
        for (int i = 0; i < 3; i++)
        {
            (await archive.AppendAsync(ArchiveFolder.Request(), default)).Fault!.Name.ShouldBe("archive_unwritable");
        }

        archive.Status.Refusing!.Name.ShouldBe("archive_unwritable");
        own.Start();
        (await archive.AppendAsync(ArchiveFolder.Response(open), default)).IsDurable.ShouldBeTrue();
        archive.Status.Refusing.ShouldBeNull();
    }

    [Fact]
    public async Task Append_CapacityNearlyTaken_RefusesRequestsAndStillEndsThoseUnderWay()
    {
        string connection = server.NewDatabase();
        string name = new NpgsqlConnectionStringBuilder(connection).Database!;
        await (await Folder(connection, "a").OpenAsync()).DisposeAsync();
        long capacity = long.Parse(server.Psql(name, "SELECT pg_database_size(current_database())"), System.Globalization.CultureInfo.InvariantCulture) + (20 << 20);
        ArchiveFolder folder = new() { Postgres = new PostgresOptions { ConnectionString = connection, Instance = "b", Capacity = capacity } };
        folders.Add(folder);
        JumpingTime time = new();
        await using IArchive archive = await folder.OpenAsync(folder.Options() with { MinFreeForExchanges = 16 << 20 }, time);
        RecordId open = (await archive.AppendAsync(ArchiveFolder.Request(), default)).Record!.Value;
        archive.Status.FreeBytes.ShouldBeInRange(16 << 20, 20 << 20);

        server.Sql(name, "CREATE TABLE filler(text text); ALTER TABLE filler ALTER COLUMN text SET STORAGE EXTERNAL; INSERT INTO filler SELECT repeat(md5(i::text), 250) FROM generate_series(1, 1500) i");
        time.Jump(TimeSpan.FromSeconds(2));
        AppendResult refused = await archive.AppendAsync(ArchiveFolder.Request(), default);
        refused.Fault!.Name.ShouldBe("archive_full");
        archive.Status.Refusing!.Name.ShouldBe("archive_full");
        (await archive.AppendAsync(ArchiveFolder.Response(open), default)).IsDurable.ShouldBeTrue();

        // More room while it is open; and back again.
        ArchivePolicy policy = LogArchive.PolicyOf(folder.Options());
        archive.Take(policy with { Capacity = capacity + (64 << 20) });
        time.Jump(TimeSpan.FromSeconds(2));
        (await archive.AppendAsync(ArchiveFolder.Request(), default)).IsDurable.ShouldBeTrue();
        archive.Take(policy with { Capacity = capacity });
        time.Jump(TimeSpan.FromSeconds(2));
        (await archive.AppendAsync(ArchiveFolder.Request(), default)).Fault!.Name.ShouldBe("archive_full");

        server.Sql(name, "DROP TABLE filler");
        time.Jump(TimeSpan.FromSeconds(2));
        (await archive.AppendAsync(ArchiveFolder.Request(), default)).IsDurable.ShouldBeTrue();
    }

    // The server runs on this host and says where its data are.
    [Fact]
    public async Task Append_VolumeOfTheServerFull_RefusesRequestsByName()
    {
        ArchiveFolder folder = Folder(server.NewDatabase(), "a");
        await using IArchive archive = await folder.OpenAsync(folder.Options() with { MinFreeForExchanges = 1L << 60 });
        (await archive.AppendAsync(ArchiveFolder.Request(), default)).Fault!.Name.ShouldBe("archive_full");
        archive.Status.FreeBytes.ShouldBeInRange(1, 1L << 60);
    }

    [Fact]
    public async Task Append_ServerSaysItsDiskIsFull_IsRefusedByNameUntilThereIsRoom()
    {
        string connection = server.NewDatabase();
        string name = new NpgsqlConnectionStringBuilder(connection).Database!;
        ArchiveFolder folder = Folder(connection, "a");
        await using IArchive archive = await folder.OpenAsync();
        RecordId open = (await archive.AppendAsync(ArchiveFolder.Request(), default)).Record!.Value;
        server.Sql(name, "CREATE FUNCTION full_disk() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100'; END $$; ALTER TABLE entry ADD CONSTRAINT full_disk CHECK (full_disk()) NOT VALID");
        for (int i = 0; i < 2; i++)
        {
            (await archive.AppendAsync(ArchiveFolder.Request(), default)).Fault!.Name.ShouldBe("archive_full");
            (await archive.AppendAsync(ArchiveFolder.Response(open), default)).Fault!.Name.ShouldBe("archive_full");
        }

        server.Sql(name, "ALTER TABLE entry DROP CONSTRAINT full_disk");
        (await archive.AppendAsync(ArchiveFolder.Response(open), default)).IsDurable.ShouldBeTrue();
        (await archive.VerifyAsync(new VerifyOptions(), default)).Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task Open_SameInstanceTwice_IsLockedAndATakenOverWriterStopsForGood()
    {
        string connection = server.NewDatabase();
        ArchiveFolder folder = Folder(connection, "a");
        await using IArchive first = await folder.OpenAsync();
        await first.AppendAsync(ArchiveFolder.Request(), default);
        await first.CheckpointAsync(default);

        // A copy of the whole host: the same head, keys and instance.
        ArchiveFolder copy = Folder(connection, "a", folder);
        Directory.CreateDirectory(copy.Head);
        File.Copy(Path.Combine(folder.Head, "head"), Path.Combine(copy.Head, "head"));
        File.Copy(Path.Combine(folder.Head, "erasures"), Path.Combine(copy.Head, "erasures"));
        (await copy.TryOpenAsync(signer: folder.Signer)).Fault!.Name.ShouldBe("archive_locked");

        // The first one's connection is cut, as a network does; the second is faster.
        string name = new NpgsqlConnectionStringBuilder(connection).Database!;
        server.Psql(name, "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())").ShouldBe("1");
        ArchiveOpening takeover = await copy.TryOpenAsync(signer: folder.Signer);
        await WaitForAsync(async () => (takeover = takeover.Fault?.Name == "archive_locked" ? await copy.TryOpenAsync(signer: folder.Signer) : takeover).Fault?.Name != "archive_locked"); // the server notices in a moment

        takeover.Fault.ShouldBeNull();
        await using (IArchive second = takeover.Archive!)
        {
            (await second.AppendAsync(ArchiveFolder.Request(messageId: "second"), default)).IsDurable.ShouldBeTrue();
            (await first.AppendAsync(ArchiveFolder.Request(), default)).IsDurable.ShouldBeFalse();
            (await second.VerifyAsync(new VerifyOptions(), default)).Failures.ShouldBeEmpty();
        }

        // The second has gone; the first must not go on all the same: what the second wrote is not in its head.
        for (int i = 0; i < 3; i++)
        {
            (await first.AppendAsync(ArchiveFolder.Request(), default)).Fault!.Name.ShouldBe("archive_fenced");
        }
    }

    [Fact]
    public async Task Append_AnswerToATakeOverLost_GoesOnByItself()
    {
        using PostgresServer own = new();
        string connection = own.NewDatabase();
        string name = new NpgsqlConnectionStringBuilder(connection).Database!;
        ArchiveFolder folder = Folder(connection, "a");
        await using IArchive archive = await folder.OpenAsync();
        (await archive.AppendAsync(ArchiveFolder.Request(), default)).IsDurable.ShouldBeTrue();
        string before = own.Psql(name, "SELECT fence FROM log");

        // Every commit waits for a standby that never comes: one cut off then is done, and nobody hears of it.
        own.Psql(name, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
        own.Psql(name, "SELECT pg_reload_conf()");
        own.Psql(name, "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory'").ShouldBe("1");
        string waiting = "";
        await WaitForAsync(async () =>
        {
            await archive.AppendAsync(ArchiveFolder.Request(), default).AsTask().WaitAsync(TimeSpan.FromMilliseconds(200)).ContinueWith(static _ => { }, TaskScheduler.Default);
            return (waiting = own.Psql(name, "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND datname = current_database()")).Length > 0;
        });
        own.Psql(name, $"SELECT pg_terminate_backend({waiting}, 10000)").ShouldBe("t");
        own.Psql(name, "SELECT fence FROM log").ShouldNotBe(before);
        own.Psql(name, "ALTER SYSTEM RESET synchronous_standby_names");
        own.Psql(name, "SELECT pg_reload_conf()");

        string? refusal = null;
        await WaitForAsync(async () =>
        {
            AppendResult back = await archive.AppendAsync(ArchiveFolder.Request(messageId: "back"), default);
            refusal = back.Fault?.ToString();
            return back.IsDurable || back.Fault?.Name == "archive_fenced";
        });
        refusal.ShouldBeNull();
        (await archive.VerifyAsync(new VerifyOptions(), default)).Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task Append_FailoverToALaggingStandby_IsRolledBackAndNothingIsBuiltUpon()
    {
        using PostgresServer primary = new();
        string connection = primary.NewDatabase();
        string name = new NpgsqlConnectionStringBuilder(connection).Database!;
        using PostgresServer standby = primary.Standby();
        string both = connection.Replace("Host=", "Host=" + new NpgsqlConnectionStringBuilder(standby.ConnectionString(name)).Host + ",", StringComparison.Ordinal);
        ArchiveFolder folder = Folder(both + ";Target Session Attributes=any", "a");
        ArchiveFolder direct = new(folder.Root) { Signer = folder.Signer, Postgres = new PostgresOptions { ConnectionString = connection, Instance = "a" } };
        await using IArchive archive = await direct.OpenAsync();
        await LoadAsync(archive, 5, "replicated");
        await WaitForAsync(() => standby.Psql(name, "SELECT count(*) FROM entry") == primary.Psql(name, "SELECT count(*) FROM entry"));
        ArchiveFolder behind = Folder(standby.ConnectionString(name), "a");
        (await behind.TryOpenAsync()).Fault!.Detail.ShouldContain("is a standby"); // as long as it is one nothing is written to it
        standby.Stop();
        await LoadAsync(archive, 5, "lost");
        primary.Stop();
        standby.Start();
        standby.Promote();

        // The new primary takes the old one's place, at the same address as far as the writer knows.
        ArchiveFolder moved = new(folder.Root) { Signer = folder.Signer, Postgres = new PostgresOptions { ConnectionString = standby.ConnectionString(name), Instance = "a" } };
        (await archive.AppendAsync(ArchiveFolder.Request(), default)).IsDurable.ShouldBeFalse();
        await archive.DisposeAsync();
        ArchiveFault fault = (await moved.TryOpenAsync()).Fault!;
        fault.Name.ShouldBe("archive_rolled_back");
        ArchiveOpening succession = await PostgresArchive.SucceedAsync(moved.Options(), moved.Postgres!, moved.Signer, TimeProvider.System, "failover", default);
        succession.Fault.ShouldBeNull();
        await using IArchive next = succession.Archive!;
        await LoadAsync(next, 2, "next");
        VerifyReport report = await next.VerifyAsync(new VerifyOptions(), default);
        report.Failures.ShouldBeEmpty();
        report.Notices.Single().ShouldContain("reason: failover");
    }

    [Fact]
    public async Task Append_WaitForTheStandbyCancelled_IsNotDurable()
    {
        using PostgresServer primary = new();
        string connection = primary.NewDatabase();
        string name = new NpgsqlConnectionStringBuilder(connection).Database!;
        ArchiveFolder folder = Folder(connection, "a", standby: true);
        (await folder.TryOpenAsync()).Fault!.Detail.ShouldContain("synchronous_standby_names");
        PostgresServer standby = primary.Standby();
        primary.Configure("synchronous_standby_names = 'standby'", "synchronous_commit = local"); // the writer sets its own
        primary.Reload();
        await WaitForAsync(() => primary.Psql(name, "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") == "1");
        await using IArchive archive = await folder.OpenAsync(folder.Options() with { CheckpointInterval = TimeSpan.FromHours(1) }); // none of the publisher's waits for the standby
        RecordId before = (await archive.AppendAsync(ArchiveFolder.Request(), default)).Record!.Value;
        await archive.CheckpointAsync(default);
        standby.Stop();
        Task<AppendResult> waiting = archive.AppendAsync(ArchiveFolder.Request(messageId: "waits"), default).AsTask();
        string cancel = "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
        await WaitForAsync(() => primary.Psql(name, cancel) != "0");
        AppendResult cancelled = await waiting;
        cancelled.Outcome.ShouldBe(AppendOutcome.Failed);
        cancelled.Fault!.Detail.ShouldContain("not known to be durable");

        // It is committed on the primary alone: nothing goes on before the standby has it.
        Task<AppendResult> next = archive.AppendAsync(ArchiveFolder.Response(before), default).AsTask();
        await WaitForAsync(() => primary.Psql(name, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'") != "0");
        next.IsCompleted.ShouldBeFalse();
        standby.Start();
        (await next).IsDurable.ShouldBeTrue();
        (await archive.VerifyAsync(new VerifyOptions(), default)).Failures.ShouldBeEmpty();
        (await archive.SearchAsync(new SearchQuery { Kinds = [EntryKind.OutcomeUnknown] }, default)).Entries.Count.ShouldBe(1);
        await archive.DisposeAsync();
        standby.Dispose();
    }

    [Theory]
    [InlineData("fsync = off", "fsync")]
    [InlineData("full_page_writes = off", "full_page_writes")]
    public async Task Open_ServerThatWouldLoseData_IsRefused(string setting, string named)
    {
        using PostgresServer own = new();
        ArchiveFolder folder = Folder(own.NewDatabase(), "a");
        own.Configure(setting);
        own.Reload();
        ArchiveFault fault = (await folder.TryOpenAsync()).Fault!;
        fault.Name.ShouldBe("archive_settings");
        fault.Detail.ShouldContain(named);
    }

    [Fact]
    public async Task Open_NewerTablesOrNoServer_IsRefused()
    {
        ArchiveFolder folder = Folder(server.NewDatabase(), "a");
        await (await folder.OpenAsync()).DisposeAsync();
        folder.Execute("UPDATE archive_version SET version = 99");
        (await folder.TryOpenAsync()).Fault!.Detail.ShouldContain("version 99");
        ArchiveFolder nowhere = Folder("Host=/nonexistent;Username=u;Database=d;Timeout=2", "a");
        (await nowhere.TryOpenAsync()).Fault!.Name.ShouldBe("archive_unwritable");
        ArchiveFolder malformed = Folder("Host=x;Password=secret;Nonsense=1", "a");
        ArchiveFault fault = (await malformed.TryOpenAsync()).Fault!;
        fault.Name.ShouldBe("archive_settings");
        fault.ToString().ShouldNotContain("secret");
    }

    private static readonly (string Sql, string Code, int? Index)[] Tampers =
    [
        ("UPDATE entry SET leaf = set_byte(leaf, 30, 255) WHERE seq & 65535 = 5", "leaf_changed", 5),
        ("UPDATE entry SET time = time + 1 WHERE seq & 65535 = 5", "row_changed", 5),
        ("DELETE FROM entry WHERE seq & 65535 = 5", "entry_missing", 5),
        ("DELETE FROM sealed WHERE seq & 65535 = 5", "seal_missing", 5),
        ("UPDATE chunk SET last = 0 WHERE seq & 65535 = 5", "seal_damaged", 5),
        ("DELETE FROM term", "index_row_missing", null),
        ("UPDATE term SET time = time + 1 WHERE seq & 65535 = 5", "index_row_missing", 5),
        ("UPDATE term SET mac = set_byte(mac, 15, get_byte(mac, 15) # 1) WHERE seq & 65535 = 5", "index_row_missing", 5),
        ("DELETE FROM tile", "tile_missing", 0),
        ("INSERT INTO tile(log, level, no, part, root, hashes) SELECT log, 0, 1, part, root, hashes FROM tile", "tile_without_entries", null),
        ("INSERT INTO tile(log, level, no, part, root, hashes) SELECT log, 1, 0, part, root, hashes FROM tile", "tile_without_entries", null),
        ("UPDATE tile SET root = decode(repeat('00', 32), 'hex')", "tile_changed", 0),
        ("DELETE FROM open_request", "request_without_end", null),
        ("INSERT INTO open_request(seq, reserve) VALUES(77777777, 4096)", "rows_without_entry", null),
        ("DELETE FROM checkpoint WHERE no = 1", "checkpoint_missing", null),
        ("UPDATE name SET text = text || 'x' WHERE text LIKE '%getPerson%'", "row_changed", null),
    ];

    [Fact]
    public async Task Verify_TamperedDatabase_NamesWhatFails()
    {
        ArchiveFolder folder = Folder(server.NewDatabase(), "a");
        await using (IArchive archive = await folder.OpenAsync())
        {
            await Task.WhenAll(Enumerable.Range(0, 28).Select(n => LoadAsync(archive, 5, "m-" + n)));
            await archive.AppendAsync(ArchiveFolder.Request(), default);
        }

        (await folder.VerifyOfflineAsync()).Failures.ShouldBeEmpty();
        NpgsqlConnection.ClearAllPools();
        string original = new NpgsqlConnectionStringBuilder(folder.Postgres!.ConnectionString).Database!;
        foreach ((string sql, string code, int? index) in Tampers)
        {
            ArchiveFolder copy = new(folder.Root) { Signer = folder.Signer, Postgres = new PostgresOptions { ConnectionString = server.NewDatabase(original), Instance = "a" } };
            copy.Execute(sql).ShouldBeGreaterThan(0);
            VerifyReport report = await copy.VerifyOfflineAsync();
            report.Failures.ShouldContain(f => f.Code == code && (index == null || f.Record!.Value.Index == index), sql + "\n" + string.Join('\n', report.Failures.Take(5)));
        }
    }

    // Room is looked at once a second.
    private sealed class JumpingTime : TimeProvider
    {
        private long ahead;

        public void Jump(TimeSpan by) => Interlocked.Add(ref ahead, (long)(by.TotalSeconds * TimestampFrequency));

        public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref ahead);
    }

    // The server says so itself; asking again and again is the only way to hear it.
    private static Task WaitForAsync(Func<bool> condition) => TimestampTests.UntilAsync(condition);

    private static Task WaitForAsync(Func<Task<bool>> condition) => TimestampTests.UntilAsync(condition);
}
