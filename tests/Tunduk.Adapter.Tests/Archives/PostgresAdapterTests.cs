using System.Text.Json.Nodes;
using Npgsql;
using Tunduk.Adapter.Cli;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Hosting;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Archive;
using Tunduk.Archive.Tests.Postgres;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Tests.Archives;

/// <summary>A running adapter with <c>Archive:Store=postgresql</c> on a real server.</summary>
public sealed class PostgresAdapterTests : IDisposable
{
    private readonly PostgresServer server = new();
    private readonly string folder = Directory.CreateTempSubdirectory("tunduk-pg-adapter-").FullName;

    public void Dispose()
    {
        server.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private string Secret(string name, string text, UnixFileMode more = UnixFileMode.None)
    {
        var file = Path.Combine(folder, name);
        File.WriteAllText(file, text + "\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | more);
        return file;
    }

    private static Action<JsonObject> In(string connection, bool standby = false) => json =>
    {
        var archive = (JsonObject)json["Archive"]!;
        archive.Remove("Folder");
        archive["Store"] = "postgresql";
        archive["Connection"] = connection;
        archive["Instance"] = "consumer-1";
        archive["RequireStandby"] = standby;
    };

    [Fact]
    public async Task Run_Postgresql_ArchivesInTheDatabaseAndVerifiesWithAndWithoutTheAdapter()
    {
        var connection = server.NewDatabase();
        var name = new NpgsqlConnectionStringBuilder(connection).Database!;
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { Consumer = In(Secret("connection", connection)) });
        var reply = await world.AskAsync();
        reply.Status.ShouldBe(200, reply.Text);
        RecordId.TryParse(reply.Headers["X-Tunduk-Record"], out var record).ShouldBeTrue();
        (await world.Consumer.Archive.GetEndAsync(record, CancellationToken.None))!.Entry.Kind.ShouldBe(EntryKind.Response);
        server.Psql(name, "SELECT count(*) FROM entry WHERE kind IN (1, 2)").ShouldBe("2");
        Directory.Exists(Path.Combine(world.ConsumerFolder, "archive")).ShouldBeFalse();

        // The server is gone and back: refused by name meanwhile, and it goes on by itself.
        server.Stop();
        var refused = await world.AskAsync();
        (refused.Status, refused.Text.Contains("logging_failed", StringComparison.Ordinal)).ShouldBe((503, true), refused.Text);
        server.Start();
        await Wait.ForAsync(async () => (await world.AskAsync()).Status == 200 ? "back" : null);

        // The command line, beside the running adapter, reads the same database.
        var verified = await ArchiveVerification.RunAsync(world.Folders.ConsumerConfiguration, null, [], null, CancellationToken.None);
        verified.Failures.ShouldBeEmpty();
        verified.Report!.SignerEstablished.ShouldBeTrue();
        verified.Report.SealedComplete.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task Run_RequireStandby_IsRefusedWithoutOneAndArchivesOnBothWithOne()
    {
        var connection = server.NewDatabase();
        var name = new NpgsqlConnectionStringBuilder(connection).Database!;
        var file = Secret("connection", connection);
        (await Record.ExceptionAsync(() => TestWorld.StartAsync(new TestWorldOptions { Consumer = In(file, standby: true), WithProvider = false }))).Message.ShouldContain("synchronous_standby_names");

        using var standby = server.Standby();
        server.Configure("synchronous_standby_names = 'standby'");
        server.Reload();
        await Wait.ForAsync(() => server.Psql(name, "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") == "1");
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { Consumer = In(file, standby: true) });
        (await world.AskAsync()).Status.ShouldBe(200);
        await Wait.ForAsync(() => standby.Psql(name, "SELECT count(*) FROM entry WHERE kind IN (1, 2)") == "2");
    }

    [Fact]
    public async Task Run_PasswordChangedOrStandbyRequired_IsTakenWithoutARestart()
    {
        var connection = server.NewDatabase();
        var name = new NpgsqlConnectionStringBuilder(connection).Database!;
        server.Sql(name, "CREATE ROLE app LOGIN PASSWORD 'first'; GRANT ALL ON SCHEMA public TO app");
        server.RequirePasswordOf("app");
        string WithPassword(string password) => connection.Replace("Username=tunduk", "Username=app;Password=" + password, StringComparison.Ordinal);
        var file = Secret("connection", WithPassword("first"));
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { Consumer = In(file) });
        (await world.AskAsync()).Status.ShouldBe(200);

        server.Sql(name, "ALTER ROLE app PASSWORD 'second'; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app'");
        await Wait.ForAsync(async () => (await world.AskAsync()).Text.Contains("logging_failed", StringComparison.Ordinal) ? "refused" : null);
        Secret("connection", WithPassword("second"));
        await Wait.ForAsync(async () => (await world.AskAsync()).Status == 200 ? "back" : null);

        await RequireAsync(true, reply => reply.Text.Contains("logging_failed", StringComparison.Ordinal));
        await RequireAsync(false, static reply => reply.Status == 200);

        Task RequireAsync(bool standby, Func<HttpReply, bool> holds)
        {
            var json = (JsonObject)JsonNode.Parse(File.ReadAllText(world.Folders.ConsumerConfiguration))!;
            json["Archive"]!["RequireStandby"] = standby;
            File.WriteAllText(world.Folders.ConsumerConfiguration, json.ToJsonString());
            return Wait.ForAsync(async () =>
            {
                world.Clock.Expire(ConfigurationWatch.Interval);
                return holds(await world.AskAsync()) ? "taken" : null;
            });
        }
    }

    [Fact]
    public async Task Open_ConnectionFileReadableByOthersOrMissing_IsRefusedAndShowsNoPassword()
    {
        foreach (var source in new[] { Secret("open", "Host=nowhere;Password=hidden-secret", UnixFileMode.GroupRead), Path.Combine(folder, "none"), "env:TUNDUK_NO_SUCH_VARIABLE" })
        {
            var exception = await Record.ExceptionAsync(() => TestWorld.StartAsync(new TestWorldOptions { Consumer = In(source), WithProvider = false }));
            exception.Message.ShouldContain("archive_settings");
            exception.Message.ShouldNotContain("hidden-secret");
        }
    }
}
