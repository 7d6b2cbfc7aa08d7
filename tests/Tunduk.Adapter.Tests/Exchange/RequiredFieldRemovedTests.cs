using Tunduk.Adapter.Tests.Functional;

namespace Tunduk.Adapter.Tests.Exchange;

/// <summary>An agreement that takes away what the contract requires is named as the cause, not the information system.</summary>
public sealed class RequiredFieldRemovedTests
{
    [Fact]
    [Provokes("required_field_removed", Faces.Soap)]
    public async Task Answer_ListTakesRequiredField_NamesTheListAndArchivesIt()
    {
        await using var world = await TestWorld.StartAsync(new TestWorldOptions
        {
            ProviderAgreement = static text => text.Replace("surname, ", "", StringComparison.Ordinal),
        });

        await world.RefusedAsync("provider_fault", "forward");

        (await TestWorld.FindAsync(world.Provider, code: "required_field_removed")).ShouldHaveSingleItem().Entry.Stage.ShouldBe("filter");
    }
}
