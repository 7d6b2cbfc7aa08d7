using System.Text.Json.Nodes;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Archive;
using Tunduk.Evidence.Bundles;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Tests.Archives;

/// <summary>Each side's archive is an anchor of the other's: the hash of its newest checkpoint comes in its signed messages and stays.</summary>
public sealed class PeerCheckpointTests
{
    [Fact]
    public async Task Exchange_SignedBothWays_EachSideArchivesTheOthersCheckpoint()
    {
        await using var world = await TestWorld.StartAsync();
        var consumers = await world.Consumer.Archive.CheckpointAsync(CancellationToken.None);
        var providers = await world.Provider.Archive.CheckpointAsync(CancellationToken.None);
        (await world.AskAsync()).Status.ShouldBe(200);

        (await SeenAsync(world.Provider.Archive, EntryKind.Request)).ShouldBe(consumers.Hash.ToArray());
        (await SeenAsync(world.Consumer.Archive, EntryKind.Response)).ShouldBe(providers.Hash.ToArray());
    }

    [Fact]
    public async Task Verify_AgainstTheCounterpartysRecord_TakesTheOwnHistoryAndNamesAnother()
    {
        await using var world = await TestWorld.StartAsync();
        var known = await world.Consumer.Archive.CheckpointAsync(CancellationToken.None);
        (await world.AskAsync()).Status.ShouldBe(200);
        var hash = Convert.ToHexStringLower(await SeenAsync(world.Provider.Archive, EntryKind.Request));
        var file = Path.Combine(world.ProviderFolder, "seen.txt");
        File.WriteAllText(file, $"tunduk-checkpoint-sha256 {hash}\n");

        var report = await world.Consumer.Archive.VerifyAsync(new VerifyOptions { AgainstFiles = [file] }, CancellationToken.None);
        report.Failures.ShouldBeEmpty();
        report.RewriteStatement.ShouldContain($"up to entry {known.Size - 1} (checkpoints.txt and seen.txt, ");

        // The provider's own log is another history.
        (await world.Provider.Archive.VerifyAsync(new VerifyOptions { AgainstFiles = [file] }, CancellationToken.None)).Failures.Single().Code.ShouldBe("checkpoint_unknown");
    }

    [Fact]
    public async Task Export_OfWhoReceivedIt_GivesTheSenderSomethingToBeHeldAgainst()
    {
        await using var audit = await Reading.AuditWorld.StartAsync(null);
        var providers = await audit.World.Provider.Archive.CheckpointAsync(CancellationToken.None);
        await audit.ExchangeAsync();
        var file = Path.Combine(audit.World.ConsumerFolder, "theirs.bundle");
        File.WriteAllBytes(file, await audit.ExportAsync(new { purpose = Reading.AuditWorld.Purpose }));
        using (var stream = File.OpenRead(file))
        {
            var seen = GivenHistory.Read(stream, "theirs.bundle", out _, CancellationToken.None)!.Seen.Single();
            (seen.Hash, seen.Sender).ShouldBe((providers.Hash, "sandbox/GOV/70009001/registry"));
        }

        var report = await audit.World.Provider.Archive.VerifyAsync(new VerifyOptions { AgainstFiles = [file] }, CancellationToken.None);
        report.RewriteStatement.ShouldContain("sandbox/COM/60009001/loans, record ");

        // Its own checkpoint is of the consumer's log, which is not the provider's; that is said, and it is no fault of either.
        report.Failures.ShouldBeEmpty();
        report.Notices.ShouldContain(notice => notice.Contains("of the counterparty's own log sandbox/COM/60009001/loans/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Verify_AgainstABundleOfALogThatIsGone_NamesIt()
    {
        await using var audit = await Reading.AuditWorld.StartAsync(null);
        await audit.ExchangeAsync();
        var file = Path.Combine(audit.World.ConsumerFolder, "theirs.bundle");
        // Of what the counterparty received nothing is shown: nothing says that this log is not one of the owner's own.
        File.WriteAllBytes(file, await audit.ExportAsync(new { purpose = Reading.AuditWorld.Purpose, kind = "request" }));

        var report = await audit.World.Provider.Archive.VerifyAsync(new VerifyOptions { AgainstFiles = [file] }, CancellationToken.None);

        report.Failures.Select(failure => failure.Code).ShouldBe(["checkpoint_other_log"]);
    }

    private static async Task<byte[]> SeenAsync(IArchive archive, EntryKind kind)
    {
        var entry = (await archive.SearchAsync(new SearchQuery { Kinds = [kind], PageSize = 1 }, CancellationToken.None)).Entries.Single();
        return (await archive.GetAsync(entry.Record, CancellationToken.None))!.Values.Single(value => value.Path == GivenHistory.PeerCheckpoint).Value.ToArray();
    }
}
