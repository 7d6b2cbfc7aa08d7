using Npgsql;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Tests.Postgres;

/// <summary>What whoever administers the database may do to the tables and the role: no row is acknowledged that the server does not keep.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresOwnerTests(PostgresServer server) : IDisposable
{
    private const string KeepBack = "CREATE FUNCTION keep_back() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; ";
    private readonly List<ArchiveFolder> folders = [];

    public void Dispose() => folders.ForEach(static f => f.Dispose());

    private ArchiveFolder Folder(string connection)
    {
        ArchiveFolder folder = new() { Postgres = new PostgresOptions { ConnectionString = connection, Instance = "a" } };
        folders.Add(folder);
        return folder;
    }

    private (ArchiveFolder Folder, string Database) New()
    {
        string connection = server.NewDatabase();
        return (Folder(connection), new NpgsqlConnectionStringBuilder(connection).Database!);
    }

    private static async Task<List<RecordId>> LoadAsync(IArchive archive, string prefix)
    {
        List<RecordId> durable = [];
        for (int i = 0; i < 3; i++)
        {
            RecordId request = (await AppendAsync(archive, $"{prefix}-{i}")).Record!.Value;
            durable.AddRange([request, (await archive.AppendAsync(ArchiveFolder.Response(request), default)).Record!.Value]);
        }

        return durable;
    }

    [Theory]
    [InlineData("entry")]
    [InlineData("sealed")]
    [InlineData("chunk")]
    [InlineData("term")]
    [InlineData("open_request")]
    [InlineData("claim")]
    [InlineData("log")]
    [InlineData("name")]
    [InlineData("shape")]
    public async Task Append_TriggerKeepsRowsBack_IsNotAcknowledgedAndTheTableIsNamed(string table)
    {
        (ArchiveFolder folder, string database) = New();
        await using IArchive archive = await folder.OpenAsync(folder.Options() with { CheckpointInterval = TimeSpan.FromHours(1) });
        if (table is not ("name" or "shape")) // rows of these are made once and remembered
        {
            (await AppendAsync(archive, "before")).IsDurable.ShouldBeTrue();
        }

        server.Psql(database, KeepBack + $"CREATE TRIGGER gone BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION keep_back()");

        AppendResult first = await AppendAsync(archive, "kept-back");
        first.Outcome.ShouldBe(AppendOutcome.Failed);
        AppendResult second = await AppendAsync(archive, "named");
        second.Fault!.Name.ShouldBe("archive_settings");
        second.Fault.Detail.ShouldContain($"Table {table}");
        second.Fault.Remedy.ShouldContain("trigger");
        (await archive.VerifyAsync(new VerifyOptions(), default)).Failures.ShouldBeEmpty();

        server.Psql(database, $"DROP TRIGGER gone ON {table}");
        (await AppendAsync(archive, "after")).IsDurable.ShouldBeTrue();
        (await archive.VerifyAsync(new VerifyOptions(), default)).Failures.ShouldBeEmpty();
    }

    // Nothing is missing, so no count tells: the tables are looked at with every checkpoint.
    [Theory]
    [InlineData("CREATE FUNCTION zero() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.data = ''''; RETURN NEW; END'; CREATE TRIGGER zero BEFORE INSERT ON chunk FOR EACH ROW EXECUTE FUNCTION zero()", "Table chunk")]
    [InlineData("CREATE RULE also AS ON INSERT TO sealed DO ALSO DELETE FROM claim", "Table sealed")]
    public async Task Checkpoint_TriggerOrRuleChangesRows_AppendsStopAndTheTableIsNamed(string sql, string named)
    {
        (ArchiveFolder folder, string database) = New();
        await using IArchive archive = await folder.OpenAsync(folder.Options() with { CheckpointInterval = TimeSpan.FromHours(1) });
        (await AppendAsync(archive, "before")).IsDurable.ShouldBeTrue();
        server.Psql(database, sql);
        await Should.ThrowAsync<StoreException>(() => archive.CheckpointAsync(default).AsTask());
        AppendResult next = await AppendAsync(archive, "next");
        next.Fault!.Name.ShouldBe("archive_settings");
        next.Fault.Detail.ShouldContain(named);
    }

    [Theory]
    [InlineData("ALTER TABLE claim SET UNLOGGED", "archive_settings", "Table claim of the archive is not logged")]
    [InlineData("DO $$ BEGIN EXECUTE (SELECT format('ALTER TABLE %s SET UNLOGGED', min(inhrelid::regclass::text)) FROM pg_inherits WHERE inhparent = 'entry'::regclass); END $$", "archive_settings", "is not logged")]
    [InlineData("DROP TABLE term", "archive_unreadable", "Table term of the archive is missing")]
    [InlineData("DROP TABLE journal", "archive_unreadable", "Table journal of the archive is missing")]
    [InlineData("ALTER TABLE name RENAME TO names; CREATE VIEW name AS SELECT * FROM names", "archive_settings", "name, where the archive has a table")]
    [InlineData("DO $$ DECLARE t text = (SELECT max(inhrelid::regclass::text) FROM pg_inherits WHERE inhparent = 'entry'::regclass); BEGIN EXECUTE format('DROP TABLE %s; CREATE TABLE %s(a integer)', t, t); END $$", "archive_settings", "is no partition of entry")]
    [InlineData("DO $$ BEGIN EXECUTE (SELECT format('ALTER TABLE term DETACH PARTITION %s', min(inhrelid::regclass::text)) FROM pg_inherits WHERE inhparent = 'term'::regclass); END $$", "archive_settings", "is no partition of term")]
    public async Task Open_TableThatWouldNotKeepRows_IsRefusedByName(string sql, string name, string detail)
    {
        (ArchiveFolder folder, string database) = New();
        await using (IArchive archive = await folder.OpenAsync())
        {
            (await AppendAsync(archive, "before")).IsDurable.ShouldBeTrue();
        }

        server.Psql(database, sql);
        ArchiveFault fault = (await folder.TryOpenAsync()).Fault!;
        fault.Name.ShouldBe(name);
        fault.Detail.ShouldContain(detail);
    }

    [Fact]
    public async Task Append_DatabaseHasTimeoutsForPeople_TheWriterWaitsForItsLock()
    {
        (ArchiveFolder folder, string database) = New();
        foreach (string setting in new[] { "lock_timeout", "idle_in_transaction_session_timeout" })
        {
            server.Psql(database, $"ALTER DATABASE {database} SET {setting} = '1ms'");
        }

        await using IArchive archive = await folder.OpenAsync(folder.Options() with { CheckpointInterval = TimeSpan.FromHours(1) });
        (await AppendAsync(archive, "before")).IsDurable.ShouldBeTrue();
        await using NpgsqlConnection stranger = new(folder.Postgres!.ConnectionString + ";Pooling=false;Options=-c idle_in_transaction_session_timeout=0");
        await stranger.OpenAsync();
        await using NpgsqlTransaction transaction = await stranger.BeginTransactionAsync();
        await using (NpgsqlCommand hold = new("LOCK TABLE claim IN ACCESS EXCLUSIVE MODE", stranger, transaction))
        {
            await hold.ExecuteNonQueryAsync();
        }

        Task<AppendResult> waiting = AppendAsync(archive, "waits");
        await using NpgsqlCommand look = new("SELECT count(*) FROM pg_locks WHERE relation = 'claim'::regclass AND NOT granted", stranger, transaction);
        while ((long)(await look.ExecuteScalarAsync())! == 0)
        {
            waiting.IsCompleted.ShouldBeFalse();
        }

        await transaction.CommitAsync();
        (await waiting).IsDurable.ShouldBeTrue();
    }

    [Fact]
    public async Task Open_RoleMayNotWrite_SaysSoWithTheRemedy()
    {
        (ArchiveFolder folder, string database) = New();
        await (await folder.OpenAsync()).DisposeAsync();
        server.Psql(database, $"ALTER DATABASE {database} SET default_transaction_read_only = on");
        ArchiveFault fault = (await folder.TryOpenAsync()).Fault!;
        fault.Name.ShouldBe("archive_unwritable");
        fault.Remedy.ShouldContain("default_transaction_read_only");
    }

    // Whoever administers the server may change what a commit means at any moment.
    [Theory]
    [InlineData("fsync")]
    [InlineData("full_page_writes")]
    public async Task Append_ServerNoLongerSyncs_IsRefusedByNameUntilItDoesAgain(string setting)
    {
        using PostgresServer own = new();
        string connection = own.NewDatabase();
        string name = new NpgsqlConnectionStringBuilder(connection).Database!;
        ArchiveFolder folder = Folder(connection);
        await using IArchive archive = await folder.OpenAsync(folder.Options() with { CheckpointInterval = TimeSpan.FromHours(1) });
        RecordId open = (await archive.AppendAsync(ArchiveFolder.Request(), default)).Record!.Value;
        own.Configure(setting + " = off");
        own.Reload();
        await TimestampTests.UntilAsync(async () => (await archive.AppendAsync(ArchiveFolder.Request(), default)).Fault?.Name == "archive_settings");
        string refusedAt = own.Psql(name, "SELECT count(*) FROM entry");
        ArchiveFault fault = (await archive.AppendAsync(ArchiveFolder.Response(open), default)).Fault!;
        (fault.Name, fault.Detail.Contains(setting, StringComparison.Ordinal)).ShouldBe(("archive_settings", true), fault.Detail);
        archive.Status.Refusing!.Name.ShouldBe("archive_settings");
        own.Psql(name, "SELECT count(*) FROM entry").ShouldBe(refusedAt);

        own.Configure(setting + " = on");
        own.Reload();
        await TimestampTests.UntilAsync(async () => (await archive.AppendAsync(ArchiveFolder.Response(open), default)).IsDurable);
        archive.Status.Refusing.ShouldBeNull();
    }

    [Fact]
    public async Task Take_RequireStandby_HoldsFromTheNextCommitOn()
    {
        using PostgresServer own = new();
        ArchiveFolder folder = Folder(own.NewDatabase());
        await using IArchive archive = await folder.OpenAsync();
        (await archive.AppendAsync(ArchiveFolder.Request(), default)).IsDurable.ShouldBeTrue();
        ArchivePolicy policy = LogArchive.PolicyOf(folder.Options());
        archive.Take(policy with { RequireStandby = true });
        ArchiveFault fault = (await archive.AppendAsync(ArchiveFolder.Request(), default)).Fault!;
        (fault.Name, fault.Detail.Contains("synchronous_standby_names", StringComparison.Ordinal)).ShouldBe(("archive_settings", true), fault.Detail);
        archive.Take(policy);
        (await archive.AppendAsync(ArchiveFolder.Request(), default)).IsDurable.ShouldBeTrue();
    }

    [Fact]
    public async Task Append_PasswordChangedWhileOpen_TakesTheNewOneAtTheNextConnection()
    {
        using PostgresServer own = new();
        string connection = own.NewDatabase();
        string name = new NpgsqlConnectionStringBuilder(connection).Database!;
        own.Sql(name, "CREATE ROLE app LOGIN PASSWORD 'first'; GRANT ALL ON SCHEMA public TO app");
        own.RequirePasswordOf("app");
        string with = connection.Replace("Username=tunduk", "Username=app", StringComparison.Ordinal) + ";Password=";
        string now = with + "first";
        ArchiveFolder folder = new() { Postgres = new PostgresOptions { ConnectionString = now, CurrentConnectionString = () => Volatile.Read(ref now), Instance = "a" } };
        folders.Add(folder);
        await using IArchive archive = await folder.OpenAsync();
        RecordId open = (await archive.AppendAsync(ArchiveFolder.Request(), default)).Record!.Value;

        own.Sql(name, "ALTER ROLE app PASSWORD 'second'; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app'");
        await TimestampTests.UntilAsync(async () => (await archive.AppendAsync(ArchiveFolder.Request(), default)).Fault?.Name == "archive_settings");
        Volatile.Write(ref now, "Host=half written;Pass"); // no password: the one that is known
        (await archive.AppendAsync(ArchiveFolder.Request(), default)).Fault!.Name.ShouldBe("archive_settings");
        Volatile.Write(ref now, with + "second");
        await TimestampTests.UntilAsync(async () => (await archive.AppendAsync(ArchiveFolder.Response(open), default)).IsDurable);
        (await archive.GetAsync(open, default)).ShouldNotBeNull();
    }

    // What somebody at a prompt does to the role and its tables; {0} is the database. Connections end in between, as they do.
    [Theory]
    [InlineData("REVOKE INSERT ON entry FROM app", "GRANT INSERT ON entry TO app")]
    [InlineData("REVOKE UPDATE ON log FROM app", "GRANT UPDATE ON log TO app")]
    [InlineData("REVOKE SELECT ON claim FROM app", "GRANT SELECT ON claim TO app")]
    [InlineData("REVOKE DELETE ON open_request FROM app", "GRANT DELETE ON open_request TO app")]
    [InlineData("ALTER TABLE term RENAME TO term_of_old", "ALTER TABLE term_of_old RENAME TO term")]
    [InlineData("ALTER ROLE app SET default_transaction_read_only = on", "ALTER ROLE app RESET default_transaction_read_only")]
    [InlineData("ALTER ROLE app CONNECTION LIMIT 0", "ALTER ROLE app CONNECTION LIMIT -1")]
    [InlineData("ALTER ROLE app NOLOGIN", "ALTER ROLE app LOGIN")]
    [InlineData("ALTER DATABASE {0} WITH ALLOW_CONNECTIONS false", "ALTER DATABASE {0} WITH ALLOW_CONNECTIONS true")]
    [InlineData("ALTER ROLE app SET search_path = pg_temp, pg_catalog", "ALTER ROLE app RESET search_path")]
    public async Task Append_RoleOrTableChangedAtAPrompt_IsRefusedByNameUntilItIsAsBefore(string hand, string back)
    {
        string plain = server.NewDatabase();
        string name = new NpgsqlConnectionStringBuilder(plain).Database!;
        string role = "app_" + name;
        server.Sql(name, $"CREATE ROLE {role} LOGIN; GRANT ALL ON SCHEMA public TO {role}");
        ArchiveFolder folder = Folder(plain.Replace("Username=tunduk", "Username=" + role, StringComparison.Ordinal));
        List<RecordId> durable = [];
        await using (IArchive archive = await folder.OpenAsync())
        {
            durable.AddRange(await LoadAsync(archive, "before"));
            RecordId open = (await archive.AppendAsync(ArchiveFolder.Request(messageId: "open"), default)).Record!.Value;
            Do(hand);
            await TimestampTests.UntilAsync(async () => (await archive.AppendAsync(ArchiveFolder.Response(open), default)) is { IsDurable: false });
            for (int i = 0; i < 3; i++)
            {
                ArchiveFault fault = (await archive.AppendAsync(ArchiveFolder.Request() with { Claims = [new Claim("message-id", ["hand"], null, true)] }, default)).Fault!;
                fault.Name.ShouldBeOneOf("archive_unwritable", "archive_settings", "archive_unreadable");
                fault.Text.ShouldNotContain("..");
            }

            archive.Status.Refusing.ShouldNotBeNull();
            Do(back);
            await TimestampTests.UntilAsync(async () => (await archive.AppendAsync(ArchiveFolder.Response(open), default)).IsDurable);
            durable.AddRange(await LoadAsync(archive, "after"));
            archive.Status.Refusing.ShouldBeNull();
        }

        await using IArchive again = await folder.OpenAsync();
        again.Status.OpenRequests.ShouldBe(0);
        foreach (RecordId record in durable)
        {
            (await again.GetAsync(record, default)).ShouldNotBeNull();
        }

        (await again.VerifyAsync(new VerifyOptions(), default)).Failures.ShouldBeEmpty();

        void Do(string sql)
        {
            string text = string.Format(System.Globalization.CultureInfo.InvariantCulture, sql.Replace("app", role, StringComparison.Ordinal), name);
            server.Sql(text.StartsWith("ALTER DATABASE", StringComparison.Ordinal) ? "postgres" : name, text);
            server.Sql("postgres", $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{role}'");
        }
    }

    private static async Task<AppendResult> AppendAsync(IArchive archive, string id) =>
        await archive.AppendAsync(ArchiveFolder.Request(messageId: id) with { Claims = [new Claim("message-id", [id], null, true)] }, default);
}
