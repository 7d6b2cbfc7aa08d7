using System.Text.Json;
using Tunduk.Adapter.Sandbox.Register;
using Tunduk.Adapter.Tests.Processes;
using Tunduk.Adapter.Tests.Sandbox;

namespace Tunduk.Adapter.Tests.Judges;

/// <summary>A foreign SOAP client (python3-zeep) asks the provider's adapter by nothing but its WSDL.</summary>
public sealed class ZeepTests
{
    private const string Python = "/usr/bin/python3";
    private const string Required = "inbound: required";
    private static readonly string Judge = Path.Combine(AppContext.BaseDirectory, "judges", "zeep_get_person.py");

    [Fact]
    public async Task GetPerson_UnsignedWhereAgreed_AnswersThePersonWithTheListApplied()
    {
        using var folder = new TemporaryFolder();
        await using var world = await ProcessWorld.StartAsync(new ProcessWorldOptions
        {
            Data = folder.Path,

            // zeep does not sign as the profile asks: the agreement's variant for counterparties without signatures.
            ProviderAgreement = text => text.Replace(Required, "inbound: if-present", StringComparison.Ordinal),
        });
        var person = InventedPopulation.Invent(DemonstrationRegister.Population).First(one => one.MaritalStatus is not null && one.Documents.Count > 0);

        var (code, text) = await Tool.RunAsync(Python, Judge, world.SecurityServers["consumer"].ToString(), person.Pin);

        code.ShouldBe(0, text);
        using var answer = JsonDocument.Parse(text);
        var (id, understood) = (answer.RootElement.GetProperty("id").GetString()!, answer.RootElement.GetProperty("answer"));
        understood = understood.GetProperty("body");
        understood.GetProperty("request").GetProperty("pin").GetString().ShouldBe(person.Pin);
        var response = understood.GetProperty("response");
        response.GetProperty("surname").GetString().ShouldBe(person.Surname);
        response.GetProperty("dateOfBirth").GetString().ShouldBe(person.DateOfBirth.ToString("yyyy-MM-dd"));
        response.GetProperty("address").GetProperty("locality").GetString().ShouldBe(person.Address.Locality);
        response.GetProperty("document").GetArrayLength().ShouldBe(person.Documents.Count);
        foreach (var unlisted in new[] { "maritalStatus", "nationality", "photo" })
        {
            response.GetProperty(unlisted).ValueKind.ShouldBe(JsonValueKind.Null, unlisted);
        }

        await world.StopAdaptersAsync();
        await using var provider = await ArchiveOnDisk.OpenAsync(world.Folders.ProviderConfiguration);
        (await provider.EndKindAsync(provider.Requests[id].Single())).ShouldBe(Evidence.Log.EntryKind.Response);
    }

    [Fact]
    public async Task GetPerson_UnsignedWhereSignaturesAreRequired_IsRefusedAndTheRegisterIsNotAsked()
    {
        using var folder = new TemporaryFolder();
        await using var world = await ProcessWorld.StartAsync(new ProcessWorldOptions { Data = folder.Path });
        var person = InventedPopulation.Invent(DemonstrationRegister.Population)[0];

        var (code, text) = await Tool.RunAsync(Python, Judge, world.SecurityServers["consumer"].ToString(), person.Pin);

        code.ShouldBe(1, text);
        text.ShouldContain("signature_missing");
        text.ShouldNotContain(person.Surname);
        world.Calls.ShouldBeEmpty();
    }
}
