using System.Text;
using Tunduk.Adapter.Contracts;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Tests.Contracts;

/// <summary>Contracts as the provider's security server hands them out, asked through the running adapter.</summary>
public sealed class ServedContractTests
{
    private static readonly ServiceId GetPerson = ServiceId.Parse(SandboxNames.GetPerson);
    private static readonly ClientId Own = ClientId.Parse(SandboxNames.Consumer);

    [Fact]
    public async Task GetWsdl_RunningAdapter_FetchesArchivesAndFindsNoDrift()
    {
        await using var world = await TestWorld.StartAsync();
        using var client = new ServedContractClient(world.Consumer.IsAddress!, world.Folders.ApiKey);

        var served = await client.GetWsdlAsync(GetPerson, Own, CancellationToken.None);

        served.Fault.ShouldBeNull();
        served.FileName.ShouldBe("sandbox_GOV_70009001_registry_getPerson_v1.wsdl");
        CatalogueFileName.TryParse(served.FileName, out var name).ShouldBeTrue();
        name.ServiceCode.ShouldBe("getPerson");
        var now = Contract.ImportText(served.Content, served.FileName).Contract.ShouldNotBeNull();
        var inUse = Contract.Import(Path.Combine(world.ConsumerFolder, "contracts", served.FileName)).Contract!.Find("getPerson", "v1")!;
        ContractDriftEntry.Compare("getPerson", inUse, now, terms: null).ShouldBeEmpty();
        (await TestWorld.FindAsync(world.Consumer)).ShouldContain(entry => entry.Entry.Service != null && entry.Entry.Service.Contains("getWsdl", StringComparison.Ordinal));

        var text = Encoding.UTF8.GetString(served.Content.Span).Replace("name=\"surname\"", "name=\"familyName\"", StringComparison.Ordinal);
        var changed = Contract.ImportText(Encoding.UTF8.GetBytes(text), served.FileName).Contract.ShouldNotBeNull();
        var drift = ContractDriftEntry.Compare("getPerson", inUse, changed, terms: null);
        drift.ShouldContain(entry => entry.Change.Path == "response/surname" && entry.Change.Effect == ContractEffect.Breaking);
        drift.ShouldContain(entry => entry.Change.Path == "response/familyName" && entry.Change.Effect == ContractEffect.Unlisted && entry.Consequence.Length > 0);
    }

    [Fact]
    public async Task GetWsdl_UnknownServiceOrKey_SaysWhy()
    {
        await using var world = await TestWorld.StartAsync();
        using var client = new ServedContractClient(world.Consumer.IsAddress!, world.Folders.ApiKey);
        (await client.GetWsdlAsync(ServiceId.Parse(SandboxNames.Provider + "/none/v1"), Own, CancellationToken.None)).Fault.ShouldNotBeNullOrEmpty();
        using var stranger = new ServedContractClient(world.Consumer.IsAddress!, "no key");
        (await stranger.GetWsdlAsync(GetPerson, Own, CancellationToken.None)).Fault.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task GetWsdl_NoAdapter_SaysSo()
    {
        using var dead = new DeadAddress();
        using var client = new ServedContractClient(dead.Uri, "key");
        (await client.GetWsdlAsync(GetPerson, Own, CancellationToken.None)).Fault!.ShouldContain("must be running");
    }
}
