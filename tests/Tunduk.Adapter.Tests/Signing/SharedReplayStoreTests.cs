using System.Text.Json.Nodes;
using Tunduk.Adapter.Tests.Sandbox;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Archive.Tests.Postgres;

namespace Tunduk.Adapter.Tests.Signing;

/// <summary>Two running adapters of one owner before one PostgreSQL: what one has taken the other refuses.</summary>
public sealed class SharedReplayStoreTests : IClassFixture<PostgresServer>, IDisposable
{
    private readonly TemporaryFolder shared = new();
    private readonly string connection;

    public SharedReplayStoreTests(PostgresServer server)
    {
        connection = shared["connection"];
        File.WriteAllText(connection, server.NewDatabase());
        File.SetUnixFileMode(connection, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public void Dispose() => shared.Dispose();

    [Fact]
    public async Task Answer_MessageTheOtherAdapterTook_IsRefusedAsReplay()
    {
        await using var first = await StartAsync("first");
        await using var second = await StartAsync("second");
        var headers = Envelopes.Headers();
        var message = await Envelopes.SignedAsync(headers);

        var taken = await first.PostSoapAsync(message);
        taken.Status.ShouldBe(200, taken.Text);

        await second.FaultAsync("message_replayed", message);
        await first.FaultAsync("message_replayed", message);
        first.InformationSystem.CallsOf(headers.Id).ShouldBe(1);
        second.InformationSystem.CallsOf(headers.Id).ShouldBe(0);
    }

    [Fact]
    public async Task Answer_EachMessageToBothAtOnce_IsTakenByExactlyOne()
    {
        await using var first = await StartAsync("first");
        await using var second = await StartAsync("second");
        var messages = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Envelopes.SignedAsync()));

        var replies = await Task.WhenAll(messages.Select(message => Task.WhenAll(first.PostSoapAsync(message), second.PostSoapAsync(message))));

        foreach (var pair in replies)
        {
            pair.Count(reply => reply.Status == 200).ShouldBe(1, string.Join('\n', pair.Select(reply => reply.Text)));
            pair.Single(reply => reply.Status != 200).FaultCode.ShouldBe("adapter.message_replayed");
        }

        (first.InformationSystem.Calls.Count + second.InformationSystem.Calls.Count).ShouldBe(messages.Length);
    }

    [Fact]
    public async Task Answer_StoreUnreachable_RefusesAndAsksNobody()
    {
        using var own = new PostgresServer();
        await File.WriteAllTextAsync(connection, own.NewDatabase());
        await using var world = await StartAsync("only");
        (await world.PostSoapAsync(await Envelopes.SignedAsync())).Status.ShouldBe(200);

        own.Kill();

        await world.FaultAsync("logging_failed", await Envelopes.SignedAsync());
    }

    private Task<TestWorld> StartAsync(string name) => TestWorld.StartAsync(new TestWorldOptions
    {
        WithConsumer = false,
        Provider = options =>
        {
            var archive = (JsonObject)options["Archive"]!;
            archive["Store"] = "postgresql";
            archive["Connection"] = connection;
            archive["Instance"] = name;
            archive["Keys"] = shared["keys"];
            archive["MasterKey"] = shared["master.key"];
            archive["Origin"] = "adapter." + name;
        },
    });
}
