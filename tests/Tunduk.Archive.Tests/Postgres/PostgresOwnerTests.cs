using Npgsql;
using Tunduk.Archive.Writing;

namespace Tunduk.Archive.Tests.Postgres;

/// <summary>What whoever administers the database may do to the tables and the role: no row is acknowledged that the server does not keep.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresOwnerTests(PostgresServer server) : IDisposable
{
    private const string KeepBack = "CREATE FUNCTION keep_back() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; ";
    private readonly List<ArchiveFolder> folders = [];

    public void Dispose() => folders.ForEach(static f => f.Dispose());

    private (ArchiveFolder Folder, string Database) New()
    {
        string connection = server.NewDatabase();
        ArchiveFolder folder = new() { Postgres = new PostgresOptions { ConnectionString = connection, Instance = "a" } };
        folders.Add(folder);
        return (folder, new NpgsqlConnectionStringBuilder(connection).Database!);
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

    private static async Task<AppendResult> AppendAsync(IArchive archive, string id) =>
        await archive.AppendAsync(ArchiveFolder.Request(messageId: id) with { Claims = [new Claim("message-id", [id], null, true)] }, default);
}
