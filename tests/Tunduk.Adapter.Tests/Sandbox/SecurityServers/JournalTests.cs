using Shouldly;
using Tunduk.Adapter.Sandbox.SecurityServers;
using Xunit;

namespace Tunduk.Adapter.Tests.Sandbox.SecurityServers;

public sealed class JournalTests
{
    [Fact]
    public async Task Journals_RequestTakenAndForwarded_NameItsId()
    {
        using var folder = new TemporaryFolder();
        await using World world = await World.StartAsync(new SecurityServerPairOptions { DataFolder = folder.Path });
        await world.CallAsync(Soap.Request());
        world.Pair.Consumer.Faults.Add(new SecurityServerFault(SecurityServerFaultKind.MaintenanceMode));
        await world.CallAsync(Soap.Request());
        Lines(folder["consumer/received.log"]).ShouldBe([Soap.Id, Soap.Id]);
        Lines(folder["provider/forwarded.log"]).ShouldBe([Soap.Id]);
    }

    [Fact]
    public async Task Journal_IdWithLineBreak_StaysOneLine()
    {
        using var folder = new TemporaryFolder();
        await using World world = await World.StartAsync(new SecurityServerPairOptions { DataFolder = folder.Path });
        await world.CallAsync(Soap.Request(Soap.Headers().Replace(Soap.Id, "a\nb", StringComparison.Ordinal)));
        Lines(folder["consumer/received.log"]).ShouldBe(["a b"]);
    }

    private static string[] Lines(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
