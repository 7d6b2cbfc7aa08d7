using Tunduk.Adapter.Cli;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Reading;
using Tunduk.Adapter.Tests.Functional;

namespace Tunduk.Adapter.Tests.Cli;

/// <summary>The command line opens an archive itself only where nothing listens for the adapter.</summary>
public sealed class ArchiveAccessPointTests
{
    [Fact]
    public async Task Read_HandshakeOfTlsFails_SaysThatSomethingListensAndOpensNothing()
    {
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { WithProvider = false, SecurityServer = new Uri("http://127.0.0.1:1/") });
        await using var other = new RawServer(static async (stream, _) => await stream.ReadExactlyAsync(new byte[5]));
        AdapterConfiguration.Load(world.Folders.ConsumerConfiguration, out var configuration).ShouldBeEmpty();
        configuration!.Options.Listen.Admin.Address = new UriBuilder(other.Address) { Scheme = "https" }.ToString();

        var (ok, answer) = await new ArchiveAccessPoint(configuration, "key").ReadAsync<ArchiveAccess, ArchiveAccess>("v1/archive/search", new ArchiveAccess { Purpose = "complaint 17" }, Offline, CancellationToken.None);

        ok.ShouldBeFalse();
        answer.GetProperty("code").GetString().ShouldBe(ExchangeCodes.ResponseMalformed);
        answer.GetProperty("path").GetString().ShouldBe("Listen:Admin:Address");
        answer.GetProperty("found").GetString().ShouldBe("TLS failed");
        answer.GetProperty("remedy").GetString().ShouldNotBeNull().ShouldContain("Something listens there");
    }

    private static Task<Outcome<ArchiveAccess>> Offline(ArchiveDesk desk, Tunduk.Adapter.Callers.Caller caller) => throw new InvalidOperationException("an adapter may run: its archive is not opened");
}
